import { publicId } from '../ledger/address.js';
import { answerOf, type Posted } from '../ledger/command.js';
import type { Programme } from '../rules/programme.js';
import type { Redemption } from '../rules/state.js';

export interface RedemptionView {
  id: string;
  member: string;
  reward: { code: string; name: string };
  points: number;
  state: Redemption['state'];
  /** When an open hold runs out. */
  expiresAt: string;
  balance?: { available: number; pending: number; held: number; owed: number };
}

export interface QuoteView {
  reward: { code: string; name: string };
  points: number;
  /** What the reward is worth, in minor units. */
  value: { amount: number; currency: string };
  accepted: true;
  balanceAfter: { available: number; pending: number; held: number; owed: number };
}

interface Figures {
  points: number;
  pending: number;
  held: number;
  owed: number;
}

const balanceOf = ({ points, pending, held, owed }: Figures): QuoteView['balanceAfter'] => ({
  available: points - pending,
  pending,
  held,
  owed,
});

const named = (programme: Programme, code: string): { code: string; name: string } => ({
  code,
  name: programme.rewards.get(code)?.name ?? code,
});

/** The answer to a hold, capture or release, rendered from its posting. */
export function postedView(posted: Posted, programme: Programme): RedemptionView {
  const { memberId, effects, after } = answerOf(posted);
  const row = effects.redemptions?.at(-1);
  if (row === undefined) throw new Error('invariant: a redemption posting keeps its redemption');
  const [seq, , reward, points, state, expiresAt] = row;
  return {
    id: publicId('rdm', { memberId, seq: Number(seq) }),
    member: memberId,
    reward: named(programme, String(reward)),
    points: Number(points),
    state: state as Redemption['state'],
    expiresAt: new Date(Number(expiresAt)).toISOString(),
    balance: balanceOf(after),
  };
}

export function redemptionView(
  memberId: string,
  redemption: Redemption,
  programme: Programme,
): RedemptionView {
  const { seq, reward, points, state, expiresAt } = redemption;
  return {
    id: publicId('rdm', { memberId, seq }),
    member: memberId,
    reward: named(programme, reward),
    points,
    state,
    expiresAt: new Date(expiresAt).toISOString(),
  };
}

export function quoteView(posted: Posted, programme: Programme, code: string): QuoteView {
  const reward = programme.rewards.get(code);
  if (reward === undefined) throw new Error('invariant: a quoted reward is in its version');
  return {
    reward: { code, name: reward.name },
    points: reward.points,
    value: { amount: reward.valueMinor, currency: programme.currency },
    accepted: true,
    balanceAfter: balanceOf(answerOf(posted).after),
  };
}

export interface RewardView {
  code: string;
  name: string;
  points: number;
  value: { amount: number; currency: string };
  minimumTier: string | null;
}

/** The rewards of a version, cheapest first. */
export function rewardViews(programme: Programme): RewardView[] {
  return [...programme.rewards.values()]
    .sort((a, b) => a.points - b.points || (a.code < b.code ? -1 : 1))
    .map(({ code, name, points, valueMinor, minimumTier }) => ({
      code,
      name,
      points,
      value: { amount: valueMinor, currency: programme.currency },
      minimumTier: minimumTier === 0 ? null : (programme.tiers[minimumTier]?.code ?? null),
    }));
}
