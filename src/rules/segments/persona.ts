import type { SegmentFacts } from './facts.js';

/** Members of one of these personas. */
export interface PersonaCriterion {
  kind: 'persona';
  personas: readonly string[];
}

export const isPersona = ({ personas }: PersonaCriterion, { profile }: SegmentFacts): boolean =>
  profile?.persona !== undefined && personas.includes(profile.persona);
