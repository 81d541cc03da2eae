/** What a rule looks at: a purchase, when it happened, and the member at that point. */
import type { Fraction } from '../points.js';
import type { Programme } from '../programme.js';
import type { LineBasis, Purchase } from './earn.js';

export interface Occasion {
  programme: Programme;
  purchase: Purchase;
  /** When it happened; weekday and time of day go by it. */
  occurredAt: number;
  /** Its place in the order of events; caps, cool-downs and counts go by it. */
  time: number;
  /** Code of the tier it is decided at. */
  tier: string;
  /** Used amounts by `counterKey`. */
  counters: ReadonlyMap<string, number>;
  /** Whether it is large enough to count as a purchase of the member. */
  counts: boolean;
  /**
   * Where a return is decided: whether a rule had points, on a line or at all. What a rule asks of
   * the member's other purchases stays as it was then.
   */
  had?: (ruleNo: number, line?: number) => boolean;
}

/** What of a purchase a rule is about. */
export interface Matching {
  lines: readonly LineBasis[];
  share: Fraction;
  /** Eligible minor units of those lines, floored. */
  minor: number;
}
