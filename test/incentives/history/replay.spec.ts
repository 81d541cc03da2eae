import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { sideOf } from '../../../src/incentives/lives/player.js';
import { replayLife, type Weighed } from '../../../src/incentives/history/replay.js';
import { keptIn, textOf } from '../../../src/incentives/history/kept.js';
import { noTotals, plus, type Totals } from '../../../src/incentives/history/totals.js';
import type { Life } from '../../../src/incentives/lives/recorded.js';
import { compileProgramme } from '../../../src/programmes/compile.js';
import type { ProgrammeDocument } from '../../../src/programmes/document.js';
import type { Programme } from '../../../src/rules/programme.js';
import { aProgrammeDocument } from '../../support/programme.js';
import { DAY } from '../../support/state.js';
import { sanes } from '../corpus.js';
import { anyDoing, BEGIN, doingIn, Person, type Doing } from './lived.js';

const tea = { code: 'tea', name: 'Tea', points: 30, value: { amount: 30, currency: 'GBP' } };
// Long holds, so that time alone does not end them all.
const plain = aProgrammeDocument({ redemption: { holdMinutes: 2_880 } });
const document: ProgrammeDocument = {
  ...plain,
  rewards: [tea, ...plain.rewards],
  returnWindowDays: 3,
};
const reviewed: ProgrammeDocument = {
  ...document,
  returnWindowDays: 14,
  ladder: { metric: 'qualifying_points', window: { kind: 'rolling', months: 3 } },
};

const programmeOf = (written: ProgrammeDocument, no = 1): Programme =>
  compileProgramme(written, { no, effectiveAt: 0 });

const watched: ProgrammeDocument = {
  ...document,
  returnWindowDays: 0,
  guards: { velocity: [{ counts: 'purchases', most: 1, per: 'day', holdHours: 72 }] },
};

const weighed = (programme: Programme, live: Programme): Weighed => ({
  ...sideOf(programme, () => live),
  worth: 500_000n,
  harm: new Set(),
});

const onlyRate = (rate: string): ProgrammeDocument =>
  aProgrammeDocument({ earningRules: [{ kind: 'per_amount', id: 'base', name: 'Base', rate }] });

/** Sums of fractions differ in their last place by the order in which they are added. */
const rounded = (totals: Totals): string =>
  JSON.stringify(totals, (_, value: unknown) => {
    if (typeof value === 'bigint') return String(value);
    return typeof value === 'number' ? Number(value.toPrecision(10)) : value;
  });

function replayed(
  live: Programme,
  draft: Programme,
  lives: readonly Life[],
  { from, until }: { from: number; until: number },
): Totals {
  const totals = noTotals();
  const sides = {
    window: { from, until },
    live: weighed(live, live),
    draft: weighed(draft, live),
  };
  for (const life of lives) replayLife(sides, life, totals);
  return totals;
}

describe('a replay of history', () => {
  it.each([
    ['tiers for good', document],
    ['tiers that are reviewed', reviewed],
    ['points that are withheld', watched],
    ...sanes()
      .filter(({ name }) => ['airline', 'coffee-bar', 'grocer'].includes(name))
      .map(({ name, document: each }): [string, ProgrammeDocument] => [name, each]),
  ])('I46: leaves members with just what the ledger has (%s)', (_, written) => {
    const programme = programmeOf(written);
    const seen = new Set<string>();
    const isOwn = [document, reviewed, watched].includes(written);
    fc.assert(
      fc.property(
        fc.array(anyDoing, { minLength: 20, maxLength: 60, size: 'max' }),
        fc.nat(100),
        (doings, share) => {
          const person = new Person(programme);
          for (const doing of doings) person.does(isOwn ? doing : doingIn(written, doing));
          const { postings } = person;
          for (const { kind } of postings) seen.add(kind);
          const from = BEGIN + Math.floor(((person.now - BEGIN) * share) / 100);
          const window = { from, until: person.now + 1 };
          const totals = replayed(programme, programme, [person.life], window);
          expect(totals.otherwise.some).toEqual([]);
          const decided = postings.filter(
            ({ kind, recordedAt }) =>
              recordedAt >= from && ['accrue', 'return', 'correct'].includes(kind),
          );
          const sum = decided.reduce(
            (all, { explanation }) =>
              all + explanation.reduce((one, item) => one + BigInt(item[3]), 0n),
            0n,
          );
          expect(totals.live.accrued).toBe(sum);
          expect(totals.draft).toEqual(totals.live);
          expect([totals.gained.members, totals.lost.members]).toEqual([0, 0]);
        },
      ),
      { numRuns: 30 },
    );
    if (written === watched) expect([...seen]).toContain('clear');
    if (written !== document && written !== reviewed) return;
    const kinds = ['accrue', 'return', 'correct', 'hold', 'redeem', 'release', 'adjust'];
    expect([...seen]).toEqual(expect.arrayContaining(kinds));
    expect(seen.has('review')).toBe(true);
  });

  it('I46: gives a reward back with the purchase it was used on', () => {
    const programme = programmeOf(document);
    const person = new Person(programme);
    person.buys('garden', 30_000);
    person.does({ do: 'wait', ms: 10 * DAY });
    const held = person.now;
    person.does({ do: 'hold', reward: 'tea' });
    person.does({ do: 'end', which: 0, how: 'capture' });
    const captured = person.now + 1;
    person.does({ do: 'wait', ms: DAY });
    const spent = person.member.points;
    const [one, other] = ['garden', 'home'].map((category) => ({
      ...{ category, amount: 5_000, quantity: 1 },
    }));
    if (one === undefined || other === undefined) throw new Error('There are two lines.');
    person.does({ do: 'buy', lines: [one, other], ago: 0 });
    person.does({ do: 'wait', ms: DAY });
    person.does({ do: 'return', which: 0, part: null, ago: 0 });
    expect(person.member.points).toBe(spent + 30);
    for (const from of [BEGIN, held, captured, person.now]) {
      const window = { from, until: person.now + 1 };
      const totals = replayed(programme, programme, [person.life], window);
      expect([from, totals.otherwise.members]).toEqual([from, 0]);
    }
  });

  it('I46: lets go by silence what went, and brings back what a late event brought back', () => {
    const notices = { daysBefore: [30] };
    const silent = programmeOf({
      ...document,
      expiry: { kind: 'inactivity', months: 2, notices },
      lateEvents: { windowDays: 60, older: 'flag' },
    });
    const lived = (doings: readonly Doing[]): { person: Person; totals: Totals } => {
      const person = new Person(silent);
      person.buys('garden', 10_000);
      for (const doing of doings) person.does(doing);
      const window = { from: BEGIN, until: person.now + 1 };
      return { person, totals: replayed(silent, silent, [person.life], window) };
    };
    const lines = [{ category: 'garden', amount: 2_000, quantity: 1 }];
    const gone: Doing[] = [{ do: 'wait', ms: 70 * DAY }, { do: 'go' }];
    const rest: Doing[][] = [
      [],
      [{ do: 'buy', lines, ago: 20 * DAY }],
      [{ do: 'buy', lines, ago: 0 }],
    ];
    const [none, late, inTime] = rest.map((more) => lived([...gone, ...more]));
    const earned = none?.person.postings[0]?.after.points;
    const kinds = (of: typeof none) => of?.person.postings.map(({ kind }) => kind);
    expect(kinds(none)).toEqual(['accrue', 'expire']);
    expect(kinds(late)).toEqual(['accrue', 'expire', 'reinstate', 'accrue']);
    expect(kinds(inTime)).toEqual(['accrue', 'expire', 'accrue']);
    for (const each of [none, late, inTime]) {
      const { points } = each?.person.member ?? {};
      expect(each?.totals.live).toMatchObject({ balance: points, expired: earned });
      expect(each?.totals.otherwise.some).toEqual([]);
    }
    expect(none?.person.member.points).toBe(0);
    // A window that begins when they had gone knows of it all the same.
    const window = { from: BEGIN + 75 * DAY, until: BEGIN + 80 * DAY };
    expect(
      replayed(
        silent,
        silent,
        [none?.person.life].flatMap((l) => l ?? []),
        window,
      ).live,
    ).toMatchObject({ balance: 0, expired: 0 });
    // What was said to go but has not is no liability for long either.
    const idle = lived([{ do: 'wait', ms: 70 * DAY }]);
    expect(idle.person.member.points).toBe(earned);
    expect(idle.totals.live).toMatchObject({ balance: 0, expired: earned });
  });

  it('I47: a doubled rate costs twice as much, and everybody gains what it says', () => {
    const [live, draft] = [programmeOf(onlyRate('1')), programmeOf(onlyRate('2'), 2)];
    const lives = [1, 2, 3].map((n) => {
      const person = new Person(live, `00000000-0000-4000-8000-00000000000${String(n)}`);
      for (let day = 0; day < n; day += 1) {
        person.does({ do: 'wait', ms: DAY });
        person.buys('garden', 10_000);
      }
      return person.life;
    });
    const until = BEGIN + 10 * DAY;
    const totals = replayed(live, draft, lives, { from: BEGIN, until });
    expect([totals.live.accrued, totals.draft.accrued]).toEqual([
      600_000_000_000n,
      1_200_000_000_000n,
    ]);
    // A point is worth half a minor unit; sums are in quadrillionths of one.
    const value = (points: bigint): bigint => points * 500_000n * 1_000_000_000n;
    expect(totals.gained.value).toBe(value(600n));
    expect(totals.gained.largest.map((each) => each.value)).toEqual(
      [300n, 200n, 100n].map((points) => value(points)),
    );
    expect(totals.live.balance).toBe(600);
    expect(totals.draft.balance).toBe(1_200);
    expect(totals.moves).toEqual({ 'blue > silver': 1 });
    expect(totals.lost.members).toBe(0);
  });

  it('I47: counts whatever tiers and rules are called', () => {
    const written: ProgrammeDocument = {
      ...onlyRate('1'),
      rewards: [tea],
      earningRules: [{ kind: 'per_amount', id: 'constructor', name: 'Base', rate: '1' }],
      tiers: [{ code: 'constructor', name: 'All', threshold: 0, multiplier: '1' }],
    };
    const programme = programmeOf(written);
    const person = new Person(programme);
    person.buys('garden', 10_000);
    const late = { ...person.life, known: { ...person.life.known, enrolledAt: BEGIN + 2 * DAY } };
    const window = { from: BEGIN, until: BEGIN + DAY };
    const { live, members } = replayed(programme, programme, [person.life, late], window);
    expect(members).toBe(1);
    expect(live.tiers).toEqual({ constructor: 1 });
    expect(live.rules).toEqual({ constructor: { accrued: 100_000_000_000n, members: 1 } });
  });

  it('I48: totals of parts add up to those of the whole, and are the same once kept', () => {
    const live = programmeOf(document);
    const draft = programmeOf({ ...onlyRate('2'), rewards: [tea] }, 2);
    fc.assert(
      fc.property(
        fc.array(fc.array(anyDoing, { maxLength: 30 }), { minLength: 2, maxLength: 5 }),
        fc.nat(4),
        (all, cut) => {
          const lives = all.map((doings, n) => {
            const person = new Person(live, `00000000-0000-4000-8000-00000000000${String(n)}`);
            for (const doing of doings) person.does(doing);
            return person.life;
          });
          const window = { from: BEGIN, until: BEGIN + 4_000 * DAY };
          const [one, other] = [lives.slice(0, cut), lives.slice(cut)].map((part) =>
            replayed(live, draft, part, window),
          );
          if (one === undefined || other === undefined) throw new Error('There are two parts.');
          const kept = { asked: 'this', ...window, done: 1, totals: one };
          const again = keptIn(textOf(kept), 'this');
          expect(again).toEqual(kept);
          expect(keptIn(textOf(kept), 'that')).toBeUndefined();
          const sum = plus(again?.totals ?? noTotals(), other);
          const whole = replayed(live, draft, lives, window);
          expect(rounded(sum)).toEqual(rounded(whole));
        },
      ),
      { numRuns: 40 },
    );
  });

  it('I50: what it remembers does not grow with members', () => {
    const live = programmeOf(document);
    const [few, many] = [40, 800].map((count) => {
      const lives = Array.from({ length: count }, (_, n) => {
        const id = String(n).padStart(12, '0');
        const person = new Person(live, `00000000-0000-4000-8000-${id}`);
        person.buys('garden', 100 + ((n * 7_919) % 40) * 100);
        return person.life;
      });
      const totals = replayed(live, programmeOf(onlyRate('3'), 2), lives, {
        from: BEGIN,
        until: BEGIN + DAY,
      });
      return textOf({ asked: '', from: 0, until: 0, done: 0, totals }).length;
    });
    // As many kinds of purchases, tiers and rules: only figures are longer.
    expect(many).toBeLessThan((few ?? 0) * 1.2);
  });
});
