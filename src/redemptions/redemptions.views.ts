import { publicId } from '../ledger/address.js';
import { answerOf, type Posted } from '../ledger/command.js';
import { BalanceFigures, balanceOf } from '../ledger/ledger.views.js';
import { Shown } from '../platform/openapi/view.decorator.js';
import { NamedView } from '../programmes/views/programmes.views.js';
import { TENDER, type Programme, type RewardKind } from '../rules/programme.js';
import type { Redemption } from '../rules/state.js';
import { MoneyView } from './money.views.js';
import { redemptionIn, type Seen } from './redemption-row.js';
import {
  IssuedVoucherView,
  VoucherTermsView,
  voucherTermsView,
} from './vouchers/vouchers.views.js';

const states = [
  'held',
  'captured',
  'released',
  'expired',
  'returned',
  'used',
] as const satisfies Redemption['state'][];

const rewardKinds = [
  'product',
  'discount_voucher',
  'experience',
  'donation',
  'status_perk',
] as const satisfies RewardKind[];

const deliveries = ['pending', 'sent', 'delivered', 'failed'] as const;

export class RedemptionView {
  @Shown('text')
  id: string;

  @Shown('memberId')
  member: string;

  @Shown(NamedView, 'Null where points pay.', 'nullable')
  reward: NamedView | null;

  @Shown('whole', 'What it costs.')
  points: number;

  @Shown(MoneyView, 'What its points pay, where they are no reward.', 'optional')
  pays?: MoneyView;

  @Shown({ enum: [...states] })
  state: Redemption['state'];

  @Shown({ enum: [...deliveries] }, 'Where a captured reward is that is delivered.', 'optional')
  delivery?: NonNullable<Redemption['delivery']>;

  @Shown(IssuedVoucherView, 'The voucher that it is, once captured.', 'optional')
  voucher?: IssuedVoucherView;

  @Shown('instant', 'When an open hold runs out.')
  expiresAt: string;

  @Shown(BalanceFigures, 'What the member has right after it.', 'optional')
  balance?: BalanceFigures;
}

export class QuoteView {
  @Shown(NamedView, 'Null where points pay.', 'nullable')
  reward: NamedView | null;

  @Shown('whole', 'What it costs.')
  points: number;

  @Shown(MoneyView, 'What the reward is worth, or what the points pay.')
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

  @Shown(VoucherTermsView, 'The terms of the voucher that it is.', 'optional')
  voucher?: VoucherTermsView;
}

const named = (programme: Programme, code: string): NamedView | null =>
  code === TENDER ? null : { code, name: programme.rewards.get(code)?.name ?? code };

/** The answer to whatever changed a redemption, rendered from its posting. */
export function postedView(
  posted: Posted,
  programme: Programme,
  voucher: IssuedVoucherView | undefined,
): RedemptionView {
  const { memberId, effects, after } = answerOf(posted);
  const more = { voucher, balance: balanceOf(after) };
  return redemptionView(memberId, redemptionIn(effects), programme, more);
}

export function redemptionView(
  memberId: string,
  { seq, reward, points, state, expiresAt, amount, delivery }: Seen,
  programme: Programme,
  { voucher, balance }: { voucher?: IssuedVoucherView | undefined; balance?: BalanceFigures } = {},
): RedemptionView {
  return {
    id: publicId('rdm', { memberId, seq }),
    member: memberId,
    reward: named(programme, reward),
    points,
    ...(amount !== undefined && { pays: { amount, currency: programme.currency } }),
    state,
    ...(delivery !== undefined && { delivery }),
    ...(voucher !== undefined && { voucher }),
    expiresAt: new Date(expiresAt).toISOString(),
    ...(balance !== undefined && { balance }),
  };
}

export function quoteView(posted: Posted, programme: Programme): QuoteView {
  const { effects, after } = answerOf(posted);
  const { reward, points, amount } = redemptionIn(effects);
  const value = amount ?? programme.rewards.get(reward)?.valueMinor;
  if (value === undefined) throw new Error('invariant: a quoted reward is in its version');
  return {
    reward: named(programme, reward),
    points,
    value: { amount: value, currency: programme.currency },
    accepted: true,
    balanceAfter: balanceOf(after),
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
    .map(({ code, name, kind, points, valueMinor, minimumTier, from, until, stock, voucher }) => ({
      code,
      name,
      kind,
      points,
      value: { amount: valueMinor, currency: programme.currency },
      minimumTier: minimumTier === 0 ? null : (programme.tiers[minimumTier]?.code ?? null),
      from: instant(from),
      until: instant(until),
      stock: stock === undefined ? null : stockView(programme.limits.get(stock), used.get(stock)),
      ...(voucher !== undefined && { voucher: voucherTermsView(voucher, programme) }),
    }));
}

const stockView = (total = 0, used = 0): StockView => ({ total, left: Math.max(0, total - used) });
