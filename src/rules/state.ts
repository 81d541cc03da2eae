/**
 * What the core decides on (a member's state) and what it decides (posting drafts). Instants are
 * milliseconds since 1970 UTC, points whole numbers, billionths BigInt.
 */
import type { Explanation } from './explanation.js';

export interface Lot {
  /** Number of the posting that opened it, and its place in that posting. */
  seq: number;
  n: number;
  funder: string;
  accruedAt: number;
  availableFrom: number;
  expiresAt: number | null;
  amount: number;
  remaining: number;
  held: number;
}

export interface HeldLot {
  seq: number;
  n: number;
  amount: number;
}

export interface Redemption {
  /** Number of the hold posting; with the member it is the redemption's identity. */
  seq: number;
  retailer: string;
  reward: string;
  points: number;
  state: 'held' | 'captured' | 'released' | 'expired';
  /** The instant from which the hold no longer counts. */
  expiresAt: number;
  changedSeq: number;
  /** What it holds of which lot; empty unless `held` and read for spending. */
  lots: readonly HeldLot[];
}

export interface Figures {
  points: number;
  held: number;
  owed: number;
  /** Part of `points` whose availableFrom is still to come. */
  pending: number;
  /** Billionths of a qualifying point. */
  qualifying: bigint;
  /** Billionths carried to the next accrual, below one point. */
  remainder: bigint;
  tier: string;
}

export interface MemberState extends Figures {
  memberId: string;
  status: string;
  enrolledAt: number;
  /** Number of the newest posting; the next one is version + 1. */
  version: number;
  /** The next instant at which time alone changes available or held; null = none. */
  changesAt: number | null;
  /** occurredAt of the member's newest accepted event. */
  newestAt: number | null;
  /** Open lots; undefined when they were not read because nothing here depends on them. */
  lots: readonly Lot[] | undefined;
  /** Redemptions still held, and those the action names; undefined like lots. */
  redemptions: readonly Redemption[] | undefined;
  /** Used amounts by `counterKey`. */
  counters: ReadonlyMap<string, number>;
  /** Adjustments that wait for a second person; undefined when they were not read. */
  approvals?: Approvals;
}

/** An adjustment asked for that one person may not make alone. */
export interface Approval {
  /** Counts the member's approvals from 1. */
  n: number;
  points: number;
  reason: string;
  /** User id of who asked, and of who decided. */
  requester: string;
  decider: string | null;
  state: 'pending' | 'approved' | 'rejected';
  requestedAt: number;
  /** The instant from which it can no longer be approved. */
  lapsesAt: number;
  decidedAt: number | null;
  /** Number of the posting an approval led to. */
  postingSeq: number | null;
}

export interface Approvals {
  /** How many the member has had, decided ones included. */
  made: number;
  pending: readonly Approval[];
}

/** A limit on what is used in any window of `windowMs`, shared by many members or by many acts. */
export interface RollingLimit {
  id: string;
  windowMs: number;
}

export interface LimitUse {
  limit: string;
  amount: number;
}

/** One to eight members, in the order the action names them. */
export interface State {
  members: readonly MemberState[];
  /** Used in the window that ends now, by id of each rolling limit the command names. */
  limits?: ReadonlyMap<string, number>;
}

export type AccountCode =
  'issued' | 'points' | 'held' | 'redeemed' | 'expired' | 'owed' | 'adjusted';

/** One balanced pair: `amount` whole points leave `debit` and arrive at `credit`. */
export interface Entry {
  debit: AccountCode;
  credit: AccountCode;
  amount: number;
  lotSeq: number;
  lotN: number;
}

export interface Counter {
  counter: string;
  periodStart: number;
  used: number;
}

export interface Standing {
  fromSeq: number;
  tier: string;
  why: { code: string; qualifying: string; threshold: number };
}

export type PostingKind = 'accrue' | 'redeem' | 'refused' | 'hold' | 'release' | 'adjust';

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
  /** What it uses of rolling limits. */
  uses?: readonly LimitUse[];
  /** The approval that allowed it: its number, and the user id of the second person. */
  approval?: { n: number; decider: string };
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
  postings: readonly PostingDraft[];
  refusal?: Refusal;
  /** The approval asked for or decided. */
  approval?: Approval;
}

/** The key of a counter in `MemberState.counters`. */
export function counterKey(counter: string, periodStart: number): string {
  return `${counter}@${String(periodStart)}`;
}
