import { appendFileSync } from 'node:fs';
import { checkDocument } from '../../../src/programmes/check.js';
import { bads } from '../corpus.js';
import { mostTaken } from './search.js';
import { isAboveBound, isMissed, lookAt, tableOf, type Looked } from './study.js';

/** How many are audited; 500 at torture. */
const COUNT = Number(process.env['MUTANTS'] ?? 6);
const isFresh = process.env['FRESH'] === '1';
const seed = isFresh
  ? Math.floor(Math.random() * 1e6)
  : Number(process.env['MUTANTS_SEED'] ?? 31_337);
/** The number of the first one: a run that was stopped goes on there. */
const first = Number(process.env['MUTANTS_FIRST'] ?? 0);
/** Where each is told as soon as it was looked at, so that a run that was stopped tells too. */
const file = process.env['MUTANTS_FILE'];
const little = { sequences: 4, moves: 20, beams: 1, depth: 4, breadth: 10, width: 3, habits: 9 };
const more = { sequences: 12, moves: 25, beams: 1, depth: 6, breadth: 14, width: 4, habits: 24 };

describe(`mutants of sane programmes (MUTANTS_SEED=${String(seed)})`, () => {
  it('I73: nobody takes more from a programme than is proved that anybody can', async () => {
    process.stdout.write(`MUTANTS_SEED=${String(seed)}\n`);
    const all: Looked[] = [];
    let audited = 0;
    for (let n = first; audited < COUNT; n += 1) {
      const looked = await lookAt(seed, n, COUNT > 50 ? more : little);
      all.push(looked);
      if (looked.status !== 'refused') audited += 1;
      if (file !== undefined) appendFileSync(file, `${JSON.stringify(looked)}\n`);
    }
    process.stdout.write(`${tableOf(all)}\n`);
    expect(all.filter(isAboveBound)).toEqual([]);
    expect(all.filter(isMissed)).toEqual([]);
    // Adversaries who never get to do something prove nothing about it.
    const kinds = new Set(all.flatMap((looked) => looked.kinds ?? []));
    for (const kind of ['accrue', 'return', 'hold', 'coupon', 'refer', 'transfer']) {
      expect([...kinds]).toContain(kind);
    }
  }, 36_000_000);
});

describe('the adversaries', () => {
  it.each(['eat-out-for-nothing', 'mint-coins'])(
    'I73: get more out of %s than is allowed',
    (name) => {
      const bad = bads().find((each) => each.name === name);
      const checked = checkDocument(bad?.document);
      if ('faults' in checked) throw new Error(`${name} cannot be published`);
      const { bounds } = checked.document;
      const share = Number(bounds?.stacked);
      const { minor } = mostTaken(checked.document, share, { seed: 5, effort: more });
      expect(minor).toBeGreaterThan(bounds?.allowance ?? Infinity);
    },
  );
});
