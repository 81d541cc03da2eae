import { act } from '../../src/rules/act.js';
import type { Outcome } from '../../src/rules/outcome.js';
import { costOf } from '../../src/rules/sales/terms.js';
import type { MemberState } from '../../src/rules/state.js';
import { lintDocument } from '../../src/programmes/lint.js';
import type { ProgrammeDocument } from '../../src/programmes/document.js';
import { aProgramme, aProgrammeDocument } from '../support/programme.js';
import { aMember, DAY, lastOf, memberOf, NOON } from '../support/state.js';

const pointSales: NonNullable<ProgrammeDocument['pointSales']> = {
  price: '1.25',
  minimumPoints: 100,
  step: 50,
  perYear: 400,
  refundDays: 14,
};
const programme = aProgramme({ pointSales });

const sell = (points: number, paid: number, member: MemberState = aMember(), at = NOON): Outcome =>
  act(programme, { members: [member] }, { kind: 'sell', at, points, paid });

function refund(member: MemberState, seq: number, points: number, at: number): Outcome {
  const sale = { seq, at: NOON, points };
  return act(
    programme,
    { members: [member] },
    { kind: 'refund_sale', at, sale, soldBy: programme },
  );
}

describe('a sale of points', () => {
  it('X8: brings points in that can be spent at once, expire as others, and qualify for nothing', () => {
    const owing = aMember({ owed: 30, qualifying: 5n, tier: 'blue', remainder: 3n });
    const outcome = sell(100, 125, owing);
    expect(lastOf(outcome)).toMatchObject({
      kind: 'sell',
      billionths: 100_000_000_000n,
      entries: [{ debit: 'bought', credit: 'points', amount: 100, lotSeq: 1, lotN: 0 }],
      explanation: [[-2, -1, 'points_bought', '100000000000', 125]],
    });
    expect(memberOf(outcome)).toMatchObject({
      ...{ points: 100, owed: 30, qualifying: 5n, tier: 'blue', remainder: 3n, newestAt: null },
      lots: [{ accruedAt: NOON, availableFrom: NOON, remaining: 100 }],
    });
  });

  it('X9: costs the price, rounded up, in steps, and no more than so many a year', () => {
    expect(costOf({ price: 333_333n, packages: new Map() }, 100)).toBe(34);
    const code = (points: number, paid: number): unknown => sell(points, paid).refusal;
    expect(code(50, 63)).toMatchObject({ code: 'sale_too_small', details: { minimumPoints: 100 } });
    expect(code(120, 150)).toMatchObject({ code: 'sale_not_in_steps', details: { step: 50 } });
    expect(code(150, 187)).toMatchObject({ code: 'paid_differs', details: { amount: 188 } });
    expect(code(150, 188)).toBeUndefined();
    expect(code(450, 563)).toMatchObject({
      code: 'sale_limit_reached',
      details: { limit: 400, used: 0, asked: 450 },
    });
    const once = memberOf(sell(300, 375));
    expect(sell(150, 188, once).refusal?.details).toMatchObject({ used: 300 });
    expect(sell(150, 188, once, NOON + 365 * DAY).refusal).toBeUndefined();
    const bare = act(
      aProgramme(),
      { members: [aMember()] },
      { kind: 'sell', at: NOON, points: 100, paid: 125 },
    );
    expect(bare.refusal?.code).toBe('points_not_sold');
  });

  it('X9: sells a package at its price, whatever the steps, within the same year', () => {
    const packages = [{ points: 275, price: 300 }];
    const withPackages = aProgramme({ pointSales: { ...pointSales, packages } });
    const buy = (points: number, paid: number, member = aMember()): Outcome =>
      act(withPackages, { members: [member] }, { kind: 'sell', at: NOON, points, paid });
    expect(buy(275, 344).refusal).toMatchObject({ code: 'paid_differs', details: { amount: 300 } });
    const bought = buy(275, 300);
    expect(lastOf(bought).explanation).toEqual([[-2, -1, 'points_bought', '275000000000', 300]]);
    expect(buy(125, 157).refusal?.code).toBe('sale_not_in_steps');
    expect(buy(150, 188, memberOf(bought)).refusal).toMatchObject({
      ...{ code: 'sale_limit_reached', details: { limit: 400, used: 275, asked: 150 } },
    });
    expect(buy(100, 125, memberOf(bought)).refusal).toBeUndefined();
  });

  it('X10: is refunded whole, in time, while nothing of it is spent, and makes room again', () => {
    const member = memberOf(sell(300, 375));
    const last = NOON + 14 * DAY - 1;
    const outcome = refund(member, 1, 300, last);
    expect(lastOf(outcome)).toMatchObject({
      kind: 'sell',
      subjectSeq: 1,
      billionths: -300_000_000_000n,
      entries: [{ debit: 'points', credit: 'bought', amount: 300, lotSeq: 1, lotN: 0 }],
    });
    const after = memberOf(outcome);
    expect(after.points).toBe(0);
    expect(sell(400, 500, after).refusal).toBeUndefined();
    expect(refund(after, 1, 300, last).refusal?.code).toBe('points_spent');
    expect(refund(member, 1, 300, last + 1).refusal?.code).toBe('refund_too_late');
    const [lot] = member.lots ?? [];
    if (lot === undefined) throw new Error('A sale opens a lot.');
    for (const changed of [{ remaining: 299 }, { held: 1 }]) {
      const spent = { ...member, lots: [{ ...lot, ...changed }] };
      expect(refund(spent, 1, 300, last).refusal?.code).toBe('points_spent');
    }
  });
});

describe('a document that sells points', () => {
  const findings = (changed: object): unknown =>
    lintDocument(aProgrammeDocument({ pointSales: { ...pointSales, ...changed } })).map(
      ({ code, pointer }) => [code, pointer],
    );

  it('P74: sells in whole steps, and as many as are sold at a time', () => {
    expect(findings({})).toEqual([]);
    expect(findings({ step: 60 })).toEqual([['not_in_steps', '/pointSales/minimumPoints']]);
    expect(findings({ perYear: 99 })).toEqual([['limit_leaves_no_room', '/pointSales/perYear']]);
  });

  it('P75: sells no point for what it is worth in any reward, or less', () => {
    // The garden visit is worth a penny a point.
    expect(findings({ price: '1.000001' })).toEqual([]);
    expect(findings({ price: '1' })).toEqual([['sold_below_worth', '/pointSales/price']]);
    expect(findings({ price: '0' })).toEqual([['sold_for_nothing', '/pointSales/price']]);
    const tender = { rate: '1.25', minimumPoints: 10, step: 10, maximumShare: '0.5' };
    const document = aProgrammeDocument({ pointSales, tender, earningRules: slow() });
    expect(lintDocument(document).map(({ code }) => code)).toEqual(['sold_below_worth']);
  });
});

describe('a document with packages of points', () => {
  const found = (...packages: [points: number, price: number][]): unknown =>
    lintDocument(
      aProgrammeDocument({
        pointSales: {
          ...pointSales,
          packages: packages.map(([points, price]) => ({ points, price })),
        },
      }),
    ).map(({ code, pointer }) => [code, pointer.replace('/pointSales/packages/', '')]);

  it('P75: sells no package for what its points are worth, or less', () => {
    expect(found([100, 101])).toEqual([]);
    expect(found([100, 100])).toEqual([['sold_below_worth', '0/price']]);
    expect(found([100, 0])).toEqual([['sold_for_nothing', '0/price']]);
  });

  it('P95: sells none that is dearer than its points, or than a smaller one, or cannot be bought', () => {
    expect(found([100, 125], [200, 240], [400, 440])).toEqual([]);
    expect(found([200, 250], [100, 125])).toEqual([]);
    expect(found([100, 126])).toEqual([['package_costs_more', '0/price']]);
    expect(found([100, 110], [200, 221])).toEqual([['package_costs_more', '1/price']]);
    expect(found([200, 221], [100, 110])).toEqual([['package_costs_more', '0/price']]);
    expect(found([100, 120], [110, 120])).toEqual([['more_costs_less', '1/price']]);
    expect(found([401, 450])).toEqual([['limit_leaves_no_room', '0/points']]);
    expect(found([100, 120], [100, 120])).toEqual([['duplicate_code', '1/points']]);
  });
});

const slow = (): ProgrammeDocument['earningRules'] => [
  { kind: 'per_amount', id: 'base', name: 'Base', rate: '0.1' },
];
