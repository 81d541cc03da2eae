import type { SegmentFacts } from './facts.js';

/** Members with a birthday in one of these months. */
export interface BirthMonthCriterion {
  kind: 'birth_month';
  /** 1 to 12. */
  months: readonly number[];
}

export const wasBornIn = ({ months }: BirthMonthCriterion, { profile }: SegmentFacts): boolean =>
  profile?.birthMonth !== undefined && months.includes(profile.birthMonth);
