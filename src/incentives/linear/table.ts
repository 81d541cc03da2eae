/** Every column and row of a programme. */
import type { Bench, Probe } from '../probes/bench.js';
import {
  distinct,
  FRIEND_PURCHASES,
  FRIENDS,
  MEMBERSHIPS,
  ONE,
  POINTS,
  type Column,
  type Row,
} from './column.js';
import { giftColumns, giftRows } from './gifts.js';
import { rowsOf } from './limiters.js';
import { purchaseColumns, shareOf } from './purchases.js';

export interface Table {
  bench: Bench;
  /** What of the money that stays is meant to go back, 0 to below 1. */
  share: number;
  columns: readonly Column[];
  rows: ReadonlyMap<string, Row>;
}

export function tableOf(bench: Bench, probes: readonly Probe[], share: number): Table {
  const { accounts } = bench.bounds;
  const all = [...purchaseColumns(bench, probes, shareOf(share)), ...giftColumns(bench)];
  const rows: Row[] = [
    { id: POINTS, name: 'a point', supply: 0n },
    { id: FRIEND_PURCHASES, name: 'a purchase that makes a friend one who stays', supply: 0n },
    { id: FRIENDS, name: 'one more membership as a friend', supply: BigInt(accounts - 1) * ONE },
    { id: MEMBERSHIPS, name: 'a membership to leave in debt', supply: BigInt(accounts) * ONE },
    ...rowsOf(bench.programme, accounts),
    ...giftRows(bench),
  ];
  const columns = distinct(all);
  return { bench, share, columns, rows: new Map(rows.map((row) => [row.id, row])) };
}
