import { MemberReference } from '../members/members.requests.js';
import {
  Minor,
  Nested,
  OneOf,
  Optional,
  Text,
  WholeNumber,
} from '../platform/http/field.decorator.js';
import { AMOUNT_MINOR_MAX } from '../rules/points.js';

const POINTS_MAX = 1_000_000_000;

/** Money in minor units of the programme's currency. */
export class PaidMoney {
  @WholeNumber(1, AMOUNT_MINOR_MAX)
  amount: number;

  @Text(3, 3, /^[A-Z]{3}$/)
  currency: string;
}

class TotalMoney {
  @Minor()
  amount: number;

  @Text(3, 3, /^[A-Z]{3}$/)
  currency: string;
}

export class TenderAsked {
  /** Points to pay with. */
  @WholeNumber(1, POINTS_MAX)
  points: number;

  /** What the whole purchase costs. */
  @Nested(() => TotalMoney)
  total: TotalMoney;
}

/** A reward or points that pay: one of the two, from a member's own token. */
export class RequestOwnRedemption {
  /** Code of a reward of the live programme. */
  @Optional()
  @Text(1, 64)
  reward?: string;

  /** Points that pay for a part of a purchase. */
  @Optional()
  @Nested(() => TenderAsked)
  tender?: TenderAsked;
}

/** The same from a retailer, who says for whom. */
export class RequestRedemption extends RequestOwnRedemption {
  @Nested(() => MemberReference)
  member: MemberReference;
}

export class CaptureRedemption {
  /** Of points that pay, the part to capture; the rest of them is given back. */
  @Optional()
  @Nested(() => PaidMoney)
  amount?: PaidMoney;
}

export const deliveries = ['sent', 'delivered', 'failed'] as const;

export class ReportDelivery {
  /** What has become of it; after `failed` its points are back. */
  @OneOf(deliveries)
  state: (typeof deliveries)[number];
}
