import { Instant, Optional } from '../../platform/http/field.decorator.js';

/** When to publish the draft. */
export class PublishDraft {
  /** When the version starts; without it, as soon as it may. */
  @Optional()
  @Instant()
  effectiveAt?: string;
}
