/** A statement as the rows of a table, and those as comma-separated values (RFC 4180). */
import type { SettlementView } from './settlement.views.js';

export type Cell = string | number;

/** A number written as text, so that none of its digits are lost. */
const decimalText = /^-?\d+(?:\.\d+)?$/;

export const columns = [
  'entry',
  'terms',
  'block',
  'points',
  'price',
  'amount',
  'currency',
] as const;

/**
 * Opening, lines, blocks and closing, then what is owed. What is consumed has no amount, as its block
 * was owed when it was added: so the amounts above the exact balance come to it.
 */
export function rowsOf({
  lines,
  blocks,
  balance,
  exactBalance,
  currency,
}: SettlementView): Cell[][] {
  return [
    ['opening', 'prepaid', '', blocks.opening, '', '', ''],
    ...blocks.added.map(({ n, points, price, amount }): Cell[] => [
      ...['added', 'prepaid', n, points, price, amount, currency],
    ]),
    ...lines.map(({ kind, terms, points, price, amount }): Cell[] => [
      ...[kind, terms, '', points, price, amount, currency],
    ]),
    ...blocks.consumed.map(({ n, points, price }): Cell[] => [
      ...['consumed', 'prepaid', n, points, price, '', ''],
    ]),
    ['closing', 'prepaid', '', blocks.closing, '', '', ''],
    ...(blocks.alert ? [['below alert value', 'prepaid', '', '', '', '', '']] : []),
    ['exact balance', '', '', '', '', exactBalance, currency],
    ['balance', '', '', '', '', balance, currency],
  ];
}

/** Lines end in CR LF, also the last one. */
export function csvOf(rows: readonly (readonly Cell[])[]): string {
  return rows.map((row) => `${row.map(cellOf).join(',')}\r\n`).join('');
}

/**
 * A cell; one that a spreadsheet would take for a formula gets an apostrophe before it, unless it is
 * a number.
 */
export function cellOf(cell: Cell): string {
  const text = String(cell);
  const isNumber = typeof cell === 'number' || decimalText.test(text);
  const defused = !isNumber && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(defused) ? `"${defused.replaceAll('"', '""')}"` : defused;
}
