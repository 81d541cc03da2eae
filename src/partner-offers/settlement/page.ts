/** A statement as a page to print: one file, no script, light and dark. */
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

const numeric: ReadonlySet<string> = new Set(['block', 'points', 'price', 'amount']);

export function pageOf(view: SettlementView, programme: string): string {
  const { partner, period, from, until, closed, currency } = view;
  const title = `Settlement ${period}: ${partner}`;
  const state = closed ? 'Closed: it will always read the same.' : 'Open: more may come to it.';
  const head = columns.map((name) => `<th scope="col"${classOf(name)}>${name}</th>`).join('');
  const body = rowsOf(view)
    .map((row) => `<tr>${row.map(cellOf).join('')}</tr>`)
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
<dt>From</dt><dd>${escaped(from)}</dd>
<dt>Until</dt><dd>${escaped(until)} (exclusive)</dd>
<dt>State</dt><dd>${state}</dd>
<dt>Amounts</dt><dd>Minor units of ${escaped(currency)}; positive: owed by the partner. Only the balance is rounded, half a unit away from 0.</dd>
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

const classOf = (column: string): string => (numeric.has(column) ? ' class="number"' : '');

const cellOf = (cell: Cell, index: number): string =>
  `<td${classOf(columns[index] ?? '')}>${escaped(String(cell))}</td>`;
