/** A plan as lines for a terminal. */
import { styleText } from 'node:util';
import type { PlanView } from '../../programmes/plan/plan.views.js';
import { figure } from '../../programmes/diff/values.js';
import { table } from '../output.js';

type Change = PlanView['changes'][number];
type Impact = NonNullable<PlanView['impact']>;
type Tiers = NonNullable<Impact['tiers']>;

const marks = {
  added: ['+', 'green'],
  changed: ['~', 'yellow'],
  moved: ['~', 'yellow'],
  removed: ['-', 'red'],
} as const;

/** `where` names the environment; colours are for terminals that want them. */
export function planLines(plan: PlanView, where: string, colours: boolean): string {
  const { base, changes, more, findings, impact } = plan;
  const against = base === null ? 'where nothing is published yet' : `against version ${base}`;
  const lines = [`${changes.length === 0 ? 'No changes' : 'Changes'} ${against} (${where}).`];
  if (changes.length > 0) lines.push('', ...changes.map((each) => line(each, colours)));
  if (more > 0) lines.push(`    and ${figure(more)} more`);
  if (changes.length > 0) lines.push('', summary(changes));
  if (findings.length > 0) {
    const faults = findings.map(({ pointer, code, detail }) => `  ${pointer}  ${code}: ${detail}`);
    lines.push('', 'It cannot be published:', ...faults);
  }
  if (changes.length > 0 && impact !== null) lines.push('', ...impactLines(impact));
  return clean(lines);
}

function line({ kind, says }: Change, colours: boolean): string {
  const [mark, colour] = marks[kind];
  // Cleaned first, as colours are made of what cleaning takes away.
  const text = `  ${mark} ${printable(says)}`;
  return colours ? styleText(colour, text, { validateStream: false }) : text;
}

function summary(changes: readonly Change[]): string {
  const count = (...kinds: Change['kind'][]): string =>
    figure(changes.filter(({ kind }) => kinds.includes(kind)).length);
  const [adds, alters, removes] = [count('added'), count('changed', 'moved'), count('removed')];
  return `Plan: ${adds} to add, ${alters} to change, ${removes} to remove.`;
}

function impactLines({ tiers, removedRewards }: Impact): string[] {
  const rewards = removedRewards.map(
    ({ name, openHolds, points }) =>
      `Reward ${name} goes: ${plural(openHolds, 'open hold')} (${plural(points, 'point')}) ` +
      'can still be captured or released.',
  );
  if (tiers === null) return ['Members were not counted: it took too long.', ...rewards];
  return [...tierLines(tiers), ...rewards];
}

function tierLines({ members, points, tiers, moves }: Tiers): string[] {
  const rows = tiers.map(({ name, members: now, reached }) => [name, now, reached]);
  const nameOf = (code: string): string => tiers.find((tier) => tier.code === code)?.name ?? code;
  return [
    `${plural(members, 'member')}; the ${plural(points, 'point')} they have keep their terms.`,
    ...table([['tier', 'stand in it', 'will reach it'], ...rows])
      .split('\n')
      .map((row) => `  ${row}`),
    ...moves.map((move) => {
      const [from, to, stands] = [move.from, move.to, move.stands].map(nameOf);
      const who = `  ${plural(move.members, 'member')} of ${String(from)}`;
      if (move.stands === move.to) return `${who} will stand in ${String(to)}.`;
      return `${who} only reach ${String(to)}; in ${String(stands)} until a review.`;
    }),
  ];
}

const plural = (count: number, one: string): string =>
  `${figure(count)} ${count === 1 ? one : `${one}s`}`;

/** A draft may hold anything, and a terminal obeys what it is shown. */
const printable = (text: string): string => text.replaceAll(/[\p{Cc}\u2028\u2029]/gu, '\ufffd');

const clean = (lines: readonly string[]): string =>
  lines.map((each) => (each.startsWith('\u001b[') ? each : printable(each))).join('\n');
