/** After how many days of silence a member is in which stage. */

export const stages = ['active', 'at_risk', 'dormant', 'closed'] as const;
export type Stage = (typeof stages)[number];

export interface StageTerms {
  stage: Exclude<Stage, 'active'>;
  /** Whole local days without a willing act, after which it begins at midnight. */
  days: number;
  /** What members are told who enter it, as far as they let themselves be told; undefined = nothing. */
  notice: { title: string; text: string } | undefined;
}

/** What is known of a member beside the ledger that says since when they are silent. */
export interface Presence {
  /** Last willing act that is no event: a redemption, a coupon, a login; null = none. */
  actedAt: number | null;
  /** The stage that was posted last, and the act since which the silence was counted then. */
  stage: Stage;
  silentFrom: number | null;
  /** Whether they let themselves be told things, over any channel. */
  mayBeTold: boolean;
}
