import { Shown } from '../platform/openapi/view.decorator.js';

export class MoneyView {
  @Shown('whole', 'In minor units.')
  amount: number;

  @Shown('text', 'ISO 4217 code.')
  currency: string;
}
