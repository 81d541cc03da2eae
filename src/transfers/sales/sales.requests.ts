import { MemberReference } from '../../members/members.requests.js';
import { Minor, Nested, Text, WholeNumber } from '../../platform/http/field.decorator.js';

/** Beyond what any programme sells. */
const POINTS_MAX = 1_000_000_000;

class Paid {
  /** Minor units. */
  @Minor()
  amount: number;

  @Text(3, 3, /^[A-Z]{3}$/)
  currency: string;
}

export class SellPoints {
  /** Who gets the points, whoever pays for them. */
  @Nested(() => MemberReference)
  member: MemberReference;

  /** The retailer's own number of the sale; no purchase of theirs has the same one. */
  @Text(1, 100)
  reference: string;

  @WholeNumber(1, POINTS_MAX)
  points: number;

  /** What the retailer has taken for them, which is what they cost. */
  @Nested(() => Paid)
  paid: Paid;
}
