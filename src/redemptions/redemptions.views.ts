import { publicId } from '../ledger/address.js';
import { answerOf, type Posted } from '../ledger/command.js';
import { BalanceFigures, balanceOf } from '../ledger/ledger.views.js';
import { Shown } from '../platform/openapi/view.decorator.js';
import { NamedView } from '../programmes/views/programmes.views.js';
import type { Programme, RewardKind } from '../rules/programme.js';
import type { Redemption } from '../rules/state.js';

const states = [
  'held',
  'captured',
  'released',
  'expired',
  'returned',
] as const satisfies Redemption['state'][];

const rewardKinds = [
  'product',
  'discount_voucher',
  'experience',
  'donation',
  'status_perk',
] as const satisfies RewardKind[];

class MoneyView {
  @Shown('whole', 'In minor units.')
  amount: number;

  @Shown('text', 'ISO 4217 code.')
  currency: string;
}

export class RedemptionView {
  @Shown('text')
  id: string;

  @Shown('memberId')
  member: string;

  @Shown(NamedView)
  reward: NamedView;

  @Shown('whole', 'What it costs.')
  points: number;

  @Shown({ enum: [...states] })
  state: Redemption['state'];

  @Shown('instant', 'When an open hold runs out.')
  expiresAt: string;

  @Shown(BalanceFigures, 'What the member has right after it.', 'optional')
  balance?: BalanceFigures;
}

export class QuoteView {
  @Shown(NamedView)
  reward: NamedView;

  @Shown('whole', 'What it costs.')
  points: number;

  @Shown(MoneyView, 'What the reward is worth.')
  value: MoneyView;

  @Shown({ type: 'boolean', enum: [true] }, 'A refusal is a problem instead.')
  accepted: true;

  @Shown(BalanceFigures)
  balanceAfter: BalanceFigures;
}

class StockView {
  @Shown('whole', 'How many there are in all.')
  total: number;

  @Shown('whole', 'How many of them are left.')
  left: number;
}

export class RewardView extends NamedView {
  @Shown({ enum: [...rewardKinds] })
  kind: RewardKind;

  @Shown('whole', 'What it costs.')
  points: number;

  @Shown(MoneyView, 'What it is worth.')
  value: MoneyView;

  @Shown('text', 'Code of the tier it is kept for; null when it is for all.', 'nullable')
  minimumTier: string | null;

  @Shown('instant', 'From when it can be had; null = it always could.', 'nullable')
  from: string | null;

  @Shown('instant', 'From when it can no longer be had; null = it has no end.', 'nullable')
  until: string | null;

  @Shown(StockView, 'Null = there are as many as are asked for.', 'nullable')
  stock: StockView | null;
}

const named = (programme: Programme, code: string): NamedView => ({
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

const instant = (at: number): string | null =>
  Number.isFinite(at) ? new Date(at).toISOString() : null;

/** The rewards of a version that can be had or are still to come, cheapest first. */
export function rewardViews(
  programme: Programme,
  now: number,
  used: ReadonlyMap<string, number>,
): RewardView[] {
  return [...programme.rewards.values()]
    .filter(({ until }) => until > now)
    .sort((a, b) => a.points - b.points || (a.code < b.code ? -1 : 1))
    .map(({ code, name, kind, points, valueMinor, minimumTier, from, until, stock }) => ({
      code,
      name,
      kind,
      points,
      value: { amount: valueMinor, currency: programme.currency },
      minimumTier: minimumTier === 0 ? null : (programme.tiers[minimumTier]?.code ?? null),
      from: instant(from),
      until: instant(until),
      stock: stock === undefined ? null : stockView(programme.limits.get(stock), used.get(stock)),
    }));
}

const stockView = (total = 0, used = 0): StockView => ({ total, left: Math.max(0, total - used) });
