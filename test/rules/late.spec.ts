import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { act } from '../../src/rules/act.js';
import type { Programme } from '../../src/rules/programme.js';
import { sumOf } from '../../src/rules/explanation.js';
import type { PostingDraft } from '../../src/rules/outcome.js';
import type { MemberState } from '../../src/rules/state.js';
import { draws } from '../support/draws.js';
import { aProgramme } from '../support/programme.js';
import { aLine, aMember, DAY, HOUR, memberOf, NOON, versionsOf } from '../support/state.js';
import { endOf } from './stories.js';

interface Bought {
  kind: 'accrue';
  id: number;
  occurredAt: number;
  lines: { category: string; amount: number; quantity: number }[];
}
interface Back {
  kind: 'return';
  id: number;
  of: number;
  occurredAt: number;
  lines: { line: number; amount: number }[] | undefined;
}
type Happening = Bought | Back;

interface Run {
  member: MemberState;
  postings: PostingDraft[];
}

/** Now; everything happened in the 25 days before it and arrives now. */
const NOW = NOON;

const fresh = (): MemberState => aMember({ history: [], purchases: new Map() });

/** Lets things arrive in an order; what is refused changes nothing but the number. */
function arrive(programme: Programme, order: readonly Happening[]): Run {
  const numbers = new Map<number, number>();
  const run: Run = { member: fresh(), postings: [] };
  for (const each of order) {
    const base = { at: NOW, occurredAt: each.occurredAt, versions: versionsOf(programme) };
    const outcome = act(
      programme,
      { members: [run.member] },
      each.kind === 'accrue'
        ? {
            ...base,
            kind: 'accrue',
            purchase: {
              lines: each.lines.map(({ category, amount, quantity }) =>
                aLine(amount, { category, quantity }),
              ),
              tenders: [],
            },
          }
        : { ...base, kind: 'return', purchase: numbers.get(each.of) ?? 0, lines: each.lines },
    );
    run.member = memberOf(outcome);
    run.postings.push(...outcome.postings);
    if (each.kind === 'accrue') numbers.set(each.id, run.member.version);
  }
  return run;
}

const programmes = {
  plain: aProgramme({ lateEvents: { windowDays: 40, older: 'flag' } }),
  fractions: aProgramme({
    lateEvents: { windowDays: 40, older: 'flag' },
    earningRules: [
      { kind: 'per_amount', id: 'base', name: 'Base', rate: '0.333333' },
      { kind: 'per_amount', id: 'plants', name: 'Plants', rate: '1.7', categories: ['garden'] },
      {
        ...{ kind: 'per_purchase', id: 'visit', name: 'Visit', points: 7, minimumAmount: 1_500 },
        ...{ caps: [{ period: 'week', points: 20 }], coolDownHours: 30 },
      },
    ],
    tiers: [
      { code: 'blue', name: 'Blue', threshold: 0, multiplier: '1' },
      { code: 'silver', name: 'Silver', threshold: 40, multiplier: '1.25' },
      { code: 'gold', name: 'Gold', threshold: 90, multiplier: '1.5' },
    ],
  }),
  noWindow: aProgramme({ lateEvents: { windowDays: 40, older: 'flag' }, returnWindowDays: 0 }),
};

const anyLine = fc.record({
  category: fc.constantFrom('home', 'garden', 'delivery'),
  amount: fc.integer({ min: 0, max: 9_000 }),
  quantity: fc.integer({ min: 1, max: 3 }),
});

const anyStory = fc
  .array(
    fc.record({
      hours: fc.integer({ min: 2, max: 25 * 24 }),
      lines: fc.array(anyLine, { minLength: 1, maxLength: 3 }),
      back: fc.option(
        fc.record({
          after: fc.integer({ min: 0, max: 300 }),
          whole: fc.boolean(),
          share: fc.integer({ min: 1, max: 3 }),
        }),
      ),
    }),
    { minLength: 1, maxLength: 7 },
  )
  .map((drawn) => {
    const happened: Happening[] = [];
    drawn.forEach(({ hours, lines, back }, id) => {
      const occurredAt = NOW - hours * HOUR - id;
      happened.push({ kind: 'accrue', id, occurredAt, lines });
      if (back === null) return;
      const at = Math.min(occurredAt + back.after * HOUR + 30 * 60_000, NOW - HOUR + id);
      const some = lines.map(({ amount }, line) => ({
        line,
        amount: Math.floor(amount / back.share),
      }));
      happened.push({
        kind: 'return',
        id: 100 + id,
        of: id,
        occurredAt: at,
        lines: back.whole ? undefined : some.filter(({ amount }) => amount > 0),
      });
    });
    return happened;
  });

/** In the order they happened; equal instants never occur. */
const inTime = (story: readonly Happening[]): Happening[] =>
  [...story].sort((a, b) => a.occurredAt - b.occurredAt || a.id - b.id);

/** A drawn order in which nothing comes back before it was bought. */
function shuffled(story: readonly Happening[], keys: readonly number[]): Happening[] {
  const order = story
    .map((each, index) => ({ each, key: keys[index] ?? 0 }))
    .sort((a, b) => a.key - b.key)
    .map(({ each }) => each);
  const placeOf = new Map(order.map((each, index) => [each.id, index]));
  return [...order].sort((a, b) => {
    const place = (x: Happening): number =>
      x.kind === 'return'
        ? Math.max(placeOf.get(x.id) ?? 0, (placeOf.get(x.of) ?? 0) + 0.5)
        : (placeOf.get(x.id) ?? 0);
    return place(a) - place(b);
  });
}

describe('late events', () => {
  it.each(Object.entries(programmes))(
    'R11: leave the member as if all had come in time, returns among them (%s)',
    (_, programme) => {
      fc.assert(
        fc.property(
          anyStory,
          fc.array(fc.nat(1_000), { minLength: 20, maxLength: 20 }),
          (story, keys) => {
            const late = arrive(programme, shuffled(story, keys));
            expect(endOf(late)).toEqual(endOf(arrive(programme, inTime(story))));
            for (const { billionths, explanation } of late.postings) {
              expect(sumOf(explanation)).toBe(billionths);
            }
          },
        ),
        { numRuns: draws(400) },
      );
    },
  );

  it('R15: buying and bringing everything back leaves nothing behind', () => {
    fc.assert(
      fc.property(anyStory, (story) => {
        const programme = programmes.fractions;
        const bought = inTime(story).filter((each) => each.kind === 'accrue');
        const back = bought.map(({ id, occurredAt }, index): Back => ({
          ...{ kind: 'return', id: 100 + id, of: id, lines: undefined },
          occurredAt: Math.max(occurredAt, NOW - DAY) + index + 1,
        }));
        const { member } = arrive(programme, [...bought, ...back]);
        const nothing = fresh();
        expect({ ...endOf({ member }), newestAt: null, heardAt: null }).toEqual({
          ...endOf({ member: nothing }),
          tier: 'blue',
        });
      }),
    );
  });
});

describe('an event decided as of today', () => {
  it('R14: goes before one of a till that runs ahead, which is decided again after it', () => {
    const programme = aProgramme({ lateEvents: { windowDays: 1, older: 'flag' } });
    const ahead = { kind: 'accrue', occurredAt: NOW + 4 * 60_000 } as const;
    const old = { kind: 'accrue', occurredAt: NOW - 9 * DAY } as const;
    const lines = [{ category: 'home', amount: 2_000, quantity: 1 }];
    const { member, postings } = arrive(programme, [
      { ...ahead, id: 1, lines },
      { ...old, id: 2, lines },
    ]);
    // The bonus for a visit is the old one's now, as the cool-down counts from its place.
    expect(postings.map(({ kind }) => kind)).toEqual(['accrue', 'correct', 'accrue']);
    expect(postings.map(({ billionths }) => billionths / 1_000_000_000n)).toEqual([40n, -20n, 40n]);
    expect(member.counters.get('visit/last@0')).toBe(NOW);
    expect(member.newestAt).toBe(NOW + 4 * 60_000);
  });
});

describe('a purchase that was erased', () => {
  it('R11: leaves caps of locations as they are when another one comes late', () => {
    const programme = aProgramme({
      earningRules: [
        {
          ...{ kind: 'per_amount', id: 'base', name: 'Base', rate: '1' },
          caps: [{ period: 'month', points: 100, perLocation: true }],
        },
      ],
    });
    const buy = (member: MemberState, hours: number, location?: string): MemberState => {
      const purchase = { lines: [aLine(1_000)], tenders: [], location };
      const when = { at: NOW, occurredAt: NOW - hours * HOUR, versions: versionsOf(programme) };
      return memberOf(act(programme, { members: [member] }, { kind: 'accrue', ...when, purchase }));
    };
    const member = buy(buy(fresh(), 9, 'north'), 5);
    const purchases = new Map(member.purchases);
    purchases.delete(1);
    const { counters } = buy({ ...member, purchases }, 7);
    const used = [...counters].filter(([, points]) => points > 0);
    expect(used.map(([key, points]) => [key.split('@').slice(0, 2).join('@'), points])).toEqual([
      ['base/month@north', 10],
      ['base/month@', 20],
    ]);
  });
});
