/**
 * Points that are given: by a coupon that somebody was handed. They come out of a budget that is
 * never overdrawn, and one member gets so much of all gifts and no more, so that codes found,
 * bought or begged for are worth no more than the programme meant them to be.
 */
import { NO_RULE, WHOLE_EVENT, type ExplanationItem } from '../explanation.js';
import type { Coupon } from './coupon.js';
import { leftOf, usedOf, type LimitUse } from '../limits.js';
import { periodStart } from '../period.js';
import { BILLION } from '../points.js';
import type { Programme } from '../programme.js';
import { Moves } from '../spending/moves.js';
import { blank, refused, type Settled } from '../spending/settle.js';
import type { Counter, Outcome, PostingDraft, Refusal } from '../outcome.js';
import { counterKey, type MemberState, type State } from '../state.js';
import { termsOfGiven } from '../actions/adjust.js';

export interface CouponAction {
  kind: 'coupon';
  at: number;
  /** Code of its kind in the programme. */
  coupon: string;
  /** The instant from which its batch can no longer be redeemed. */
  until: number;
  /** The rolling limit that counts what this very coupon was used. */
  single: string;
}

/** Redeems a coupon, or says why not. */
export function redeemCoupon(
  programme: Programme,
  state: State,
  settled: Settled,
  action: CouponAction,
): Outcome {
  const coupon = programme.coupons.get(action.coupon);
  const refusal = whyNot(coupon, state, settled.member, action);
  if (refusal !== undefined || coupon === undefined) {
    return refused(
      programme,
      settled,
      action,
      refusal ?? { code: 'coupon_not_valid', details: {} },
    );
  }
  const { points, budget, code } = coupon;
  const outcome = award(programme, state, settled, {
    at: action.at,
    points,
    told: [NO_RULE, WHOLE_EVENT, 'coupon_redeemed', (BigInt(points) * BILLION).toString(), code],
    counters: [{ ...timesOf(code), used: 1 }],
    shared: [{ limit: budget, amount: points }],
  });
  if (outcome.refusal !== undefined) return outcome;
  const limits = new Map(state.limits).set(action.single, 1);
  return { ...outcome, state: { ...outcome.state, limits } };
}

interface Gift {
  at: number;
  points: number;
  told: ExplanationItem;
  /** What it adds to counters beside those of the caps on gifts. */
  counters: readonly Counter[];
  shared: readonly LimitUse[];
}

/** Posts points that are given, unless the caps on gifts or a budget refuse them. */
function award(programme: Programme, state: State, settled: Settled, gift: Gift): Outcome {
  const { at, points, shared } = gift;
  const { member } = settled;
  const capped = capReached(programme, member, points, at);
  if (capped !== undefined) return refused(programme, settled, gift, capped);
  if (shared.some(({ limit, amount }) => leftOf(state, limit, settled.postings) < amount)) {
    const spent = refused(programme, settled, gift, { code: 'budget_spent', details: {} });
    return { ...spent, short: shared };
  }
  const seq = member.version + 1;
  const moves = new Moves(seq, member);
  moves.issue(points, termsOfGiven(programme, at));
  const { figures, lots, opened, changed } = moves.done(at);
  const caps = giftCounters(programme, at).map((each) => ({ ...each, used: points }));
  const counters = added(member, [...gift.counters, ...caps]);
  const next: MemberState = {
    ...member,
    ...figures,
    version: seq,
    lots,
    counters: new Map([
      ...member.counters,
      ...counters.map((each) => [counterKey(each.counter, each.periodStart), each.used] as const),
    ]),
  };
  const items: ExplanationItem[] = [gift.told];
  if (moves.repaid > 0) items.push([NO_RULE, WHOLE_EVENT, 'owed_repaid', '0', moves.repaid]);
  const draft: PostingDraft = {
    ...blank(programme, next, at),
    kind: 'award',
    billionths: BigInt(points) * BILLION,
    explanation: items,
    entries: moves.entries,
    opened,
    changed,
    counters,
    shared,
  };
  return { state: { members: [next] }, postings: [...settled.postings, draft] };
}

function whyNot(
  coupon: Coupon | undefined,
  state: State,
  member: MemberState,
  { at, until, single }: CouponAction,
): Refusal | undefined {
  if (member.status !== 'active') return { code: 'member_not_active', details: {} };
  if (usedOf(state, single) > 0) return { code: 'coupon_already_used', details: {} };
  if (coupon === undefined || at < coupon.from || at >= Math.min(until, coupon.until)) {
    return { code: 'coupon_not_valid', details: {} };
  }
  const { counter, periodStart: start } = timesOf(coupon.code);
  const times = member.counters.get(counterKey(counter, start)) ?? 0;
  if (times < coupon.perMember) return undefined;
  return { code: 'coupon_limit_reached', details: { limit: coupon.perMember, used: times } };
}

function capReached(
  programme: Programme,
  member: MemberState,
  points: number,
  at: number,
): Refusal | undefined {
  for (const [place, { counter, periodStart: start }] of giftCounters(programme, at).entries()) {
    const used = member.counters.get(counterKey(counter, start)) ?? 0;
    const limit = programme.giftCaps[place]?.points ?? 0;
    if (used + points > limit) {
      return { code: 'gift_limit_reached', details: { limit, used, asked: points } };
    }
  }
  return undefined;
}

/** Counters as they stand once more is counted. */
function added({ counters }: MemberState, more: readonly Counter[]): Counter[] {
  return more.map(({ counter, periodStart: start, used }) => {
    const before = counters.get(counterKey(counter, start)) ?? 0;
    return { counter, periodStart: start, used: before + used };
  });
}

/** Neither can be a rule's id. */
const timesOf = (code: string): Omit<Counter, 'used'> => ({
  counter: `*coupon/${code}`,
  periodStart: 0,
});

const giftCounters = ({ giftCaps, timeZone }: Programme, at: number): Omit<Counter, 'used'>[] =>
  giftCaps.map(({ period }) => ({
    counter: `*gifts/${period}`,
    periodStart: period === 'purchase' ? 0 : periodStart(timeZone, at, period),
  }));

/** The counters that redeeming a coupon reads. */
export function couponCounters(programme: Programme, coupon: string, at: number): Counter[] {
  return [timesOf(coupon), ...giftCounters(programme, at)].map((each) => ({ ...each, used: 0 }));
}
