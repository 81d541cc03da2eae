import { Text } from '../platform/http/field.decorator.js';

export class ClaimReferral {
  /** The code of whoever referred the member; case and dashes do not matter. */
  @Text(16, 40, /^[0-9A-Za-z -]+$/)
  code: string;
}
