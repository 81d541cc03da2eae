import type { Footprint } from './measures/footprint.js';
import { median, ratios, verdict, type Comparison, type Outcome } from './measures/outcome.js';

/** The table and the facts below it, as text. */
export function render(outcomes: readonly Outcome[]): string {
  const header = ['section', 'ours', 'anchor', 'ratio [min-max]', 'goal', ''];
  const rows = outcomes.flatMap(({ comparisons }) => comparisons.map(rowOf));
  const lines = [...table([header, ...rows]), ''];
  for (const { notes, footprint, cpuPerPiece } of outcomes) {
    lines.push(...notes);
    if (cpuPerPiece !== undefined) {
      const { engine, postgres, generator } = cpuPerPiece;
      lines.push(
        `processor per accrual: engine ${micros(engine)}, PostgreSQL ${micros(postgres)}, ` +
          `load generator ${micros(generator)}`,
      );
    }
    if (footprint !== undefined) lines.push('', ...footprintLines(footprint));
  }
  return lines.join('\n');
}

const micros = (value: number): string => `${value.toFixed(0)} us`;

function rowOf(comparison: Comparison): string[] {
  const { name, unit, ours, anchorName, anchor, goal } = comparison;
  const found = ratios(comparison);
  const spread = [Math.min(...found), Math.max(...found)].map((value) => value.toFixed(2));
  const sign = goal?.kind === 'most' ? '<=' : '>=';
  const measure = anchorName === undefined ? ` ${unit}` : ' x';
  return [
    name,
    `${figure(median(ours))} ${unit}`,
    anchor.length === 0 ? '' : `${figure(median(anchor))} ${unit} ${anchorName ?? ''}`,
    found.length === 0 ? '' : `${median(found).toFixed(2)} [${spread.join('-')}]`,
    goal === undefined ? '' : `${sign} ${goal.value}${measure}`,
    verdict(comparison),
  ];
}

const figure = (value: number): string =>
  value >= 100 ? Math.round(value).toLocaleString('en') : value.toFixed(2);

function footprintLines({ tables, walBytes, hotShare }: Footprint): string[] {
  const sum = tables.reduce((total, { bytes }) => total + bytes, 0);
  return [
    ...table([
      ['written per accrual', 'rows', 'updates', 'bytes with indexes'],
      ...tables.map(({ table: name, rows, updates, bytes }) => [
        name,
        rows.toFixed(2),
        updates.toFixed(2),
        bytes.toFixed(0),
      ]),
      ['all', '', '', sum.toFixed(0)],
    ]),
    `write-ahead log per accrual: ${walBytes.toFixed(0)} bytes; ` +
      `account updates on their page (HOT): ${(hotShare * 100).toFixed(1)} %`,
  ];
}

function table(rows: readonly string[][]): string[] {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => (row[column] ?? '').length)),
  );
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}
