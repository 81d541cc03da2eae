import { Text } from '../../platform/http/field.decorator.js';

export class ClearWithheld {
  /** What was looked at and found; for the audit log. */
  @Text(1, 500)
  reason: string;
}
