import {
  Instant,
  ListOf,
  ListOfText,
  Nested,
  Optional,
  Text,
  WholeNumber,
} from '../../platform/http/field.decorator.js';
import { AMOUNT_MINOR_MAX } from '../../rules/points.js';
import { PurchaseInput } from '../purchases.requests.js';

export class ReturnedLineInput {
  /** The id the line was posted with, or its position from 0 where it had none. */
  @Text(1, 64)
  line: string;

  /** Pieces that come back. With neither quantity nor amount the rest of the line does. */
  @Optional()
  @WholeNumber(1, 1_000_000)
  quantity?: number;

  /** Minor units refunded; for pieces alone their share. An amount alone is a lower price. */
  @Optional()
  @WholeNumber(1, AMOUNT_MINOR_MAX)
  amount?: number;
}

export class ReturnPurchase {
  /** When it was brought back. */
  @Instant()
  occurredAt: string;

  /** What comes back; everything that is left of the purchase when left out. */
  @Optional()
  @ListOf(() => ReturnedLineInput, 1, 1_000)
  lines?: ReturnedLineInput[];

  /** Redemptions used on the purchase to give back; a whole return gives back all of them. */
  @Optional()
  @ListOfText({ min: 1, max: 64 }, 1, 20)
  redemptions?: string[];

  /** What the member takes instead: booked with the return, or neither is. */
  @Optional()
  @Nested(() => PurchaseInput)
  exchange?: PurchaseInput;
}
