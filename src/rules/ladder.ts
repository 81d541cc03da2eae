/** How tiers are reached and kept, as the core reads it. */

export type Metric = 'qualifying_points' | 'spend' | 'purchases';

/** One way to reach and to keep a tier: billionths of points, minor units, or days. */
export interface Way {
  metric: Metric;
  /** From which the tier is reached (inclusive). */
  threshold: bigint;
  /** What keeps it at a review (inclusive); no more than the threshold. */
  keep: bigint;
}

/** What a member of a tier has beside points. Money is in minor units, a year. */
export interface Benefit {
  code: string;
  name: string;
  valueMinor: number;
  costMinor: number | undefined;
}

export type Window =
  | { kind: 'lifetime' }
  | { kind: 'rolling'; months: number }
  /** `offset` is the month, from 0, in which one of the windows begins. */
  | { kind: 'calendar'; months: number; offset: number }
  | { kind: 'anniversary' };

/** What members are told of their tier, beside what they see. */
export type TierNotice = 'changed' | 'kept' | 'warning';

export interface Ladder {
  /** What the thresholds of tiers count. */
  metric: Metric;
  /** Everything that any way counts. */
  metrics: readonly Metric[];
  window: Window;
  /** Whether lifetime qualifying points are all that counts, so that nothing is counted beside them. */
  isPlain: boolean;
  /** How little may be missing at a review. */
  nearMiss: { kind: 'share'; percent: number } | { kind: 'amount'; amount: bigint } | undefined;
  graceMonths: number;
  warningDays: number;
  notices: ReadonlySet<TierNotice>;
  rollsOver: boolean;
  /** The instant since which versions have counted the same in the same windows. */
  since: number;
}

/** Points beyond a threshold that count in the window that begins at an instant. */
export interface RolledOver {
  start: number;
  billionths: bigint;
}

/** A tier given by hand until an instant (exclusive). */
export interface Grant {
  tier: string;
  until: number;
}

/** What is known of how long a member keeps a tier. */
export interface Review {
  /** The tier held without a grant; null = the one held. */
  own: string | null;
  /** When that tier is reviewed next; null = never. */
  at: number | null;
  /** The review that was missed, while the grace after it lasts. */
  missedAt: number | null;
  grant: Grant | null;
  rolled: RolledOver | null;
}

/** What there is to say of a review, or of a tier given by hand. */
export type ReviewCode =
  | 'tier_kept'
  | 'near_miss_kept'
  | 'not_counted_in_full'
  | 'no_review_any_more'
  | 'grace_started'
  | 'tier_lowered'
  | 'tier_granted'
  | 'grant_ended';

/** What there is to say of a tier's change or review. */
export type StandingCode = 'threshold_reached' | 'purchase_returned' | 'late_event' | ReviewCode;
