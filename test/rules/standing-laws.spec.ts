import fc from 'fast-check';
import { act, type Action } from '../../src/rules/act.js';
import type { PostingDraft } from '../../src/rules/outcome.js';
import type { Programme } from '../../src/rules/programme.js';
import type { MemberState } from '../../src/rules/state.js';
import type { Ladder, ProgrammeDocument } from '../../src/programmes/document.js';
import { draws } from '../support/draws.js';
import { aProgramme } from '../support/programme.js';
import { aMember, aPurchase, DAY, HOUR, memberOf, versionsOf } from '../support/state.js';

const START = Date.UTC(2026, 0, 10, 9);
/** Everything happens in this time, and is over by now. */
const HOURS = 24 * 500;
const NOW = START + HOURS * HOUR + 41 * DAY;

const tiers: ProgrammeDocument['tiers'] = [
  { code: 'blue', name: 'Blue', threshold: 0, multiplier: '1' },
  {
    ...{ code: 'silver', name: 'Silver', threshold: 100, keep: 80, multiplier: '1.25' },
    otherWays: [{ metric: 'purchases', threshold: 6, keep: 4 }],
  },
  { code: 'gold', name: 'Gold', threshold: 220, keep: 200, multiplier: '1.5' },
];

function reviewed(ladder: Ladder, overrides: Partial<ProgrammeDocument> = {}): Programme {
  return aProgramme({
    ...{ ladder, tiers, rewards: [{ ...reward, points: 10 }], returnWindowDays: 20 },
    countedPurchases: { minimumAmount: 500 },
    earningRules: [{ kind: 'per_amount', id: 'base', name: 'Base', rate: '1.3' }],
    lateEvents: { windowDays: 3_650, older: 'flag' },
    ...overrides,
  });
}
const reward = { code: 'tea', name: 'Tea', value: { amount: 1, currency: 'GBP' } };

const nearMiss = { kind: 'share', percent: 10 } as const;
const quarters = { kind: 'calendar', period: 'quarter' } as const;
const programmes: [string, Programme][] = [
  ['quarters', reviewed({ window: quarters })],
  ['quarters that forgive', reviewed({ window: quarters, nearMiss, graceMonths: 1 })],
  ['quarters that roll over', reviewed({ window: quarters, rollOver: true, graceMonths: 2 })],
  ['rolling months', reviewed({ window: { kind: 'rolling', months: 3 }, graceMonths: 1 })],
  ['years of membership', reviewed({ window: { kind: 'anniversary' }, nearMiss })],
  ['a lifetime of spend', reviewed({ metric: 'spend' }, { tiers: bySpend() })],
];

function bySpend(): ProgrammeDocument['tiers'] {
  return tiers.map(({ code, name, threshold, multiplier }) => ({
    ...{ code, name, multiplier, threshold: threshold * 100 },
  }));
}

interface Bought {
  id: number;
  at: number;
  pounds: number;
  /** Hours until it comes back whole; undefined = it stays. */
  back: number | undefined;
}

const anyStory = fc
  .array(
    fc.record({
      hours: fc.integer({ min: 0, max: HOURS }),
      pounds: fc.integer({ min: 1, max: 120 }),
      back: fc.option(fc.integer({ min: 1, max: 24 * 40 }), { nil: undefined }),
    }),
    { minLength: 1, maxLength: 9 },
  )
  .map((all) =>
    all.map(({ hours, pounds, back }, id): Bought => ({
      ...{ id, pounds, back },
      at: START + hours * HOUR + id * 60_000,
    })),
  );

type Event = { at: number; id: number } & ({ pounds: number } | { of: number });

const eventsOf = (story: readonly Bought[]): Event[] =>
  story
    .flatMap(({ id, at, pounds, back }): Event[] => [
      { at, id, pounds },
      ...(back === undefined ? [] : [{ at: at + back * HOUR + 7, id: id + 100, of: id }]),
    ])
    .sort((a, b) => a.at - b.at);

class Life {
  member: MemberState = {
    ...aMember({ enrolledAt: Date.UTC(2025, 4, 31, 20) }),
    ...{ history: [], purchases: new Map() },
  };
  postings: PostingDraft[] = [];
  private readonly numbers = new Map<number, number>();

  constructor(private readonly programme: Programme) {}

  do(action: Action): void {
    const outcome = act(this.programme, { members: [this.member] }, action);
    this.member = memberOf(outcome);
    this.postings.push(...outcome.postings);
  }

  /** Lets an event arrive at an instant; what is refused leaves only a number. */
  arrive(event: Event, at: number): void {
    const versions = versionsOf(this.programme);
    const when = { at, occurredAt: event.at, versions };
    if ('pounds' in event) {
      const purchase = aPurchase([event.pounds * 100]);
      this.do({ kind: 'accrue', ...when, purchase });
      this.numbers.set(event.id, this.member.version);
      return;
    }
    this.do({ kind: 'return', ...when, purchase: this.numbers.get(event.of) ?? 0 });
  }

  settle(at: number): void {
    this.do({ kind: 'settle', at });
  }

  /** What the order of arrival may not change. */
  end(): object {
    const { tier, review, qualifying, remainder, points, owed, counters } = this.member;
    const used = [...counters].filter(([, count]) => count !== 0).sort();
    return { tier, review, qualifying, remainder, points, owed, used };
  }
}

function inTime(programme: Programme, events: readonly Event[]): Life {
  const life = new Life(programme);
  for (const event of events) life.arrive(event, event.at);
  life.settle(NOW);
  return life;
}

const rungOf = (programme: Programme, code: string): number =>
  Math.max(
    0,
    programme.tiers.findIndex((tier) => tier.code === code),
  );

describe.each(programmes)('reviews of %s', (_, programme) => {
  it('R43: late and in time come to the same member', () => {
    fc.assert(
      fc.property(anyStory, fc.infiniteStream(fc.nat()), (story, keys) => {
        const events = eventsOf(story);
        const keyOf = new Map(events.map(({ id }) => [id, keys.next().value]));
        const order = [...events].sort((a, b) => (keyOf.get(a.id) ?? 0) - (keyOf.get(b.id) ?? 0));
        const late = new Life(programme);
        // A return can only arrive once its purchase has.
        const rank = (event: Event): number => ('of' in event ? 1 : 0);
        for (const event of order.sort((a, b) => rank(a) - rank(b))) late.arrive(event, NOW);
        late.settle(NOW);
        expect(late.end()).toEqual(inTime(programme, events).end());
      }),
      { numRuns: draws(60) },
    );
  });

  it('R44: buying and bringing back in time leaves nothing behind', () => {
    fc.assert(
      fc.property(
        anyStory,
        fc.integer({ min: 0, max: HOURS }),
        fc.integer({ min: 1, max: 24 * 19 }),
        (story, hours, back) => {
          const kept = eventsOf(story.map((each) => ({ ...each, back: undefined })));
          const at = START + hours * HOUR + 30_000;
          const extra: Event[] = [
            { at, id: 50, pounds: 400 },
            { at: at + back * HOUR, id: 51, of: 50 },
          ];
          // What others earn meanwhile stays as awarded, so none of them is in between.
          fc.pre(kept.every((each) => each.at < at || each.at > at + back * HOUR));
          const without = inTime(programme, kept);
          const all = inTime(
            programme,
            [...kept, ...extra].sort((a, b) => a.at - b.at),
          );
          expect(all.end()).toEqual(without.end());
        },
      ),
      { numRuns: draws(80) },
    );
  });

  it('R40: a review moves at most one down, and nothing else moves a tier down but a return', () => {
    fc.assert(
      fc.property(anyStory, (story) => {
        for (const { kind, standing } of inTime(programme, eventsOf(story)).postings) {
          if (standing === undefined) continue;
          const down = rungOf(programme, standing.from) - rungOf(programme, standing.tier);
          if (kind === 'review') expect(down).toBeLessThanOrEqual(1);
          else if (kind !== 'return') expect(down).toBeLessThanOrEqual(0);
        }
      }),
      { numRuns: draws(60) },
    );
  });

  it('R41: it does not matter when, or how often, what is due is posted', () => {
    fc.assert(
      fc.property(anyStory, fc.array(fc.integer({ min: 0, max: HOURS })), (story, looks) => {
        const events = eventsOf(story);
        const life = new Life(programme);
        const times = looks.map((hours) => START + hours * HOUR + 3);
        const acts = [
          ...events.map((event) => ({ at: event.at, do: () => life.arrive(event, event.at) })),
          ...times.map((at) => ({ at, do: () => life.settle(at) })),
        ];
        for (const each of acts.sort((a, b) => a.at - b.at)) each.do();
        life.settle(NOW);
        expect(life.end()).toEqual(inTime(programme, events).end());
      }),
      { numRuns: draws(40) },
    );
  });

  it('R10: spending points changes no tier, and not when it is reviewed', () => {
    fc.assert(
      fc.property(anyStory, (story) => {
        const events = eventsOf(story.map((each) => ({ ...each, back: undefined })));
        const life = new Life(programme);
        for (const event of events) {
          life.arrive(event, event.at);
          const { tier, review } = life.member;
          life.do({ kind: 'hold', at: event.at, retailer: 'shop', reward: 'tea' });
          const redemption = life.member.redemptions?.findLast(({ state }) => state === 'held');
          if (redemption !== undefined) {
            life.do({ kind: 'capture', at: event.at, redemption: redemption.seq });
          }
          expect([life.member.tier, life.member.review]).toEqual([tier, review]);
        }
        life.settle(NOW);
        const { tier, review } = inTime(programme, events).member;
        expect([life.member.tier, life.member.review]).toEqual([tier, review]);
      }),
      { numRuns: draws(40) },
    );
  });
});
