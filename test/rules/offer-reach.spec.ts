import { aPast } from '../support/history.js';
import { Awards, timelineOf } from '../../src/rules/earning/timeline.js';
import type { ExplanationItem } from '../../src/rules/explanation.js';
import { drawnAnew, drawnByAward } from '../../src/rules/offers/drawn-anew.js';
import { drawnBy, limitsOf, limitsThere, placeOf } from '../../src/rules/offers/draws.js';
import type { Draw } from '../../src/rules/offers/offer.js';
import { nothingBought, validOffers } from '../../src/rules/offers/valid.js';
import { limitsOfHistory, limitsWanted } from '../../src/rules/offers/wanted.js';
import type { Programme } from '../../src/rules/programme.js';
import type { MemberState, PastDecision } from '../../src/rules/state.js';
import { anOffer, withOffers } from '../support/offers.js';
import { aProgramme } from '../support/programme.js';
import { aMember, aPurchase, DAY, NOON, noVersions, versionsOf } from '../support/state.js';

const limitOf = (...of: Parameters<typeof limitsOf>): string => limitsOf(...of)[0] ?? '';

const pays = { kind: 'per_amount', rate: '1' } as const;
const offer = (code: string, more: object = {}): object => ({
  ...{ code, name: code, audience: { kind: 'all' }, pays },
  ...more,
});
const withDocuments = (...offers: object[]): Programme =>
  aProgramme({
    offers: offers as never[],
    personas: [{ code: 'gardener', name: 'Gardener' }],
    segments: [{ code: 'rich', name: 'Rich', all: [{ kind: 'balance', atLeast: 1 }] }] as never[],
    preferences: [],
  });

describe('the offers that a member may use', () => {
  const codes = (
    programme: Programme,
    member: Partial<MemberState> = {},
    { at = NOON, retailer }: { at?: number; retailer?: string } = {},
  ): string[] =>
    validOffers(programme, aMember(member), at, retailer).map(({ offer: { code } }) => code);

  it('R56: are those that run, each with the instant of its activation', () => {
    const programme = withDocuments(
      offer('now', { from: '2026-06-16', until: '2026-06-16' }),
      offer('over', { until: '2026-06-15' }),
      offer('ahead', { from: '2026-06-17' }),
      offer('always', { activation: true }),
    );
    const activated = new Map([['now', NOON - 5]]);
    const found = validOffers(programme, aMember({ activated }), NOON);
    expect(found.map(({ offer: { code }, activatedAt }) => [code, activatedAt])).toEqual([
      ['now', NOON - 5],
      ['always', null],
    ]);
    expect(codes(programme, {}, { at: NOON + DAY })).toEqual(['ahead', 'always']);
  });

  it('R94: have one that coupons activate among them only once one has', () => {
    const programme = withDocuments(offer('letter', { byCoupon: true }));
    expect(codes(programme)).toEqual([]);
    expect(codes(programme, { activated: new Map([['letter', NOON]]) })).toEqual(['letter']);
  });

  it('R58: have none among them that is paused, held out, or for a list they are not on', () => {
    const programme = withDocuments(
      offer('plain'),
      offer('spring', { holdoutShare: '0.2' }),
      offer('vip', { audience: { kind: 'lists', lists: ['vip'] } }),
    );
    // The hash of spring/a is among the first 174,164 millionths, that of spring/b is not.
    expect(codes(programme, { memberId: 'a' })).toEqual(['plain']);
    expect(codes(programme, { memberId: 'b' })).toEqual(['plain', 'spring']);
    const lists = new Set(['vip']);
    expect(codes(programme, { memberId: 'a', lists })).toEqual(['plain', 'vip']);
    const offerPauses = [{ offer: 'plain', from: 0, until: null }];
    expect(codes(programme, { memberId: 'b', offerPauses })).toEqual(['spring']);
  });

  it('R91: have no surprise among them', () => {
    const programme = withOffers(anOffer(0), anOffer(1, { asks: { chance: 1_000_000 } }));
    expect(codes(programme)).toEqual(['offer-0']);
  });

  it('R20: are those for their tier, persona and segment, whatever else is asked of a purchase', () => {
    const programme = withDocuments(
      offer('silver', { audience: { kind: 'tiers', tiers: ['silver'] } }),
      offer('gardener', { audience: { kind: 'personas', personas: ['gardener'] } }),
      offer('rich', { audience: { kind: 'segments', segments: ['rich'] } }),
      offer('large', { when: [{ kind: 'amount', minimum: 5_000 }] }),
      offer('quiet', { when: [{ kind: 'lapsed', days: 30 }] }),
    );
    const profile = { persona: 'gardener', birthMonth: undefined, preferences: [] };
    expect(codes(programme)).toEqual(['large', 'quiet']);
    expect(codes(programme, { tier: 'silver' })).toEqual(['silver', 'large', 'quiet']);
    expect(codes(programme, { qualifying: 500n * 10n ** 9n })).toContain('silver');
    expect(codes(programme, { profile })).toEqual(['gardener', 'large', 'quiet']);
    expect(codes(programme, { points: 1 })).toEqual(['rich', 'large', 'quiet']);
    expect(nothingBought).toEqual({ lines: [], tenders: [] });
  });

  it('R20: are those of a retailer, where one is asked for', () => {
    const programme = withDocuments(
      offer('corner', { when: [{ kind: 'retailer', retailers: ['corner', 'mall'] }] }),
      offer('both', {
        audience: { kind: 'tiers', tiers: ['silver'] },
        when: [{ kind: 'retailer', retailers: ['corner'] }],
      }),
    );
    expect(codes(programme)).toEqual(['corner']);
    expect(codes(programme, {}, { retailer: 'mall' })).toEqual(['corner']);
    expect(codes(programme, {}, { retailer: 'other' })).toEqual([]);
    expect(codes(programme, { tier: 'silver' }, { retailer: 'corner' })).toEqual([
      'corner',
      'both',
    ]);
    expect(codes(programme, { tier: 'silver' }, { retailer: 'mall' })).toEqual(['corner']);
    expect(codes(withOffers(anOffer(99)), {}, { retailer: 'mall' })).toEqual(['offer-99']);
  });
});

const points: Draw = { kind: 'points', limit: 'budget' };
const anHour: Draw = { kind: 'grants', limit: 'crowd', per: 'hour', perLocation: true };

describe('the limits that an event may draw from', () => {
  const when = { occurredAt: NOON, at: NOON };
  const never = (): never => {
    throw new Error('what is known of the member was asked for');
  };
  const purchase = { ...aPurchase([2_000]), location: 'mall' };

  it('R51: are those of offers whose conditions it meets, each at its place', () => {
    const programme = withDocuments(
      offer('small', { budget: { points: 10 }, when: [{ kind: 'amount', minimum: 1_000 }] }),
      offer('large', { budget: { points: 10 }, when: [{ kind: 'amount', minimum: 5_000 }] }),
      offer('crowd', { crowding: [{ grants: 5, per: 'hour', perLocation: true }] }),
    );
    const wanted = limitsWanted(programme, aMember(), () => purchase, when);
    expect(wanted).toEqual(['offer/small/points', `offer/crowd/hour-each#${String(NOON)}#mall`]);
  });

  it('R51: are those for the tier, the counters and the silence of the member', () => {
    const programme = withDocuments(
      offer('silver', { budget: { points: 10 }, audience: { kind: 'tiers', tiers: ['silver'] } }),
      offer('quiet', { budget: { points: 10 }, when: [{ kind: 'lapsed', days: 30 }] }),
    );
    const wanted = (member: Partial<MemberState>): string[] =>
      limitsWanted(programme, aMember(member), () => purchase, when);
    expect(wanted({})).toEqual([]);
    expect(wanted({ tier: 'silver' })).toEqual(['offer/silver/points']);
    expect(wanted({ heardAt: NOON - 40 * DAY })).toEqual(['offer/quiet/points']);
    expect(wanted({ heardAt: NOON - 10 * DAY })).toEqual([]);
  });

  it('R51: are none where no offer draws, of which nothing of the member is asked', () => {
    expect(limitsWanted(withDocuments(), aMember(), never, when)).toEqual([]);
    expect(limitsWanted(withDocuments(offer('free')), aMember(), never, when)).toEqual([]);
    const over = withDocuments(offer('over', { until: '2026-06-15', budget: { points: 10 } }));
    expect(limitsWanted(over, aMember(), never, when)).toEqual([]);
  });

  it('R91: are none of a surprise that does not come', () => {
    const programme = withOffers(
      anOffer(0, { code: 'thanks', draws: [points], asks: { chance: 1 } }),
    );
    expect(limitsWanted(programme, aMember(), () => purchase, when)).toEqual([]);
    const lucky = { ...purchase, traits: { offers: { thanks: 'open' as const } } };
    expect(limitsWanted(programme, aMember(), () => lucky, when)).toEqual(['budget']);
  });

  it('R51: are none of an offer whose rule is not there', () => {
    const programme = withOffers(anOffer(99, { draws: [points] }));
    expect(limitsWanted(programme, aMember(), () => purchase, when)).toEqual([]);
  });
});

describe('what a member’s purchases have drawn', () => {
  const programme = withOffers(anOffer(1, { draws: [points] }), anOffer(2, { draws: [anHour] }));
  const hour = limitOf(programme, anHour, { occurredAt: NOON, location: 'mall' });
  const later = limitOf(programme, anHour, { occurredAt: NOON + DAY / 2, location: undefined });
  const paid = (ruleNo: number, whole: number): ExplanationItem => [
    ...([ruleNo, -1, 'rate_applied', `${String(whole)}000000000`] as const),
  ];
  const history: PastDecision[] = [
    aPast({ seq: 1, explanation: [paid(1, 3), paid(2, 1)] }),
    aPast({ seq: 2, occurredAt: NOON + DAY / 2, explanation: [paid(1, 4)] }),
    aPast({ seq: 3, kind: 'review', explanation: [] }),
    aPast({ seq: 4, explanation: [paid(1, 9)] }),
  ];
  const purchases = new Map([
    [1, { ...aPurchase([2_000]), location: 'mall' }],
    [2, aPurchase([2_000])],
    [3, aPurchase([2_000])],
  ]);
  const member = aMember({ history, purchases });
  const versions = versionsOf(programme);

  it('R54: is from the limits there and then, of one of them or of all that are known', () => {
    expect(limitsOfHistory(member, versions)).toEqual(['budget', hour, 'budget', later]);
    expect(limitsOfHistory(member, versions, 2)).toEqual(['budget', later]);
    expect(limitsOfHistory(member, versions, 3)).toEqual([]);
    expect(limitsOfHistory(member, versions, 4)).toEqual([]);
    expect(limitsOfHistory(aMember(), noVersions)).toEqual([]);
    expect(limitsOfHistory(aMember({ history }), noVersions)).toEqual([]);
    expect(placeOf(aPurchase([1]), NOON)).toEqual({ occurredAt: NOON, location: undefined });
    expect(limitsThere(withOffers(), { occurredAt: NOON, location: 'mall' })).toEqual([]);
  });

  it('R53: is by what each is worth now, where it was bought; of an erased one nothing', () => {
    const awards = Awards.after(timelineOf(history), member);
    const [first, erased] = [awards.of(1), awards.of(4)];
    if (first === undefined || erased === undefined) throw new Error('There are both.');
    expect([...drawnByAward(first, versions)]).toEqual([
      ['budget', 3_000_000],
      [hour, 1],
    ]);
    expect(drawnByAward(erased, noVersions).size).toBe(0);
  });

  it('R53: changes by what purchases are worth more or less, and nothing else is named', () => {
    const back = aPast({ seq: 5, kind: 'return', purchase: 1, explanation: [paid(2, -1)] });
    const late = aPast({ seq: 6, explanation: [paid(1, 2)] });
    const after = (...more: PastDecision[]): unknown =>
      drawnAnew(
        member,
        Awards.after(timelineOf([...history, ...more]), {
          ...{ purchases: new Map([...purchases, [6, aPurchase([1])]]), enrolledAt: 0 },
        }),
        versions,
      );
    expect(after()).toEqual([]);
    expect(after(back)).toEqual([{ limit: hour, amount: -1 }]);
    expect(after(late)).toEqual([{ limit: 'budget', amount: 2_000_000 }]);
    const known = new Map([[1, aPurchase([1])]]);
    const awards = Awards.after(timelineOf([aPast({ seq: 1, explanation: [paid(1, 2)] })]), {
      ...{ purchases: known, enrolledAt: 0 },
    });
    expect(drawnAnew(aMember(), awards, versions)).toEqual([
      { limit: 'budget', amount: 2_000_000 },
    ]);
  });

  it('R50: is nothing of what paid nothing, nor by other rules than offers', () => {
    const place = { occurredAt: NOON, location: undefined };
    expect(drawnBy(programme, [[1, -1, 'budget_used_up', '0'], paid(0, 5)], place).size).toBe(0);
  });
});
