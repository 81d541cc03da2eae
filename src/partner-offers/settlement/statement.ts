/**
 * What a partner and the programme owe each other for a month. Prices are millionths of a minor
 * unit, so every amount is exact; only the balance is rounded, once, half a minor unit away from 0.
 */
import type { Flow } from '../../ledger/history/partner-flows.queries.js';
import type { PartnerTerms } from '../../rules/partners/terms.js';
import type { Block } from '../partners/blocks.queries.js';
import type { Period } from './period.js';

export type LineKind =
  'issued' | 'awarded' | 'returned' | 'corrected' | 'redeemed' | 'converted_in' | 'converted_out';

export interface Line {
  kind: LineKind;
  /** Whether the points were drawn from blocks, and so are paid for already. */
  isPrepaid: boolean;
  points: number;
  /** Millionths of a minor unit for a point; of a redeemed one what the partner is paid. */
  price: bigint;
  /** Millionths of a minor unit: positive = the partner owes it; 0 for what is prepaid. */
  amount: bigint;
}

/** Points of one block that the month has consumed; negative = given back. */
export interface Consumed {
  n: number;
  price: bigint;
  points: number;
  /** Millionths of a minor unit. */
  value: bigint;
}

export interface Statement {
  partner: string;
  period: Period;
  lines: Line[];
  /** Of prepaid points: left before the month, added, consumed by block, left after it. */
  opening: number;
  added: { n: number; points: number; price: bigint; amount: bigint }[];
  consumed: Consumed[];
  closing: number;
  /** Millionths of a minor unit; positive = the partner owes it. */
  exact: bigint;
  /** The same in minor units, rounded half away from 0. */
  balance: bigint;
}

export interface Facts {
  partner: string;
  period: Period;
  blocks: readonly Block[];
  /** What the partner paid for before the month, and in it. */
  before: readonly Flow[];
  during: readonly Flow[];
  redeemed: readonly Flow[];
  /** Points that became its currencies. */
  converted: readonly Flow[];
  /** The partner's terms in a version. */
  termsIn: (versionNo: number) => PartnerTerms | undefined;
}

const MILLION = 1_000_000n;

const kinds: Readonly<Record<string, LineKind>> = {
  accrue: 'issued',
  return: 'returned',
  correct: 'corrected',
  awarded: 'awarded',
  convert: 'converted_in',
};

export function statementOf(facts: Facts): Statement {
  const { partner, period, blocks, before, during } = facts;
  const lines = linesOf(facts);
  const isPrepaid = ({ versionNo }: Flow): boolean =>
    facts.termsIn(versionNo)?.prepaid !== undefined;
  const usedBefore = sumOf(before.filter(isPrepaid));
  const usedAfter = usedBefore + sumOf(during.filter(isPrepaid));
  const upTo = (instant: number): number => sumOf(blocks.filter((each) => each.addedAt < instant));
  const added = blocks
    .filter(({ addedAt }) => addedAt >= period.from && addedAt < period.until)
    .map(({ n, points, price }) => ({ n, points, price, amount: BigInt(points) * price }));
  const exact = [...lines, ...added].reduce((sum, { amount }) => sum + amount, 0n);
  return {
    ...{ partner, period, lines, added, exact },
    opening: upTo(period.from) - usedBefore,
    consumed: consumedBetween(blocks, usedBefore, usedAfter),
    closing: upTo(period.until) - usedAfter,
    balance: rounded(exact),
  };
}

const sumOf = (parts: readonly { points: number }[]): number =>
  parts.reduce((sum, { points }) => sum + points, 0);

/** One line for each kind of posting, way of paying and price. */
function linesOf({ during, redeemed, converted, termsIn }: Facts): Line[] {
  const lines = new Map<string, Line>();
  const add = (kind: LineKind, isPrepaid: boolean, price: bigint, points: number): void => {
    const key = `${kind}/${String(isPrepaid)}/${String(price)}`;
    const all = (lines.get(key)?.points ?? 0) + points;
    const owed = isPrepaid ? 0n : BigInt(all) * price;
    const amount = kind === 'redeemed' || kind === 'converted_out' ? -owed : owed;
    lines.set(key, { kind, isPrepaid, price, points: all, amount });
  };
  for (const { versionNo, kind, points } of during) {
    const terms = termsIn(versionNo);
    add(kinds[kind] ?? 'corrected', terms?.prepaid !== undefined, terms?.price ?? 0n, points);
  }
  for (const [kind, flows] of [
    ['redeemed', redeemed] as const,
    ['converted_out', converted] as const,
  ]) {
    for (const { versionNo, points } of flows) {
      add(kind, false, termsIn(versionNo)?.redemptionPrice ?? 0n, points);
    }
  }
  return [...lines.values()];
}

/**
 * Which blocks the points between two counts of used ones are of, the earliest block first. Whatever
 * happened meanwhile, the months together have consumed each block once.
 */
function consumedBetween(blocks: readonly Block[], before: number, after: number): Consumed[] {
  const [low, high] = [Math.min(before, after), Math.max(before, after)];
  const sign = after < before ? -1 : 1;
  let start = 0;
  return blocks.flatMap(({ n, points, price }): Consumed[] => {
    const from = Math.max(low, start);
    start += points;
    const size = Math.min(high, start) - from;
    if (size <= 0) return [];
    return [{ n, price, points: sign * size, value: BigInt(sign * size) * price }];
  });
}

/** Minor units of millionths, half away from 0. */
function rounded(millionths: bigint): bigint {
  const size = millionths < 0n ? -millionths : millionths;
  const whole = (size + MILLION / 2n) / MILLION;
  return millionths < 0n ? -whole : whole;
}
