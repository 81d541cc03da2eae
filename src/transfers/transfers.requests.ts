import { Nested, Optional, Text, WholeNumber } from '../platform/http/field.decorator.js';

/** Beyond what any programme lets a member give. */
const POINTS_MAX = 1_000_000_000;

/** Exactly one of the two. An e-mail or phone would tell the giver whether its owner is a member. */
export class Receiver {
  @Optional()
  @Text(36, 36)
  id?: string;

  @Optional()
  @Text(4, 32)
  card?: string;
}

export class GivePoints {
  /** Who receives them. */
  @Nested(() => Receiver)
  member: Receiver;

  /** Whole points that arrive; the programme's fee comes on top. */
  @WholeNumber(1, POINTS_MAX)
  points: number;
}
