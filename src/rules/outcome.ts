/** What the core decides: posting drafts, or why not. */
import type { Explanation } from './explanation.js';
import type { Stage } from './inactivity/terms.js';
import type { Grant, Metric, Review, StandingCode } from './ladder.js';
import type { LimitUse } from './limits.js';
import type { LowBlock } from './partners/alert.js';
import type { Waiting } from './partners/terms.js';
import type { ReferralClaim } from './referrals/claim.js';
import type { Approval, Figures, Lot, Redemption, ReturnedLine, State } from './state.js';

export type AccountCode =
  | 'issued'
  | 'points'
  | 'held'
  | 'redeemed'
  | 'expired'
  | 'owed'
  | 'adjusted'
  | 'transferred'
  | 'fee'
  | 'bought'
  | `partner:${string}`
  | `currency:${string}`;

/** One balanced pair: `amount` whole points leave `debit` and arrive at `credit`. */
export interface Entry {
  debit: AccountCode;
  credit: AccountCode;
  amount: number;
  /** The lot it is about; null for what a member owes, and for what a partner pays for. */
  lotSeq: number | null;
  lotN: number | null;
}

export interface Counter {
  counter: string;
  periodStart: number;
  used: number;
}

/** Why a member stands where they do; amounts are whole points, minor units, or days. */
export interface StandingReason {
  code: StandingCode;
  /** Billionths. */
  qualifying: string;
  threshold: number;
  /** What was counted, rounded down, where it is not lifetime points. */
  metric?: Metric | undefined;
  counted?: number | undefined;
  /** What keeps the tier. */
  keep?: number | undefined;
  /** Until when that stands: the next review, the end of a grace or grant, a return window's. */
  until?: number | undefined;
}

/** A change of tier, or a review. */
export interface Standing {
  fromSeq: number;
  tier: string;
  why: StandingReason;
  /** The tier before. */
  from: string;
}

export type PostingKind =
  | 'accrue'
  | 'return'
  | 'correct'
  | 'redeem'
  | 'refused'
  | 'hold'
  | 'release'
  | 'adjust'
  | 'award'
  | 'transfer'
  | 'refer'
  | 'sell'
  | 'convert'
  | 'review'
  | 'stage'
  | 'expire'
  | 'reinstate'
  | 'extend'
  | 'clear';

/** What a later return or correction must know of a decision, where the figures do not tell it. */
export interface DecisionFacts {
  held: string;
  tier: string;
  /** The accrual, return or review that a correction corrects. */
  event?: number | undefined;
  /** How long the tier held before it was kept. */
  review?: Review | undefined;
}

/** One posting to write, with every row it opens or changes; numbers after it are absolute. */
export interface PostingDraft {
  member: number;
  seq: number;
  kind: PostingKind;
  subjectSeq: number | null;
  versionNo: number;
  occurredAt: number;
  billionths: bigint;
  after: Figures;
  explanation: Explanation;
  entries: readonly Entry[];
  opened: readonly Lot[];
  changed: readonly Lot[];
  counters: readonly Counter[];
  redemptions: readonly Redemption[];
  standing: Standing | undefined;
  /** What came back, on postings of kind `return`. */
  returned?: readonly ReturnedLine[] | undefined;
  decision?: DecisionFacts | undefined;
  /** How long the tier is kept from now on, where that changes; null = for good. */
  review?: Review | null | undefined;
  /** What the ladder's windows have counted, where they are not of a lifetime. */
  counted?: readonly [Metric, number][] | undefined;
  /** The stage that a silence has come to, and the act since which it lasts. */
  stage?: { from: Stage; stage: Stage; silentFrom: number } | undefined;
  /** A tier given by hand. */
  granted?: Grant | undefined;
  /** Change of points not held, on `return` and `correct`, and where a capture leaves a rest. */
  moved?: number | undefined;
  /** What it uses of rolling limits. */
  uses?: readonly LimitUse[];
  /** What it uses of shared limits; negative = gives back. */
  shared?: readonly LimitUse[] | undefined;
  /** What waits of the purchase it is about until a partner has paid, where that changes. */
  waiting?: Waiting | undefined;
  /** What the partner it was made at is told of its block. */
  low?: LowBlock | undefined;
  /** The approval that allowed it: its number, and the user id of the second person. */
  approval?: { n: number; decider: string };
  /** The posting of the other member that it is one half of. */
  peer?: { memberId: string; seq: number };
}

/** Why an action was not done. With a `refused` posting it is final for its key; without, not. */
export interface Refusal {
  code: string;
  /** JSON pointer into the request, where one field is to blame. */
  pointer?: string;
  details: Readonly<Record<string, string | number>>;
}

export interface Outcome {
  state: State;
  /** In order; the last one answers the action. */
  postings: readonly PostingDraft[];
  refusal?: Refusal;
  /**
   * Shared limits of which less was left than these amounts, so that the act was refused or cut
   * short. Where there is more elsewhere, the ledger fetches it and the act is decided again.
   */
  short?: readonly LimitUse[];
  /** The approval asked for or decided. */
  approval?: Approval;
  /** What became of a friend's claim. */
  referral?: ReferralClaim;
}
