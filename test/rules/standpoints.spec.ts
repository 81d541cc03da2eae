import type { Review } from '../../src/rules/ladder.js';
import type { Programme } from '../../src/rules/programme.js';
import { changeOf, countedAt, type End } from '../../src/rules/standing/change.js';
import {
  afterEvent,
  calendarOf,
  dueAt,
  isReviewed,
  isSameReview,
  ownRung,
  pointOf,
  reviewAfterReach,
  scheduled,
  standingOf,
  versionAt,
  withGrant,
  withOwn,
  withReached,
  type Standpoint,
} from '../../src/rules/standing/stand.js';
import {
  aReview,
  blue,
  gold,
  granted,
  on,
  points,
  quarterly,
  silver,
  standing,
} from '../support/ladders.js';
import { aMember } from '../support/state.js';

const programme = quarterly();
const plain = quarterly({ window: { kind: 'lifetime' } });
const july = on('2026-07');
const october = on('2026-10');

describe('the version in force at an instant', () => {
  const [first, second, third] = [10, 20, 30].map((effectiveAt, index) =>
    quarterly({}, [blue, silver], { no: index + 1, effectiveAt }),
  ) as [Programme, Programme, Programme];
  const newest = { ...third, earlier: { ...second, earlier: first } };
  it('R41: is the newest one from its first instant on, and the first one before there was any', () => {
    expect([5, 10, 19, 20, 29, 30, 31].map((at) => versionAt(newest, at).no)).toEqual([
      ...[1, 1, 1, 2, 2, 3, 3],
    ]);
  });
});

describe('a standpoint', () => {
  it('R40: is reviewed where what is counted has an end', () => {
    expect([programme, plain].map(isReviewed)).toEqual([true, false]);
    expect(reviewAfterReach(plain, calendarOf(plain, 0), 1, july)).toBeNull();
    const at = (rung: number): number | null =>
      reviewAfterReach(programme, calendarOf(programme, 0), rung, july);
    expect([at(-1), at(0), at(1), at(2)]).toEqual([null, null, october, october]);
  });

  it('R47: has a tier of its own beside one that is given', () => {
    expect(ownRung(programme, standing('gold'))).toBe(2);
    expect(ownRung(programme, standing('gold', aReview()))).toBe(2);
    expect(ownRung(programme, standing('gold', aReview({ own: 'silver' })))).toBe(1);
  });

  it('R10: is in the tier held, or in a higher one that points of a lifetime reach', () => {
    expect(standingOf(plain, { held: 'blue', qualifying: points(100) }).code).toBe('silver');
    expect(standingOf(programme, { held: 'blue', qualifying: points(100) }).code).toBe('blue');
  });

  it('R47: keeps what is given beside another tier of its own, and names that one where it differs', () => {
    const grant = granted('gold', '2027-01');
    const before = standing('gold', aReview({ own: 'silver', at: july, grant }));
    const own = (rung: number): Standpoint => withOwn(programme, before, rung, { missedAt: 3 });
    const review = { at: july, missedAt: 3, grant, rolled: null };
    expect(own(0)).toEqual({ ...before, review: { ...review, own: 'blue' } });
    expect(own(2)).toEqual({ ...before, review: { ...review, own: null } });
    expect(withOwn(programme, before, 1, { grant: null })).toEqual({
      ...{ ...before, held: 'silver' },
      review: aReview({ at: july }),
    });
  });

  it('R41: has nothing to review where nothing of it ever ends', () => {
    const silverFor = (review: Partial<Review>): Review | undefined =>
      withOwn(programme, standing('blue'), 1, review).review;
    expect(withOwn(programme, standing('blue'), 1, {})).toEqual(standing('silver'));
    expect(silverFor({ missedAt: 5 })).toBeUndefined();
    expect(silverFor({ at: 5 })).toEqual(aReview({ at: 5 }));
    const rolled = { start: july, billionths: 1n };
    expect(silverFor({ rolled })).toEqual(aReview({ rolled }));
    // One that is not above what is held is kept all the same: it may come to be.
    const grant = granted('blue', '2027-01');
    expect(silverFor({ grant })).toEqual(aReview({ grant }));
    const goldFor = granted('gold', '2027-01');
    expect(silverFor({ grant: goldFor })).toEqual(aReview({ own: 'silver', grant: goldFor }));
  });

  it('R47: is given a tier by hand beside its own; a new one ends the one before', () => {
    const [short, long] = [granted('silver', '2026-08'), granted('gold', '2027-01')];
    const before = standing('gold', aReview({ own: 'silver', at: july, grant: short }));
    expect(withGrant(programme, before, long)).toEqual({
      ...before,
      review: aReview({ own: 'silver', at: july, grant: long }),
    });
    expect(withGrant(programme, standing('gold', aReview({ at: july })), short)).toEqual(
      standing('gold', aReview({ at: july, grant: short })),
    );
    // Of no tier yet, it is as if of the first.
    expect(withGrant(plain, standing(''), long)).toEqual(
      standing('gold', aReview({ own: 'blue', grant: long })),
    );
  });

  it('R43: is what is stored of a member', () => {
    const review = aReview({ at: july });
    const member = { tier: 'gold', review, qualifying: 5n, counters: new Map([['a@0', 1]]) };
    expect(pointOf(aMember({ ...member, enrolledAt: 7 }))).toEqual({
      ...{ held: 'gold', review, qualifying: 5n, counters: member.counters, enrolledAt: 7 },
    });
  });
});

describe('a standpoint after an event', () => {
  const may = on('2026-05-20');
  const after = (held: string, earned: number, review?: Review): Standpoint =>
    afterEvent(programme, standing(held, review, [['2026-05', 'points', earned]]), may);
  const as = (held: string, earned: number, review?: Review): Standpoint =>
    standing(held, review, [['2026-05', 'points', earned]]);

  it('R10: holds what is reached at once, until the window ends', () => {
    expect(after('blue', 99)).toEqual(as('blue', 99));
    expect(after('blue', 100)).toEqual(as('silver', 100, aReview({ at: july })));
    expect(after('blue', 220)).toEqual(as('gold', 220, aReview({ at: july })));
    expect(after('', 1)).toEqual(as('blue', 1));
  });

  it('R45: is out of its grace when it reaches more, and not by what it holds already', () => {
    const grace = aReview({ at: on('2026-08'), missedAt: july });
    expect(after('silver', 220, grace)).toEqual(as('gold', 220, aReview({ at: july })));
    expect(after('silver', 100, grace)).toEqual(as('silver', 100, grace));
    expect(after('gold', 100, grace)).toEqual(as('gold', 100, grace));
  });

  it('R41: of a tier from before there were reviews, is reviewed once a window was counted in full', () => {
    const since = on('2026-02');
    const young = { ...programme, ladder: { ...programme.ladder, since } };
    const dated = standing('silver', aReview({ at: on('2026-04') }));
    expect(scheduled(young, standing('silver'))).toEqual(dated);
    expect(scheduled(young, standing('silver', aReview()))).toEqual(dated);
    for (const point of [standing('blue'), standing(''), dated]) {
      expect(scheduled(young, point)).toBe(point);
    }
    const forGood = standing('silver');
    expect(scheduled(plain, forGood)).toBe(forGood);
  });

  it('R10: by points of a lifetime, holds what they reach for good', () => {
    const member = (held: string, review?: Review): Standpoint => ({
      ...standing(held, review),
      qualifying: points(150),
    });
    expect(afterEvent(plain, member('blue'), may)).toEqual(member('silver'));
    for (const held of ['silver', 'gold']) {
      const same = member(held);
      expect(afterEvent(plain, same, may)).toBe(same);
    }
  });

  it('R47: by points of a lifetime, reaches its own tier beside one that is given', () => {
    const grant = granted('gold', '2027-01');
    const member = (own: string): Standpoint => ({
      ...standing('gold', aReview({ own, grant })),
      qualifying: points(150),
    });
    expect(afterEvent(plain, member('blue'), may)).toEqual(member('silver'));
    expect(afterEvent(plain, member('silver'), may)).toEqual(member('silver'));
    expect(withReached(plain, member('blue'), may, undefined)).toEqual(member('silver'));
  });
});

describe('a review', () => {
  it('R41: is due when it is dated or a given tier ends, whichever is first', () => {
    const grant = granted('gold', '2026-08');
    const due = [
      undefined,
      aReview(),
      aReview({ at: july }),
      aReview({ grant }),
      aReview({ at: july, grant }),
      aReview({ at: october, grant }),
    ].map(dueAt);
    expect(due).toEqual([null, null, july, grant.until, july, grant.until]);
  });

  it('R43: is the same one where it says the same', () => {
    const rolled = (billionths: bigint): Review =>
      aReview({ at: 5, rolled: { start: 1, billionths } });
    const one = rolled(7n);
    expect(isSameReview(one, one)).toBe(true);
    expect(isSameReview(undefined, undefined)).toBe(true);
    expect(isSameReview(one, rolled(7n))).toBe(true);
    expect(isSameReview(one, rolled(8n))).toBe(false);
    expect(isSameReview(one, { ...one, at: 6 })).toBe(false);
    expect(isSameReview(one, undefined)).toBe(false);
    expect(isSameReview(undefined, one)).toBe(false);
  });
});

describe('why a tier has changed', () => {
  const may = on('2026-05-20');
  const end = (held: string, changed: Partial<End> = {}): End => ({
    ...standing(held, undefined, [['2026-05', 'points', 130]]),
    ...{ programme, newestAt: may, heardAt: may, qualifying: points(130) + 5n },
    ...changed,
  });
  const counted = { metric: 'qualifying_points', counted: 130 };

  it('R10: is what was reached of the window, and until when a return can undo it', () => {
    const why = { code: 'threshold_reached', qualifying: '130000000005', ...counted };
    expect(changeOf('accrue', end('silver'), 'blue')).toEqual({ ...why, threshold: 100 });
    expect(changeOf('accrue', end('silver', { provisionalUntil: july }), 'blue')).toEqual({
      ...{ ...why, threshold: 100, until: july },
    });
    expect(changeOf('accrue', end('gold'), '')).toEqual({ ...why, threshold: 220 });
    expect(changeOf('return', end('silver'), 'silver')).toEqual({ ...why, threshold: 100 });
  });

  it('R19: is the return that undid it, or else an event that came late', () => {
    const why = { qualifying: '130000000005', threshold: 100, ...counted };
    const lower = end('silver', { provisionalUntil: july });
    expect(changeOf('return', lower, 'gold')).toEqual({ code: 'purchase_returned', ...why });
    for (const kind of ['accrue', 'correct', 'review'] as const) {
      expect(changeOf(kind, lower, 'gold')).toEqual({ code: 'late_event', ...why });
    }
  });

  it('R10: is the points of a lifetime, of which nothing else is counted', () => {
    const of = end('silver', { programme: plain, provisionalUntil: july });
    const why = { qualifying: '130000000005', threshold: 100 };
    expect(changeOf('accrue', of, 'blue')).toEqual({
      ...{ code: 'threshold_reached', ...why, until: july },
    });
    expect(changeOf('return', of, 'gold')).toEqual({ code: 'purchase_returned', ...why });
  });

  it('R42: what a window has counted is told of everything that tiers are reached by', () => {
    const otherWays = [{ metric: 'spend', threshold: 9_000 } as const];
    const both = quarterly({}, [blue, { ...silver, otherWays }, gold]);
    const member = end('silver', { programme: both });
    const used = new Map([...member.counters, [`*/tier/month/spend@${on('2026-04')}`, 77]]);
    expect(countedAt(both, { ...member, counters: used }, may)).toEqual([
      ['qualifying_points', 130],
      ['spend', 77],
    ]);
    expect(countedAt(programme, end('silver'), july)).toEqual([['qualifying_points', 0]]);
    expect(countedAt(plain, end('silver', { programme: plain }), may)).toBeUndefined();
  });
});
