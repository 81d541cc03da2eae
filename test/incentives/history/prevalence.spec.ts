import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { audit } from '../../../src/incentives/audit.js';
import type { Check, Finding, WitnessStep } from '../../../src/incentives/finding.js';
import { replayLife } from '../../../src/incentives/history/replay.js';
import { noTotals, plus } from '../../../src/incentives/history/totals.js';
import { weighed } from '../../../src/incentives/history/weights.js';
import { sideOf } from '../../../src/incentives/lives/player.js';
import type { Seen } from '../../../src/incentives/prevalence/seen.js';
import { shapesOf, type Shape } from '../../../src/incentives/prevalence/shape.js';
import { compileProgramme } from '../../../src/programmes/compile.js';
import type { ProgrammeDocument } from '../../../src/programmes/document.js';
import { DAY } from '../../support/state.js';
import { aProgrammeDocument } from '../../support/programme.js';
import { anyDoing, BEGIN, doingIn, Person, type Doing } from './lived.js';

/** A point is worth a penny. */
const tea = { code: 'tea', name: 'Tea', points: 500, value: { amount: 500, currency: 'GBP' } };
const blue = { code: 'blue', name: 'Blue', threshold: 0, multiplier: '1' };
type Rules = ProgrammeDocument['earningRules'];
const paying = (earningRules: Rules, more: Partial<ProgrammeDocument> = {}): ProgrammeDocument =>
  aProgrammeDocument({ earningRules, tiers: [blue], rewards: [tea], ...more });

const rate = (points: string): Rules[number] => ({
  ...{ kind: 'per_amount', id: 'base', name: 'Base' },
  rate: points,
});
const visit: Rules[number] = {
  ...{ kind: 'per_purchase', id: 'visit', name: 'For a visit' },
  ...{ points: 100, minimumAmount: 5_000 },
};

/** Each has the hole of a check. */
const holes: [Check, ProgrammeDocument][] = [
  ['GIVEBACK', paying([rate('20')])],
  ['SPLIT', paying([rate('1'), visit])],
  ['CLIFF', paying([rate('1'), { ...visit, points: 600 }])],
  ['DEBT', paying([rate('1')], { returnWindowDays: 0 })],
];

const personOf = (document: ProgrammeDocument): Person =>
  new Person(compileProgramme(document, { no: 1, effectiveAt: 0 }));

/** What a person is counted with; undefined = nobody does the like. */
function seen(document: ProgrammeDocument, shapes: readonly Shape[], person: Person): Seen[] {
  const programme = compileProgramme(document, { no: 1, effectiveAt: 0 });
  const side = weighed(
    sideOf(programme, () => programme),
    document,
  );
  const totals = noTotals();
  const window = { from: BEGIN, until: person.now + 1_000 * DAY };
  replayLife({ window, live: side, draft: side, shapes }, person.life, totals);
  return shapes.flatMap(({ finding }) => totals.seen[finding] ?? []);
}

/** A finding of a check, with its shape. */
function found(document: ProgrammeDocument, check: Check): [Finding, Shape] {
  const finding = audit(document, { at: BEGIN + 90 * DAY }).findings.find(
    (each) => each.check === check,
  );
  const [shape] = shapesOf(document, finding === undefined ? [] : [finding]);
  if (finding === undefined || shape === undefined) throw new Error(`There is no ${check}.`);
  return [finding, shape];
}

/** Does what somebody does in a story, at its pace. */
function follow(person: Person, story: readonly WitnessStep[], who: string): void {
  let last = story[0]?.at ?? 0;
  for (const { step, at, refused } of story) {
    person.does({ do: 'wait', ms: at - last });
    last = at;
    if (refused !== undefined || !('who' in step) || step.who !== who) continue;
    if (step.kind === 'buy') person.buys(step.category, step.amount);
    if (step.kind === 'grant') person.does({ do: 'grant', tier: step.tier, days: 90 });
    if (step.kind === 'return') person.does({ do: 'return', which: 0, part: null, ago: 0 });
    if (step.kind === 'redeem') {
      person.does({ do: 'hold', reward: step.reward });
      person.does({ do: 'end', which: 0, how: 'capture' });
    }
  }
}

describe('who does already what a witness does', () => {
  it.each(holes)('I56: is whoever does it, and nobody who stops before: %s', (check, document) => {
    const [finding, shape] = found(document, check);
    const story = finding.witness.at(-1) ?? [];
    const person = personOf(document);
    follow(person, story, 'me');
    expect(seen(document, [shape], person)).toMatchObject([{ members: 1, times: 1 }]);
    const other = personOf(document);
    follow(other, story.slice(0, -1), 'me');
    expect(seen(document, [shape], other)).toEqual([]);
  });

  it.each(holes)('I56: is whoever does it, whatever else they do: %s', (check, document) => {
    const [finding, shape] = found(document, check);
    const story = finding.witness.at(-1) ?? [];
    const some = fc.array(anyDoing, { maxLength: 12 });
    fc.assert(
      fc.property(some, some, (before, after) => {
        const person = personOf(document);
        const doing = (each: Doing): void => {
          person.does(doingIn(document, each));
        };
        for (const each of before) doing(each);
        // What is owed of before is paid out of what the witness earns.
        fc.pre(person.member.owed === 0);
        person.does({ do: 'wait', ms: 2 * DAY });
        follow(person, story, 'me');
        for (const each of after) doing(each);
        const [counted] = seen(document, [shape], person);
        expect(counted).toMatchObject({ members: 1 });
        expect(counted?.times).toBeGreaterThanOrEqual(1);
        expect((counted?.times ?? 0) * shape.wanted.length).toBeLessThanOrEqual(
          person.postings.length,
        );
      }),
      { numRuns: 25 },
    );
  });

  it('I56: goes by category, size, time and order, and counts nothing twice', () => {
    const [, document] = holes[1] ?? [];
    if (document === undefined) throw new Error('There is no hole.');
    const [, shape] = found(document, 'SPLIT');
    const times = (...bought: [category: string, amount: number, waits: number][]): number => {
      const person = personOf(document);
      for (const [category, amount, ms] of bought) {
        person.does({ do: 'wait', ms });
        person.buys(category, amount);
      }
      return seen(document, [shape], person)[0]?.times ?? 0;
    };
    const minute = 60_000;
    expect(times(['garden', 5_000, 0], ['garden', 9_000, 10 * minute])).toBe(1);
    expect(times(['garden', 5_000, 0], ['garden', 9_000, 11 * minute])).toBe(0);
    expect(times(['garden', 4_999, 0], ['garden', 9_000, minute])).toBe(0);
    expect(times(['home', 5_000, 0], ['garden', 9_000, minute])).toBe(0);
    const three = [0, minute, minute].map((ms): ['garden', number, number] => ['garden', 6e3, ms]);
    expect(times(...three)).toBe(1);
    expect(times(...three, ['garden', 6_000, minute])).toBe(2);
  });

  it('I56: says what it brought, as it was booked: points by their worth, and rewards', () => {
    const [check, document] = holes[3] ?? ['DEBT', undefined];
    if (document === undefined) throw new Error('There is no hole.');
    const [finding, shape] = found(document, check);
    const person = personOf(document);
    follow(person, finding.witness.at(-1) ?? [], 'me');
    // 1,000 points went on two rewards of 5.00 each, and are owed since.
    expect(person.member).toMatchObject({ points: 0, owed: 1_000 });
    expect(seen(document, [shape], person)).toEqual([{ members: 1, times: 1, brought: 1_000 }]);
    const [, generous] = holes[0] ?? [];
    const buyer = personOf(generous ?? document);
    buyer.buys('garden', 10_000);
    const [, back] = found(generous ?? document, 'GIVEBACK');
    // 2,000 points at a penny.
    expect(seen(generous ?? document, [back], buyer)).toEqual([
      { members: 1, times: 1, brought: 2_000 },
    ]);
  });

  it('I56, I48: adds up over parts', () => {
    const [one, other] = [noTotals(), noTotals()];
    one.seen = {
      a: { members: 1, times: 2, brought: 0.1 },
      b: { members: 1, times: 1, brought: 5 },
    };
    other.seen = { a: { members: 3, times: 4, brought: 0.2 } };
    expect(plus(one, other).seen).toEqual({
      a: { members: 4, times: 6, brought: 0.3 },
      b: { members: 1, times: 1, brought: 5 },
    });
  });
});
