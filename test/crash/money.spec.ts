import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { drawsOf } from '../support/purchases.js';
import { fealtyEnds } from './importers.js';
import { judge, sendAgain, type Verdict } from './money/checker.js';
import { Expectation } from './money/expectation.js';
import { linesOf } from './money/journal.js';
import { Site } from './money/site.js';
import { clientOf, torture, type Report } from './money/torture.js';

const number = (name: string, fallback: number): number => Number(process.env[name] ?? fallback);

/** `npm run torture -- money` does 50,000 and kills 12 times; with `--long` 1,000,000 and 100. */
const operations = number('MONEY_OPERATIONS', 3_000);
const kills = number('MONEY_KILLS', 4);
const seed = number('MONEY_SEED', Math.floor(Math.random() * 1_000_000));
const members = Math.max(40, Math.min(Math.floor(operations / 100), 8_000));
const MINUTES = 60_000;
/** Connections are cut after fewer bytes than these, so that every run has hundreds of cuts. */
const CUT_AFTER_MAX = 20_000;
/** Keys that are sent again at the end. */
const SAMPLE_MAX = 5_000;

/** A million operations take half an hour on two cores that do nothing else, and longer beside others. */
jest.setTimeout((60 + operations / 3_000) * MINUTES);

const say = (line: string): void => {
  process.stdout.write(`  ${line}\n`);
};

describe(`${operations} operations on ${members} members through ${kills} kills`, () => {
  let site: Site;
  let report: Report;
  let expectation: Expectation;
  let verdict: Verdict;

  beforeAll(async () => {
    say(`MONEY_SEED=${seed} MONEY_OPERATIONS=${operations} MONEY_KILLS=${kills}`);
    site = await Site.open({ members, draw: drawsOf(seed), cutAfterMax: CUT_AFTER_MAX });
    report = await torture(site, { seed, operations, kills, say });
    expectation = await Expectation.of(linesOf(report.journal));
    verdict = await judge(site, expectation);
    const { tally, seconds } = report;
    const cuts = site.proxies.map((proxy) => proxy.cuts);
    const sum = (of: (each: (typeof cuts)[number]) => number): number =>
      cuts.reduce((total, each) => total + of(each), 0);
    say(
      `${seconds.toFixed(1)} s, ${report.killed} kills, cuts of ${sum((each) => each.request)} ` +
        `requests and ${sum((each) => each.reply)} replies, ${tally.sent} requests, ` +
        `${tally.broken} broken, ${tally.replayed} answered from before`,
    );
    say(`answers to come again: ${JSON.stringify(tally.passing)}`);
    say(`lost ${verdict.lost.length}, doubled ${verdict.doubled.length}`);
  });

  afterAll(async () => site.close());

  it('was killed and cut where it hurts, and every answer became known', () => {
    expect(report.killed).toBe(kills);
    expect(expectation.asked.size).toBe(operations);
    expect(expectation.told.size).toBe(operations);
    for (const { cuts } of site.proxies) {
      expect(cuts.request).toBeGreaterThan(0);
      expect(cuts.reply).toBeGreaterThan(0);
    }
    expect(report.tally.replayed).toBeGreaterThan(0);
  });

  it('did operations of every kind, and refused some', () => {
    const done = new Map<string, number>();
    for (const { key, status, code } of expectation.told.values()) {
      const name = code ?? `${expectation.asked.get(key)?.kind ?? ''} ${status}`;
      done.set(name, (done.get(name) ?? 0) + 1);
    }
    say(JSON.stringify(Object.fromEntries([...done].sort())));
    expect([...done.keys()]).toEqual(
      expect.arrayContaining([
        ...['purchase 201', 'line 201', 'return 201', 'exchange 201', 'hold 201', 'capture 200'],
        ...['release 200', 'adjust 201', 'insufficient_points', 'return_exceeds_purchase'],
      ]),
    );
  });

  it('L4: loses nothing that it acknowledged', () => {
    expect(verdict.lost).toEqual([]);
  });

  it('L5: does nothing twice, and nothing that nobody asked for', () => {
    expect(verdict.doubled).toEqual([]);
    expect(verdict.unasked).toEqual([]);
    expect(expectation.contradictions).toEqual([]);
  });

  it('L3: every balance is its entries, its lots, and what the journal makes it', () => {
    expect(verdict.unequal).toEqual([]);
  });

  it('L5: answers a key again as it did the first time', async () => {
    const client = clientOf(site, seed + 3);
    const again = await sendAgain(client, expectation, Math.min(operations / 10, SAMPLE_MAX));
    client.close();
    say(`${again.asked} keys sent again`);
    expect(again.differences).toEqual([]);
    expect(again.asked).toBeGreaterThan(Math.min(operations / 20, SAMPLE_MAX / 2));
    expect(await judge(site, expectation)).toEqual(verdict);
  });

  it('never says that it does not know what went wrong', () => {
    const passing = Object.keys(report.tally.passing);
    const puzzled = passing.filter((name) => name.startsWith('5') && !name.startsWith('503'));
    // The log tells what it was.
    if (puzzled.length > 0) say(site.complaints());
    expect(puzzled).toEqual([]);
  });

  it.each([['verify'], ['rebuild', '--check']])('L3, L9: satisfies fealty %s', async (...args) => {
    const { code, stdout } = await fealtyEnds(site.home, args);
    expect(stdout).toContain('no difference');
    expect(code).toBe(0);
  });
  // The last one: it breaks what was checked, to see that breaking it is noticed.
  it('would have noticed a lost, an unasked and a doubled one, and a point too many', async () => {
    // A purchase: what staff give twice is twice given, and contradicts nothing.
    const asked = [...expectation.asked.values()].find(
      ({ key, kind }) => kind === 'purchase' && expectation.told.get(key)?.status === 201,
    );
    const booked = expectation.told.get(asked?.key ?? '');
    if (booked === undefined || asked === undefined) throw new Error('Nothing was booked.');
    expectation.asked.delete(asked.key);
    expect((await judge(site, expectation)).unasked).toHaveLength(1);
    expectation.asked.set('other', { ...asked, key: 'other' });
    expectation.told.set('other', { ...booked, key: 'other' });
    expect((await judge(site, expectation)).lost).toContain('other: not in the ledger');
    const twice = [asked, { ...asked, key: 'again' }, booked, { ...booked, key: 'again' }];
    const { contradictions } = await Expectation.of(Readable.from(twice));
    expect(contradictions).toHaveLength(1);
    await site.sql(`UPDATE accounts SET points = points + 1 WHERE member_id = '${asked.member}'`);
    const { unequal } = await judge(site, expectation);
    expect(unequal.join()).toContain(`${asked.member} points of lots`);
  });
});
