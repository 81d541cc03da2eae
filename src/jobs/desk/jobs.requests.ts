import { Instant, Optional, Text, WholeNumber } from '../../platform/http/field.decorator.js';

export class StartRun {
  /** What is due by then is done; not later than now, which it is when left out. */
  @Optional()
  @Instant()
  asOf?: string;
}

export class RunsQuery {
  /** Number of a run; those before it are told. */
  @Optional()
  @WholeNumber(1, 2_147_483_647)
  before?: number;

  @Optional()
  @WholeNumber(1, 200)
  limit?: number;
}

export class ForeseeQuery {
  /** As of when; it may lie 366 days ahead. */
  @Optional()
  @Instant()
  asOf?: string;

  /** `next` of the page before. */
  @Optional()
  @Text(1, 200, /^\d{1,2}(?:\.[!-~]{1,190})?$/)
  cursor?: string;

  @Optional()
  @WholeNumber(1, 200)
  limit?: number;
}
