/** For whom an offer is, what it is to come to, and when it stops: what its review goes by. */

/** As the programme says it; what else an offer asks is about what members do. */
export type Audience =
  | { kind: 'all' }
  | { kind: 'tiers'; tiers: readonly string[] }
  | { kind: 'personas'; personas: readonly string[] }
  | { kind: 'segments'; segments: readonly string[] }
  | { kind: 'lists'; lists: readonly string[] };

/** What an offer is to reach by the end of a day. */
export type Goal = { by: number } & (
  | { kind: 'uptake'; share: number }
  /** Minor units that each member spends more than those who are held out. */
  | { kind: 'uplift'; minor: number }
  | { kind: 'purchases'; least: number }
);

/** What an offer may not go beyond. */
export type Guardrail =
  /** The part of the money of purchases it paid for that came back. */
  | { kind: 'return_share'; most: number }
  /** Minor units that a purchase costs which would not have been made without it. */
  | { kind: 'cost_per_purchase'; most: number }
  /** The part of purchases that found its slot full. */
  | { kind: 'slot_full_share'; most: number };

export interface StopRule {
  /** The instant before which it is not looked at. */
  firstLook: number;
  /** Members it has to have reached before anything is concluded. */
  minimumMembers: number;
  /** The part of the goal that there is to be from the first look on; undefined = the goal has time. */
  leastShareOfGoal: number | undefined;
}

/** Shares are parts of 1. */
export interface ReviewTerms {
  audience: Audience;
  goal: Goal | undefined;
  guardrails: readonly Guardrail[];
  stop: StopRule | undefined;
  /** Millionths of a minor unit that a point costs; undefined = the programme does not say. */
  pricePerPoint: bigint | undefined;
}
