import { MemberReference } from '../../members/members.requests.js';
import {
  Instant,
  Nested,
  Optional,
  Text,
  WholeNumber,
} from '../../platform/http/field.decorator.js';

export class RedeemOwnCoupon {
  /** The code, however it is typed. */
  @Text(1, 64)
  code: string;
}

export class RedeemCoupon extends RedeemOwnCoupon {
  @Nested(() => MemberReference)
  member: MemberReference;
}

export class MakeCoupons {
  /** Your name for the batch, unique for ever; the same again tells the same codes again. */
  @Text(1, 64)
  reference: string;

  /** Code of a kind of coupon of the live programme, which gives points; or see `offer`. */
  @Optional()
  @Text(1, 32)
  coupon?: string;

  /** Code of an offer of the live programme, which the coupons activate. */
  @Optional()
  @Text(1, 32)
  offer?: string;

  /** How many. */
  @WholeNumber(1, 10_000)
  count: number;

  /** From when they can no longer be redeemed, if that is sooner than the programme says. */
  @Optional()
  @Instant()
  until?: string;
}

export class CouponBatchPage {
  /** `next` of the page before. */
  @Optional()
  @Text(1, 64)
  cursor?: string;

  /** Batches on a page, 1 to 100; 50 when left out. */
  @Optional()
  @Text(1, 3, /^([1-9]\d?|100)$/)
  limit?: string;
}
