/**
 * What the core decides on: the state of members. Instants are
 * milliseconds since 1970 UTC, points whole numbers, billionths BigInt.
 */
import type { Profile, Purchase } from './purchase.js';
import type { Explanation } from './explanation.js';
import type { Presence } from './inactivity/terms.js';
import type { SilentTerms, Told } from './expiry/terms.js';
import type { Grant, Review } from './ladder.js';
import type { LimitUse } from './limits.js';
import type { MemberOffers } from './offers/member-offers.js';
import type { ReferralClaim } from './referrals/claim.js';

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
  /** The lot whose terms it was opened with, when it gives back or corrects points of that one. */
  origin?: LotKey | undefined;
}

export interface LotKey {
  seq: number;
  n: number;
}

/** The key of a lot in `MemberState.silentLots`. */
export const lotKey = ({ seq, n }: LotKey): string => `${String(seq)}/${String(n)}`;

export interface HeldLot extends LotKey {
  amount: number;
}

/** Points of a lot that went by expiry, less those that returns have counted as gone. */
export interface GoneLot extends HeldLot {
  /** The origin of the lot. */
  origin?: LotKey | undefined;
  /** Its terms; undefined = they were not read. */
  terms?: Pick<Lot, 'funder' | 'accruedAt' | 'availableFrom' | 'expiresAt'> | undefined;
  /** When the first of them went, and the version they came under; undefined = not read. */
  went?: { at: number; versionNo: number } | undefined;
}

export interface Redemption {
  /** Number of the hold posting; with the member it is the redemption's identity. */
  seq: number;
  retailer: string;
  reward: string;
  points: number;
  state: 'held' | 'captured' | 'released' | 'expired' | 'returned' | 'used';
  /** The instant from which the hold no longer counts. */
  expiresAt: number;
  changedSeq: number;
  /** What it holds, or a captured one that an action names has spent, of which lot. */
  lots: readonly HeldLot[];
  /** Number of the purchase it was used on, so that returning that one gives it back. */
  purchaseSeq?: number | undefined;
  /** What it has of shared limits until it is given back. */
  shared?: readonly LimitUse[] | undefined;
  /** Minor units that its points pay, where it is no reward but points as tender. */
  amount?: number | undefined;
  /** Points of it that returns have given back so far. */
  back?: number | undefined;
  delivery?: 'pending' | 'sent' | 'delivered' | 'failed' | undefined;
  /** The instant from which a voucher can no longer be used. */
  usableUntil?: number | undefined;
  /** The retailer that a voucher was used by. */
  usedBy?: string | undefined;
  /** Number of the version whose terms a voucher has. */
  termsNo?: number | undefined;
  /** The instant from which the points of an unused voucher are to be given back. */
  backAt?: number | undefined;
}

/** What came back of one line: pieces and money. */
export interface ReturnedLine {
  line: number;
  quantity: number;
  /** Minor units. */
  amount: number;
}

/**
 * A posting that decided what a purchase is worth - its accrual, a return, or their correction - or
 * where the member stands.
 */
export interface PastDecision {
  seq: number;
  kind: 'accrue' | 'return' | 'correct' | 'review';
  /** Number of the purchase it is about. */
  purchase: number;
  /** The accrual or return that a correction corrects; otherwise its own number. */
  event: number;
  versionNo: number;
  occurredAt: number;
  recordedAt: number;
  explanation: Explanation;
  /** Tier held before it, and the tier it was decided at. */
  held: string;
  tier: string;
  /** How long the tier held before it was kept; undefined = for good. */
  review?: Review | undefined;
  /** A tier given by hand, on a review that gave one. */
  granted?: Grant | undefined;
  returned: readonly ReturnedLine[];
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

export interface MemberState extends Figures, MemberOffers {
  memberId: string;
  status: string;
  enrolledAt: number;
  /** Code of the retailer who enrolled the member; undefined = none, or no rule asks. */
  enrolledBy?: string | undefined;
  /** Number of the newest posting; the next one is version + 1. */
  version: number;
  /** The next instant at which time alone changes available or held; null = none. */
  changesAt: number | null;
  /** occurredAt of the member's newest accepted event, or when the tier was last reviewed. */
  newestAt: number | null;
  /** occurredAt of the newest accepted event alone: no review ends a silence, nor a tier given by hand. */
  heardAt: number | null;
  /** How long the tier is kept; undefined = for good. */
  review?: Review | undefined;
  /** Open lots; undefined when they were not read because nothing here depends on them. */
  lots: readonly Lot[] | undefined;
  /** What went by expiry, read for returns and late events; undefined = nothing, or not read. */
  expired?: readonly GoneLot[] | undefined;
  /** What is known to have been told of points that go; undefined = it was not read. */
  told?: readonly Told[] | undefined;
  /** Open lots that go by silence, by `lotKey`; undefined = there are none, or they were not read. */
  silentLots?: ReadonlyMap<string, SilentTerms> | undefined;
  /** Redemptions still held, and those the action names; undefined like lots. */
  redemptions: readonly Redemption[] | undefined;
  /** Used amounts by `counterKey`. */
  counters: ReadonlyMap<string, number>;
  /** Decisions about purchases, read for returns and late events. */
  history?: readonly PastDecision[] | undefined;
  /** What was bought, by purchase number, for the purchases of `history`; erased ones are left out. */
  purchases?: ReadonlyMap<number, Purchase> | undefined;
  /** What the member says of themselves; undefined when no rule asks for it. */
  profile?: Profile | undefined;
  /** Whether they may not spend, because what is stored of them is not what was posted. */
  isFrozen?: boolean | undefined;
  /** How long they are silent; undefined when it was not read. */
  presence?: Presence;
  /** Adjustments that wait for a second person; undefined when they were not read. */
  approvals?: Approvals;
  /** Whose code the member claimed, and what became of it; undefined when it was not read. */
  referral?: ReferralClaim;
  /** Numbers of purchases that opened lots; undefined when no transfer asks for them. */
  earned?: ReadonlySet<number>;
}

/** That points which went come back, or that some go later. */
export interface Renewal {
  kind: 'reinstate' | 'extend';
  /** The last local day on which they can be used: `2028-03-31`. */
  lastDay: string;
}

/** An adjustment asked for that one person may not make alone. */
export interface Approval {
  /** Counts the member's approvals from 1. */
  n: number;
  points: number;
  reason: string;
  /** What it is, where it is neither giving nor taking. */
  renewal?: Renewal | undefined;
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

/** One to eight members, in the order the action names them. */
export interface State {
  members: readonly MemberState[];
  /** Used in the window that ends now, by id of each rolling limit the command names. */
  limits?: ReadonlyMap<string, number>;
  /** Left of each shared limit the command names, as far as the ledger has it at hand. */
  left?: ReadonlyMap<string, number>;
  /** Left of each of them in all, at hand or elsewhere; it may be less a moment later. */
  rest?: ReadonlyMap<string, number>;
}

/** A counter that a decision reads: of one period, or of all from one on. */
export interface CounterNeed {
  counter: string;
  periodStart: number;
  onwards?: boolean | undefined;
}

/** The key of a counter in `MemberState.counters`. */
export function counterKey(counter: string, periodStart: number): string {
  return `${counter}@${String(periodStart)}`;
}
