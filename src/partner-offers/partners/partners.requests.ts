import { Optional, Text, WholeNumber } from '../../platform/http/field.decorator.js';

const POINTS_MAX = 1_000_000_000_000;

export class AddBlock {
  /** Whole points that the partner has paid for, 1 to 10^12. */
  @WholeNumber(1, POINTS_MAX)
  points: number;

  /** Minor units for a point, a decimal string; as the partner's terms say when left out. */
  @Optional()
  @Text(1, 13, /^(?:0|[1-9]\d{0,5})(?:\.\d{1,6})?$/)
  price?: string;
}
