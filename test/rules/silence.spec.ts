import fc from 'fast-check';
import { act, type Action } from '../../src/rules/act.js';
import type { MemberState } from '../../src/rules/state.js';
import { draws } from '../support/draws.js';
import { aProgramme } from '../support/programme.js';
import { aMember, aPurchase, DAY, HOUR, memberOf, versionsOf } from '../support/state.js';

const START = Date.UTC(2026, 0, 10, 9);
const DAYS = 400;
const NOW = START + (DAYS + 40) * DAY;

/** Tiers are reviewed every quarter, and who was away for forty days is welcome back. */
const programme = aProgramme({
  ladder: { window: { kind: 'calendar', period: 'quarter' }, graceMonths: 1 },
  tiers: [
    { code: 'blue', name: 'Blue', threshold: 0, multiplier: '1' },
    { code: 'silver', name: 'Silver', threshold: 100, multiplier: '1' },
  ],
  earningRules: [{ kind: 'per_amount', id: 'base', name: 'Base', rate: '1' }],
  rewards: [],
  lateEvents: { windowDays: 3_650, older: 'flag' },
  offers: [
    {
      ...{ code: 'again', name: 'Again', audience: { kind: 'all' } },
      when: [{ kind: 'lapsed', days: 40 }],
      pays: { kind: 'per_purchase', points: 30, minimumAmount: 100 },
      ...{ caps: [{ period: 'year', points: 600 }], coolDownHours: 1 },
    },
  ],
});
const versions = versionsOf(programme);

class Life {
  member: MemberState = { ...aMember(), history: [], purchases: new Map() };
  private readonly numbers = new Map<number, number>();

  do(action: Action): void {
    this.member = memberOf(act(programme, { members: [this.member] }, action));
  }

  buy({ id, at, pounds, back }: Bought, arrives = at): void {
    const purchase = aPurchase([pounds * 100]);
    this.do({ kind: 'accrue', at: arrives, occurredAt: at, purchase, versions });
    this.numbers.set(id, this.member.version);
    if (back && arrives !== at) this.bringBack(id, at + HOUR, arrives);
  }

  bringBack(id: number, at: number, arrives = at): void {
    const purchase = this.numbers.get(id) ?? 0;
    this.do({ kind: 'return', at: arrives, occurredAt: at, purchase, versions });
  }

  grant(at: number): void {
    const requester = { id: 'staff', memberId: null };
    const until = at + 20 * DAY;
    this.do({ kind: 'grant', at, tier: 'silver', until, reason: 'goodwill', requester });
  }

  end(): object {
    const { tier, review, qualifying, points, owed, counters, heardAt } = this.member;
    const used = [...counters].filter(([, count]) => count !== 0).sort();
    return { tier, review, qualifying, points, owed, used, heardAt };
  }
}

interface Bought {
  id: number;
  at: number;
  pounds: number;
  back: boolean;
}

const anyStory = fc
  .array(
    fc.record({
      day: fc.integer({ min: 0, max: DAYS }),
      pounds: fc.integer({ min: 1, max: 120 }),
      back: fc.boolean(),
    }),
    { minLength: 1, maxLength: 8 },
  )
  .map((all) =>
    all.map(({ day, ...rest }, id): Bought => ({ ...rest, id, at: START + day * DAY + id })),
  );

/** Days on which somebody looks, so that reviews due by then are posted. */
const anyLooks = fc.array(fc.integer({ min: 1, max: DAYS }), { maxLength: 6 });

type Happening = { at: number } & (
  { kind: 'buy'; bought: Bought } | { kind: 'back'; id: number } | { kind: 'look' | 'grant' }
);

function lived(story: readonly Bought[], others: readonly Happening[]): Life {
  const life = new Life();
  const all: Happening[] = [
    ...story.map((bought): Happening => ({ kind: 'buy', at: bought.at, bought })),
    ...story.flatMap(({ back, id, at }): Happening[] =>
      back ? [{ kind: 'back', id, at: at + HOUR }] : [],
    ),
    ...others,
  ];
  for (const each of all.sort((a, b) => a.at - b.at)) {
    if (each.kind === 'buy') life.buy(each.bought);
    else if (each.kind === 'back') life.bringBack(each.id, each.at);
    else if (each.kind === 'grant') life.grant(each.at);
    else life.do({ kind: 'settle', at: each.at });
  }
  life.do({ kind: 'settle', at: NOW });
  return life;
}

describe('a silence', () => {
  it('R57, R43: is as long whenever reviews are posted, and whenever it is heard what broke it', () => {
    fc.assert(
      fc.property(anyStory, anyLooks, fc.infiniteStream(fc.nat()), (story, looks, keys) => {
        const inTime = lived(story, []);
        const looked = looks.map((day): Happening => ({
          kind: 'look',
          at: START + day * DAY + 99,
        }));
        expect(lived(story, looked).end()).toEqual(inTime.end());
        const order = story.map((bought) => ({ bought, key: keys.next().value }));
        const late = new Life();
        for (const { bought } of order.sort((a, b) => a.key - b.key)) late.buy(bought, NOW);
        late.do({ kind: 'settle', at: NOW });
        expect(late.end()).toEqual(inTime.end());
      }),
      { numRuns: draws(150) },
    );
  });

  it('R57: is not ended by a tier given by hand, which earns nothing here by itself', () => {
    fc.assert(
      fc.property(anyStory, anyLooks, (story, looks) => {
        const given = looks.map((day): Happening => ({
          kind: 'grant',
          at: START + day * DAY + 99,
        }));
        const { points, heardAt } = lived(story, given).member;
        const plain = lived(story, []).member;
        expect([points, heardAt]).toEqual([plain.points, plain.heardAt]);
      }),
      { numRuns: draws(100) },
    );
  });

  it('R57: is nobody’s of whom nothing was heard but a tier given by hand', () => {
    const life = new Life();
    life.grant(START);
    expect(life.member.heardAt).toBeNull();
    life.buy({ id: 0, at: START + 100 * DAY, pounds: 10, back: false });
    expect(life.member.points).toBe(10);
  });
});
