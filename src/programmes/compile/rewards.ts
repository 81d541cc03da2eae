/** Rewards as the core reads them: days made instants, codes made look-ups. */
import { startOfDay, type LocalDate } from '../../rules/period.js';
import { parseRate } from '../../rules/points.js';
import type { Reward, Tender, Tier } from '../../rules/programme.js';
import { REFERRAL_BUDGET } from '../../rules/referrals/terms.js';
import type { VoucherTerms } from '../../rules/vouchers.js';
import type * as written from '../document.js';

/** The rewards of a checked document, by code. */
export function compileRewards(
  { rewards, identity }: written.ProgrammeDocument,
  tiers: readonly Tier[],
): Map<string, Reward> {
  return new Map(
    rewards.map((reward) => [reward.code, compileReward(reward, tiers, identity.timeZone)]),
  );
}

function compileReward(reward: written.Reward, tiers: readonly Tier[], timeZone: string): Reward {
  const { code, name, points, value, minimumTier, kind = 'product', from, until } = reward;
  const index =
    minimumTier === undefined ? 0 : tiers.findIndex((tier) => tier.code === minimumTier);
  if (index < 0) throw new Error('invariant: only a checked document is compiled');
  return {
    code,
    name,
    kind,
    points,
    valueMinor: value.amount,
    minimumTier: index,
    formerPrices: (reward.formerPrices ?? []).map((former) => ({
      points: former.points,
      until: startOfDay(timeZone, dateOf(former.until, 1)),
      honouredUntil: startOfDay(timeZone, dateOf(former.honouredUntil, 1)),
    })),
    delivered: reward.delivered ?? false,
    voucher: kind === 'discount_voucher' ? compileVoucher(reward.voucher) : undefined,
    stock: reward.stock === undefined ? undefined : stockOf(code),
    from: from === undefined ? -Infinity : startOfDay(timeZone, dateOf(from)),
    until: until === undefined ? Infinity : startOfDay(timeZone, dateOf(until, 1)),
  };
}

/** Days that a voucher is usable, where a document does not say. */
const USABLE_DAYS = 365;

function compileVoucher(voucher: written.Voucher = { usableDays: USABLE_DAYS }): VoucherTerms {
  const { usableDays, retailers, minimumPurchase = 0, ifUnused } = voucher;
  return {
    usableDays,
    retailers: retailers === undefined ? undefined : new Set(retailers),
    minimumMinor: minimumPurchase,
    pointsBack: ifUnused === 'points_back',
  };
}

export function compileTender(tender: written.Tender | undefined): Tender | undefined {
  if (tender === undefined) return undefined;
  const rate = parseRate(tender.rate);
  const maximumShare = parseRate(tender.maximumShare);
  if (rate === undefined || maximumShare === undefined) {
    throw new Error('invariant: only a checked document is compiled');
  }
  const { minimumPoints, step } = tender;
  return { rate, minimumPoints, step, maximumShare };
}

/** What a reward's stock is called among the shared limits. */
const stockOf = (code: string): string => `reward/${code}`;

/** Totals of the shared limits of a document, by id. */
export function sharedLimits({
  rewards,
  referral,
}: written.ProgrammeDocument): Map<string, number> {
  const stocks = rewards.flatMap(({ code, stock }) =>
    stock === undefined ? [] : [[stockOf(code), stock] as const],
  );
  return new Map([
    ...stocks,
    ...(referral === undefined ? [] : [[REFERRAL_BUDGET, referral.budget] as const]),
  ]);
}

/** A written day, or the one some days after it. */
export function dateOf(text: string, later = 0): LocalDate {
  const [year = 0, month = 0, day = 0] = text.split('-').map(Number);
  return { year, month, day: day + later };
}
