import { Instant, Nested, Optional } from '../../platform/http/field.decorator.js';
import { PilotedWith } from '../programmes.requests.js';

/** When to publish the draft. */
export class PublishDraft {
  /** When the version starts; without it, as soon as it may. */
  @Optional()
  @Instant()
  effectiveAt?: string;

  /** For whom the version is until its pilot ends; for all when left out. */
  @Optional()
  @Nested(() => PilotedWith)
  pilot?: PilotedWith;
}
