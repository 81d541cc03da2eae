/** Statements as pages to print: one file, no script, light and dark. */
import { hash } from 'node:crypto';
import type { SettlementView } from './settlement.views.js';
import { columns, rowsOf, type Cell } from './table.js';

const style = `
:root { color-scheme: light dark; --line: #8886; --quiet: #767676; }
@media (prefers-color-scheme: dark) { :root { --quiet: #a0a0a0; } }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 56rem; margin: 3rem auto; padding: 0 1.5rem; }
h1 { font-size: 1.5rem; margin: 0; }
p { margin: .25rem 0 0; color: var(--quiet); }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .25rem 1.5rem; margin: 1.5rem 0; }
dt { color: var(--quiet); }
dd { margin: 0; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { padding: .5rem .75rem; text-align: left; border-bottom: 1px solid var(--line); }
th { font-weight: 600; }
.number { text-align: right; white-space: nowrap; }
tr:last-child td { font-weight: 600; border-bottom: 2px solid; }
@media print { body { margin: 0; max-width: none; font-size: 11pt; color: #000; background: #fff; } }
`;

/** What the page may do: show its own style, and nothing else. */
export const pagePolicy =
  `default-src 'none'; style-src 'sha256-${hash('sha256', style, 'base64')}'; ` +
  "frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

export const escaped = (text: string): string =>
  text.replaceAll(/[&<>"']/g, (character) => escapes[character] ?? '');

export interface Sheet {
  title: string;
  programme: string;
  /** What is said above the table, each with its name. */
  said: readonly (readonly [name: string, text: string])[];
  columns: readonly string[];
  /** Those of the columns that hold numbers. */
  numeric: ReadonlySet<string>;
  rows: readonly (readonly Cell[])[];
}

export function pageOf(view: SettlementView, programme: string): string {
  const { partner, period, currency } = view;
  return sheetOf({
    title: `Settlement ${period}: ${partner}`,
    programme,
    columns,
    rows: rowsOf(view),
    said: [
      ...spanOf(view),
      [
        'Amounts',
        `Minor units of ${currency}; positive: owed by the partner. Only the balance is rounded, half a unit away from 0.`,
      ],
    ],
    numeric: new Set(['block', 'points', 'price', 'amount']),
  });
}

/** What a page says of its month. */
export function spanOf({
  from,
  until,
  closed,
}: Pick<SettlementView, 'from' | 'until' | 'closed'>): [name: string, text: string][] {
  const state = closed ? 'Closed: it will always read the same.' : 'Open: more may come to it.';
  return [
    ['From', from],
    ['Until', `${until} (exclusive)`],
    ['State', state],
  ];
}

export function sheetOf({ title, programme, said, columns: names, numeric, rows }: Sheet): string {
  const classOf = (name = ''): string => (numeric.has(name) ? ' class="number"' : '');
  const cellOf = (cell: Cell, index: number): string =>
    `<td${classOf(names[index])}>${escaped(String(cell))}</td>`;
  const head = names
    .map((name) => `<th scope="col"${classOf(name)}>${escaped(name)}</th>`)
    .join('');
  const body = rows.map((row) => `<tr>${row.map(cellOf).join('')}</tr>`).join('\n');
  const list = said
    .map(([name, text]) => `<dt>${escaped(name)}</dt><dd>${escaped(text)}</dd>`)
    .join('\n');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)}</title>
<style>${style}</style>
</head>
<body>
<h1>${escaped(title)}</h1>
<p>${escaped(programme)}</p>
<dl>
${list}
</dl>
<div class="wide"><table>
<thead><tr>${head}</tr></thead>
<tbody>
${body}
</tbody>
</table></div>
</body>
</html>
`;
}
