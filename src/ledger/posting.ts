/**
 * A posting as it is stored: what the core drafted, who asked for it, and its place in the
 * member's hash chain. Hash = SHA-256 of the previous hash and every other column in one fixed
 * order, entries included, so that any edited column breaks the chain.
 */
import { hash } from 'node:crypto';
import type { Explanation } from '../rules/explanation.js';
import type { LimitUse } from '../rules/limits.js';
import type { Entry, PostingDraft } from '../rules/outcome.js';
import type { Figures, Lot, Redemption } from '../rules/state.js';
import {
  compactReview,
  compactStanding,
  type CompactCounted,
  type CompactReview,
} from './review.js';

export interface Posting {
  memberId: string;
  seq: number;
  kind: string;
  caller: string;
  operation: string;
  idempotencyKey: string | null;
  /** Hex, as are the digests and hashes below. */
  bodyHash: string | null;
  versionNo: number;
  subjectSeq: number | null;
  occurredAt: number;
  recordedAt: number;
  actor: string;
  requestId: string;
  billionths: bigint;
  after: Figures;
  explanation: Explanation;
  effects: CompactEffects;
  contentDigest: string | null;
  prevHash: string;
  hash: string;
}

/** What a posting opened or changed beside its entries, as short arrays; empty parts are left out. */
export interface CompactEffects {
  /**
   * Lots opened or changed: seq, n, funder, accruedAt, availableFrom, expiresAt, amount, remaining,
   * held, and where it has one its origin's seq and n.
   */
  lots?: (number | string | null)[][];
  /** Counters set: counter, periodStart, used. */
  counters?: (number | string)[][];
  /**
   * Redemptions opened or changed: seq, retailer, reward, points, state, expiresAt, and as far as
   * one has them the number of the purchase it was used on, what it has of shared limits, the amount
   * it pays, points given back, delivery, until when it
   * is usable, who used it, the version of its terms, and when its points are to come back.
   */
  redemptions?: RedemptionPart[][];
  /** A change of tier, or a review. */
  standing?: (number | string | null)[];
  /** How long the tier is kept from now on; empty = for good. */
  review?: CompactReview | [];
  /** What windows of the ladder have counted: metric, amount. */
  counted?: CompactCounted;
  /** The stage a silence has come to, the one before, and the act since which it lasts. */
  stage?: [stage: string, from: string, silentFrom: number];
  /** A tier given by hand: its code, and the instant at which it ends. */
  granted?: [tier: string, until: number];
  /** What came back: the purchase's number, and per line its index, pieces and minor units. */
  returned?: [purchase: number, lines: [line: number, quantity: number, amount: number][]];
  /**
   * Tier held before, tier decided at, and as far as there are, the event that a correction corrects
   * and how long the tier held before was kept.
   */
  decision?: [held: string, tier: string, event?: number | null, review?: CompactReview];
  /** Change of points of returns and corrections, and of a capture that leaves a rest. */
  points?: number;
  /** Used of rolling limits: limit, amount. */
  uses?: (number | string)[][];
  /** Used of shared limits, or given back where negative: limit, amount. */
  shared?: (number | string)[][];
  /** What waits of a purchase from then on: its number, the partner, when it was bought, billionths. */
  waiting?: [[purchase: number, partner: string, since: number, billionths: string]];
  /** Of a purchase at a partner whose block runs low: points left, and its alert value. */
  low?: [left: number, alertBelow: number];
  /** The approval that allowed it: its number, and the user id of the second person. */
  approval?: (number | string)[];
  /** The other half of a transfer: its member, and its number. */
  peer?: [memberId: string, seq: number];
}

type RedemptionPart = number | string | null | (number | string)[][];

const compactUses = (uses: readonly LimitUse[]): (number | string)[][] =>
  uses.map(({ limit, amount }) => [limit, amount]);

/** Without the parts at the end that it does not have. */
function compactRedemption(redemption: Redemption): RedemptionPart[] {
  const { seq, retailer, reward, points, state, expiresAt, shared = [] } = redemption;
  const { purchaseSeq, amount, back, delivery, usableUntil, usedBy, termsNo, backAt } = redemption;
  const parts: RedemptionPart[] = [
    purchaseSeq ?? null,
    shared.length > 0 ? compactUses(shared) : null,
    ...[amount ?? null, back ?? null, delivery ?? null, usableUntil ?? null],
    ...[usedBy ?? null, termsNo ?? null, backAt ?? null],
  ];
  const last = parts.findLastIndex((part) => part !== null);
  return [seq, retailer, reward, points, state, expiresAt, ...parts.slice(0, last + 1)];
}

const compactLot = (lot: Lot): (number | string | null)[] => [
  lot.seq,
  lot.n,
  lot.funder,
  lot.accruedAt,
  lot.availableFrom,
  lot.expiresAt,
  lot.amount,
  lot.remaining,
  lot.held,
  ...(lot.origin === undefined ? [] : [lot.origin.seq, lot.origin.n]),
];

/** The compact form of everything a draft opens or changes. */
export function compactEffects(draft: PostingDraft): CompactEffects {
  const effects: CompactEffects = {};
  const lots = [...draft.opened, ...draft.changed];
  if (lots.length > 0) effects.lots = lots.map(compactLot);
  if (draft.counters.length > 0) {
    effects.counters = draft.counters.map((each) => [each.counter, each.periodStart, each.used]);
  }
  if (draft.redemptions.length > 0) {
    effects.redemptions = draft.redemptions.map(compactRedemption);
  }
  if (draft.standing !== undefined) {
    effects.standing = compactStanding(draft.standing);
  }
  if (draft.returned !== undefined && draft.subjectSeq !== null) {
    const lines = draft.returned.map(({ line, quantity, amount }) => [line, quantity, amount]);
    effects.returned = [draft.subjectSeq, lines as [number, number, number][]];
  }
  if (draft.moved !== undefined) effects.points = draft.moved;
  if (draft.decision !== undefined) {
    const { held, tier, event, review } = draft.decision;
    if (review !== undefined) {
      effects.decision = [held, tier, event ?? null, compactReview(review)];
    } else effects.decision = event === undefined ? [held, tier] : [held, tier, event];
  }
  if (draft.uses !== undefined) effects.uses = compactUses(draft.uses);
  if (draft.shared !== undefined && draft.shared.length > 0) {
    effects.shared = compactUses(draft.shared);
  }
  Object.assign(effects, tierEffects(draft));
  if (draft.stage !== undefined) {
    const { stage, from, silentFrom } = draft.stage;
    effects.stage = [stage, from, silentFrom];
  }
  if (draft.waiting !== undefined) {
    const { purchase, partner, since, billionths } = draft.waiting;
    effects.waiting = [[purchase, partner, since, billionths.toString()]];
  }
  if (draft.low !== undefined) effects.low = [draft.low.left, draft.low.alertBelow];
  if (draft.approval !== undefined) effects.approval = [draft.approval.n, draft.approval.decider];
  if (draft.peer !== undefined) effects.peer = [draft.peer.memberId, draft.peer.seq];
  return effects;
}

function tierEffects({ review, counted, granted }: PostingDraft): CompactEffects {
  return {
    ...(review !== undefined && { review: review === null ? [] : compactReview(review) }),
    ...(counted !== undefined && { counted: counted.map(([metric, n]) => [metric, n]) }),
    ...(granted !== undefined && { granted: [granted.tier, granted.until] }),
  };
}

/** The head of a member's chain before the first posting: it binds the chain to the member. */
export function firstHead(memberId: string): string {
  return hash('sha256', `fealty:${memberId}`, 'hex');
}

/** The JSON of a posting's two structured columns. */
export interface PostingJson {
  explanation: string;
  effects: string;
}

/**
 * Hex SHA-256 over the previous hash, every column and the entries in order. Who has the JSON of
 * the structured columns at hand, because it is stored as well, need not have it made again.
 */
export function hashOf(
  posting: Omit<Posting, 'hash'>,
  entries: readonly Entry[],
  json: PostingJson = jsonOf(posting),
): string {
  return hash('sha256', posting.prevHash + hashedText(posting, entries, json), 'hex');
}

/** What the hash is taken of behind the previous one: a JSON array of the columns, entries last. */
export function hashedText(
  posting: Omit<Posting, 'hash'>,
  entries: readonly Entry[],
  json: PostingJson = jsonOf(posting),
): string {
  const { after } = posting;
  const scalars = JSON.stringify([
    posting.memberId,
    posting.seq,
    posting.kind,
    posting.caller,
    posting.operation,
    posting.idempotencyKey,
    posting.bodyHash,
    posting.versionNo,
    posting.subjectSeq,
    posting.occurredAt,
    posting.recordedAt,
    posting.actor,
    posting.requestId,
    String(posting.billionths),
    String(after.remainder),
    after.points,
    after.held,
    after.owed,
    after.pending,
    String(after.qualifying),
    after.tier,
  ]);
  const rest = JSON.stringify([
    posting.contentDigest,
    entries.map((each) => [each.debit, each.credit, each.amount, each.lotSeq, each.lotN]),
  ]);
  // One array of all fields, as JSON writes it, put together from its parts.
  return `${scalars.slice(0, -1)},${json.explanation},${json.effects},${rest.slice(1)}`;
}

export const jsonOf = ({
  explanation,
  effects,
}: Pick<Posting, 'explanation' | 'effects'>): PostingJson => ({
  explanation: JSON.stringify(explanation),
  effects: JSON.stringify(effects),
});
