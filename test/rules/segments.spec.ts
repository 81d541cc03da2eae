import fc from 'fast-check';
import { act } from '../../src/rules/act.js';
import type { ProgrammeDocument } from '../../src/programmes/document.js';
import { checkDocument } from '../../src/programmes/check.js';
import type { Programme } from '../../src/rules/programme.js';
import type { Purchase } from '../../src/rules/purchase.js';
import type { MemberState } from '../../src/rules/state.js';
import { withTraits } from '../../src/rules/traits.js';
import { draws } from '../support/draws.js';
import { aProgramme, aProgrammeDocument } from '../support/programme.js';
import {
  aLine,
  aMember,
  aPurchase,
  DAY,
  HOUR,
  lastOf,
  memberOf,
  NOON,
  versionsOf,
} from '../support/state.js';

type Criterion = NonNullable<ProgrammeDocument['segments']>[number]['all'][number];

const days = fc.integer({ min: 1, max: 9 });
const anyDeed: fc.Arbitrary<Criterion> = fc.oneof(
  fc.record({
    kind: fc.constant('spend' as const),
    days,
    atLeast: fc.integer({ min: 1, max: 9_000 }),
  }),
  fc.record({
    kind: fc.constant('purchases' as const),
    days,
    atLeast: fc.integer({ min: 1, max: 4 }),
  }),
  fc.record({
    kind: fc.constant('purchases' as const),
    days,
    atMost: fc.integer({ min: 0, max: 3 }),
  }),
  fc.record({ kind: fc.constant('last_purchase' as const), atLeastDays: days }),
  fc.record({ kind: fc.constant('last_purchase' as const), atMostDays: days }),
  fc.constant<Criterion>({ kind: 'bought', categories: ['garden'] }),
  fc.record({
    kind: fc.constant('bought' as const),
    categories: fc.constant<[string]>(['garden']),
    days,
  }),
);

const ruled = (criterion: Criterion): Partial<ProgrammeDocument> => ({
  rewards: [],
  countedPurchases: { minimumAmount: 1_000 },
  segments: [{ code: 'club', name: 'Club', all: [criterion] }],
  earningRules: [
    { kind: 'per_amount', id: 'base', name: 'Base', rate: '1' },
    {
      ...{ kind: 'multiplier', id: 'club', name: 'Club', by: '3' },
      when: [{ kind: 'segment', segments: ['club'] }],
    },
  ],
});

interface Bought {
  day: number;
  garden: number;
  home: number;
}

const anyStory = fc.array(
  fc.record({
    day: fc.integer({ min: 0, max: 12 }),
    garden: fc.integer({ min: 0, max: 2_000 }),
    home: fc.integer({ min: 0, max: 4_000 }),
  }),
  { minLength: 1, maxLength: 8 },
);

const basket = ({ garden, home }: Omit<Bought, 'day'>): Purchase =>
  aPurchase([aLine(garden, { category: 'garden' }), home]);

const fresh = (): MemberState => aMember({ history: [], purchases: new Map() });

interface Done {
  member: MemberState;
  billionths: bigint;
  kept: readonly string[];
}

/** Decided as a till's purchase is: what is known of the member is taken first, and kept with it. */
function buy(programme: Programme, member: MemberState, posted: Purchase, when: When): Done {
  const purchase = withTraits(programme, member, posted, when);
  const versions = versionsOf(programme);
  const outcome = act(
    programme,
    { members: [member] },
    { kind: 'accrue', purchase, ...when, versions },
  );
  const { billionths } = lastOf(outcome);
  return { member: memberOf(outcome), billionths, kept: purchase.traits?.segments ?? [] };
}

interface When {
  at: number;
  occurredAt: number;
}

const onDay = (day: number, hour = 0): When => {
  const instant = NOON + day * DAY + hour * HOUR;
  return { at: instant, occurredAt: instant };
};

const inOrder = (story: readonly Bought[]): Bought[] => [...story].sort((a, b) => a.day - b.day);

/** Counters that say something. */
const counted = ({ counters }: MemberState): [string, number][] =>
  [...counters].filter(([, used]) => used !== 0).sort(([a], [b]) => (a < b ? -1 : 1));

describe('segments by what members do', () => {
  it('R80: cannot tell the parts of one day’s purchase from the whole', () => {
    fc.assert(
      fc.property(anyDeed, anyStory, fc.nat(), (criterion, story, cut) => {
        const programme = aProgramme(ruled(criterion));
        const past = inOrder(story);
        const today = past.pop();
        if (today === undefined) return;
        let member = fresh();
        for (const each of past)
          member = buy(programme, member, basket(each), onDay(each.day)).member;
        const day = today.day + 1;
        const whole = buy(programme, member, basket(today), onDay(day, 2));
        const first = { garden: today.garden, home: cut % (today.home + 1) };
        const second = { garden: 0, home: today.home - first.home };
        const one = buy(programme, member, basket(first), onDay(day));
        const two = buy(programme, one.member, basket(second), onDay(day, 2));
        expect(one.billionths + two.billionths).toBe(whole.billionths);
        expect(two.kept).toEqual(whole.kept);
      }),
      { numRuns: draws(300) },
    );
  });

  it('P28: more of a purchase never earns less of it, nor of another one that day', () => {
    fc.assert(
      fc.property(
        anyDeed,
        anyStory,
        fc.integer({ min: 1, max: 5_000 }),
        (criterion, story, more) => {
          const programme = aProgramme(ruled(criterion));
          const past = inOrder(story);
          const today = past.pop();
          if (today === undefined) return;
          let member = fresh();
          for (const each of past)
            member = buy(programme, member, basket(each), onDay(each.day)).member;
          const earned = (extra: number): bigint => {
            const one = buy(
              programme,
              member,
              basket({ ...today, home: today.home + extra }),
              onDay(today.day + 1),
            );
            return (
              one.billionths +
              buy(programme, one.member, aPurchase([100]), onDay(today.day + 1, 1)).billionths
            );
          };
          expect(earned(more)).toBeGreaterThan(earned(0));
        },
      ),
      { numRuns: draws(300) },
    );
  });

  it('R11: count the same whatever order purchases arrive in, and R15: nothing once all is back', () => {
    fc.assert(
      fc.property(
        anyDeed,
        anyStory,
        fc.array(fc.nat(), { minLength: 8, maxLength: 8 }),
        (criterion, story, deal) => {
          const programme = aProgramme(ruled(criterion));
          const versions = versionsOf(programme);
          const at = NOON + 14 * DAY;
          const placed = inOrder(story).map((each, no) => ({
            each,
            occurredAt: onDay(each.day, no / 100).occurredAt,
          }));
          const shuffled = placed
            .map((one, no) => ({ one, key: deal[no] ?? 0 }))
            .sort((a, b) => a.key - b.key);
          const play = (order: typeof placed): MemberState => {
            let member = fresh();
            for (const { each, occurredAt } of order) {
              member = buy(programme, member, basket(each), { at, occurredAt }).member;
            }
            return member;
          };
          let late = play(shuffled.map(({ one }) => one));
          expect(counted(late)).toEqual(counted(play(placed)));
          for (const seq of [...(late.purchases?.keys() ?? [])]) {
            const back = { kind: 'return', at, occurredAt: at, purchase: seq, versions } as const;
            const outcome = act(programme, { members: [late] }, back);
            if (outcome.refusal?.code !== 'nothing_left_to_return') late = memberOf(outcome);
          }
          expect(counted(late)).toEqual([]);
          expect(late.points).toBe(0);
        },
      ),
      { numRuns: draws(200) },
    );
  });
});

describe('segments that can be published', () => {
  const found = (parts: Partial<ProgrammeDocument>): string[] => {
    const checked = checkDocument(aProgrammeDocument({ rewards: [], ...parts }));
    return 'faults' in checked
      ? checked.faults.map(({ code, pointer }) => `${code} ${pointer}`)
      : [];
  };
  const of = (...all: Criterion[]): Partial<ProgrammeDocument> => ({
    countedPurchases: { minimumAmount: 1 },
    segments: [{ code: 'club', name: 'Club', all }],
  });
  const at = '/segments/0/all/0';

  it.each<[string, Partial<ProgrammeDocument>, string[]]>([
    [
      'P2: a code twice',
      {
        segments: [
          ...(of({ kind: 'balance', atLeast: 1 }).segments ?? []),
          ...(of({ kind: 'balance', atLeast: 1 }).segments ?? []),
        ],
      },
      ['duplicate_code /segments/1/code'],
    ],
    ['P4: an unknown tier', of({ kind: 'tier', tiers: ['gold'] }), [`unknown_tier ${at}/tiers/0`]],
    [
      'P4: an unknown persona',
      of({ kind: 'persona', personas: ['x'] }),
      [`unknown_persona ${at}/personas/0`],
    ],
    [
      'P4: an unknown preference',
      of({ kind: 'preference', preferences: ['x'] }),
      [`unknown_preference ${at}/preferences/0`],
    ],
    [
      'P4: an unknown category',
      of({ kind: 'bought', categories: ['x'] }),
      [`unknown_category ${at}/categories/0`],
    ],
    [
      'P4: fees, which nobody should remember',
      of({ kind: 'bought', categories: ['home', 'charges'] }),
      [`category_cannot_earn ${at}/categories/1`],
    ],
    [
      'P80: a criterion twice',
      of({ kind: 'balance', atLeast: 1 }, { kind: 'balance', atLeast: 2 }),
      ['duplicate_criterion /segments/0/all/1'],
    ],
    ['P80: one that says nothing', of({ kind: 'last_purchase' }), [`criterion_says_nothing ${at}`]],
    [
      'P80: one that never holds',
      of({ kind: 'enrolled', atLeastDays: 9, atMostDays: 8 }),
      [`criterion_never_holds ${at}/atMostDays`],
    ],
    [
      'P80: purchases of any size',
      { ...of({ kind: 'purchases', days: 9, atLeast: 2 }), countedPurchases: { minimumAmount: 0 } },
      [`splitting_pays ${at}`],
    ],
    ['P80: one that holds on a day', of({ kind: 'enrolled', atLeastDays: 9, atMostDays: 9 }), []],
  ])('%s', (_, parts, codes) => {
    expect(found(parts)).toEqual(codes);
  });

  const asked = (criterion: Criterion, rule: object): Partial<ProgrammeDocument> => ({
    ...of(criterion),
    earningRules: [
      { kind: 'per_amount', id: 'base', name: 'Base', rate: '1' },
      { ...{ id: 'club', name: 'Club', when: [{ kind: 'segment', segments: ['club'] }] }, ...rule },
    ] as ProgrammeDocument['earningRules'],
  });
  const when = '/earningRules/1/when/0';
  const named = { kind: 'per_amount', rate: '0.5', categories: ['home'] };

  it('P81: no rule pays less to whoever spends points, or bought more before', () => {
    const double = { kind: 'multiplier', by: '2' };
    expect(found(asked({ kind: 'balance', atLeast: 1 }, double))).toEqual([
      `spending_costs ${when}`,
    ]);
    expect(found(asked({ kind: 'spend', days: 9, atLeast: 1 }, double))).toEqual([]);
    expect(found(asked({ kind: 'spend', days: 9, atLeast: 1 }, named))).toEqual([
      `more_earns_less ${when}`,
    ]);
    expect(
      found(asked({ kind: 'spend', days: 9, atLeast: 1 }, { ...named, qualifies: false })),
    ).toEqual([]);
    expect(found(asked({ kind: 'birth_month', months: [1] }, named))).toEqual([]);
  });
});
