/**
 * Where a member stood before a window, read off the effects of what was posted until then: nothing
 * is decided here, so it holds for whatever kind of posting there is.
 */
import { toGrant, toReview } from '../../ledger/review.js';
import { isWillingAct } from '../../rules/inactivity/acts.js';
import { firstOf } from '../../rules/spending/lots.js';
import {
  counterKey,
  type GoneLot,
  type HeldLot,
  type Lot,
  type MemberState,
  type PastDecision,
  type Redemption,
} from '../../rules/state.js';
import type { Purchase } from '../../rules/purchase.js';
import { withNextChange } from '../../rules/spending/settle.js';
import type { KnownOf, Recorded } from './recorded.js';
import { heardOnlyOf } from './silence.js';

export const lotKey = ({ seq, n }: { seq: number; n: number }): string =>
  `${String(seq)}/${String(n)}`;

/** A member at a point of their history, and what each hold of theirs reserved. */
export interface Start {
  member: MemberState;
  reserved: ReadonlyMap<number, readonly HeldLot[]>;
}

/** The member behind these postings; `at` judges what is pending. */
export function stateAfter(known: KnownOf, postings: readonly Recorded[], at: number): Start {
  const rows = new Rows();
  for (const posting of postings) rows.take(posting);
  const last = postings.at(-1);
  const { points = 0, held = 0, owed = 0, pending = 0, tier = '' } = last?.after ?? {};
  const { qualifying = 0n, remainder = 0n } = last?.after ?? {};
  const member: MemberState = {
    ...known,
    points,
    held,
    owed,
    pending,
    qualifying,
    remainder,
    tier,
    status: 'active',
    version: last?.seq ?? 0,
    changesAt: null,
    newestAt: newestOf(rows.history, true),
    heardAt: newestOf(rows.history, false),
    review: rows.review,
    lots: [...rows.lots.values()],
    expired: rows.expired,
    presence: heardOnlyOf(rows.actedAt),
    redemptions: rows.redemptionsLeft(),
    counters: rows.counters,
    history: rows.history,
    purchases: rows.purchases,
  };
  return { member: withNextChange(member, at), reserved: rows.reserved };
}

class Rows {
  readonly lots = new Map<string, Lot>();
  readonly counters = new Map<string, number>();
  readonly redemptions = new Map<number, Redemption>();
  readonly reserved = new Map<number, readonly HeldLot[]>();
  readonly history: PastDecision[] = [];
  readonly purchases = new Map<number, Purchase>();
  expired: GoneLot[] = [];
  /** The last act that is no event. */
  actedAt: number | null = null;
  review: MemberState['review'];

  take(posting: Recorded): void {
    const { seq, kind, effects, purchase } = posting;
    const held: HeldLot[] = [];
    if (isWillingAct({ kind })) this.actedAt = Math.max(this.actedAt ?? 0, posting.occurredAt);
    for (const row of effects.lots ?? []) {
      const lot = lotOf(row);
      const before = this.lots.get(lotKey(lot));
      this.lots.set(lotKey(lot), lot);
      const reserved = lot.held - (before?.held ?? 0);
      if (kind === 'hold') held.push({ seq: lot.seq, n: lot.n, amount: reserved });
      if (kind === 'expire' && before !== undefined) this.expire(before, lot);
    }
    if (kind === 'hold') this.reserved.set(seq, held);
    for (const [counter, start, used] of effects.counters ?? []) {
      this.counters.set(counterKey(String(counter), Number(start)), Number(used));
    }
    for (const row of effects.redemptions ?? []) {
      const redemption = redemptionOf(row, seq);
      this.redemptions.set(redemption.seq, redemption);
    }
    if (effects.review !== undefined) {
      this.review = effects.review.length === 0 ? undefined : toReview(effects.review);
    }
    if (purchase !== undefined) this.purchases.set(seq, purchase);
    const past = decisionOf(posting);
    if (past !== undefined) this.history.push(past);
  }

  /** Redemptions that something may still come of. */
  redemptionsLeft(): Redemption[] {
    return [...this.redemptions.values()].map((each) => {
      const lots = this.reserved.get(each.seq) ?? [];
      return each.state === 'held' ? { ...each, lots } : each;
    });
  }

  private expire(before: Lot, { seq, n, remaining, origin, ...lot }: Lot): void {
    const { funder, accruedAt, availableFrom, expiresAt } = lot;
    const amount = before.remaining - remaining;
    const terms = { funder, accruedAt, availableFrom, expiresAt };
    if (amount > 0) this.expired = [...this.expired, { seq, n, amount, origin, terms }];
  }
}

/** What a redemption that was captured has spent, the first of what it held. */
export const spentBy = (
  { points, back = 0 }: Redemption,
  held: readonly HeldLot[],
): readonly HeldLot[] => firstOf(held, points - back);

function lotOf(row: readonly (number | string | null)[]): Lot {
  const [seq, n, funder, accruedAt, availableFrom, expiresAt, amount, remaining, held] = row;
  const [originSeq, originN] = row.slice(9);
  const origin =
    originSeq === undefined ? undefined : { seq: Number(originSeq), n: Number(originN) };
  return {
    seq: Number(seq),
    n: Number(n),
    funder: String(funder),
    accruedAt: Number(accruedAt),
    availableFrom: Number(availableFrom),
    expiresAt: expiresAt === null || expiresAt === undefined ? null : Number(expiresAt),
    amount: Number(amount),
    remaining: Number(remaining),
    held: Number(held),
    origin,
  };
}

function redemptionOf(row: readonly unknown[], changedSeq: number): Redemption {
  const [seq, retailer, reward, points, state, expiresAt, ...more] = row;
  const [purchaseSeq, shared, amount, back, delivery, usableUntil, usedBy, termsNo, backAt] = more;
  const number = (value: unknown): number | undefined =>
    value === null || value === undefined ? undefined : Number(value);
  return {
    seq: Number(seq),
    retailer: String(retailer),
    reward: String(reward),
    points: Number(points),
    state: state as Redemption['state'],
    expiresAt: Number(expiresAt),
    changedSeq,
    lots: [],
    purchaseSeq: number(purchaseSeq),
    shared: ((shared ?? []) as [string, number][]).map(([limit, used]) => ({
      limit,
      amount: used,
    })),
    amount: number(amount),
    back: number(back),
    delivery: (delivery ?? undefined) as Redemption['delivery'],
    usableUntil: number(usableUntil),
    usedBy: (usedBy ?? undefined) as string | undefined,
    termsNo: number(termsNo),
    backAt: number(backAt),
  };
}

const decides: readonly string[] = ['accrue', 'return', 'correct', 'review'];

/** The decision that a posting says, as later events must know it. */
export function decisionOf(posting: Recorded): PastDecision | undefined {
  const { seq, subjectSeq, versionNo, occurredAt, recordedAt, explanation, effects } = posting;
  const kind = posting.kind as PastDecision['kind'];
  if (!decides.includes(kind)) return undefined;
  const [held, tier, event, review] = effects.decision ?? [];
  const before = held ?? String(effects.standing?.[4] ?? posting.after.tier);
  return {
    seq,
    kind,
    purchase: subjectSeq === null || kind === 'accrue' ? seq : subjectSeq,
    event: event ?? seq,
    versionNo,
    occurredAt,
    recordedAt,
    explanation,
    held: before,
    tier: tier ?? before,
    review: toReview(review),
    granted: toGrant(effects.granted),
    returned: (effects.returned?.[1] ?? []).map(([line, quantity, amount]) => ({
      line,
      quantity,
      amount,
    })),
  };
}

function newestOf(history: readonly PastDecision[], withReviews: boolean): number | null {
  const places = history
    .filter(({ kind }) => kind !== 'correct' && (withReviews || kind !== 'review'))
    .map(({ explanation, recordedAt, occurredAt }) =>
      explanation.some(([, , code]) => code === 'decided_as_of_today') ? recordedAt : occurredAt,
    );
  return places.length === 0 ? null : places.reduce((a, b) => Math.max(a, b));
}
