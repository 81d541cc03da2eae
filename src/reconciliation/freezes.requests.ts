import { Text } from '../platform/http/field.decorator.js';

export class Unfreeze {
  /** What was found and done about it; for the audit log. */
  @Text(1, 500)
  reason: string;
}
