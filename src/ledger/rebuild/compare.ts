/** Rows that should be there beside the rows that are, and every column in which they differ. */
import type { TextRow } from './text-row.js';

export interface RowDifference {
  table: string;
  /** The primary key, its columns joined by `/`: `12/0c6d…/4/0`. */
  row: string;
  /** `*` when the whole row is missing or should not be there. */
  column: string;
  stored: string;
  recomputed: string;
  /** Whether what it was recomputed from does itself not fit; then this may be a consequence. */
  doubtful?: true;
}

export interface Expectation {
  table: string;
  key: readonly string[];
  rows: readonly TextRow[];
  /** Columns that are not a function of the ledger, such as what may be erased. */
  free?: readonly string[];
}

export const rowName = (key: readonly string[], row: TextRow): string =>
  key.map((column) => row[column] ?? '').join('/');

/** Columns that nobody expects anything of are expected to be null. */
export function compareRows(
  { table, key, rows, free = [] }: Expectation,
  stored: readonly TextRow[],
): RowDifference[] {
  const expected = new Map(rows.map((row) => [rowName(key, row), row]));
  const found: RowDifference[] = [];
  for (const row of stored) {
    const name = rowName(key, row);
    const right = expected.get(name);
    expected.delete(name);
    if (right === undefined) {
      found.push({ table, row: name, column: '*', stored: 'present', recomputed: 'missing' });
      continue;
    }
    for (const [column, value] of Object.entries(row)) {
      const recomputed = right[column] ?? null;
      if (value === recomputed || free.includes(column)) continue;
      const texts = { stored: value ?? 'null', recomputed: recomputed ?? 'null' };
      found.push({ table, row: name, column, ...texts });
    }
  }
  for (const name of expected.keys()) {
    found.push({ table, row: name, column: '*', stored: 'missing', recomputed: 'present' });
  }
  return found;
}
