import type { Occasion } from '../earning/occasion.js';

/** Purchases made at these locations. */
export interface LocationCondition {
  kind: 'location';
  locations: readonly string[];
}

export const isAtLocation = ({ locations }: LocationCondition, { purchase }: Occasion): boolean =>
  purchase.location !== undefined && locations.includes(purchase.location);
