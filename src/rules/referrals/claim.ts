/** A friend's claim to what is promised for them, as far as the core decides it. */

/** Why a claim came to nothing. */
export type EndReason =
  | 'not_in_time'
  | 'bought_before'
  | 'not_independent'
  | 'circle'
  | 'budget_spent'
  | 'membership_ended';

/** What became of a friend's claim; the feature keeps it, the core decides it. */
export interface ReferralClaim {
  claimedAt: number;
  /** The version whose terms were promised. */
  versionNo: number;
  state: 'claimed' | 'paid' | 'kept' | 'taken_back' | 'ended';
  reason?: EndReason | undefined;
  /** Whether nothing tells that friend and referrer are one person or household. */
  independent: boolean;
  /** Whether the referrer was, over any number of steps, referred by the friend. */
  circle: boolean;
  /** From when it can be paid, as far as known. */
  dueAt?: number | undefined;
  /** When time alone ends it: the wait for purchases, or for returns once it is paid. */
  endsAt: number;
  /** What was paid: when, by which postings, and how much of it was not taken back. */
  paid?: Paid | undefined;
}

export interface Paid {
  at: number;
  friend: { seq: number; points: number };
  referrer: { seq: number; points: number };
}
