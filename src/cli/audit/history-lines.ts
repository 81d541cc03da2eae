/** A replay of history as lines for a person. */
import type { ChangeReport, HistoryReport, SideReport } from '../../incentives/history/report.js';
import { figure, money, percent, type Counting } from '../../incentives/words.js';
import { printable } from '../output.js';

/** Rules that are shown; `--json` has all. */
const RULES_SHOWN = 8;

/** `live` says in which currency what is live counts, and `draft` what would be. */
export function historyLines(
  draft: Counting & { identity: { name: string } },
  found: HistoryReport,
): string {
  const { from, until, members, buyers, dormant } = found;
  return [
    `${draft.identity.name}: what members did from ${from.slice(0, 10)} to ${until.slice(0, 10)}, under the version in force and under this document.`,
    `${figure(members)} members, ${figure(buyers)} of whom bought; ${figure(dormant)} did nothing for a year.`,
    '',
    ...columns(draft, found),
    '',
    ...changeLines(draft, 'better', found.gained),
    ...changeLines(draft, 'worse', found.lost),
    ...found.moves.map(
      ({ from: before, to, members: count }) =>
        `${figure(count)} in ${named(to)} instead of ${named(before)}`,
    ),
    '',
    ...ruleLines(found),
    ...offerLines(found),
    ...lootLines(draft, found),
    ...seenLines(draft, found),
    ...faith(found),
  ]
    .map(printable)
    .join('\n');
}

const named = (tier: string): string => (tier === '' ? 'no tier' : tier);

function columns(draft: Counting, { live, draft: next }: HistoryReport): string[] {
  const rows: [string, (side: SideReport) => string][] = [
    ['cost of points', ({ cost }) => money(draft, cost)],
    ['points earned', ({ accrued }) => figure(accrued)],
    ['liability at the end', ({ liability }) => money(draft, liability)],
    ['points redeemed', ({ redeemed }) => figure(redeemed)],
    ['points over', ({ expired }) => figure(expired)],
    ['owed', ({ owed }) => figure(owed)],
    ['uneven (0 to 1)', ({ gini }) => (gini === null ? '-' : figure(gini, 2))],
    ['on what is not wanted', ({ harmShare }) => percent(harmShare)],
    ['months to a reward, median', ({ reach }) => monthsOf(reach.median)],
    ['and of the slowest quarter', ({ reach }) => monthsOf(reach.quarter)],
    ['just below a tier', ({ nearTier }) => figure(nearTier)],
    ['refused', ({ refused }) => figure(Object.values(refused).reduce((a, b) => a + b, 0))],
  ];
  const cells = [
    ['', 'in force', 'this document'],
    ...rows.map(([name, cell]) => [name, cell(live), cell(next)]),
  ];
  const [first = 0, second = 0, third = 0] = [0, 1, 2].map((column) =>
    Math.max(...cells.map((row) => (row[column] ?? '').length)),
  );
  return cells.map(([name = '', before = '', after = '']) =>
    `  ${name.padEnd(first)}  ${before.padStart(second)}  ${after.padStart(third)}`.trimEnd(),
  );
}

const monthsOf = (months: number | null): string => (months === null ? 'never' : figure(months, 1));

function changeLines(
  draft: Counting,
  how: string,
  { members, value, largest }: ChangeReport,
): string[] {
  if (members === 0) return [`Nobody is ${how} off.`];
  return [
    `${figure(members)} ${how} off, by ${money(draft, Math.abs(value))} together; most of all`,
    ...largest.map(({ member, value: each }) => `  ${member}  ${money(draft, each)}`),
  ];
}

function ruleLines({ live, draft }: HistoryReport): string[] {
  const before = new Map(live.rules.map(({ id, points }) => [id, points]));
  const shown = draft.rules.slice(0, RULES_SHOWN).map(({ id, points, members }) => {
    const was = before.get(id);
    const told = was === undefined ? 'which is new' : `${figure(was)} before`;
    return `  ${id}: ${figure(points)} points to ${figure(members)} (${told})`;
  });
  return shown.length === 0 ? [] : ['What rules and offers pay:', ...shown];
}

const offerLines = ({ draft: { offers } }: HistoryReport): string[] =>
  offers.map(({ code, reached, paid, uptake }) =>
    reached === 0
      ? `  offer ${code} did not run while anybody bought`
      : `  offer ${code}: ${figure(paid)} of ${figure(reached)} who bought (${percent(uptake)})`,
  );

function lootLines(draft: Counting, { adversaries }: HistoryReport): string[] {
  if (adversaries === undefined) return [];
  return [
    '',
    'What those who want the most would make of it under this document:',
    ...adversaries.flatMap((each) => {
      const { name, like, gained, tried, value, beyond, beyondValue, seen, times } = each;
      const over =
        beyond === 0
          ? 'none beyond what is meant'
          : `${figure(beyond)} beyond what is meant, by ${money(draft, beyondValue)}`;
      return [
        `  ${name} (as in ${like.join(', ')}): ${figure(gained)} of ${figure(tried)} gain ${money(draft, value)}; ${over}`,
        ...(seen === 0
          ? []
          : [`    ${figure(seen)} members do the like already, ${figure(times)} times`]),
      ];
    }),
  ];
}

/** Findings of an audit of the document, with who does already what their witnesses do. */
function seenLines(draft: Counting, { prevalence }: HistoryReport): string[] {
  if (prevalence.length === 0) return [];
  return [
    '',
    'What an audit finds in this document, and who does the like already:',
    ...prevalence.flatMap(({ finding, severity, title, members, times, brought }) => [
      `  ${severity}  ${finding}  ${title}`,
      members === 0
        ? '    nobody did in these months'
        : `    ${figure(members)} members already do this, ${figure(times)} times; it brought them ${money(draft, brought)}`,
    ]),
  ];
}

/** How far the replay can be trusted. */
function faith({ asBooked, left, members }: HistoryReport): string[] {
  const { erased, carried } = left;
  const others = Object.entries(carried).map(([kind, count]) => `${figure(count)} ${kind}`);
  return [
    '',
    `${figure(asBooked.members)} of ${figure(members)} members end under the version in force with just what the ledger has.`,
    ...(asBooked.otherwise === 0
      ? []
      : [
          `Others had something decided by another version, or a limit that others had used up: ${asBooked.some.join(', ')}`,
        ]),
    ...(erased === 0
      ? []
      : [`${figure(erased)} purchases are left out, as what was bought is erased.`]),
    ...(others.length === 0 ? [] : [`Taken over as it was: ${others.join(', ')}.`]),
  ];
}
