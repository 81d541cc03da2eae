/** Which voucher a redemption is, and how it stands. */
import type { Versions } from '../earning/timeline.js';
import type { Programme } from '../programme.js';
import type { Redemption } from '../state.js';
import { currencyOf } from '../conversions/terms.js';
import type { VoucherTerms } from '../vouchers.js';

/** What a redemption is a voucher of, by the version it was held in; undefined = it is none. */
export function voucherOf(
  { reward, termsNo }: Pick<Redemption, 'reward' | 'termsNo'>,
  versions: Pick<Versions, 'version'>,
): { terms: VoucherTerms; programme: Programme } | undefined {
  if (termsNo === undefined) return undefined;
  const programme = versions.version(termsNo);
  const terms = programme.rewards.get(reward)?.voucher;
  return terms === undefined ? undefined : { terms, programme };
}

/** How an issued voucher stands at an instant, whatever has been posted of that yet. */
export type VoucherState = 'usable' | 'used' | 'lapsed' | 'given_back';

export function voucherStateAt(
  { state, usableUntil = Infinity }: Pick<Redemption, 'state' | 'usableUntil'>,
  at: number,
): VoucherState {
  if (state === 'used') return 'used';
  if (state === 'expired') return 'lapsed';
  if (state !== 'captured') return 'given_back';
  return at < usableUntil ? 'usable' : 'lapsed';
}

/**
 * Whether a redemption may be named on a retailer's purchase. A voucher is used by its code first,
 * and then only on a purchase from whoever took it. What became units of another currency is used
 * there, and no return may bring it back.
 */
export function isUsableOn(
  { retailer, reward, state, usableUntil, usedBy, purchaseSeq }: Redemption,
  by: string | undefined,
): boolean {
  if (purchaseSeq !== undefined || currencyOf(reward) !== undefined) return false;
  if (usableUntil !== undefined) return state === 'used' && usedBy === by;
  return state === 'captured' && retailer === by;
}
