import {
  BOUGHT,
  capCounters,
  changedCounters,
  countersNeeded,
  firstKey,
  firstsOf,
  knownSince,
  lastKey,
  memberGroup,
  ordinalOf,
  purchaseDaysKey,
  purchasesKey,
  silenceOf,
  use,
  usedOf,
} from '../../src/rules/earning/counters.js';
import { counts, withUses, type Uses } from '../../src/rules/earning/uses.js';
import type { ProgrammeDocument } from '../../src/programmes/document.js';
import type { Programme } from '../../src/rules/programme.js';
import { counterKey } from '../../src/rules/state.js';
import { aProgramme } from '../support/programme.js';
import { aPurchase, aLine, DAY, HOUR, NOON } from '../support/state.js';

type Rules = ProgrammeDocument['earningRules'];

/** Local midnight in London. */
const TODAY = NOON - 12 * HOUR;
const base: Rules[number] = { kind: 'per_amount', id: 'base', name: 'On everything', rate: '1' };
const withRule = (rule: Partial<Rules[number]>): Programme =>
  aProgramme({ earningRules: [{ ...base, ...rule } as Rules[number]] });
const lapsed = withRule({ when: [{ kind: 'lapsed', days: 60 }] });
const nth = aProgramme({
  countedPurchases: { minimumAmount: 500 },
  earningRules: [
    base,
    {
      ...{ kind: 'per_purchase', id: 'third', name: 'The third', points: 5, minimumAmount: 500 },
      when: [{ kind: 'nth_purchase', numbers: [3] }],
    },
  ],
});
const needed = (programme: Programme, purchase = aPurchase([1_000])): string[] =>
  countersNeeded(programme, NOON, purchase).map((each) =>
    counterKey(each.counter, each.periodStart),
  );

describe('the counters that a purchase reads', () => {
  it('R5: are none where no rule counts anything', () => {
    expect(needed(withRule({}))).toEqual([]);
  });

  it('R5: are those of caps, and of the part of a point where lines are capped', () => {
    const capped = withRule({ caps: [{ period: 'day', points: 20 }] });
    expect(needed(capped)).toEqual([
      counterKey('base/day', TODAY),
      counterKey('base/day/part', TODAY),
    ]);
    const perPurchase = withRule({ caps: [{ period: 'purchase', points: 20 }] });
    expect(needed(perPurchase)).toEqual([]);
    const events = aProgramme({
      earningRules: [
        {
          ...{ kind: 'per_purchase', id: 'visit', name: 'For a visit', points: 20 },
          ...{ minimumAmount: 2_000, caps: [{ period: 'day', points: 20 }], coolDownHours: 12 },
        },
      ],
    });
    expect(needed(events)).toEqual([lastKey('visit'), counterKey('visit/day', TODAY)]);
  });

  it('R5: are those of a location, where a cap is one for each', () => {
    const programme = withRule({ caps: [{ period: 'day', points: 20, perLocation: true }] });
    const [group] = programme.groups;
    if (group === undefined) throw new Error('The programme has a rule.');
    const at = { location: 'north' };
    expect(capCounters(programme, group, NOON, at)).toMatchObject([
      { start: TODAY, points: 'base/day@north', part: 'base/day/part@north' },
    ]);
    expect(capCounters(programme, { ...group, level: 'event' }, NOON, {})).toMatchObject([
      { points: 'base/day@', part: undefined },
    ]);
  });

  it('R5: are those of what is counted of all purchases only where a rule asks', () => {
    expect(needed(lapsed)).toEqual([firstKey(BOUGHT)]);
    expect(needed(nth)).toEqual([purchaseDaysKey, purchasesKey(nth, NOON)]);
    const first = withRule({ when: [{ kind: 'first_in_category', categories: ['garden'] }] });
    expect(needed(first)).toEqual([]);
    expect(needed(first, aPurchase([aLine(100, { category: 'garden' })]))).toEqual([
      firstKey('garden'),
    ]);
    const lines = aPurchase([aLine(1, { category: 'garden' }), aLine(1, { category: 'home' })]);
    expect([...firstsOf(first, lines)]).toEqual(['garden']);
    expect([...firstsOf(withRule({}), lines)]).toEqual([]);
  });

  it('R5: are those of the caps on all rules together, only where there are such', () => {
    const capped = aProgramme({
      earningRules: [base],
      earningCaps: [{ period: 'month', points: 900 }],
    });
    expect(needed(capped).map((key) => key.split('@')[0])).toEqual(['*/month', '*/month/part']);
    expect(memberGroup(capped)).toMatchObject({ competes: false, level: 'amount', rules: [] });
  });
});

describe('what counters say', () => {
  const counters = new Map([[firstKey(BOUGHT), NOON - DAY]]);

  it('R5: caps count to a billionth, and never less than nothing', () => {
    const at = { points: 'base/day', part: 'base/day/part', start: TODAY };
    const used = new Map<string, number>();
    use(used, at, 2_500_000_000n);
    expect([...used.values()]).toEqual([2, 500_000_000]);
    expect(usedOf(used, at)).toBe(2_500_000_000n);
    expect(usedOf(used, { ...at, part: undefined })).toBe(2_000_000_000n);
    use(used, at, -9_000_000_000n);
    expect(usedOf(used, at)).toBe(0n);
    use(used, at, 0n);
    expect(usedOf(used, at)).toBe(0n);
  });

  it('R5: a member is known since the earliest event that was seen, where a rule asks', () => {
    expect(knownSince(lapsed, new Map(), null).size).toBe(0);
    expect([...knownSince(lapsed, new Map(), NOON)]).toEqual([[firstKey(BOUGHT), NOON]]);
    expect(knownSince(lapsed, counters, NOON)).toBe(counters);
    expect(knownSince(lapsed, counters, NOON - DAY)).toBe(counters);
    expect([...knownSince(lapsed, counters, NOON - 2 * DAY)]).toEqual([
      [firstKey(BOUGHT), NOON - 2 * DAY],
    ]);
    expect(knownSince(nth, new Map(), NOON).size).toBe(0);
  });

  it('R5: a silence is since the event before, or older than any rule asks for', () => {
    expect(silenceOf(new Map(), NOON, NOON - 5)).toBe(5);
    expect(silenceOf(counters, NOON, null)).toBe(Infinity);
    expect(silenceOf(counters, NOON - DAY, null)).toBeUndefined();
    expect(silenceOf(counters, NOON - 2 * DAY, null)).toBeUndefined();
    expect(silenceOf(new Map(), NOON, null)).toBeUndefined();
  });

  it('R5: purchases of one local day are the same one', () => {
    expect(ordinalOf(nth, new Map(), NOON)).toBe(1);
    const before = new Map([[purchaseDaysKey, 2]]);
    expect(ordinalOf(nth, before, NOON)).toBe(3);
    const today = new Map([...before, [purchasesKey(nth, NOON), 1]]);
    expect(ordinalOf(nth, today, NOON)).toBe(2);
  });

  it('R5: a purchase counts from the smallest amount that any rule asks for', () => {
    const bought = (totalMinor: number): boolean =>
      counts(nth, aPurchase([]), { totalMinor, lines: [] } as never);
    expect([bought(499), bought(500), bought(0)]).toEqual([false, true, false]);
    const review = { ...aPurchase([]), activity: { kind: 'visit', value: 900 } } as never;
    expect(counts(nth, review, { totalMinor: 900, lines: [] } as never)).toBe(false);
    expect(counts(lapsed, aPurchase([]), { totalMinor: 900, lines: [] } as never)).toBe(false);
  });

  it('R5: what changed is told with what it is now', () => {
    const after = new Map([...counters, ['a/b@c@7', 3], ['zero@0', 0]]);
    expect(changedCounters(counters, after)).toEqual([
      { counter: 'a/b@c', periodStart: 7, used: 3 },
    ]);
    expect(changedCounters(counters, counters)).toEqual([]);
  });

  it('R5: what nothing was used of stays as it is', () => {
    const uses: Uses = {
      ...{ caps: new Map(), granted: new Set(), firsts: new Set(), deeds: new Map() },
      ...{ counted: undefined, tier: undefined },
    };
    expect(withUses(counters, uses, NOON)).toBe(counters);
    const first = withUses(counters, { ...uses, firsts: new Set([BOUGHT, 'garden']) }, NOON);
    expect([...first]).toEqual([...counters, [firstKey('garden'), NOON]]);
    const key = purchasesKey(nth, NOON);
    const counted = withUses(new Map(), { ...uses, counted: key }, NOON);
    expect([...counted]).toEqual([
      [key, 1],
      [purchaseDaysKey, 1],
    ]);
    const again = withUses(counted, { ...uses, counted: key }, NOON);
    expect([again.get(key), again.get(purchaseDaysKey)]).toEqual([2, 1]);
    expect(
      withUses(counters, { ...uses, granted: new Set(['visit']) }, NOON).get(lastKey('visit')),
    ).toBe(NOON);
  });
});
