import { Minor, Nested, Optional, Text } from '../../platform/http/field.decorator.js';

class PurchaseTotal {
  @Minor()
  amount: number;

  @Text(3, 3, /^[A-Z]{3}$/)
  currency: string;
}

export class UseVoucher {
  /** What the purchase costs before the voucher is taken off; needed where a voucher asks for it. */
  @Optional()
  @Nested(() => PurchaseTotal)
  total?: PurchaseTotal;

  /** The id of the member's purchase, if it is booked already. One booked later names the redemption. */
  @Optional()
  @Text(1, 64)
  purchase?: string;
}
