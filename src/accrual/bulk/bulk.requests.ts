import { Text } from '../../platform/http/field.decorator.js';
import { RecordPurchase } from '../purchases.requests.js';

/** One line of a bulk request: a purchase and the key it would have been posted with alone. */
export class BulkLine extends RecordPurchase {
  @Text(1, 255, /^[\x21-\x7e]+$/)
  idempotencyKey: string;
}
