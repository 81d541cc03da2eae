import { OneOf, Optional, SomeOf, Text, WholeNumber } from '../../platform/http/field.decorator.js';
import { choosableTypes, type EventType } from '../catalogue.js';

const URL_MAX = 2_000;
const DESCRIPTION_MAX = 200;
/** A week. */
export const OVERLAP_HOURS_MAX = 168;

export class CreateEndpoint {
  /** Where events are posted to; `https` only. */
  @Text(1, URL_MAX)
  url: string;

  @SomeOf(choosableTypes, 1, choosableTypes.length)
  types: EventType[];

  @Optional()
  @Text(0, DESCRIPTION_MAX)
  description?: string;
}

export class ChangeEndpoint {
  @Optional()
  @Text(1, URL_MAX)
  url?: string;

  @Optional()
  @SomeOf(choosableTypes, 1, choosableTypes.length)
  types?: EventType[];

  @Optional()
  @Text(0, DESCRIPTION_MAX)
  description?: string;

  /** An enabled one goes on with what it has not got yet. */
  @Optional()
  @OneOf(['enabled', 'disabled'])
  state?: 'enabled' | 'disabled';
}

export class ChangeSecret {
  /** Hours for which deliveries are signed with the secret before as well; 24 when left out. */
  @Optional()
  @WholeNumber(0, OVERLAP_HOURS_MAX)
  overlapHours?: number;
}
