import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  adversaryNames,
  type AdversaryName,
  type Ground,
} from '../../../src/incentives/adversaries/adversary.js';
import { groundOf } from '../../../src/incentives/adversaries/ground.js';
import {
  adversaries,
  letLoose,
  nothingLooted,
  type Looted,
} from '../../../src/incentives/adversaries/loose.js';
import { boundsOf } from '../../../src/incentives/bounds.js';
import { happenings, type Happening } from '../../../src/incentives/lives/events.js';
import { stateAfter } from '../../../src/incentives/lives/fold.js';
import { sideOf } from '../../../src/incentives/lives/player.js';
import { compileProgramme } from '../../../src/programmes/compile.js';
import type { ProgrammeDocument } from '../../../src/programmes/document.js';
import { DAY } from '../../support/state.js';
import { bads, sanes } from '../corpus.js';
import { BEGIN, Person } from './lived.js';

const bad = (name: string): ProgrammeDocument => {
  const found = bads().find((each) => each.name === name);
  if (found === undefined) throw new Error(`There is no ${name}.`);
  return found.document as ProgrammeDocument;
};

const sane = (name: string): ProgrammeDocument => {
  const found = sanes().find((each) => each.name === name);
  if (found === undefined) throw new Error(`There is no ${name}.`);
  return found.document;
};

/** What somebody does, given what they may buy and how large a purchase gets. */
type Living = (person: Person, categories: readonly string[], largest: number) => void;

/** Buys every so many days for a year, of all there is. */
const regular =
  (every: number, share: number): Living =>
  (person, categories, largest) => {
    for (let day = 0, n = 0; day < 360; day += every, n += 1) {
      person.does({ do: 'wait', ms: every * DAY });
      person.buys(categories[n % categories.length] ?? '', Math.floor(largest * share));
    }
  };

/** Buys a little each day until the next would reach the best tier, and then as much as can be bought. */
const onTheVerge =
  (best: string): Living =>
  (person, [category = ''], largest) => {
    const little = Math.floor(largest * 0.03);
    const trial = person.again();
    let days = 0;
    while (trial.member.tier !== best && days < 400) {
      trial.does({ do: 'wait', ms: DAY / 4 });
      trial.buys(category, little);
      days += 1;
    }
    for (let day = 1; day < days; day += 1) {
      person.does({ do: 'wait', ms: DAY / 4 });
      person.buys(category, little);
    }
    person.does({ do: 'wait', ms: DAY });
    person.buys(category, largest);
  };

/** What adversaries make of somebody's life under the programme that it was led under. */
function looted(document: ProgrammeDocument, living: Living): Looted {
  const programme = compileProgramme(document, { no: 1, effectiveAt: 0 });
  const person = new Person(programme);
  const earning = document.categories.filter(({ treatment }) => treatment === 'earns');
  living(
    person,
    earning.map(({ code }) => code),
    boundsOf(document).largestBasket,
  );
  const { known, postings } = person.life;
  const window = { from: BEGIN, until: person.now + 60 * DAY };
  const side = sideOf(programme, () => programme);
  const start = stateAfter(known, [], BEGIN);
  const all = nothingLooted();
  const ground = groundOf(document, side, window);
  letLoose({ known, start, happenings: happenings(postings, undefined) }, ground, all);
  return all;
}

const usual = regular(9, 0.2);

describe('adversaries', () => {
  /** Minor units that it brings at least by the hole, and at most where there is none. */
  it.each<[AdversaryName, string, string, Living, { hole: number; none: number }]>([
    ['splitter', 'tree-run', 'pharmacy', onTheVerge('tree'), { hole: 1_000, none: 30 }],
    ['returner', 'shop-and-bring-back', 'grocer', usual, { hole: 300, none: 0 }],
    ['looper', 'mint-coins', 'bank', usual, { hole: 150_000, none: 0 }],
    ['ring', 'referral-ring', 'hotel', usual, { hole: 10_000, none: 0 }],
    ['runner', 'status-on-return', 'hotel', regular(5, 0.02), { hole: 400, none: 0 }],
  ])('I52: the %s gains by %s, and nothing by the sane %s', (who, hole, twin, living, gain) => {
    expect(looted(bad(hole), living)[who].value).toBeGreaterThanOrEqual(gain.hole);
    // A tier that is reached earlier is worth a point or two.
    expect(looted(sane(twin), living)[who].value).toBeLessThanOrEqual(gain.none);
  });

  it('I52: the insider has more than is meant by tree-run, and not by the sane pharmacy', () => {
    expect(looted(bad('tree-run'), usual).insider.beyondValue).toBeGreaterThan(50_000);
    expect(looted(sane('pharmacy'), usual).insider).toMatchObject({ tried: 1, beyond: 0 });
  });

  it('I52: none gets more than is meant out of a sane programme', () => {
    const found = sanes().flatMap(({ name, document }) => {
      const all = looted(document, regular(30, 0.5));
      return adversaryNames.flatMap((who) => (all[who].beyond > 0 ? [`${who} of ${name}`] : []));
    });
    expect(found).toEqual([]);
  });

  it('I53: parts of a split purchase add up, and nothing else is changed', () => {
    const line = fc.record({
      category: fc.constantFrom('home', 'garden'),
      amount: fc.integer({ min: 0, max: 90_000 }),
      quantity: fc.integer({ min: 1, max: 4 }),
      tax: fc.constant(0),
    });
    fc.assert(
      fc.property(fc.array(line, { minLength: 1, maxLength: 4 }), (lines) => {
        const total = lines.reduce((sum, { amount }) => sum + amount, 0);
        fc.pre(total >= 100);
        const purchase = { lines, tenders: [{ kind: 'card', amount: total }], retailer: 'shop' };
        const when = { seq: 7, at: BEGIN, occurredAt: BEGIN, versionNo: 1, redemptions: [] };
        const bought: Happening = { kind: 'accrue', ...when, purchase };
        const hold: Happening = { kind: 'release', seq: 9, at: BEGIN + DAY, redemption: 3 };
        const parts = adversaries.splitter.plot([bought, hold], ground)?.happenings ?? [];
        expect(parts.at(-1)).toEqual(hold);
        const split = parts.flatMap((each) => (each.kind === 'accrue' ? each : []));
        expect(split).toHaveLength(3);
        const sums = lines.map((_, n) =>
          split.reduce((sum, each) => sum + (each.purchase.lines[n]?.amount ?? 0), 0),
        );
        expect(sums).toEqual(lines.map(({ amount }) => amount));
        const tendered = split.flatMap((each) => each.purchase.tenders);
        expect(tendered.reduce((sum, { amount }) => sum + amount, 0)).toBe(total);
        expect(split.at(-1)?.seq).toBe(7);
        const paid: Happening = { ...bought, redemptions: [3] };
        expect(adversaries.splitter.plot([paid], ground)).toBeUndefined();
      }),
    );
    const back: Happening = {
      ...{ kind: 'return', seq: 8, at: BEGIN + DAY, occurredAt: BEGIN + DAY, purchase: 7 },
      ...{ lines: [], redemptions: undefined },
    };
    const whole: Happening = {
      ...{ kind: 'accrue', seq: 7, at: BEGIN, occurredAt: BEGIN, versionNo: 1, redemptions: [] },
      purchase: { lines: [], tenders: [] },
    };
    expect(adversaries.splitter.plot([whole, back], ground)).toBeUndefined();
  });

  it('I54: counts who does the like already', () => {
    const programme = compileProgramme(sane('grocer'), { no: 1, effectiveAt: 0 });
    const person = new Person(programme);
    const seen = (): Record<string, number> =>
      Object.fromEntries(
        adversaryNames.map((who) => [
          who,
          adversaries[who].seen(happenings(person.postings, undefined), ground),
        ]),
      );
    person.does({ do: 'wait', ms: DAY });
    person.buys('bread', 5_000);
    expect(seen()).toEqual(none);
    person.does({ do: 'wait', ms: 60_000 });
    person.buys('bread', 5_000);
    expect(seen()).toEqual({ ...none, splitter: 1 });
    for (let n = 0; n < 9; n += 1) {
      person.does({ do: 'wait', ms: 3_600_000 });
      person.buys('bread', 1_000);
    }
    expect(seen()).toEqual({ ...none, splitter: 1, insider: 1 });
  });
});

const none = { splitter: 0, returner: 0, looper: 0, ring: 0, runner: 0, insider: 0 };

const ground = ((): Ground => {
  const programme = compileProgramme(sane('grocer'), { no: 1, effectiveAt: 0 });
  const side = sideOf(programme, () => programme);
  return groundOf(sane('grocer'), side, { from: BEGIN, until: BEGIN + 400 * DAY });
})();
