import { Instant } from '../platform/http/field.decorator.js';

export class MoveClock {
  /** The time it shall be: not before the present one, at most 50 years ahead of the real one. */
  @Instant()
  now: string;
}
