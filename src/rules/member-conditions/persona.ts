import type { Occasion } from '../earning/occasion.js';

/** A kind of person that a member may say to be. */
export interface Persona {
  code: string;
  name: string;
  description: string | undefined;
}

/** Members of one of these personas when the purchase was decided. */
export interface PersonaCondition {
  kind: 'persona';
  personas: readonly string[];
}

export const isOfPersona = (
  { personas }: PersonaCondition,
  { purchase: { traits } }: Occasion,
): boolean => traits?.persona !== undefined && personas.includes(traits.persona);
