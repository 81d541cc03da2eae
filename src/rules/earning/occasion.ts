/** What a rule looks at: a purchase, when it happened, and the member at that point. */
import type { Fraction } from '../points.js';
import type { Purchase } from '../purchase.js';

export interface Occasion {
  purchase: Purchase;
  /** When it happened; weekday and time of day go by it and the programme's time zone. */
  occurredAt: number;
  timeZone: string;
  excludedTenders: ReadonlySet<string>;
  /** Code of the tier it is decided at. */
  tier: string;
  /** Whether it is large enough to count as a purchase of the member. */
  counts: boolean;
  /** Which of the member's purchases it is, from 1; all of one local day are the same one. */
  ordinal: () => number;
  /** Milliseconds since the event before it; undefined = there was none. */
  silence: () => number | undefined;
  /** Whether the member had never bought of a category before. */
  isFirstOf: (category: string) => boolean;
  /**
   * Where a return is decided: whether a rule had points. Which of the member's purchases it was
   * stays as it was then.
   */
  had?: (ruleNo: number) => boolean;
}

export interface LineBasis {
  index: number;
  category: string;
  quantity: number;
  /** Minor units that earn, before the share of eligible tenders. */
  minor: number;
}

/** Whether a basic rule that names a line's category is about the line. */
export type IsNamed = (line: LineBasis) => boolean;

/** What of a purchase a rule is about. */
export interface Matching {
  lines: readonly LineBasis[];
  share: Fraction;
  /** Eligible minor units of those lines, floored. */
  minor: number;
}
