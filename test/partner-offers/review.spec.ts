import fc from 'fast-check';
import { checkDocument } from '../../src/programmes/check.js';
import type { Offer } from '../../src/programmes/document.js';
import type { ReviewTerms } from '../../src/rules/offers/review.js';
import { isHeldOut } from '../../src/rules/offers/standing.js';
import type { MemberFigures } from '../../src/ledger/crowds/offer-figures.queries.js';
import { OfferFigures } from '../../src/partner-offers/review/figures.js';
import { judge, type Verdict } from '../../src/partner-offers/review/judge.js';
import { Sample, uplift } from '../../src/partner-offers/review/sample.js';
import { aProgrammeDocument } from '../support/programme.js';

const words = { money: (minor: number) => `${String(minor)}p`, day: () => 'the day' };
const terms = (more: Partial<ReviewTerms>): ReviewTerms => ({
  ...{ audience: { kind: 'all' }, goal: undefined, guardrails: [], pricePerPoint: undefined },
  stop: { firstLook: 100, minimumMembers: 30, leastShareOfGoal: undefined },
  ...more,
});
const nothing: Omit<MemberFigures, 'memberId'> = {
  ...{ isFor: true, purchases: 0, spent: 0, back: 0, paid: 0, billionths: 0n },
  ...{ paidSpent: 0, paidBack: 0, metFull: 0 },
};

/** So many members, each of whom did what `of` says. */
function figuresOf(
  review: ReviewTerms,
  members: number,
  of: (n: number, isOut: boolean) => Partial<MemberFigures>,
  holdout = 0,
): OfferFigures {
  const asks = { activation: false, holdout, lists: [] };
  const figures = new OfferFigures({ code: 'x', asks, review });
  for (let n = 0; n < members; n += 1) {
    const memberId = `member ${String(n)}`;
    figures.add({ ...nothing, memberId, ...of(n, isHeldOut(memberId, 'x', holdout)) });
  }
  return figures;
}

const why = (verdict: Verdict): string => (verdict.kind === 'fails' ? verdict.why : verdict.kind);
const ask = (review: ReviewTerms, figures: OfferFigures, now: number): string =>
  why(judge(review, figures, now, words));

describe('the difference of two groups', () => {
  it('O31: is the mean of one less that of the other, within the interval of Welch', () => {
    const [one, other] = [new Sample(), new Sample()];
    for (let n = 0; n < 40; n += 1) one.add(n);
    for (let n = 0; n < 60; n += 1) other.add(n / 2);
    // By hand: means 19.5 and 14.75, variances 136.667 and 76.25, 68.2 degrees of freedom, t 1.9954.
    const found = uplift(one, other, 95);
    expect(found?.difference).toBeCloseTo(4.75, 9);
    expect(found?.low).toBeCloseTo(4.75 - 1.9954 * Math.sqrt(136.6667 / 40 + 76.25 / 60), 2);
    expect((found?.low ?? 0) + (found?.high ?? 0)).toBeCloseTo(9.5, 9);
  });

  it('O31: is not told of fewer than thirty', () => {
    const [one, other] = [new Sample(), new Sample()];
    for (let n = 0; n < 30; n += 1) one.add(n);
    for (let n = 0; n < 29; n += 1) other.add(n);
    expect(uplift(one, other, 95)).toBeUndefined();
    other.add(29);
    expect(uplift(one, other, 95)?.difference).toBe(0);
  });

  it('O31: covers no difference nearly always where there is none', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(1_000), { minLength: 60, maxLength: 60 }), (spends) => {
        const [one, other] = [new Sample(), new Sample()];
        spends.forEach((spend, n) => (n % 2 === 0 ? one : other).add(spend));
        const found = uplift(one, other, 99);
        const reverse = uplift(other, one, 99);
        expect(found?.low).toBeCloseTo(-(reverse?.high ?? NaN), 6);
        expect((found?.low ?? 1) <= (found?.high ?? 0)).toBe(true);
      }),
    );
  });
});

describe('the stop rule', () => {
  const uptake = terms({ goal: { kind: 'uptake', share: 0.05, by: 500 } });
  const used = (count: number) => figuresOf(uptake, 1_000, (n) => ({ paid: n < count ? 1 : 0 }));

  it('O32: concludes nothing before its day, of too few members, or before the goal’s', () => {
    expect(ask(terms({ stop: undefined }), used(0), 900)).toBe('no_stop_rule');
    expect(ask(uptake, used(0), 99)).toBe('not_looked_at_yet');
    expect(
      ask(
        uptake,
        figuresOf(uptake, 29, () => ({})),
        900,
      ),
    ).toBe('too_few_members');
    expect(ask(uptake, used(0), 499)).toBe('goes_on');
    expect(ask(uptake, used(50), 500)).toBe('goes_on');
  });

  it('O32: says in words what was missed', () => {
    expect(ask(uptake, used(4), 500)).toBe(
      'Its goal was missed: 0.4 % of 1000 members used it, not 5 % by the day.',
    );
    const least = terms({
      ...uptake,
      stop: { firstLook: 0, minimumMembers: 30, leastShareOfGoal: 0.5 },
    });
    expect(ask(least, used(24), 1)).toContain('Its goal is out of reach: 2.4 %');
    expect(ask(least, used(25), 1)).toBe('goes_on');
    const purchases = terms({ goal: { kind: 'purchases', least: 90, by: 500 } });
    const paid = figuresOf(purchases, 30, () => ({ paid: 2 }));
    expect(ask(purchases, paid, 500)).toContain('it paid for 60 purchases, not 90');
  });

  it('O32: holds what came back and what found no room against the guardrails', () => {
    const returns = terms({ guardrails: [{ kind: 'return_share', most: 0.2 }] });
    const back = (paidBack: number) =>
      figuresOf(returns, 30, () => ({ paid: 1, paidSpent: 100, paidBack }));
    expect(ask(returns, back(20), 100)).toBe('goes_on');
    expect(ask(returns, back(21), 100)).toContain('21 % of what was bought with it came back');
    const full = terms({ guardrails: [{ kind: 'slot_full_share', most: 0.25 }] });
    const met = (metFull: number) => figuresOf(full, 30, () => ({ paid: 3, metFull }));
    expect(ask(full, met(1), 100)).toBe('goes_on');
    expect(ask(full, met(2), 100)).toContain('40 % of purchases found its slot full');
  });

  it('O32: goes by what members who are held out do not do', () => {
    const spends = (more: number) => (n: number, isOut: boolean) => ({
      ...{ spent: (n % 10) * 100 + (isOut ? 0 : more), purchases: isOut ? 1 : 2 },
      ...{ paid: isOut ? 0 : 1, billionths: isOut ? 0n : 10_000_000_000n },
    });
    const goal = { kind: 'uplift', minor: 200, by: 500 } as const;
    const lifted = terms({ goal });
    expect(ask(lifted, figuresOf(lifted, 400, spends(400), 500_000), 500)).toBe('goes_on');
    expect(ask(lifted, figuresOf(lifted, 400, spends(0), 500_000), 500)).toContain(
      'Its goal was missed',
    );
    // Nobody held out: nothing to compare, so nothing is concluded.
    expect(ask(lifted, figuresOf(lifted, 400, spends(0)), 500)).toBe('goes_on');
    const cost = (most: number) =>
      terms({ guardrails: [{ kind: 'cost_per_purchase', most }], pricePerPoint: 500_000n });
    // Ten points at half a penny, and one purchase more for each member: five pence.
    const figures = figuresOf(cost(5), 400, spends(0), 500_000);
    expect(figures.costPerPurchase).toBeCloseTo(5, 9);
    expect(ask(cost(5), figures, 100)).toBe('goes_on');
    expect(ask(cost(4), figures, 100)).toContain('A purchase that it adds costs 5p');
    const none = figuresOf(
      cost(5),
      400,
      (n, isOut) => ({ ...spends(0)(n, isOut), purchases: 1 }),
      500_000,
    );
    expect(ask(cost(5), none, 100)).toContain('It adds no purchases');
  });
});

describe('a document', () => {
  const faults = (more: Partial<Offer>): unknown => {
    const offer = {
      ...{
        code: 'x',
        name: 'X',
        audience: { kind: 'all' },
        pays: { kind: 'per_amount', rate: '0.1' },
      },
      ...{ from: '2026-06-01', until: '2026-06-30' },
      ...more,
    };
    const checked = checkDocument(aProgrammeDocument({ rewards: [], offers: [offer] as never[] }));
    return 'faults' in checked ? checked.faults.map(({ code, pointer }) => [code, pointer]) : [];
  };
  const uptake = { kind: 'uptake', share: '0.05', by: '2026-06-20' } as const;
  const money = { amount: 100, currency: 'GBP' };
  const stopRule = { firstLook: '2026-06-10', minimumMembers: 30 };

  it('P105: is looked at while it runs, and its goal has a day in it', () => {
    expect(faults({ goal: uptake, stopRule })).toEqual([]);
    expect(faults({ goal: { ...uptake, by: '2026-07-01' } })).toEqual([
      ['day_outside_offer', '/offers/0/goal/by'],
    ]);
    expect(faults({ goal: { ...uptake, by: '2026-02-30' } })).toEqual([
      ['no_such_day', '/offers/0/goal/by'],
    ]);
    expect(faults({ goal: uptake, stopRule: { ...stopRule, firstLook: '2026-06-21' } })).toEqual([
      ['looked_at_too_late', '/offers/0/stopRule/firstLook'],
    ]);
  });

  it('P106: measures only what can be measured', () => {
    const goal = { kind: 'uplift', perMember: money, by: '2026-06-20' } as const;
    expect(faults({ goal })).toEqual([['nobody_held_out', '/offers/0/goal']]);
    expect(faults({ goal, holdoutShare: '0.1' })).toEqual([]);
    expect(
      faults({ goal: { ...goal, perMember: { amount: 0, currency: 'EUR' } }, holdoutShare: '0.1' }),
    ).toEqual([
      ['currency_differs', '/offers/0/goal/perMember/currency'],
      ['goal_of_nothing', '/offers/0/goal/perMember/amount'],
    ]);
    expect(
      faults({
        guardrails: [
          { kind: 'cost_per_purchase', most: money },
          { kind: 'slot_full_share', most: '0.5' },
          { kind: 'slot_full_share', most: '0.4' },
        ],
      }),
    ).toEqual([
      ['nobody_held_out', '/offers/0/guardrails/0'],
      ['price_missing', '/offers/0/guardrails/0'],
      ['no_slots', '/offers/0/guardrails/1'],
      ['duplicate_code', '/offers/0/guardrails/2'],
      ['no_slots', '/offers/0/guardrails/2'],
    ]);
  });

  it('P107: stops by something', () => {
    expect(faults({ stopRule })).toEqual([['nothing_to_go_by', '/offers/0/stopRule']]);
    const least = { ...stopRule, leastShareOfGoal: '0.5' };
    expect(
      faults({ stopRule: least, guardrails: [{ kind: 'return_share', most: '0.2' }] }),
    ).toEqual([['nothing_to_go_by', '/offers/0/stopRule/leastShareOfGoal']]);
  });
});
