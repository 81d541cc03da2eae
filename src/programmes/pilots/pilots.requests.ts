import { Instant, Optional } from '../../platform/http/field.decorator.js';

/** From when a pilot is over. */
export class EndPilot {
  /** As soon as it may when left out: five seconds from now. */
  @Optional()
  @Instant()
  effectiveAt?: string;
}
