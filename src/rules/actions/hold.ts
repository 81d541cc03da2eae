/**
 * A hold reserves the points of a reward, lot by lot in spending order, and one of its stock. A
 * quote is a hold that nobody writes down.
 */
import { standingTier, tierAt } from '../earning/tier.js';
import { NO_RULE, WHOLE_EVENT, type ExplanationItem } from '../explanation.js';
import { leftOf, type LimitUse } from '../limits.js';
import type { Programme, Reward } from '../programme.js';
import { barred } from '../spending/barred.js';
import { availableAt } from '../spending/lots.js';
import { priceOf, type Price } from '../spending/price.js';
import {
  applyHeld,
  blank,
  entry,
  read,
  refused,
  replaceLots,
  withNextChange,
  type Settled,
} from '../spending/settle.js';
import type { Outcome, PostingDraft, Refusal } from '../outcome.js';
import type { MemberState, Redemption, State } from '../state.js';

export interface HoldAction {
  kind: 'hold';
  at: number;
  retailer: string;
  reward: string;
}

/** Reserves a reward's points, and one of its stock, or says what is missing. */
export function hold(
  programme: Programme,
  state: State,
  settled: Settled,
  action: HoldAction,
): Outcome {
  const { member } = settled;
  const reward = programme.rewards.get(action.reward);
  if (reward === undefined) {
    const refusal = {
      code: 'unknown_reward',
      pointer: '/reward',
      details: { reward: action.reward },
    };
    return refused(programme, settled, action, refusal);
  }
  const price = priceOf(reward, read(member).lots, action.at);
  const refusal = whyNot(programme, member, reward, action.at) ?? unpaid(member, price, action.at);
  if (refusal !== undefined) return refused(programme, settled, action, refusal);
  const shared = stockOf(reward);
  if (shared.some(({ limit, amount }) => leftOf(state, limit, settled.postings) < amount)) {
    const sold = refused(programme, settled, action, { code: 'out_of_stock', details: {} });
    return { ...sold, short: shared };
  }
  const { points, lots, honoured } = price;
  const told = [...honoured].map(([former, paid]): ExplanationItem => {
    const detail = `${String(paid)} at ${String(former)}`;
    return [NO_RULE, WHOLE_EVENT, 'former_price_honoured', '0', detail];
  });
  const termsNo = reward.voucher === undefined ? undefined : programme.no;
  const what = { reward: reward.code, points, lots, shared, termsNo };
  return placed(programme, settled, action, what, told);
}

function unpaid(member: MemberState, { missing }: Price, at: number): Refusal | undefined {
  if (missing === 0) return undefined;
  return insufficient(member, availableAt(read(member).lots, at) + missing, at);
}

const stockOf = ({ stock }: Reward): LimitUse[] =>
  stock === undefined ? [] : [{ limit: stock, amount: 1 }];

/** Posts a hold of these points for what they buy or pay. */
export function placed(
  programme: Programme,
  { member, postings }: Settled,
  { at, retailer, holdMs = programme.holdMs }: { at: number; retailer: string; holdMs?: number },
  what: Pick<Redemption, 'reward' | 'points' | 'lots' | 'shared' | 'amount' | 'termsNo'>,
  told: readonly ExplanationItem[] = [],
): Outcome {
  const { lots, redemptions } = read(member);
  const { points, shared } = what;
  const seq = member.version + 1;
  const changed = applyHeld(lots, what.lots, (lot, amount) => ({
    ...lot,
    held: lot.held + amount,
  }));
  const expiresAt = at + holdMs;
  const redemption: Redemption = {
    ...what,
    seq,
    retailer,
    state: 'held',
    expiresAt,
    changedSeq: seq,
  };
  const next = withNextChange(
    {
      ...member,
      version: seq,
      points: member.points - points,
      held: member.held + points,
      lots: replaceLots(lots, changed),
      redemptions: [...redemptions, redemption],
    },
    at,
  );
  const draft: PostingDraft = {
    ...blank(programme, next, at),
    kind: 'hold',
    explanation: [[NO_RULE, WHOLE_EVENT, 'hold_placed', '0', points], ...told],
    entries: what.lots.map((held) => entry('points', 'held', held)),
    changed,
    redemptions: [redemption],
    shared,
  };
  return { state: { members: [next] }, postings: [...postings, draft] };
}

function whyNot(
  programme: Programme,
  member: MemberState,
  reward: Reward,
  at: number,
): Refusal | undefined {
  const bar = barred(member);
  if (bar !== undefined) return bar;
  if (at < reward.from || at >= reward.until) return notNow(reward);
  const tier = standingTier(programme, member.tier, member.qualifying);
  if (tier < reward.minimumTier) {
    const minimumTier = tierAt(programme, reward.minimumTier).code;
    return { code: 'tier_too_low', details: { minimumTier } };
  }
  return undefined;
}

function notNow({ from, until }: Reward): Refusal {
  const timeOf = (instant: number): string => new Date(instant).toISOString();
  const details = {
    ...(Number.isFinite(from) && { from: timeOf(from) }),
    ...(Number.isFinite(until) && { until: timeOf(until) }),
  };
  return { code: 'reward_not_available', details };
}

/** How many points are there, and how many are missing. */
export function insufficient(member: MemberState, required: number, at: number): Refusal {
  const available = availableAt(read(member).lots, at);
  return {
    code: 'insufficient_points',
    details: { available, required, missing: required - available },
  };
}
