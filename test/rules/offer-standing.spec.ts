import type { ExplanationItem } from '../../src/rules/explanation.js';
import type { MemberOffers, Pause } from '../../src/rules/offers/member-offers.js';
import { isOfTime, isRunning, type Offer } from '../../src/rules/offers/offer.js';
import {
  asksOfMember,
  closedBy,
  hasSay,
  isForList,
  isHeldOut,
  standingOf,
  standingsOf,
} from '../../src/rules/offers/standing.js';
import {
  dayOfLuck,
  isHint,
  isLucky,
  isSurprise,
  withoutHints,
  type LuckyDay,
} from '../../src/rules/offers/surprise.js';
import { anOffer, withOffers } from '../support/offers.js';
import { aPurchase, DAY, NOON } from '../support/state.js';

const plain = anOffer(1);
const activated = anOffer(2, { asks: { activation: true } });
const half = anOffer(3, { code: 'spring', asks: { holdout: 174_164 } });
const listed = anOffer(4, { asks: { lists: ['vip', 'press'] } });
const surprise = anOffer(5, { code: 'thanks', asks: { chance: 200_000 } });

describe('when an offer has a say', () => {
  it('R50: is from its first instant on, and no longer at its last', () => {
    const { from, until } = plain;
    expect([from - 1, from, until - 1, until].map((at) => isRunning(plain, at))).toEqual([
      false,
      true,
      true,
      false,
    ]);
  });

  it('R56: is never while it does not run; another rule has one at any time', () => {
    const programme = withOffers(plain);
    expect(isOfTime(programme, 1, NOON)).toBe(true);
    expect(isOfTime(programme, 1, NOON + DAY)).toBe(false);
    expect(isOfTime(programme, 0, NOON + DAY)).toBe(true);
  });

  it('R91: is, for a surprise, only where its luck is kept with the purchase', () => {
    const programme = withOffers(plain, surprise);
    const say = (ruleNo: number, offers?: Record<string, 'open' | 'paused'>, at = NOON): boolean =>
      hasSay(programme, ruleNo, {
        purchase: { ...aPurchase([1_000]), ...(offers && { traits: { offers } }) },
        occurredAt: at,
      });
    expect(say(0, undefined, NOON + DAY)).toBe(true);
    expect([say(1), say(1, undefined, NOON + DAY)]).toEqual([true, false]);
    expect([say(5), say(5, {}), say(5, { thanks: 'paused' })]).toEqual([false, false, false]);
    expect([say(5, { thanks: 'open' }), say(5, { thanks: 'open' }, NOON + DAY)]).toEqual([
      true,
      false,
    ]);
    const without = { purchase: { ...aPurchase([1]), traits: {} }, occurredAt: NOON };
    expect(hasSay(programme, 5, without)).toBe(false);
  });
});

describe('how a member stands with an offer', () => {
  const standing = (offer: Offer, known: MemberOffers = {}, memberId = 'a'): string =>
    standingOf(offer, { memberId, ...known }, NOON);

  it('R58: is asked of the member where it is activated, held out or for a list', () => {
    expect([plain, activated, half, listed].map(asksOfMember)).toEqual([false, true, true, true]);
    expect([plain, activated, half, listed].map(({ asks }) => isForList(asks))).toEqual([
      false,
      false,
      false,
      true,
    ]);
  });

  it('R58: is active from the instant of its activation on', () => {
    const since = (at: number): string =>
      standing(activated, { activated: new Map([['offer-2', at]]) });
    expect([NOON - 1, NOON, NOON + 1].map(since)).toEqual(['open', 'open', 'not_activated']);
    expect(standing(activated)).toBe('not_activated');
    expect(standing(activated, { activated: new Map([['offer-9', 0]]) })).toBe('not_activated');
    expect(standing(plain)).toBe('open');
  });

  it('R103: is on a list where it is on one of those the offer is for', () => {
    const on = (...lists: string[]): string => standing(listed, { lists: new Set(lists) });
    expect([on('vip'), on('press'), on('other'), on()]).toEqual([
      'open',
      'open',
      'not_listed',
      'not_listed',
    ]);
    expect(standing(listed)).toBe('not_listed');
    expect(standing(plain, { lists: new Set() })).toBe('open');
  });

  it('R58: is paused for what happened in a pause, and for all that arrives while it lasts', () => {
    const pause = (overrides: Partial<Pause> = {}): Pause => ({
      ...{ offer: 'offer-1', from: NOON, until: NOON + 1 },
      ...overrides,
    });
    const under = (...offerPauses: Pause[]): string => standing(plain, { offerPauses });
    expect(under(pause())).toBe('paused');
    expect(under(pause({ from: NOON + 1, until: NOON + 2 }))).toBe('open');
    expect(under(pause({ from: NOON - 1, until: NOON }))).toBe('open');
    expect(under(pause({ from: NOON + 1, until: null }))).toBe('paused');
    expect(under(pause({ offer: 'offer-2', until: null }))).toBe('open');
    expect(under(pause({ offer: 'offer-2' }))).toBe('open');
    expect(under(pause({ offer: 'offer-2' }), pause())).toBe('paused');
    expect(under()).toBe('open');
  });

  it('R58: says first that it is not theirs, then held out, then paused, then not activated', () => {
    const asks = { activation: true, holdout: 1_000_000, lists: ['vip'] };
    const all = anOffer(1, { asks });
    const offerPauses = [{ offer: 'offer-1', from: 0, until: null }];
    const lists = new Set(['vip']);
    expect(standing(all, { offerPauses })).toBe('not_listed');
    expect(standing(all, { offerPauses, lists })).toBe('held_out');
    const open = anOffer(1, { asks: { ...asks, holdout: 0 } });
    expect(standing(open, { offerPauses, lists })).toBe('paused');
    expect(standing(open, { lists })).toBe('not_activated');
  });

  it('R58: is held out by a hash of offer and member, the same for ever', () => {
    expect([174_163, 174_164].map((part) => isHeldOut('a', 'spring', part))).toEqual([false, true]);
    expect([190_143, 190_144].map((part) => isHeldOut('c', 'spring', part))).toEqual([false, true]);
    expect([775_092, 775_093].map((part) => isHeldOut('a', 'summer', part))).toEqual([false, true]);
    expect(isHeldOut('a', 'spring', 0)).toBe(false);
    expect([standing(half), standing(half, {}, 'b')]).toEqual(['held_out', 'open']);
  });
});

describe('what is kept with an event of how its member stands', () => {
  const everyDay: LuckyDay = { luck: () => 0, day: '2026-06-16' };
  const kept = (
    offers: readonly Offer[],
    known: MemberOffers = {},
    lucky?: () => LuckyDay | undefined,
    at = NOON,
  ): unknown => standingsOf(withOffers(...offers), { memberId: 'a', ...known }, at, lucky);

  it('R58: is said of what asks for something, and of what is paused', () => {
    const lists = new Set(['vip']);
    expect(kept([plain, activated, half, listed], { lists })).toEqual({
      'offer-2': 'not_activated',
      spring: 'held_out',
      'offer-4': 'open',
    });
    const offerPauses = [{ offer: 'offer-1', from: 0, until: null }];
    expect(kept([plain], { offerPauses })).toEqual({ 'offer-1': 'paused' });
  });

  it('R56: is nothing of what does not run, nor where nothing asks', () => {
    expect(kept([])).toBeUndefined();
    expect(kept([plain])).toBeUndefined();
    expect(kept([activated], {}, undefined, NOON + DAY)).toBeUndefined();
  });

  it('R91: is said of a surprise where it comes, and else nothing', () => {
    expect(kept([surprise], {}, () => everyDay)).toEqual({ thanks: 'open' });
    expect(kept([surprise], {}, () => ({ ...everyDay, luck: () => 200_000 }))).toBeUndefined();
    expect(kept([surprise], {}, () => undefined)).toBeUndefined();
    expect(kept([surprise])).toBeUndefined();
    const offerPauses = [{ offer: 'thanks', from: 0, until: null }];
    expect(kept([surprise], { offerPauses }, () => everyDay)).toBeUndefined();
  });

  it('R91: draws nothing for what is paused, for others, or no surprise', () => {
    const never = (): never => {
      throw new Error('luck was drawn');
    };
    const offerPauses = [{ offer: 'thanks', from: 0, until: null }];
    expect(kept([activated], {}, never)).toEqual({ 'offer-2': 'not_activated' });
    expect(kept([surprise], { offerPauses }, never)).toBeUndefined();
    const forVips = anOffer(5, { asks: { chance: 1, lists: ['vip'] } });
    expect(kept([forVips], {}, never)).toBeUndefined();
  });
});

describe('why an offer pays nothing', () => {
  it('R58: is how its member stood when the event was first decided', () => {
    const by = (standing: 'open' | 'paused' | 'held_out' | 'not_activated' | 'not_listed') =>
      closedBy(plain, { 'offer-1': standing });
    expect(by('open')).toBeUndefined();
    expect(by('paused')).toBe('offer_paused');
    expect(by('held_out')).toBe('held_out');
    expect(by('not_activated')).toBe('not_activated');
    expect(by('not_listed')).toBe('not_listed');
    expect(closedBy(undefined, { 'offer-1': 'paused' })).toBeUndefined();
  });

  it('R58: is, where nothing was kept, what it asks for and nobody has without asking', () => {
    for (const nothing of [undefined, {}]) {
      expect(closedBy(plain, nothing)).toBeUndefined();
      expect(closedBy(activated, nothing)).toBe('not_activated');
      expect(closedBy(listed, nothing)).toBe('not_listed');
    }
    const both = anOffer(1, { asks: { lists: ['vip'], activation: true } });
    expect(closedBy(both, {})).toBe('not_listed');
    expect(closedBy(anOffer(1, { code: 'constructor', asks: { activation: true } }), {})).toBe(
      'not_activated',
    );
  });
});

describe('a surprise', () => {
  it('R90: has a chance, and comes on days whose luck is below it', () => {
    const lucky = (drawn: number, offer = surprise): boolean =>
      isLucky(offer, { luck: () => drawn, day: '' });
    expect([isSurprise(surprise), isSurprise(plain)]).toEqual([true, false]);
    expect([lucky(0), lucky(199_999), lucky(200_000)]).toEqual([true, true, false]);
    expect(lucky(0, plain)).toBe(false);
    const asked: string[] = [];
    const luck = (code: string, day: string): number => asked.push(`${code} ${day}`);
    isLucky(surprise, { luck, day: '2026-06-16' });
    expect(asked).toEqual(['thanks 2026-06-16']);
  });

  it('R90: goes by the local day', () => {
    expect(dayOfLuck('Europe/London', Date.UTC(2026, 0, 2, 23))).toBe('2026-01-02');
    expect(dayOfLuck('Europe/London', Date.UTC(2026, 9, 11, 23))).toBe('2026-10-12');
  });

  it('R91: says nothing but what it gives; that its budget was spent is for staff', () => {
    const { offers } = withOffers(plain, surprise);
    const other: ExplanationItem[] = [
      [0, -1, 'below_minimum_amount', '0'],
      [1, -1, 'below_minimum_amount', '0'],
      [1, -1, 'purchase_bonus_applied', '5'],
    ];
    const budget: ExplanationItem = [5, -1, 'budget_used_up', '0'];
    const given: ExplanationItem[] = [
      [5, -1, 'purchase_bonus_applied', '30'],
      [5, -1, 'budget_capped', '10'],
      [5, -1, 'below_minimum_amount', '0'],
      [5, -1, 'cap_reached', '0'],
    ];
    expect(withoutHints(offers, [...other, budget, ...given])).toEqual([
      ...other,
      budget,
      [5, -1, 'surprise_given', '30'],
      [5, -1, 'budget_capped', '10'],
    ]);
    const items = [...other, ...given];
    expect(withoutHints(new Map(), items)).toBe(items);
  });

  it('R91: hints where an item says of it that it paid nothing', () => {
    const programme = withOffers(plain, surprise);
    const hints = (ruleNo: number, billionths: string): boolean =>
      isHint(programme, [ruleNo, -1, 'budget_used_up', billionths]);
    expect([hints(5, '0'), hints(5, '1'), hints(1, '0'), hints(0, '0')]).toEqual([
      true,
      false,
      false,
      false,
    ]);
  });
});
