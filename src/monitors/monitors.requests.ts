import { OneOf, Optional, Text, WholeNumber } from '../platform/http/field.decorator.js';
import { monitorNames } from './judging/kinds.js';

export class MonitorsQuery {
  @Optional()
  @OneOf(monitorNames)
  monitor?: string;

  @Optional()
  @OneOf(['too_few', 'normal', 'alerting'])
  state?: string;

  /** Id of a rule. */
  @Optional()
  @Text(1, 64)
  rule?: string;

  /** Code of an offer. */
  @Optional()
  @Text(1, 64)
  offer?: string;
}

export class MonitorHistoryQuery {
  /** `key` of what the result is about, such as `offer/spring`. */
  @Text(1, 200)
  subject: string;

  @Optional()
  @WholeNumber(1, 500)
  limit?: number;
}
