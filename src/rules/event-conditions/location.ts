import type { Occasion } from '../earning/occasion.js';

/** Purchases made at these locations. */
export interface LocationCondition {
  kind: 'location';
  locations: readonly string[];
}

export const isAtLocation = ({ locations }: LocationCondition, { purchase }: Occasion): boolean =>
  locations.some((each) => each === purchase.location);
