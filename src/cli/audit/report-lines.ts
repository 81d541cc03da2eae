/** An audit as lines for a person. */
import type { AuditedWhole } from '../../incentives/linear/proof.js';
import type { Fix } from '../../incentives/fixes/fixes.js';
import type { Fixes } from '../../incentives/worker/task.js';
import type { Finding } from '../../incentives/finding.js';
import { figure, money, percent } from '../../incentives/words.js';
import type { ProgrammeDocument } from '../../programmes/document.js';
import { printable } from '../output.js';
import { proofLines } from './proof-lines.js';
import { witnessLines } from '../../incentives/witness-lines.js';

const growths = {
  repeatable: 'as often as somebody likes',
  per_year: 'in each year',
  once: 'once',
} as const;

/** Lines of a witness that are shown; `--json` has all. */
const SHOWN = 14;

/** `fixes` where they were looked for. */
export function reportLines(
  document: ProgrammeDocument,
  audited: AuditedWhole,
  fixes?: Fixes,
): string {
  const { findings } = audited;
  const count = findings.length === 1 ? '1 finding' : `${String(findings.length || 'no')} findings`;
  return [
    `${document.identity.name}: ${count}.`,
    ...findings.flatMap((found) => [
      '',
      ...findingLines(document, found),
      ...(fixes === undefined ? [] : fixLines(document, fixes[found.id] ?? [])),
    ]),
    '',
    ...heldAgainst(document, audited),
    '',
    ...proofLines(document, audited),
  ]
    .map(printable)
    .join('\n');
}

function findingLines(document: ProgrammeDocument, found: Finding): string[] {
  const { severity, id, title, explanation, pointer, gain, claim } = found;
  const steps = witnessLines(document, found);
  const more = steps.length - SHOWN;
  return [
    `${severity}  ${id}  ${title}`,
    `  ${explanation}`,
    `  See ${pointer}`,
    ...(gain.minor > 0
      ? [`  Gain: ${money(document, gain.minor)}, ${growths[gain.growth]} (${claim}).`]
      : [`  (${claim})`]),
    ...steps.slice(0, SHOWN).map((step) => `    ${step}`),
    ...(more > 0 ? [`    and ${figure(more)} more`] : []),
  ];
}

function fixLines(document: ProgrammeDocument, fixes: readonly Fix[]): string[] {
  if (fixes.length === 0)
    return [
      '  No change of one number, or of two, was found that ends it, nor with the fix of another one.',
    ];
  return fixes.map(({ changes, honest: { before, after }, with: other }) => {
    const what = changes
      .map(({ pointer, from, to }) => `${pointer} from ${String(from)} to ${String(to)}`)
      .join(', and ');
    const cost =
      before === after
        ? 'ordinary purchases give back what they did'
        : `ordinary purchases give back ${money(document, after)} instead of ${money(document, before)}`;
    const how = other === undefined ? 'Fix' : `Fix, with that of ${other}`;
    return `  ${how}: ${what} (${cost}).`;
  });
}

function heldAgainst(
  document: ProgrammeDocument,
  { bounds, point, tried }: AuditedWhole,
): string[] {
  const { declared, giveback, stacked, allowance, largestBasket, accounts } = bounds;
  const from = declared ? 'what it declares' : 'assumed bounds, as it declares none';
  return [
    `Held against ${from}: ${percent(giveback)} given back by rules, ${percent(stacked)} with ` +
      `offers, ${money(document, allowance)} a year for nothing, purchases of up to ` +
      `${money(document, largestBasket)}, ${figure(accounts)} memberships a person.`,
    `A point is worth ${figure(point.worth, 3)} minor units at most, spent on ${point.what}.`,
    `Tried ${figure(tried.acts)} acts on the core, in ${figure(tried.sizes)} sizes. What it found is ` +
      'played there; what it did not find is no proof that there is nothing.',
  ];
}
