import { publicId } from '../../ledger/address.js';
import { answerOf, type Posted } from '../../ledger/command.js';
import { BalanceFigures, balanceOf } from '../../ledger/ledger.views.js';
import { Shown } from '../../platform/openapi/view.decorator.js';
import { NamedView } from '../../programmes/views/programmes.views.js';
import type { ReasonCode } from '../../rules/explanation.js';
import { BILLION } from '../../rules/points.js';
import type { Programme } from '../../rules/programme.js';

/** A line of a batch. */
export class CouponCodeView {
  @Shown('text', 'It is told to whoever makes the batch, and stored nowhere.')
  code: string;
}

export class RedeemedCouponView {
  @Shown('text')
  posting: string;

  @Shown('memberId')
  member: string;

  @Shown(NamedView, 'The kind of coupon that it was; null = it activated an offer.', 'nullable')
  coupon: NamedView | null;

  @Shown(NamedView, 'The offer that is activated from now on; null = it gave points.', 'nullable')
  offer: NamedView | null;

  @Shown('whole', 'What it gave; they can be spent at once.')
  points: number;

  @Shown(BalanceFigures, 'What the member has right after it.')
  balance: BalanceFigures;
}

/** Rendered from the posting, whose explanation names the kind of coupon, or the offer. */
export function redeemedCouponView(posted: Posted, programme: Programme): RedeemedCouponView {
  const { memberId, seq, billionths, explanation, after } = answerOf(posted);
  const named = (code: ReasonCode, of: readonly NamedView[]): NamedView | null => {
    const item = explanation.find(([, , each]) => each === code);
    if (item === undefined) return null;
    const told = String(item[4]);
    return { code: told, name: of.find((each) => each.code === told)?.name ?? told };
  };
  return {
    posting: publicId('pst', { memberId, seq }),
    member: memberId,
    coupon: named('coupon_redeemed', [...programme.coupons.values()]),
    offer: named('offer_activated', [...programme.offers.values()]),
    points: Number(billionths / BILLION),
    balance: balanceOf(after),
  };
}

export class CouponBatchView {
  @Shown('text')
  reference: string;

  @Shown('text', 'Code of the kind of coupon; null = they activate an offer.', 'nullable')
  coupon: string | null;

  @Shown('text', 'Code of the offer that they activate; null = they give points.', 'nullable')
  offer: string | null;

  @Shown('whole', 'How many were asked for.')
  count: number;

  @Shown('whole', 'How many of them are used.')
  used: number;

  @Shown('instant', 'From when they can no longer be redeemed; null = as it says.', 'nullable')
  until: string | null;

  @Shown('instant')
  madeAt: string;

  @Shown('text', 'Who made them.')
  madeBy: string;
}

export class CouponBatchesView {
  @Shown([CouponBatchView], 'Newest first.')
  items: CouponBatchView[];

  @Shown('text', '`cursor` of the page after; null on the last.', 'nullable')
  next: string | null;
}

/** A batch as it is stored, with how much of it is used. */
export interface StoredBatch {
  id: string;
  reference: string;
  coupon: string | null;
  offer: string | null;
  count: number;
  used: number;
  until: Date | null;
  made_at: Date;
  made_by: string;
}

export const couponBatchView = (batch: StoredBatch): CouponBatchView => ({
  reference: batch.reference,
  coupon: batch.coupon,
  offer: batch.offer,
  count: batch.count,
  used: batch.used,
  until: batch.until?.toISOString() ?? null,
  madeAt: batch.made_at.toISOString(),
  madeBy: batch.made_by,
});
