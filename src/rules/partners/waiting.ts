/**
 * Points of what is bought at a partner whose block has too little left. Where its terms say so the
 * purchase is booked all the same: it counts in everything as if it were paid for, and the part of its
 * points that the block does not cover waits, in an item of its own, until the partner has paid.
 */
import { WAITS, WHOLE_EVENT, type ExplanationItem } from '../explanation.js';
import type { LimitUse } from '../limits.js';
import type { PostingKind } from '../outcome.js';
import { BILLION } from '../points.js';
import type { Programme } from '../programme.js';
import type { PastDecision } from '../state.js';
import { dueAt, roomOf } from './draw.js';
import { fundedBy } from './funding.js';
import type { Waiting } from './terms.js';

/** What blocks have, and what is due of them. */
export interface Cover {
  counters: ReadonlyMap<string, number>;
  left: ReadonlyMap<string, number>;
}

type Paying = Pick<Programme, 'partners'>;

/** Billionths that wait by some items. */
export function waitingIn(items: Iterable<ExplanationItem>): bigint {
  let waits = 0n;
  for (const [rule, , , billionths] of items) if (rule === WAITS) waits -= BigInt(billionths);
  return waits;
}

/** What a block covers of some billionths, and what of the block that would take. */
export interface Covered {
  billionths: bigint;
  asked: LimitUse;
}

/**
 * Exactly as much as the block has beyond what is due already, so that parts of a purchase are covered
 * as the whole is; what is due besides is `others`.
 */
export function coveredBy(
  block: string,
  asked: bigint,
  { counters, left }: Cover,
  others = 0n,
): Covered {
  const due = dueAt(counters, block) + others;
  const room = BigInt(roomOf(left, block)) * BILLION - due;
  const whole = (due + asked + BILLION - 1n) / BILLION;
  return {
    billionths: room < 0n ? 0n : room < asked ? room : asked,
    asked: { limit: block, amount: Number(whole) },
  };
}

/** The item of what waits of a new purchase, and what it asked of the block in vain. */
export interface Queued {
  item: ExplanationItem;
  short: LimitUse;
}

/** Undefined = nothing waits. */
export function queued(
  programme: Paying,
  retailer: string | undefined,
  items: readonly ExplanationItem[],
  { others, ...cover }: Cover & { others: () => bigint },
): Queued | undefined {
  const prepaid = programme.partners.byCode.get(retailer ?? '')?.terms?.prepaid;
  if (retailer === undefined || prepaid?.whenEmpty !== 'queue') return undefined;
  const funded = fundedBy(programme, retailer, items).get(retailer) ?? 0n;
  const { billionths, asked } = coveredBy(prepaid.block, funded, cover, others());
  if (billionths >= funded) return undefined;
  const waits = (billionths - funded).toString();
  return { item: [WAITS, WHOLE_EVENT, 'waits_for_partner', waits, retailer], short: asked };
}

/**
 * What still waits of a purchase that is worth something else now: what is awarded stays, as far as the
 * partner pays for as much. One that does not wait does not begin to.
 */
export function stillWaits(
  programme: Paying,
  retailer: string | undefined,
  before: Iterable<ExplanationItem>,
  now: Iterable<ExplanationItem>,
): ExplanationItem[] {
  const were = [...before];
  if (retailer === undefined || waitingIn(were) <= 0n) return [];
  const awarded = fundedBy(programme, retailer, were).get(retailer) ?? 0n;
  const waits = (fundedBy(programme, retailer, now).get(retailer) ?? 0n) - awarded;
  if (waits <= 0n) return [];
  return [[WAITS, WHOLE_EVENT, 'waits_for_partner', (-waits).toString(), retailer]];
}

/** A decision with an item more. */
export function withItems<
  Decided extends { items: readonly ExplanationItem[]; billionths: bigint },
>(decided: Decided, more: readonly ExplanationItem[]): Decided {
  if (more.length === 0) return decided;
  const added = more.reduce((sum, item) => sum + BigInt(item[3]), 0n);
  return {
    ...decided,
    items: [...decided.items, ...more],
    billionths: decided.billionths + added,
  };
}

/** What waits of the purchase that a posting is about; undefined = the posting changes nothing of it. */
export function waitingAfter(
  history: readonly PastDecision[] = [],
  posting: {
    kind: PostingKind;
    subjectSeq: number | null;
    occurredAt: number;
    items: readonly ExplanationItem[];
  },
  seq: number,
): Waiting | undefined {
  const { kind, subjectSeq, items, occurredAt } = posting;
  if (!items.some(([rule]) => rule === WAITS)) return undefined;
  const purchase = kind === 'accrue' ? seq : (subjectSeq ?? seq);
  const before = history.filter((past) => past.purchase === purchase);
  const all = [...before.flatMap(({ explanation }) => explanation), ...items];
  const partner = all.find(([, , code]) => code === 'waits_for_partner')?.[4];
  if (partner === undefined) throw new Error('invariant: what waits has been told to');
  const since = before.find((past) => past.seq === purchase)?.occurredAt ?? occurredAt;
  return { purchase, partner: String(partner), since, billionths: waitingIn(all) };
}
