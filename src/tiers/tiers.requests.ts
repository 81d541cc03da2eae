import { Text } from '../platform/http/field.decorator.js';

export class GrantTier {
  /** Code of a tier of the live programme, above the first one. */
  @Text(1, 32)
  tier: string;

  /** Last day of it in the programme's time zone, within two years: `2026-12-31`. */
  @Text(10, 10, /^20\d{2}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])$/)
  until: string;

  /** Code of a reason of the live programme. */
  @Text(1, 32)
  reason: string;
}
