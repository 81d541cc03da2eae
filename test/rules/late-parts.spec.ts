import { act } from '../../src/rules/act.js';
import { firstKey } from '../../src/rules/earning/counters.js';
import type { Outcome } from '../../src/rules/outcome.js';
import { BILLION } from '../../src/rules/points.js';
import type { Programme } from '../../src/rules/programme.js';
import type { Purchase } from '../../src/rules/purchase.js';
import type { MemberState, Redemption } from '../../src/rules/state.js';
import { aReview, blue, countersOf, gold, on, quarterly, silver } from '../support/ladders.js';
import { aProgramme } from '../support/programme.js';
import {
  aLine,
  aLot,
  aMember,
  anAccrual,
  aPurchase,
  DAY,
  HOUR,
  lastOf,
  memberOf,
  MINUTE,
  NOON,
  versionsOf,
} from '../support/state.js';

const fresh = (more: Partial<MemberState> = {}): MemberState =>
  aMember({ history: [], purchases: new Map(), tier: 'blue', ...more });

/** Buys at an instant, and arrives then or at another one. */
function buying(
  by: Programme,
  member: MemberState,
  purchase: Purchase,
  occurredAt: number,
  { at = Math.max(NOON, occurredAt), left = new Map<string, number>() } = {},
): Outcome {
  const action = { ...anAccrual(purchase, { at, occurredAt }), versions: versionsOf(by) };
  return act(by, { members: [member], left }, action);
}
const kindsOf = ({ postings }: Outcome): string[] => postings.map(({ kind }) => kind);

describe('a late purchase of a category never bought before', () => {
  const by = aProgramme({
    rewards: [],
    earningRules: [
      {
        ...{ kind: 'per_purchase', id: 'first', name: 'First', points: 20, minimumAmount: 100 },
        when: [{ kind: 'first_in_category', categories: ['garden'] }],
      },
    ],
  });
  const garden = aPurchase([aLine(500, { category: 'garden' })]);
  const home = aPurchase([aLine(500, { category: 'home' })]);
  /** Points, and since when the garden was bought from, after one at noon and one an hour before. */
  const after = (known: Partial<MemberState>, later: Purchase, late: Purchase): unknown[] => {
    const first = memberOf(buying(by, fresh(known), later, NOON));
    const outcome = buying(by, first, late, NOON - HOUR);
    const { points, counters } = memberOf(outcome);
    return [kindsOf(outcome), points, counters.get(firstKey('garden'))];
  };

  it('R24, R11: is the first, and the one that came before it is not', () => {
    expect(after({}, garden, garden)).toEqual([['correct', 'accrue'], 20, NOON - HOUR]);
  });

  it('R24, R11: takes nothing from the first of another category', () => {
    expect(after({}, garden, home)).toEqual([['accrue'], 20, NOON]);
    expect(after({}, home, garden)).toEqual([['accrue'], 20, NOON - HOUR]);
  });

  it('R24, R11: is not the first where one was that is not read any more', () => {
    const counters = new Map([[firstKey('garden'), NOON - DAY]]);
    expect(after({ counters }, garden, garden)).toEqual([['accrue'], 0, NOON - DAY]);
  });

  it('R24, R11: is not the first where one before it was', () => {
    const one = memberOf(buying(by, fresh(), garden, NOON - 2 * HOUR));
    const two = memberOf(buying(by, one, garden, NOON));
    const outcome = buying(by, two, garden, NOON - HOUR);
    expect([kindsOf(outcome), memberOf(outcome).points]).toEqual([['accrue'], 20]);
    expect(memberOf(outcome).counters.get(firstKey('garden'))).toBe(NOON - 2 * HOUR);
  });
});

describe('a late purchase at a partner that has paid for too little', () => {
  const by = aProgramme({
    ...{ rewards: [], returnWindowDays: 10 },
    earningRules: [{ kind: 'per_amount', id: 'base', name: 'Base', rate: '1' }],
    partners: ['café', 'bar'].map((code) => ({
      ...{ code, kind: 'partner' },
      terms: { kind: 'prepaid', price: '1', share: '1', whenEmpty: 'queue', alertBelow: 0 },
    })),
  });
  const at = (retailer: string, amount: number): Purchase => ({ ...aPurchase([amount]), retailer });
  /**
   * Billionths that wait of 600 points bought late at the café, which reach the second tier, so that
   * 10 points bought after them are worth a quarter more.
   */
  const waits = (points: number, later: string): bigint | undefined => {
    const left = new Map([
      ['block/café', 10_000],
      ['block/bar', 10_000],
    ]);
    const first = memberOf(buying(by, fresh(), at(later, 1_000), NOON, { left }));
    const now = new Map(left).set('block/café', points);
    const outcome = buying(by, first, at('café', 60_000), NOON - HOUR, { left: now });
    expect(kindsOf(outcome)).toEqual(['correct', 'accrue']);
    return lastOf(outcome).waiting?.billionths;
  };

  it('R100, R11: comes after what corrections draw of the same block', () => {
    expect(waits(603, 'café')).toBeUndefined();
    expect(waits(602, 'café')).toBe(BILLION / 2n);
  });

  it('R100, R11: leaves what corrections draw of other blocks to those', () => {
    expect(waits(600, 'bar')).toBeUndefined();
    expect(waits(599, 'bar')).toBe(BILLION);
  });
});

describe('reviews around a purchase', () => {
  const by = quarterly({}, [blue, { ...silver, threshold: 900, keep: 900 }, gold]);
  const july = on('2026-07');
  const reviewed = (): MemberState =>
    fresh({ tier: 'silver', review: aReview({ at: july }), counters: countersOf([]) });
  const standings = ({ postings }: Outcome): unknown[] =>
    postings.map(({ kind, occurredAt, after }) => [kind, occurredAt, after.tier]);

  it('R41: are posted before one whose place is still to come, though they are not due yet', () => {
    const ahead = { at: july - MINUTE };
    expect(standings(buying(by, reviewed(), aPurchase([1_000]), july, ahead))).toEqual([
      ['review', july, 'blue'],
      ['accrue', july, 'blue'],
    ]);
    const { postings } = buying(by, reviewed(), aPurchase([1_000]), july, ahead);
    expect(postings.map(({ standing }) => standing?.why.code)).toEqual([
      ...['tier_lowered', undefined],
    ]);
    const before = buying(by, reviewed(), aPurchase([1_000]), july - 1, ahead);
    expect(standings(before)).toEqual([['accrue', july - 1, 'silver']]);
  });

  it('R41: say nothing of what windows have counted; the purchase does, where it is the last', () => {
    const both = buying(by, reviewed(), aPurchase([1_000]), july, { at: july });
    expect(both.postings.map(({ kind, counted }) => [kind, counted])).toEqual([
      ['review', undefined],
      ['accrue', [['qualifying_points', 10]]],
    ]);
  });
});

describe('a return whose place is still to come', () => {
  it('R41: is behind the review that is due by then, which alone lowers the tier', () => {
    const by = quarterly({}, [blue, { ...silver, threshold: 900, keep: 900 }, gold]);
    const july = on('2026-07');
    const bought = memberOf(buying(by, fresh(), aPurchase([1_000]), on('2026-02')));
    const member = { ...bought, tier: 'silver', review: aReview({ at: july }) };
    const { postings } = act(
      by,
      { members: [member] },
      {
        ...{ kind: 'return', at: july - MINUTE, occurredAt: july, purchase: 1 },
        versions: versionsOf(by),
      },
    );
    expect(
      postings.map(({ kind, after, standing }) => [kind, after.tier, standing?.why.code]),
    ).toEqual([
      ['review', 'blue', 'tier_lowered'],
      ['return', 'blue', undefined],
    ]);
  });
});

describe('a late return', () => {
  const programme = aProgramme({ lateEvents: { windowDays: 10, older: 'flag' } });
  const used: Redemption = {
    ...{ seq: 5, retailer: 'shop', reward: 'tea', points: 40, state: 'captured', changedSeq: 6 },
    ...{ expiresAt: NOON, lots: [{ seq: 9, n: 0, amount: 40 }], purchaseSeq: 1 },
    shared: [{ limit: 'stock/tea', amount: 1 }],
  };

  it('R18, R30: changes what it gives back in its own posting, behind the corrections', () => {
    const one = memberOf(buying(programme, fresh(), aPurchase([3_000]), NOON));
    const two = memberOf(buying(programme, one, aPurchase([3_000]), NOON + HOUR));
    const lots = [...(two.lots ?? []), aLot({ seq: 9, remaining: 60 })];
    const occurredAt = NOON + HOUR / 2;
    const versions = versionsOf(programme);
    const outcome = act(
      programme,
      { members: [{ ...two, redemptions: [used], lots }] },
      { kind: 'return', at: NOON + 2 * HOUR, occurredAt, purchase: 1, versions },
    );
    // Without the first, the visit of the second is the one that is paid.
    expect(outcome.postings.map(({ kind, seq }) => [kind, seq])).toEqual([
      ['correct', 3],
      ['return', 4],
    ]);
    const done = { seq: 5, state: 'returned', changedSeq: 4 };
    expect(lastOf(outcome).redemptions).toMatchObject([done]);
    expect(lastOf(outcome).shared).toEqual([{ limit: 'stock/tea', amount: -1 }]);
    expect(memberOf(outcome).redemptions).toMatchObject([done]);
  });
});

describe('a tier given by hand', () => {
  it('R47: is one that there still is', () => {
    const earlier = quarterly({}, [blue, silver, gold]);
    const now = quarterly({}, [blue, silver], { no: 2, effectiveAt: on('2026-01') });
    const by = { ...now, earlier };
    const given = (tier: string): unknown => {
      const grant = {
        kind: 'grant',
        at: NOON,
        tier,
        until: NOON + DAY,
        reason: 'goodwill',
      } as const;
      const requester = { id: 'ada', memberId: null };
      return act(by, { members: [fresh()] }, { ...grant, requester }).refusal;
    };
    expect(given('silver')).toBeUndefined();
    const unknown = { code: 'unknown_tier', pointer: '/tier', details: {} };
    // Who held gold holds silver now, but gold can be given no more.
    expect([given('gold'), given('blue')]).toEqual([unknown, unknown]);
  });
});
