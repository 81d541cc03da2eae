import type { Footprint } from './footprint.js';

/** One line of the table: something measured beside its anchor, round by round. */
export interface Comparison {
  name: string;
  unit: string;
  ours: readonly number[];
  anchorName: string | undefined;
  anchor: readonly number[];
  /** `least`: the ratio must be at least the goal. `most`: at most; without anchor, ours itself. */
  goal: { kind: 'least' | 'most'; value: number; stretch?: number } | undefined;
}

/** What a section found out. */
export interface Outcome {
  comparisons: Comparison[];
  /** Facts in words, printed below the table. */
  notes: string[];
  footprint?: Footprint;
  /** Microseconds of processor an accrual took, by side. */
  cpuPerPiece?: { engine: number; postgres: number; generator: number };
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? NaN;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? NaN)) / 2;
}

/** Ours to the anchor within each round; empty without an anchor. */
export function ratios({ ours, anchor }: Comparison): number[] {
  return ours.flatMap((value, round) => {
    const beside = anchor[round];
    return beside === undefined ? [] : [value / beside];
  });
}

/** `yes`, `stretch`, `not reached`, or nothing when there is no goal or no anchor to judge by. */
export function verdict(comparison: Comparison): string {
  const { goal, anchorName, ours } = comparison;
  if (goal === undefined) return '';
  const found = ratios(comparison);
  const value = median(found.length > 0 ? found : ours);
  if (found.length === 0 && anchorName !== undefined) return 'no anchor';
  if (goal.kind === 'most') return value <= goal.value ? 'reached' : 'not reached';
  if (goal.stretch !== undefined && value >= goal.stretch) return 'stretch reached';
  return value >= goal.value ? 'reached' : 'not reached';
}
