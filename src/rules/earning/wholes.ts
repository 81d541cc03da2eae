/**
 * Whole points out of exact ones. The purchases of a member, in the order they happened, share one
 * carried remainder: each has the points by which the floor of the running sum grows with it. So
 * $30 and $20 give what $50 gives, and a purchase that comes late, changes or goes leaves every
 * other one with the points it would have had without it.
 */
import { BILLION } from '../points.js';
import { inOrder } from './timeline.js';

/** A purchase whose exact points may change; `before` is 0 for a new one. */
export interface NetChange {
  seq: number;
  at: number;
  /** Billionths. */
  before: bigint;
  after: bigint;
}

/**
 * The change of whole points of each purchase, and the remainder carried after the newest one, of
 * 0 to 999_999_999 billionths. `remainder` is the one carried now. `changes` are all purchases from
 * the first one that changes on, in any order.
 */
export function wholeChanges(
  remainder: bigint,
  changes: readonly NetChange[],
): { points: Map<number, number>; remainder: bigint } {
  const ordered = [...changes].sort(inOrder);
  const sumBefore = ordered.reduce((sum, { before }) => sum + before, 0n);
  let old = modulo(remainder - sumBefore, BILLION);
  let now = old;
  const points = new Map<number, number>();
  for (const { seq, before, after } of ordered) {
    const change = floors(now, after) - floors(old, before);
    if (change !== 0n) points.set(seq, Number(change));
    old += before;
    now += after;
  }
  return { points, remainder: modulo(now, BILLION) };
}

/** By how much the floor of a running sum grows with the next exact points. */
const floors = (sum: bigint, next: bigint): bigint => floor(sum + next) - floor(sum);

const floor = (billionths: bigint): bigint => (billionths - modulo(billionths, BILLION)) / BILLION;

const modulo = (value: bigint, by: bigint): bigint => ((value % by) + by) % by;
