import type { Review } from '../../src/rules/ladder.js';
import { returned, withoutRolled, type Point } from '../../src/rules/standing/returned.js';
import type { Standpoint } from '../../src/rules/standing/stand.js';
import { aReview, granted, on, points, quarterly, standing } from '../support/ladders.js';

const programme = quarterly();
const [april, june, july, october] = [
  on('2026-04-10'),
  on('2026-06-10'),
  on('2026-07'),
  on('2026-10'),
];
const blueFrom: Point = { at: april, held: 'blue' };

type Stood = Standpoint & { more: string };
const stood = (held: string, review: Review | undefined, may: number, july7 = 0): Stood => ({
  ...standing(held, review, [
    ['2026-05', 'points', may],
    ['2026-07', 'points', july7],
  ]),
  more: 'kept',
});

/** Where the return of what makes the difference in May leaves a member. */
function back(
  [held, review]: readonly [string, Review?],
  [before, after]: readonly [number, number],
  { from = blueFrom, time = june, by = programme, inJuly = 0 } = {},
): [string, Review | undefined] | 'as before' {
  const member = stood(held, review, after, inJuly);
  const end = returned(
    by,
    { before: stood(held, review, before, inJuly), after: member },
    from,
    time,
  );
  if (end === member) return 'as before';
  expect({ ...end, held, review }).toEqual(member);
  return [end.held, end.review];
}

describe('a return of what can still be returned', () => {
  const silver = ['silver', aReview({ at: july })] as const;
  const gold = ['gold', aReview({ at: july })] as const;

  it('R44: undoes the tier that it reached, down to what the rest reaches', () => {
    expect(back(silver, [120, 99])).toEqual(['blue', undefined]);
    expect(back(silver, [120, 100])).toBe('as before');
    expect(back(gold, [240, 219])).toEqual(['silver', aReview({ at: july })]);
    expect(back(gold, [240, 99])).toEqual(['blue', undefined]);
  });

  it('R44: leaves what was held before the oldest purchase that is open', () => {
    const from = { at: april, held: 'silver', review: aReview({ at: july }) };
    expect(back(gold, [240, 0], { from })).toEqual(silver);
    expect(back(silver, [120, 0], { from })).toBe('as before');
  });

  it('R44: undoes what it kept at a review, and nothing before that was due', () => {
    const from = { at: april, held: 'silver', review: aReview({ at: july }) };
    const kept = ['silver', aReview({ at: october })] as const;
    expect(back(kept, [80, 79], { from, time: july })).toEqual(['blue', undefined]);
    expect(back(silver, [80, 79], { from, time: july - 1 })).toBe('as before');
    expect(back(kept, [80, 79], { from, time: on('2026-07-20') })).toEqual(['blue', undefined]);
  });

  it('R44: may leave the tier and change only until when it is kept', () => {
    const by = quarterly({ graceMonths: 1 });
    const from = { at: april, held: 'silver', review: aReview({ at: july }) };
    const kept = ['silver', aReview({ at: october })] as const;
    const grace = aReview({ at: on('2026-08'), missedAt: july });
    expect(back(kept, [80, 79], { by, from, time: on('2026-07-20') })).toEqual(['silver', grace]);
    // The grace would be over by now.
    expect(back(kept, [80, 79], { by, from, time: on('2026-08') })).toEqual(['blue', undefined]);
  });

  it('R44: takes what rolled over, once the window has ended', () => {
    const by = quarterly({ rollOver: true });
    const rolled = (whole: number): Review =>
      aReview({ at: october, rolled: { start: july, billionths: points(whole) } });
    const kept = ['silver', rolled(50)] as const;
    expect(back(kept, [150, 110], { by, time: july })).toEqual(['silver', rolled(10)]);
    expect(back(kept, [150, 100], { by, time: july })).toEqual([
      ...['silver', aReview({ at: october })],
    ]);
    expect(back(silver, [150, 110], { by, time: june })).toBe('as before');
  });

  it('R44: never leaves more than is held', () => {
    expect(back(['blue'], [240, 120])).toBe('as before');
    expect(back(silver, [240, 120])).toEqual(silver);
  });

  it('R44: is judged month by month, so a tier that was lowered is reached again', () => {
    const from = { at: april, held: 'silver', review: aReview({ at: july }) };
    const now = ['silver', aReview({ at: october })] as const;
    const time = on('2026-08-10');
    expect(back(now, [80, 0], { from, time, inJuly: 100 })).toBe('as before');
    expect(back(now, [80, 0], { from, time, inJuly: 99 })).toEqual(['blue', undefined]);
  });

  it('R44: a tier given by hand stays, and is no part of what the rest would have led to', () => {
    const grant = granted('gold', '2027-01');
    const from = {
      ...{ at: april, held: 'gold' },
      review: aReview({ own: 'blue', grant: granted('gold', '2026-05') }),
    };
    const held = ['gold', aReview({ own: 'silver', at: july, grant })] as const;
    expect(back(held, [120, 99], { from })).toEqual(['gold', aReview({ own: 'blue', grant })]);
  });

  const lax = quarterly({}, [
    { code: 'blue', name: 'Blue', threshold: 0, multiplier: '1' },
    { code: 'silver', name: 'Silver', threshold: 60, keep: 50, multiplier: '1' },
  ]);

  it('R44: goes by the version of each time', () => {
    const newest = { ...quarterly(), effectiveAt: on('2026-06-05'), earlier: lax };
    // Under the version of May 60 points reach silver.
    expect(back(['silver', aReview({ at: july })], [70, 60], { by: newest })).toBe('as before');
    expect(back(['silver', aReview({ at: july })], [70, 59], { by: newest })).toEqual([
      ...['blue', undefined],
    ]);
  });
});

describe('points that come back of a window before', () => {
  const rolled = { start: july, billionths: 50n };
  const member = (qualifying: bigint, review?: Review): Stood => ({
    ...stood('silver', review, 0),
    qualifying,
  });
  const review = aReview({ at: october, rolled });
  const left = (back: bigint, awardedAt = july - 1): unknown =>
    withoutRolled(programme, member(100n), member(100n - back, review), awardedAt).review?.rolled;

  it('R44: roll over no longer', () => {
    expect(withoutRolled(programme, member(100n), member(80n, review), june)).toEqual({
      ...member(80n, aReview({ at: october, rolled: { start: july, billionths: 30n } })),
    });
    expect([left(49n), left(50n), left(51n)]).toEqual([
      { start: july, billionths: 1n },
      null,
      null,
    ]);
  });

  it('R44: and nothing else changes what rolled over', () => {
    for (const [back, awardedAt, by] of [
      [20n, july, review],
      [0n, june, review],
      [-20n, june, review],
      [20n, june, aReview({ at: october })],
      [20n, june, undefined],
    ] as const) {
      const after = member(100n - back, by);
      expect(withoutRolled(programme, member(100n), after, awardedAt)).toBe(after);
    }
  });
});
