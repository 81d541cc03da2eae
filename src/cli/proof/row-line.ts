/** A row that differs, as commands print it. */
import type { RowDifference } from '../../ledger/rebuild/compare.js';

export function rowLine(difference: RowDifference): string {
  const { table, row, column, stored, recomputed, doubtful } = difference;
  const because = doubtful === true ? ' (from a posting that does not fit)' : '';
  return `${table} ${row}  ${column}: stored ${stored}, recomputed ${recomputed}${because}`;
}
