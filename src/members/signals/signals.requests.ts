import { Optional, Text } from '../../platform/http/field.decorator.js';

/** At least 16 characters: a hash of the retailer's own, never the address or number itself. */
export class SignalsGiven {
  /** Where the member lives. */
  @Optional()
  @Text(16, 128)
  household?: string;

  /** What they use. */
  @Optional()
  @Text(16, 128)
  device?: string;

  /** What they pay with. */
  @Optional()
  @Text(16, 128)
  payment?: string;
}
