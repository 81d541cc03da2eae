import { Instant, OneOf, Optional, Text } from '../../platform/http/field.decorator.js';

export const deliveryStates = ['waiting', 'due', 'delivered', 'given_up'] as const;
export type DeliveryState = (typeof deliveryStates)[number];

export class DeliveriesPage {
  @Optional()
  @OneOf(deliveryStates)
  state?: DeliveryState;

  /** `next` of the page before. */
  @Optional()
  @Text(1, 128)
  cursor?: string;

  /** Deliveries on a page, 1 to 200; 50 when left out. */
  @Optional()
  @Text(1, 3, /^([1-9]\d?|1\d\d|200)$/)
  limit?: string;
}

/** One event by its id, or all that was recorded from an instant until before another. */
export class SendAgain {
  @Optional()
  @Text(5, 64, /^ev[tp]_[0-9A-Za-z_-]+$/)
  event?: string;

  @Optional()
  @Instant()
  from?: string;

  @Optional()
  @Instant()
  to?: string;

  /** `next` of the answer before, with the same instants. */
  @Optional()
  @Text(1, 128)
  cursor?: string;
}
