import type { SegmentFacts } from './facts.js';

/** Members who joined so many local days ago, both inclusive. */
export interface EnrolledCriterion {
  kind: 'enrolled';
  atLeastDays?: number | undefined;
  atMostDays?: number | undefined;
}

export const hasJoined = (
  { atLeastDays = 0, atMostDays = Infinity }: EnrolledCriterion,
  { enrolledDays }: SegmentFacts,
): boolean => enrolledDays >= atLeastDays && enrolledDays <= atMostDays;
