import { publicId } from '../../ledger/address.js';
import { Shown } from '../../platform/openapi/view.decorator.js';
import { NamedView } from '../../programmes/views/programmes.views.js';
import type { Programme } from '../../rules/programme.js';
import type { Redemption } from '../../rules/state.js';
import type { VoucherState } from '../../rules/spending/voucher.js';
import type { VoucherTerms } from '../../rules/vouchers.js';
import { MoneyView } from '../money.views.js';

const states = ['usable', 'used', 'lapsed', 'given_back'] as const satisfies VoucherState[];
const endings = ['lost', 'points_back'] as const;

const ifUnused = 'What becomes of its points when it lapses unused.';

/** A voucher as it is issued. */
export class IssuedVoucherView {
  @Shown('text', 'To whoever captures it, and to its member while it can be used.', 'optional')
  code?: string;

  @Shown('instant', 'From when it can no longer be used.')
  usableUntil: string;

  @Shown({ enum: [...endings] }, ifUnused)
  ifUnused: (typeof endings)[number];
}

/** The terms that a reward's vouchers will have. */
export class VoucherTermsView {
  @Shown('whole', 'Days for which it can be used.')
  usableDays: number;

  @Shown({ type: 'string', isArray: true }, 'Codes of who takes it; null = all.', 'nullable')
  retailers: string[] | null;

  @Shown(MoneyView, 'What a purchase costs at least that it is used on; null = any.', 'nullable')
  minimumPurchase: MoneyView | null;

  @Shown({ enum: [...endings] }, ifUnused)
  ifUnused: (typeof endings)[number];
}

/** A voucher as who has its code sees it. */
export class VoucherView {
  @Shown('text', 'Of the redemption, once it is used: to be named by the purchase.', 'optional')
  redemption?: string;

  @Shown(NamedView)
  reward: NamedView;

  @Shown(MoneyView, 'What it is worth.')
  value: MoneyView;

  @Shown({ enum: [...states] })
  state: VoucherState;

  @Shown('instant', 'From when it can no longer be used.')
  usableUntil: string;

  @Shown('flag', 'Whether the caller may take it.')
  takenHere: boolean;

  @Shown(MoneyView, 'What a purchase costs at least that it is used on; null = any.', 'nullable')
  minimumPurchase: MoneyView | null;
}

const endingOf = ({ pointsBack }: VoucherTerms): (typeof endings)[number] =>
  pointsBack ? 'points_back' : 'lost';

const instant = (at: number): string => new Date(at).toISOString();

const minimumOf = (terms: VoucherTerms, { currency }: Programme): MoneyView | null =>
  terms.minimumMinor === 0 ? null : { amount: terms.minimumMinor, currency };

export function issuedVoucherView(
  terms: VoucherTerms,
  usableUntil: number,
  code: string | undefined,
): IssuedVoucherView {
  return {
    ...(code !== undefined && { code }),
    usableUntil: instant(usableUntil),
    ifUnused: endingOf(terms),
  };
}

export function voucherTermsView(terms: VoucherTerms, programme: Programme): VoucherTermsView {
  return {
    usableDays: terms.usableDays,
    retailers: terms.retailers === undefined ? null : [...terms.retailers],
    minimumPurchase: minimumOf(terms, programme),
    ifUnused: endingOf(terms),
  };
}

/** What a voucher is by its terms; its redemption is named to whoever has used it up. */
export function voucherView(
  { reward, usableUntil = 0 }: Pick<Redemption, 'reward' | 'usableUntil'>,
  { terms, programme }: { terms: VoucherTerms; programme: Programme },
  { state, retailer }: { state: VoucherState; retailer: string | undefined },
  used?: { memberId: string; seq: number },
): VoucherView {
  const { name = reward, valueMinor = 0 } = programme.rewards.get(reward) ?? {};
  return {
    ...(used !== undefined && { redemption: publicId('rdm', used) }),
    reward: { code: reward, name },
    value: { amount: valueMinor, currency: programme.currency },
    state,
    usableUntil: instant(usableUntil),
    takenHere: retailer !== undefined && terms.retailers?.has(retailer) !== false,
    minimumPurchase: minimumOf(terms, programme),
  };
}
