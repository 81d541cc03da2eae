import type { Occasion } from '../earning/occasion.js';
import { DAY_MS } from '../period.js';

/**
 * Members of whom something was heard before, but nothing for so many days: no purchase, no return, no
 * activity.
 */
export interface LapsedCondition {
  kind: 'lapsed';
  days: number;
}

export function isLapsed({ days }: LapsedCondition, { silence }: Occasion): boolean {
  const since = silence();
  return since !== undefined && since >= days * DAY_MS;
}
