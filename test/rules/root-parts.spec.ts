import type { ProgrammeDocument } from '../../src/programmes/document.js';
import { act, refuseWhole } from '../../src/rules/act.js';
import { totalOf, givenBackOf, leftOf, usedOf, usesOf } from '../../src/rules/limits.js';
import type { Versions } from '../../src/rules/earning/timeline.js';
import type { Outcome } from '../../src/rules/outcome.js';
import { REFERRAL_BUDGET } from '../../src/rules/referrals/terms.js';
import type { ReferralClaim } from '../../src/rules/referrals/claim.js';
import type { Luck } from '../../src/rules/offers/surprise.js';
import type { Purchase } from '../../src/rules/purchase.js';
import { boughtName, PURCHASES, SPEND } from '../../src/rules/segments/deeds.js';
import { counterKey, type MemberState } from '../../src/rules/state.js';
import { segmentFacts, withTraits } from '../../src/rules/traits.js';
import { aReview, blue, on, silver } from '../support/ladders.js';
import { anOffer, withOffers } from '../support/offers.js';
import { aProgramme } from '../support/programme.js';
import { aMember, anAccrual, aPurchase, DAY, HOUR, memberOf, NOON } from '../support/state.js';

const referral = {
  ...{ friendPoints: 20, referrerPoints: 30, minimumAmount: 2_000, claimDays: 7, qualifyDays: 90 },
  ...{ caps: { month: 2, year: 3, lifetime: 4 }, budget: 1_000, takeBackDays: 60 },
};
const tiers: ProgrammeDocument['tiers'] = [blue, { ...silver, threshold: 900, keep: 900 }];
const ladder: ProgrammeDocument['ladder'] = { window: { kind: 'calendar', period: 'quarter' } };
const document = { referral, returnWindowDays: 10, tiers, ladder, rewards: [] };
const first = aProgramme(document, { no: 1, effectiveAt: 0 });
/** In force since June. */
const second = { ...first, no: 2, effectiveAt: on('2026-06'), earlier: first };
const versions: Versions = {
  at: (instant) => (instant < second.effectiveAt ? first : second),
  version: (no) => (no === 1 ? first : second),
};
const july = Date.UTC(2026, 5, 30, 23);
const now = july + HOUR;

/** Of whom a tier that nothing keeps is reviewed at the start of July. */
const reviewed = (member: MemberState): MemberState => ({
  ...{ ...member, tier: 'silver', review: aReview({ at: july }) },
});
const fresh = { history: [], purchases: new Map() };
const bought = (member: MemberState, at: number): MemberState =>
  memberOf(
    act(first, { members: [member] }, { ...anAccrual(aPurchase([3_000]), { at }), versions }),
  );
/** Kind and version of every posting. */
const decidedBy = ({ postings }: Outcome): unknown[] =>
  postings.map(({ kind, versionNo }) => [kind, versionNo]);

describe('reviews that were due before an event is decided', () => {
  it('R41: are of the version in force when they were due, whichever decides the event', () => {
    const members = [reviewed(aMember(fresh))];
    const occurredAt = on('2026-06') - DAY;
    const accrual = { ...anAccrual(aPurchase([1_000]), { at: now, occurredAt }), versions };
    expect(decidedBy(act(first, { members }, accrual)).at(0)).toEqual(['review', 2]);
    const state = { members: [reviewed(bought(aMember(fresh), occurredAt - DAY))] };
    const back = { kind: 'return', at: now, occurredAt, purchase: 1, versions } as const;
    expect(decidedBy(act(first, state, back)).at(0)).toEqual(['review', 2]);
  });

  it('R41: are of the same before a referral is decided', () => {
    const claim: ReferralClaim = {
      ...{ claimedAt: july - 41 * DAY, versionNo: 1, state: 'claimed', independent: true },
      ...{ circle: false, endsAt: now + DAY },
    };
    const friend = aMember({ ...fresh, referral: claim });
    const stayed = [july - 40 * DAY, july - 36 * DAY].reduce(bought, friend);
    const referrer = aMember({ memberId: '0a1b2c3d-0000-4000-8000-00000000000a' });
    const members = [reviewed(stayed), referrer];
    const left = new Map([[REFERRAL_BUDGET, 1_000]]);
    const decided = act(first, { members, left }, { kind: 'refer', at: now, versions });
    expect(decided.referral?.state).toBe('paid');
    expect(decidedBy(decided)).toEqual([
      ['review', 2],
      ['refer', 1],
      ['refer', 1],
    ]);
  });

  it('R41: are those that the deciding version knows where an action is no event', () => {
    const members = [reviewed(aMember())];
    const settled = act(second, { members }, { kind: 'settle', at: now });
    expect(decidedBy(settled)).toEqual([['review', 2]]);
    expect(settled.state).toEqual({ members: [memberOf(settled)] });
    expect(memberOf(settled)).toMatchObject({ version: 1, tier: 'blue' });
  });

  it('R41: whatever it is, an action is about somebody', () => {
    const none = () => act(first, { members: [] }, { kind: 'settle', at: now });
    expect(none).toThrow('invariant: an action names at least one member');
  });
});

describe('several actions asked for as one', () => {
  it('C9: leave nothing but the refusal when one of them is refused, on the state before', () => {
    const refusal = { code: 'member_left', details: {} };
    const accrual = { ...anAccrual(aPurchase([1_000]), { at: now }), versions };
    const members = [reviewed(aMember({ ...fresh, version: 4 }))];
    const whole = refuseWhole(first, { members }, accrual, refusal);
    expect(whole.refusal).toBe(refusal);
    expect(decidedBy(whole)).toEqual([
      ['review', 2],
      ['refused', 1],
    ]);
    expect(memberOf(whole)).toMatchObject({ version: 6, points: 0 });
  });
});

describe('limits', () => {
  it('L12: what is used of one is known before it is used', () => {
    expect(usedOf({ limits: new Map([['a', 0]]) }, 'a')).toBe(0);
    const unread = 'invariant: a limit is read before it is used';
    expect(() => usedOf({ limits: new Map([['b', 3]]) }, 'a')).toThrow(unread);
    expect(() => usedOf({}, 'a')).toThrow(unread);
  });

  it('L17: what is left of a shared one is less by what went before, of that one alone', () => {
    const state = { left: new Map([['a', 10]]) };
    const before = [
      { shared: [{ limit: 'a', amount: 4 }] },
      {},
      {
        shared: [
          { limit: 'b', amount: 5 },
          { limit: 'a', amount: -1 },
        ],
      },
    ];
    expect(leftOf(state, 'a', before)).toBe(7);
    expect(leftOf(state, 'a', [])).toBe(10);
    const unread = 'invariant: a shared limit is read before it is used';
    expect(() => leftOf(state, 'b', before)).toThrow(unread);
    expect(() => leftOf({}, 'a', [])).toThrow(unread);
  });

  it('L17: those told apart behind a # have one total', () => {
    const totals = new Map([
      ['hour/tea', 5],
      ['stock/tea', 7],
    ]);
    expect(totalOf(totals, 'hour/tea#9#1')).toBe(5);
    expect(totalOf(totals, 'stock/tea')).toBe(7);
    expect(totalOf(totals, 'stock')).toBeUndefined();
  });

  it('L17: amounts are uses but where they are nothing, and the opposite gives them back', () => {
    const uses = usesOf(
      new Map([
        ['a', 3],
        ['b', 0],
        ['c', -1],
      ]),
    );
    expect(uses).toEqual([
      { limit: 'a', amount: 3 },
      { limit: 'c', amount: -1 },
    ]);
    expect(givenBackOf(uses)).toEqual([
      { limit: 'a', amount: -3 },
      { limit: 'c', amount: 1 },
    ]);
  });
});

describe('what is known of a member', () => {
  it('R26: is kept where as many segments as other things are asked', () => {
    const asking = aProgramme({
      personas: [{ code: 'host', name: 'Host' }],
      segments: [{ code: 'rich', name: 'Rich', all: [{ kind: 'balance', atLeast: 10 }] }],
      earningRules: [
        {
          ...{ kind: 'per_amount', id: 'base', name: 'Base', rate: '1' },
          when: [
            { kind: 'persona', personas: ['host'] },
            { kind: 'segment', segments: ['rich'] },
          ],
        },
      ],
      rewards: [],
    });
    const profile = { persona: 'host', birthMonth: 5, preferences: [] };
    const when = { at: NOON, occurredAt: NOON };
    const traits = (points: number): unknown =>
      withTraits(asking, aMember({ profile, points }), aPurchase([100]), when).traits;
    expect(traits(10)).toEqual({ persona: 'host', segments: ['rich'] });
    expect(traits(9)).toEqual({ persona: 'host', segments: [] });
  });

  it('R26: counts days by the calendar, through months of any length', () => {
    const joined = Date.UTC(2026, 0, 31, 12);
    const days = (instant: number): number =>
      segmentFacts(aProgramme(), aMember({ enrolledAt: joined }), instant).enrolledDays;
    expect(days(Date.UTC(2026, 2, 1, 12))).toBe(29);
    expect(days(Date.UTC(2026, 0, 31, 23))).toBe(0);
  });

  it('R80: says of what they did before a day how often, how much and of what', () => {
    const today = Date.UTC(2026, 5, 15, 23);
    const done = (name: string, days: number, used: number) =>
      [counterKey(name, today - days * DAY), used] as const;
    const counters = new Map([
      ...[done(PURCHASES, 1, 1), done(PURCHASES, 3, 2), done(SPEND, 1, 500), done(SPEND, 3, 250)],
      ...[done(boughtName('garden'), 3, 1), [counterKey('*/bought/books/ever', 0), 1] as const],
    ]);
    const of = (known: MemberState) => segmentFacts(aProgramme(), known, NOON);
    const facts = of(aMember({ counters, enrolledBy: 'shop' }));
    expect([1, 2, 3].map((days) => facts.purchaseDays(days))).toEqual([1, 1, 2]);
    expect([1, 2, 3].map((days) => facts.spent(days))).toEqual([500, 500, 750]);
    expect([2, 3].map((days) => facts.boughtOf('garden', days))).toEqual([false, true]);
    expect(['books', 'garden'].map((each) => facts.boughtOf(each, undefined))).toEqual([
      true,
      false,
    ]);
    expect([facts.everBought(), facts.enrolledBy]).toEqual([false, 'shop']);
    const spent = of(aMember({ counters: new Map([done(SPEND, 3, 250)]) }));
    expect([2, 3].map((days) => spent.boughtWithin(days))).toEqual([false, true]);
    const ever = of(aMember({ counters: new Map([[counterKey('*/spend/ever', 0), 9]]) }));
    expect(ever.everBought()).toBe(true);
  });
});

describe('the luck of a purchase', () => {
  const surprising = withOffers(anOffer(1, { code: 'thanks', asks: { chance: 1 } }));
  const luck: Luck = () => 0;
  const comes = (
    when: { at?: number; occurredAt?: number; luck?: Luck },
    known: Partial<MemberState> = {},
    purchase: Partial<Purchase> = {},
  ): boolean => {
    const said = withTraits(
      surprising,
      aMember(known),
      { ...aPurchase([100]), ...purchase },
      { at: NOON, occurredAt: NOON, ...when },
    );
    expect(said.traits ?? { offers: { thanks: 'open' } }).toEqual({ offers: { thanks: 'open' } });
    return said.traits !== undefined;
  };

  it('R91: is that of its day, where it comes in time and on that day', () => {
    expect(comes({ luck })).toBe(true);
    expect(comes({ luck, occurredAt: NOON - HOUR })).toBe(true);
    expect(comes({ luck, occurredAt: NOON - 13 * HOUR })).toBe(false);
    expect(comes({ luck, occurredAt: NOON - HOUR }, { newestAt: NOON })).toBe(false);
  });

  it('R91: is none in previews, and none of what is done and not bought', () => {
    expect(comes({})).toBe(false);
    expect(comes({ luck }, {}, { activity: { kind: 'walk' } })).toBe(false);
  });
});
