/**
 * Redemption in two steps: a hold reserves points lot by lot in spending order, a capture turns
 * them into a reward, a release gives them back. A quote is a hold that nobody writes down.
 */
import { NO_RULE, WHOLE_EVENT } from '../explanation.js';
import { availableAt, choose } from '../spending/lots.js';
import type { Programme, Reward } from '../programme.js';
import {
  applyHeld,
  blank,
  entry,
  read,
  refused,
  release,
  replaceLots,
  withNextChange,
  type Settled,
} from '../spending/settle.js';
import type { MemberState, Outcome, PostingDraft, Redemption, Refusal } from '../state.js';
import { standingTier, tierAt } from '../earning/tier.js';

export interface HoldAction {
  kind: 'hold';
  at: number;
  retailer: string;
  reward: string;
}

export interface SettleHoldAction {
  kind: 'capture' | 'release';
  at: number;
  /** Number of the hold posting. */
  redemption: number;
}

/** Reserves a reward's points, or says what is missing. */
export function hold(programme: Programme, settled: Settled, action: HoldAction): Outcome {
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
  const { lots, redemptions } = read(member);
  const chosen = choose(lots, reward.points, action.at);
  const refusal = whyNot(programme, member, reward, action.at);
  if (refusal !== undefined || chosen === undefined) {
    return refused(programme, settled, action, refusal ?? insufficient(member, reward, action.at));
  }
  const seq = member.version + 1;
  const changed = applyHeld(lots, chosen, (lot, amount) => ({ ...lot, held: lot.held + amount }));
  const redemption: Redemption = {
    seq,
    retailer: action.retailer,
    reward: reward.code,
    points: reward.points,
    state: 'held',
    expiresAt: action.at + programme.holdMs,
    changedSeq: seq,
    lots: chosen,
  };
  const next = withNextChange(
    {
      ...member,
      version: seq,
      points: member.points - reward.points,
      held: member.held + reward.points,
      lots: replaceLots(lots, changed),
      redemptions: [...redemptions, redemption],
    },
    action.at,
  );
  const draft: PostingDraft = {
    ...blank(programme, next, action.at),
    kind: 'hold',
    explanation: [[NO_RULE, WHOLE_EVENT, 'hold_placed', '0', reward.points]],
    entries: chosen.map((held) => entry('points', 'held', held)),
    changed,
    redemptions: [redemption],
  };
  return { state: { members: [next] }, postings: [...settled.postings, draft] };
}

function whyNot(
  programme: Programme,
  member: MemberState,
  reward: Reward,
  at: number,
): Refusal | undefined {
  if (member.status !== 'active') return { code: 'member_not_active', details: {} };
  const tier = standingTier(programme, member.tier, member.qualifying);
  if (tier < reward.minimumTier) {
    const minimumTier = tierAt(programme, reward.minimumTier).code;
    return { code: 'tier_too_low', details: { minimumTier } };
  }
  if (availableAt(read(member).lots, at) < reward.points) return insufficient(member, reward, at);
  return undefined;
}

function insufficient(member: MemberState, reward: Reward, at: number): Refusal {
  const available = availableAt(read(member).lots, at);
  return {
    code: 'insufficient_points',
    details: { available, required: reward.points, missing: reward.points - available },
  };
}

/** Ends a hold: by capture the points are gone, by release they are back in their lots. */
export function settleHold(
  programme: Programme,
  settled: Settled,
  action: SettleHoldAction,
): Outcome {
  const { lots, redemptions } = read(settled.member);
  const redemption = redemptions.find(({ seq }) => seq === action.redemption);
  if (redemption === undefined) {
    throw new Error('invariant: the redemption an action names is read before it is decided');
  }
  const refusal = whyNotSettle(redemption);
  if (refusal !== undefined) {
    return refused(programme, settled, action, refusal, redemption.seq);
  }
  if (action.kind === 'release') {
    const because = { occurredAt: action.at, code: 'hold_released' } as const;
    const { member, draft } = release(programme, settled.member, redemption, because);
    const state = { members: [withNextChange(member, action.at)] };
    return { state, postings: [...settled.postings, draft] };
  }
  const seq = settled.member.version + 1;
  const changed = applyHeld(lots, redemption.lots, (lot, amount) => ({
    ...lot,
    held: lot.held - amount,
    remaining: lot.remaining - amount,
  }));
  const done: Redemption = { ...redemption, state: 'captured', changedSeq: seq, lots: [] };
  const next = withNextChange(
    {
      ...settled.member,
      version: seq,
      held: settled.member.held - redemption.points,
      lots: replaceLots(lots, changed),
      redemptions: redemptions.map((each) => (each.seq === redemption.seq ? done : each)),
    },
    action.at,
  );
  const draft: PostingDraft = {
    ...blank(programme, next, action.at),
    kind: 'redeem',
    subjectSeq: redemption.seq,
    explanation: [[NO_RULE, WHOLE_EVENT, 'hold_captured', '0', redemption.points]],
    entries: redemption.lots.map((held) => entry('held', 'redeemed', held)),
    changed,
    redemptions: [done],
  };
  return { state: { members: [next] }, postings: [...settled.postings, draft] };
}

function whyNotSettle({ state }: Redemption): Refusal | undefined {
  switch (state) {
    case 'held':
      return undefined;
    case 'captured':
      return { code: 'redemption_already_captured', details: {} };
    case 'released':
      return { code: 'redemption_already_released', details: {} };
    case 'returned':
      return { code: 'redemption_returned', details: {} };
    case 'expired':
      return { code: 'hold_expired', details: {} };
  }
}
