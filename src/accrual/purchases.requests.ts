import {
  Instant,
  ListOf,
  ListOfText,
  Minor,
  Nested,
  Optional,
  Text,
  WholeNumber,
} from '../platform/http/field.decorator.js';
import { SignalsGiven } from '../members/signals/signals.requests.js';
import { MemberReference } from '../members/members.requests.js';

/** Money in minor units of its currency. */
export class Money {
  @Minor()
  amount: number;

  @Text(3, 3, /^[A-Z]{3}$/)
  currency: string;
}

export class PurchaseLineInput {
  /** The retailer's own id of the line; its position when left out. Unique in the purchase. */
  @Optional()
  @Text(1, 64)
  id?: string;

  /** A category the programme declares; anything else earns nothing and says so. */
  @Text(1, 64)
  category: string;

  @WholeNumber(1, 1_000_000)
  quantity: number;

  /** What is paid for the whole line in minor units, discounts taken off. */
  @Minor()
  amount: number;

  /** Tax contained in the amount, in minor units. */
  @Optional()
  @Minor()
  tax?: number;

  @Optional()
  @Text(1, 64)
  sku?: string;

  @Optional()
  @Text(1, 64)
  brand?: string;

  @Optional()
  @Text(1, 200)
  description?: string;

  @Optional()
  @Text(4, 4, /^\d{4}$/)
  merchantCategoryCode?: string;
}

export class TenderInput {
  /** `card`, `cash`, `points`, `voucher`, `gift_card`, ... */
  @Text(1, 32, /^[a-z][a-z0-9_]*$/)
  kind: string;

  @Minor()
  amount: number;
}

/** A purchase but for whose it is. */
export class PurchaseInput {
  /** The retailer's own number of the purchase, unique for ever. */
  @Text(1, 100)
  reference: string;

  /** When it was bought. */
  @Instant()
  occurredAt: string;

  /** What the lines sum to; the engine checks it. */
  @Nested(() => Money)
  total: Money;

  @ListOf(() => PurchaseLineInput, 1, 1_000)
  lines: PurchaseLineInput[];

  /** How it was paid; when given, it sums to the total. */
  @Optional()
  @ListOf(() => TenderInput, 1, 20)
  tenders?: TenderInput[];

  @Optional()
  @Text(1, 64)
  location?: string;

  /** How it was bought: `store`, `online`, `app`, ... */
  @Optional()
  @Text(1, 32, /^[a-z0-9][a-z0-9_-]*$/)
  channel?: string;

  @Optional()
  @Text(4, 4, /^\d{4}$/)
  merchantCategoryCode?: string;

  /** Captured redemptions used on it; a return of the whole purchase gives them back. */
  @Optional()
  @ListOfText({ min: 1, max: 64 }, 1, 20)
  redemptions?: string[];

  /** What tells the member apart from others, as hashes of the retailer's own. */
  @Optional()
  @Nested(() => SignalsGiven)
  signals?: SignalsGiven;
}

export class RecordPurchase extends PurchaseInput {
  @Nested(() => MemberReference)
  member: MemberReference;
}
