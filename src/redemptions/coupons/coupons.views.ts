import { publicId } from '../../ledger/address.js';
import { answerOf, type Posted } from '../../ledger/command.js';
import { BalanceFigures, balanceOf } from '../../ledger/ledger.views.js';
import { Shown } from '../../platform/openapi/view.decorator.js';
import { NamedView } from '../../programmes/views/programmes.views.js';
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

  @Shown(NamedView, 'The kind of coupon that it was.')
  coupon: NamedView;

  @Shown('whole', 'What it gave; they can be spent at once.')
  points: number;

  @Shown(BalanceFigures, 'What the member has right after it.')
  balance: BalanceFigures;
}

/** Rendered from the posting, whose explanation names the kind of coupon. */
export function redeemedCouponView(posted: Posted, programme: Programme): RedeemedCouponView {
  const { memberId, seq, billionths, explanation, after } = answerOf(posted);
  const code = String(explanation.find(([, , each]) => each === 'coupon_redeemed')?.[4]);
  return {
    posting: publicId('pst', { memberId, seq }),
    member: memberId,
    coupon: { code, name: programme.coupons.get(code)?.name ?? code },
    points: Number(billionths / BILLION),
    balance: balanceOf(after),
  };
}
