import type { Review } from '../../src/rules/ladder.js';
import type { Programme } from '../../src/rules/programme.js';
import { judgedRange, reviewUntil, verdictOf } from '../../src/rules/standing/review.js';
import { calendarOf } from '../../src/rules/standing/stand.js';
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

const programme = quarterly();
const [july, october] = [on('2026-07'), on('2026-10')];
const lifetime = { kind: 'lifetime' } as const;

type Months = readonly (readonly [string, string, number])[];

/** What reviews until an instant say, each with its date, and where they leave a member. */
function told(
  by: Programme,
  held: string,
  review: Review,
  { months = [], until = july }: { months?: Months; until?: number } = {},
): unknown[] {
  const before = standing(held, review, months);
  const { point, reviews } = reviewUntil(by, before, until);
  expect(reviews.at(0)?.before ?? point).toBe(before);
  expect(reviews.at(-1)?.after ?? point).toBe(point);
  const { held: _held, review: _review, ...same } = before;
  expect(point).toMatchObject(same);
  const codes = reviews.map(
    ({ at, why }) => `${new Date(at).toISOString().slice(0, 7)} ${why.code}`,
  );
  return [codes.join(', '), point.held, point.review];
}
const may = (earned: number): Months => [['2026-05', 'points', earned]];
const silverUntil = (at: number): Review => aReview({ at });

describe('a review that is due', () => {
  it('R40: keeps a tier by what keeps it, or lowers it by one', () => {
    const judged = (earned: number): unknown[] =>
      told(programme, 'gold', silverUntil(july), { months: may(earned) });
    expect(judged(200)).toEqual(['2026-07 tier_kept', 'gold', aReview({ at: october })]);
    expect(judged(199)).toEqual(['2026-07 tier_lowered', 'silver', aReview({ at: october })]);
    expect(judged(0)).toEqual(['2026-07 tier_lowered', 'silver', aReview({ at: october })]);
  });

  it('R40: leaves nothing to review of the first tier', () => {
    const lowered = told(programme, 'silver', silverUntil(july), { months: may(79) });
    expect(lowered).toEqual(['2026-07 tier_lowered', 'blue', undefined]);
  });

  it('R41: is due from its instant on, and each one in turn by what was counted before it', () => {
    const months = [...may(200), ['2026-08', 'points', 90]] as const;
    const until = (instant: number): unknown[] =>
      told(programme, 'gold', silverUntil(july), { months, until: instant });
    expect(until(july - 1)).toEqual(['', 'gold', silverUntil(july)]);
    expect(until(july)).toEqual(['2026-07 tier_kept', 'gold', silverUntil(october)]);
    expect(until(on('2027-01') - 1)).toEqual([
      ...['2026-07 tier_kept, 2026-10 tier_lowered', 'silver', silverUntil(on('2027-01'))],
    ]);
    expect(until(on('2027-01'))).toEqual([
      ...['2026-07 tier_kept, 2026-10 tier_lowered, 2027-01 tier_lowered', 'blue', undefined],
    ]);
  });

  it('R41: is by the version in force when it was due', () => {
    const strict = { ...quarterly({}, [blue, { ...silver, keep: 100 }, gold]), no: 2 };
    const newest = { ...strict, effectiveAt: on('2026-08'), earlier: programme };
    const months = [...may(85), ['2026-08', 'points', 85]] as const;
    const { reviews } = reviewUntil(newest, standing('silver', silverUntil(july), months), october);
    expect(reviews.map(({ at, programme: by, why }) => [at, by.no, why.code])).toEqual([
      [july, 1, 'tier_kept'],
      [october, 2, 'tier_lowered'],
    ]);
  });

  it('R40: says what was counted of the nearest way, what it takes, and until when that stands', () => {
    const otherWays = [{ metric: 'purchases', threshold: 6, keep: 4 } as const];
    const both = quarterly({}, [blue, { ...silver, otherWays }, gold]);
    const why = (months: Months): unknown =>
      reviewUntil(both, { ...standing('silver', silverUntil(july), months), qualifying: 5n }, july)
        .reviews[0]?.why;
    expect(why([['2026-05', 'days', 4]])).toEqual({
      ...{ code: 'tier_kept', qualifying: '5', threshold: 6, metric: 'purchases' },
      ...{ counted: 4, keep: 4, until: october },
    });
    const lowered = why([...may(79), ['2026-05', 'points/part', 999_999_999]]);
    const said = { code: 'tier_lowered', qualifying: '5', threshold: 100, counted: 79, keep: 80 };
    expect(lowered).toEqual({ ...said, metric: 'qualifying_points' });
    expect(lowered).not.toHaveProperty('until');
  });

  it('R41: has its date from the version in force at the time, where the tier had none', () => {
    const young = { ...programme, ladder: { ...programme.ladder, since: on('2026-04') } };
    const newest = {
      ...young,
      effectiveAt: on('2026-06'),
      earlier: quarterly({ window: lifetime }),
    };
    const until = (instant: number): unknown =>
      Object.values(reviewUntil(newest, standing('silver'), instant));
    expect(until(on('2026-06') - 1)).toEqual([standing('silver'), []]);
    expect(until(on('2026-06'))).toEqual([standing('silver', silverUntil(july)), []]);
    expect(until(july)).toEqual([standing('blue'), [expect.objectContaining({ at: july })]]);
  });

  it('R48: of a window that was not counted in full, keeps the tier', () => {
    const from = (since: number): unknown[] => {
      const by = { ...programme, ladder: { ...programme.ladder, since } };
      return told(by, 'gold', silverUntil(july));
    };
    const kept = ['2026-07 not_counted_in_full', 'gold', silverUntil(october)];
    expect(from(on('2026-04') + 1)).toEqual(kept);
    expect(from(on('2026-04'))).toEqual(['2026-07 tier_lowered', 'silver', silverUntil(october)]);
  });

  it('R42: of tiers that are reviewed no more, or of the first tier, ends all reviews', () => {
    const plain = quarterly({ window: lifetime });
    const rolled = { start: on('2026-04'), billionths: 5n };
    const dated = aReview({ at: july, missedAt: on('2026-06'), rolled });
    const over = { code: 'no_review_any_more', qualifying: '0', threshold: 0 };
    for (const [by, held] of [
      [plain, 'gold'],
      [programme, 'blue'],
    ] as const) {
      const { point, reviews } = reviewUntil(by, standing(held, dated), july);
      expect(reviews.map(({ why }) => why)).toEqual([over]);
      expect(point).toEqual(standing(held));
    }
    // A tier that is given is still held.
    const grant = granted('gold', '2027-01');
    expect(told(plain, 'gold', { ...dated, own: 'silver', grant })).toEqual([
      ...['2026-07 no_review_any_more', 'gold', aReview({ own: 'silver', grant })],
    ]);
  });
});

describe('the end of a tier that was given by hand', () => {
  it('R47: leaves the tier reached, whose review is still to come', () => {
    const grant = granted('gold', '2026-06');
    const { point, reviews } = reviewUntil(
      programme,
      standing('gold', aReview({ own: 'silver', at: july, grant })),
      grant.until,
    );
    expect(point).toEqual(standing('silver', silverUntil(july)));
    expect(reviews.map(({ at, why }) => [at, why])).toEqual([
      [grant.until, { code: 'grant_ended', qualifying: '0', threshold: 0, until: july }],
    ]);
    expect(told(programme, 'gold', aReview({ own: 'blue', grant }))).toEqual([
      ...['2026-06 grant_ended', 'blue', undefined],
    ]);
  });

  it('R47: with a review at the same instant, both are told as the review', () => {
    const grant = granted('gold', '2026-07');
    const both = aReview({ own: 'silver', at: july, grant });
    expect(told(programme, 'gold', both, { months: may(80) })).toEqual([
      ...['2026-07 tier_kept', 'silver', silverUntil(october)],
    ]);
  });

  it('R47: a review before it is of the tier reached', () => {
    const grant = granted('gold', '2026-09');
    const both = aReview({ own: 'silver', at: july, grant });
    expect(told(programme, 'gold', both, { months: may(79) })).toEqual([
      ...['2026-07 tier_lowered', 'gold', aReview({ own: 'blue', grant })],
    ]);
  });
});

describe('a verdict', () => {
  const nearMiss = { kind: 'share', percent: 10 } as const;
  const verdict = (by: Programme, qualifying: bigint, review?: Review, own = 1): string => {
    const tally = { qualifying_points: qualifying, spend: 0n, purchases: 0n };
    return verdictOf(by, own, tally, review);
  };

  it('R40: a tier is kept by what keeps it, or by what reaches it in any way', () => {
    expect(verdict(programme, points(80))).toBe('tier_kept');
    expect(verdict(programme, points(80) - 1n)).toBe('tier_lowered');
    // What reaches a higher tier or this one keeps it, even if that is less than what keeps it.
    const odd = quarterly({}, [blue, { ...silver, keep: 500 }, gold]);
    expect(verdict(odd, points(100))).toBe('tier_kept');
    expect(verdict(odd, points(220))).toBe('tier_kept');
    expect(verdict(odd, points(99))).toBe('tier_lowered');
  });

  it('R40: or if no more than the margin is missing', () => {
    const forgiving = quarterly({ nearMiss });
    expect(verdict(forgiving, points(72))).toBe('near_miss_kept');
    expect(verdict(forgiving, points(72) - 1n)).toBe('tier_lowered');
    expect(verdict(forgiving, points(80))).toBe('tier_kept');
  });

  it('R45: it starts a grace, if there is one, which is not followed by another', () => {
    const graceful = quarterly({ graceMonths: 2, nearMiss });
    const late = aReview({ at: july, missedAt: on('2026-04') });
    expect(verdict(graceful, 0n)).toBe('grace_started');
    expect(verdict(graceful, 0n, aReview({ at: july }))).toBe('grace_started');
    expect(verdict(graceful, 0n, late)).toBe('tier_lowered');
    expect(verdict(graceful, points(72), late)).toBe('near_miss_kept');
    expect(verdict(quarterly({ graceMonths: 0 }), 0n)).toBe('tier_lowered');
  });
});

describe('a grace', () => {
  const graceful = quarterly({ graceMonths: 2 });
  const september = on('2026-09');
  const grace = aReview({ at: september, missedAt: july });

  it('R45: begins with the review that was missed, and keeps the tier until it ends', () => {
    expect(told(graceful, 'silver', silverUntil(july), { months: may(79) })).toEqual([
      ...['2026-07 grace_started', 'silver', grace],
    ]);
  });

  it('R45: keeps the tier by what is made up in it, which lengthens the window that was missed', () => {
    const end = (months: Months): unknown[] =>
      told(graceful, 'silver', grace, { months, until: september });
    const kept = ['2026-09 tier_kept', 'silver', silverUntil(october)];
    expect(end([...may(79), ['2026-08', 'points', 1]])).toEqual(kept);
    expect(end([...may(79), ['2026-09', 'points', 1]])).toEqual([
      ...['2026-09 tier_lowered', 'blue', undefined],
    ]);
    expect(end([['2026-03', 'points', 100]])).toEqual([
      ...['2026-09 tier_lowered', 'blue', undefined],
    ]);
  });

  it('R45: the months judged are those of the window that was missed, up to the review', () => {
    const calendar = calendarOf(graceful, on('2025-01-15'));
    const range = (review: Review | undefined, at: number): number[] =>
      Object.values(judgedRange(graceful, calendar, review, at)).map(
        (place) => place - 2026 * 12 + 1,
      );
    expect(range(undefined, july)).toEqual([4, 7]);
    expect(range(silverUntil(july), july)).toEqual([4, 7]);
    expect(range(grace, september)).toEqual([4, 9]);
  });
});

describe('points that roll over', () => {
  const rolling = quarterly({ rollOver: true, graceMonths: 1 });
  const rolled = (billionths: bigint): Review['rolled'] => ({ start: july, billionths });
  const left = (held: string, months: Months, by = rolling): unknown =>
    reviewUntil(by, standing(held, silverUntil(july), months), july).point.review?.rolled;

  it('R46: are those beyond the threshold of the tier held from now on', () => {
    expect(left('gold', may(230))).toEqual(rolled(points(10)));
    expect(left('gold', may(220))).toBeNull();
    expect(left('gold', may(200))).toBeNull();
    // A tier below is held from now on, so more is beyond its threshold.
    const strict = quarterly({ rollOver: true });
    expect(left('gold', may(190), strict)).toEqual(rolled(points(90)));
    expect(left('silver', may(79), strict)).toBeUndefined();
    expect(left('gold', may(230), quarterly())).toBeNull();
  });

  it('R46: count in the window that begins, and not again in the one after it', () => {
    const until = on('2027-01');
    const told230 = told(rolling, 'silver', silverUntil(july), { months: may(190), until });
    expect(told230).toEqual([
      ...['2026-07 tier_kept, 2026-10 tier_kept, 2027-01 grace_started', 'silver'],
      aReview({ at: on('2027-02'), missedAt: until }),
    ]);
  });

  it('R46: stay what they are at a review that ends no window', () => {
    const before = rolled(7n);
    const review = aReview({ at: on('2026-08'), missedAt: july, rolled: before });
    const months = [...may(70), ['2026-07', 'points', 50]] as const;
    expect(told(rolling, 'silver', review, { months, until: on('2026-08') })).toEqual([
      ...['2026-08 tier_kept', 'silver', aReview({ at: october, rolled: before })],
    ]);
    expect(
      told(rolling, 'silver', { ...review, rolled: null }, { months, until: on('2026-08') }),
    ).toEqual(['2026-08 tier_kept', 'silver', aReview({ at: october })]);
  });

  it('R46: are none where the tier is not reached by points', () => {
    const byDays = quarterly({ rollOver: true, metric: 'purchases' }, [
      blue,
      { ...silver, threshold: 6, keep: 4 },
    ]);
    const months = [...may(900), ['2026-05', 'days', 9]] as const;
    expect(left('silver', months, byDays)).toBeNull();
  });
});
