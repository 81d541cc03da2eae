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

  /** Code of a kind of coupon of the live programme. */
  @Text(1, 32)
  coupon: string;

  /** How many. */
  @WholeNumber(1, 10_000)
  count: number;

  /** From when they can no longer be redeemed, if that is sooner than the programme says. */
  @Optional()
  @Instant()
  until?: string;
}
