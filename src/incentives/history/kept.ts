/** How far a replay has come, as text, so that one that was stopped goes on where it was. */
import { hash } from 'node:crypto';
import type { Totals } from './totals.js';

export interface Kept {
  /** What was asked: another question does not go on with this. */
  asked: string;
  /** Instants between which it looks. */
  from: number;
  until: number;
  /** Buckets that are done, from the first on. */
  done: number;
  totals: Totals;
}

/** What a replay is of: the draft, the version beside it, and how many months. */
export const askedOf = (parts: readonly unknown[]): string =>
  hash('sha256', JSON.stringify(parts), 'hex');

const whole = /^-?\d+n$/;

/** Whole numbers of any size are written as `12n`. */
export const textOf = (kept: Kept): string =>
  JSON.stringify(kept, (_, value: unknown) =>
    typeof value === 'bigint' ? `${String(value)}n` : value,
  );

/** What was written so; undefined = it was another question, or is no such text. */
export function keptIn(text: string, asked: string): Kept | undefined {
  try {
    const kept = JSON.parse(text, (_, value: unknown) =>
      typeof value === 'string' && whole.test(value) ? BigInt(value.slice(0, -1)) : value,
    ) as Partial<Kept> | null;
    return kept?.asked === asked ? (kept as Kept) : undefined;
  } catch {
    return undefined;
  }
}
