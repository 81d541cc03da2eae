import type { Occasion } from '../earning/occasion.js';
import { DAY_MS } from '../period.js';

/**
 * Members who have bought before, and of whom nothing was heard for so many days before: no
 * purchase, no return, no activity.
 */
export interface LapsedCondition {
  kind: 'lapsed';
  days: number;
}

export function isLapsed({ days }: LapsedCondition, { silence }: Occasion): boolean {
  const since = silence();
  return since !== undefined && since >= days * DAY_MS;
}
