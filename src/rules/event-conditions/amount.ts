import type { Matching } from '../earning/occasion.js';

/** Purchases with at least this much eligible spend on the lines of the rule. */
export interface AmountCondition {
  kind: 'amount';
  /** Minor units (inclusive). */
  minimum: number;
}

export const isOfAmount = ({ minimum }: AmountCondition, { minor }: Matching): boolean =>
  minor >= minimum;
