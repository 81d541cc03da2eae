import type { Matching } from '../earning/occasion.js';

/** Purchases with at least this many pieces on the lines of the rule. */
export interface QuantityCondition {
  kind: 'quantity';
  /** Pieces (inclusive). */
  minimum: number;
}

export const isOfQuantity = ({ minimum }: QuantityCondition, { lines }: Matching): boolean =>
  lines.reduce((sum, { quantity }) => sum + quantity, 0) >= minimum;
