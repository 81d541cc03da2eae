import type { Occasion } from '../earning/occasion.js';

/** Members in one of these segments when the purchase was decided. */
export interface SegmentCondition {
  kind: 'segment';
  segments: readonly string[];
}

export const isInSegment = (
  { segments }: SegmentCondition,
  { purchase: { traits } }: Occasion,
): boolean => traits?.segments?.some((segment) => segments.includes(segment)) === true;
