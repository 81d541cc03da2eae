import type { SegmentFacts } from './facts.js';

/** Members whom one of these retailers enrolled. */
export interface EnrolledByCriterion {
  kind: 'enrolled_by';
  retailers: readonly string[];
}

export const wasEnrolledBy = (
  { retailers }: EnrolledByCriterion,
  { enrolledBy }: SegmentFacts,
): boolean => enrolledBy !== undefined && retailers.includes(enrolledBy);
