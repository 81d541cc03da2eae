import { Text } from '../../platform/http/field.decorator.js';

/** Why an offer is paused, or goes on; it is in the audit log. */
export class WhyOffer {
  @Text(1, 300)
  reason: string;
}
