import type { SegmentFacts } from './facts.js';

/**
 * Members with at least so many points, pending and held ones included. No rule that earns asks for
 * it: whoever spends points would earn less for it.
 */
export interface BalanceCriterion {
  kind: 'balance';
  atLeast: number;
}

export const hasPoints = ({ atLeast }: BalanceCriterion, { balance }: SegmentFacts): boolean =>
  balance >= atLeast;
