import type { Purchase } from '../../src/rules/purchase.js';
import { Awards, timelineOf } from '../../src/rules/earning/timeline.js';
import { wholeChanges } from '../../src/rules/earning/wholes.js';
import type { ExplanationItem } from '../../src/rules/explanation.js';
import { BILLION } from '../../src/rules/points.js';
import type { PastDecision } from '../../src/rules/state.js';
import { aProgramme } from '../support/programme.js';
import { aPurchase, DAY, HOUR, NOON, versionsOf } from '../support/state.js';

const programme = aProgramme();
const versions = versionsOf(programme);
const VISIT = 2;
const points = (whole: number): string => (BigInt(whole) * BILLION).toString();
const rate = (whole: number): ExplanationItem => [0, 0, 'rate_applied', points(whole)];
const visit = (whole: number): ExplanationItem => [
  VISIT,
  -1,
  'purchase_bonus_applied',
  points(whole),
];

function accrual(seq: number, past: Partial<PastDecision> = {}): PastDecision {
  return {
    ...{ seq, kind: 'accrue', purchase: seq, event: seq, versionNo: 1 },
    ...{ occurredAt: NOON + seq * HOUR, recordedAt: NOON + 9 * DAY },
    ...{ explanation: [rate(10)], held: 'blue', tier: 'blue', returned: [] },
    ...past,
  };
}

const bought = (...numbers: number[]): Map<number, Purchase> =>
  new Map(numbers.map((seq) => [seq, aPurchase([1_000])]));
const awardsOf = (...history: PastDecision[]): Awards =>
  Awards.after(timelineOf(history), { purchases: bought(1, 2, 3), enrolledAt: 0 });

describe('the order of events', () => {
  it('R11: is by place, and among equals by number, in whatever order they were read', () => {
    const history = [
      accrual(3, { occurredAt: NOON }),
      accrual(1),
      accrual(2, { occurredAt: NOON }),
    ];
    const numbers = (past: PastDecision[]): number[] => timelineOf(past).map(({ seq }) => seq);
    expect(numbers(history)).toEqual([2, 3, 1]);
    expect(numbers([...history].reverse())).toEqual([2, 3, 1]);
    expect(history.map(({ seq }) => seq)).toEqual([3, 1, 2]);
  });

  it('R14: puts what was decided as of its arrival there', () => {
    const late: ExplanationItem = [-2, -1, 'decided_as_of_today', '0'];
    const [first] = timelineOf([accrual(1, { explanation: [rate(10), late] })]);
    expect(first).toMatchObject({ at: NOON + 9 * DAY, occurredAt: NOON + HOUR });
  });

  it('R11: folds corrections into what they correct, the last word on the tier being theirs', () => {
    const correct = { kind: 'correct', event: 1, purchase: 1 } as const;
    const second = accrual(5, {
      ...correct,
      explanation: [rate(-2)],
      held: 'silver',
      tier: 'gold',
    });
    const first = accrual(4, { ...correct, explanation: [rate(-1)], held: 'blue', tier: 'silver' });
    // Read before what it corrects, and in the other order.
    const [event, ...others] = timelineOf([second, first, accrual(1)]);
    expect(others).toEqual([]);
    expect(event).toMatchObject({ seq: 1, kind: 'accrue', held: 'silver', tier: 'gold' });
    expect(event?.items).toEqual([rate(10), rate(-1), rate(-2)]);
  });

  it('R11: knows nothing of corrections and returns of what was not read', () => {
    const unknown = { event: 7, purchase: 7 };
    expect(timelineOf([accrual(8, { kind: 'correct', ...unknown })])).toEqual([]);
    const awards = awardsOf(accrual(8, { kind: 'return', event: 8, purchase: 7 }));
    expect(awards.nets().size).toBe(0);
  });
});

describe('what purchases are worth', () => {
  it('R15: is their award less what came back, with all that was returned', () => {
    const returned = [{ line: 0, quantity: 1, amount: 400 }];
    const back = { kind: 'return', purchase: 1, explanation: [rate(-4)], returned } as const;
    const before = awardsOf(accrual(1)).of(1);
    expect(before).toMatchObject({ returned: [], purchase: aPurchase([1_000]) });
    const awards = awardsOf(accrual(1), accrual(2, back), accrual(3, back));
    expect(awards.of(1)?.returned).toEqual([...returned, ...returned]);
    expect([...awards.nets()]).toEqual([
      [1, { seq: 1, at: NOON + HOUR, billionths: 2n * BILLION }],
    ]);
    expect(awards.of(2)).toBeUndefined();
  });

  it('R19: a tier is provisional from the oldest purchase that can still be returned', () => {
    const awards = awardsOf(
      accrual(2, { occurredAt: NOON, held: 'silver' }),
      accrual(1, { occurredAt: NOON - DAY, held: 'blue' }),
      accrual(3, { occurredAt: NOON + DAY, held: 'gold' }),
    );
    // Windows of 30 days, which end at the midnight after the last of them, an hour early in UTC.
    const ends = Date.UTC(2026, 6, 15, 23);
    const heldAt = (instant: number): string | undefined =>
      awards.provisionalFrom(instant, versions)?.held;
    expect(heldAt(ends - 1)).toBe('blue');
    expect(heldAt(ends)).toBe('silver');
    expect(heldAt(ends + DAY - 1)).toBe('silver');
    expect(heldAt(ends + DAY)).toBe('gold');
    expect(heldAt(ends + 2 * DAY)).toBeUndefined();
  });

  it('R15: a cool-down counts from the newest other purchase that still has the bonus', () => {
    const awards = awardsOf(
      accrual(1, { explanation: [visit(20)] }),
      accrual(2, { explanation: [visit(20), [VISIT, -1, 'minimum_no_longer_met', points(-20)]] }),
      accrual(3, { explanation: [visit(20)] }),
    );
    expect(awards.others(versions).lastGrant('visit')).toBe(NOON + 3 * HOUR);
    expect(awards.others(versions, 3).lastGrant('visit')).toBe(NOON + HOUR);
    expect(awardsOf(accrual(1)).others(versions).lastGrant('visit')).toBe(0);
    expect(awards.others(versions).lastGrant('base')).toBe(0);
    // In any order: the newest counts, not the last one read.
    const turned = awardsOf(
      accrual(1, { occurredAt: NOON + DAY, explanation: [visit(20)] }),
      accrual(2, { occurredAt: NOON, explanation: [visit(20)] }),
    );
    expect(turned.others(versions).lastGrant('visit')).toBe(NOON + DAY);
  });

  it('R139: a basket has what earlier purchases of the window still have, by place and number', () => {
    const guarded = versionsOf(aProgramme({ guards: { basketWindow: { minutes: 60 } } }));
    const group = { id: 'visit', coolDownMs: 2 * HOUR };
    const awards = awardsOf(
      accrual(1, { explanation: [visit(20)] }),
      accrual(2, { explanation: [visit(7)] }),
      accrual(3, { explanation: [visit(5)] }),
    );
    const had = (seq?: number, of = group): bigint =>
      awards.others(guarded, seq).inBasket(of) / BILLION;
    expect([had(1), had(2), had(3)]).toEqual([0n, 20n, 7n]);
    expect(had(3, { ...group, coolDownMs: 2 * HOUR + 1 })).toBe(27n);
    expect([had(), had(3, { ...group, id: 'base' })]).toEqual([0n, 0n]);
    const atOnce = awardsOf(
      ...[1, 2].map((seq) => accrual(seq, { occurredAt: NOON, explanation: [visit(seq)] })),
    );
    expect(atOnce.others(guarded, 1).inBasket(group)).toBe(0n);
    expect(atOnce.others(guarded, 2).inBasket(group)).toBe(BILLION);
  });
});

describe('whole points', () => {
  const half = BILLION / 2n;

  it('R16: follow from exact ones in the order of purchases, in whatever order they are told', () => {
    // Two halves make one point, which the second has.
    const changes = [
      { seq: 2, at: NOON + 1, before: 0n, after: half },
      { seq: 1, at: NOON, before: 0n, after: half },
    ];
    expect(wholeChanges(0n, changes)).toEqual({ points: new Map([[2, 1]]), remainder: 0n });
    expect(changes.map(({ seq }) => seq)).toEqual([2, 1]);
  });

  it('R16: change only for purchases that gain or lose a whole one', () => {
    const changes = [
      { seq: 1, at: NOON, before: half, after: 0n },
      { seq: 2, at: NOON + 1, before: BILLION, after: BILLION },
      { seq: 3, at: NOON + 2, before: half, after: half },
    ];
    expect(wholeChanges(0n, changes)).toEqual({ points: new Map([[3, -1]]), remainder: half });
  });

  it('R16: go on from what was carried, wherever in the order the change is', () => {
    // Half a point came before them: 2.75, 3.5 and 3.75 in all, and now 0.5, 1.25 and 2.5.
    const quarter = BILLION / 4n;
    const changes = [
      { seq: 1, at: NOON, before: 2n * BILLION + quarter, after: 0n },
      { seq: 2, at: NOON + 1, before: 3n * quarter, after: 3n * quarter },
      { seq: 3, at: NOON + 2, before: quarter, after: BILLION + quarter },
    ];
    expect(wholeChanges(3n * quarter, changes)).toEqual({
      points: new Map([
        [1, -2],
        [3, 1],
      ]),
      remainder: half,
    });
  });
});
