import type { SegmentFacts } from './facts.js';

/** Members who like one of these. */
export interface PreferenceCriterion {
  kind: 'preference';
  preferences: readonly string[];
}

export const likes = ({ preferences }: PreferenceCriterion, { profile }: SegmentFacts): boolean =>
  profile?.preferences.some((each) => preferences.includes(each)) === true;
