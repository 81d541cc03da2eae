import type { GroupKind } from './member-offers.js';
import type { ReviewTerms } from './review.js';

/** An offer beside the earning rule that it compiles into: when it runs, and what it may cost. */
export interface Offer {
  code: string;
  name: string;
  /** Place of its rule in `rules`. */
  ruleNo: number;
  /** Instants between which it runs, `until` exclusive. */
  from: number;
  until: number;
  asks: Asks;
  /** What its review goes by. */
  review: ReviewTerms;
  /** Shared limits that paying by it draws from. */
  draws: readonly Draw[];
}

/** What it asks of a member that no rule does. */
export interface Asks {
  activation: boolean;
  /** Millionths of members who get nothing. */
  holdout: number;
  /** Codes of uploaded lists, on one of which a member is; empty = it is not for a list. */
  lists: readonly string[];
  /** Millionths of a member's days on which it pays; undefined = it is no surprise. */
  chance?: number | undefined;
  /** Whether nothing but a coupon activates it. */
  byCoupon?: boolean | undefined;
}

/**
 * A budget counts what is paid, and so does what members of one group get together; crowding counts
 * the purchases that are paid for.
 */
export type Draw =
  | { kind: 'points'; limit: string }
  | { kind: 'shared'; limit: string; by: GroupKind }
  /** `price`: millionths of a minor unit per point. */
  | { kind: 'money'; limit: string; price: bigint }
  | { kind: 'grants'; limit: string; per: 'hour' | 'day'; perLocation: boolean };

/** Parts of a point that a budget in points counts in. */
export const PARTS_OF_POINT = 1_000_000;
/** Parts of a minor unit that a budget in money counts in. */
export const PARTS_OF_MINOR = 1_000;

/** Offers by the places of their rules. */
export type Offers = ReadonlyMap<number, Offer>;

export const isRunning = ({ from, until }: Offer, occurredAt: number): boolean =>
  from <= occurredAt && occurredAt < until;

/** Whether a rule has a say about an event of that time: an offer only while it runs. */
export function isOfTime(
  { offers }: { offers: Offers },
  ruleNo: number,
  occurredAt: number,
): boolean {
  const offer = offers.get(ruleNo);
  return offer === undefined || isRunning(offer, occurredAt);
}
