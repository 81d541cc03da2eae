import { Instant, Optional, Text } from '../platform/http/field.decorator.js';

export class BalanceAt {
  /** By when it was recorded: what would have been answered then. Now when left out. */
  @Optional()
  @Instant()
  asOf?: string;

  /** By when it happened: events up to then, with whatever was recorded about them since. */
  @Optional()
  @Instant()
  validAt?: string;
}

export class LedgerPage extends BalanceAt {
  /** `next` of the page before. */
  @Optional()
  @Text(1, 64)
  cursor?: string;

  /** Postings on a page, 1 to 200; 50 when left out. */
  @Optional()
  @Text(1, 3, /^([1-9]\d?|1\d\d|200)$/)
  limit?: string;
}
