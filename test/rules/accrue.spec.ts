import { FUTURE_TOLERANCE_MS } from '../../src/rules/actions/accrue.js';
import { act } from '../../src/rules/act.js';
import type { Purchase } from '../../src/rules/purchase.js';
import { formatBillionths } from '../../src/rules/points.js';
import type { Programme } from '../../src/rules/programme.js';
import { counterKey, type MemberState } from '../../src/rules/state.js';
import { aProgramme, aProgrammeDocument } from '../support/programme.js';
import {
  aLine,
  aMember,
  anAccrual,
  aPurchase,
  DAY,
  HOUR,
  lastOf,
  memberOf,
  MINUTE,
  NOON,
} from '../support/state.js';

const { identity } = aProgrammeDocument();
const rated = (rate: string, rest: Parameters<typeof aProgramme>[0] = {}): Programme =>
  aProgramme({ earningRules: [{ kind: 'per_amount', id: 'base', name: 'Base', rate }], ...rest });

/** Accrues purchases one after the other, minutes apart. */
function accrueAll(
  programme: Programme,
  purchases: readonly Purchase[],
  start: MemberState = aMember(),
): { member: MemberState; points: number[] } {
  let member = start;
  const points = purchases.map((purchase, index) => {
    const before = member.points;
    const action = anAccrual(purchase, { at: NOON + index * MINUTE });
    member = memberOf(act(programme, { members: [member] }, action));
    return member.points - before;
  });
  return { member, points };
}

const book = (
  purchase: Purchase,
  when: { at?: number; occurredAt?: number } = {},
  member = aMember(),
  programme = aProgramme(),
): ReturnType<typeof act> => act(programme, { members: [member] }, anAccrual(purchase, when));

describe('numbers', () => {
  it('R1: 30 and 20 pounds at 0.333 are 9 and 7 points, as 50 pounds are 16', () => {
    const programme = rated('0.333');
    const apart = accrueAll(programme, [aPurchase([3_000]), aPurchase([2_000])]);
    const whole = accrueAll(programme, [aPurchase([5_000])]);
    expect(apart.points).toEqual([9, 7]);
    expect(whole.points).toEqual([16]);
    expect(apart.member.remainder).toBe(650_000_000n);
    expect(whole.member.remainder).toBe(650_000_000n);
  });

  it('R1: ten purchases of 10 pence at 1 point a pound are 1 point with the tenth', () => {
    const purchases = Array.from({ length: 10 }, () => aPurchase([10]));
    expect(accrueAll(rated('1'), purchases).points).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 0, 1]);
  });

  it('R1: 250 yen at 0.01 are 2.5 points, 2 now and 0.5 carried', () => {
    const programme = rated('0.01', { identity: { ...identity, currency: 'JPY' } });
    const { member, points } = accrueAll(programme, [aPurchase([250])]);
    expect(points).toEqual([2]);
    expect(member.remainder).toBe(500_000_000n);
  });

  it('R1: 0.001 Kuwaiti dinar at 0.000001 is one billionth of a point', () => {
    const programme = rated('0.000001', { identity: { ...identity, currency: 'KWD' } });
    expect(lastOf(book(aPurchase([1]), {}, aMember(), programme)).billionths).toBe(1n);
  });

  it('R1: an accrual of 0.4 points opens no lot and moves nothing but the remainder', () => {
    const posting = lastOf(book(aPurchase([40]), {}, aMember(), rated('1')));
    expect(posting).toMatchObject({
      kind: 'accrue',
      entries: [],
      opened: [],
      billionths: 4n * 10n ** 8n,
    });
    expect(posting.after).toMatchObject({ points: 0, remainder: 400_000_000n });
  });

  it('R1: 9,000,000,000 points are accrued, a hundredth more is refused', () => {
    const programme = rated('999999', { returnWindowDays: 0 });
    const exact = rated('9');
    expect(lastOf(book(aPurchase([100_000_000_000]), {}, aMember(), exact)).after.points).toBe(9e9);
    const more = book(aPurchase([100_000_000_001]), {}, aMember(), exact);
    expect(more.refusal).toEqual({ code: 'accrual_too_large', details: { maximumPoints: 9e9 } });
    expect(book(aPurchase([1_000_000]), {}, aMember(), programme).refusal?.code).toBe(
      'accrual_too_large',
    );
  });
});

describe('explanations', () => {
  it('R2: 10 pounds of plants, 5 of home and 4 of delivery are 20 and 5 and nothing', () => {
    const purchase = aPurchase([
      aLine(1_000, { category: 'garden' }),
      aLine(500),
      aLine(400, { category: 'delivery' }),
    ]);
    expect(lastOf(book(purchase)).explanation).toEqual([
      [-2, 2, 'category_excluded', '0', 'delivery'],
      [0, 1, 'rate_applied', '5000000000', 500],
      [1, 0, 'category_rate_applied', '20000000000', 1_000],
      [-1, -1, 'tier_has_no_bonus', '0'],
      [2, -1, 'below_minimum_amount', '0', 2_000],
    ]);
  });

  it('R2: a purchase of delivery alone still names every rule, each with a reason', () => {
    const { explanation } = lastOf(book(aPurchase([aLine(900, { category: 'delivery' })])));
    expect(explanation.map(([rule, , code]) => [rule, code])).toEqual([
      [-2, 'category_excluded'],
      [0, 'no_eligible_amount'],
      [1, 'no_eligible_amount'],
      [-1, 'tier_has_no_bonus'],
      [2, 'below_minimum_amount'],
    ]);
  });

  it.each([
    ['delivery', 'category_excluded'],
    ['gift_cards', 'category_cash_like'],
    ['power', 'category_metered'],
    ['medicines', 'category_regulated'],
    ['charges', 'category_harmful'],
    ['undeclared', 'category_undeclared'],
    ['constructor', 'category_undeclared'],
    ['__proto__', 'category_undeclared'],
  ])('R3: 100 pounds of %s earn 0 points: %s', (category, reason) => {
    const { billionths, explanation } = lastOf(book(aPurchase([aLine(10_000, { category })])));
    expect(billionths).toBe(0n);
    expect(explanation[0]).toEqual([-2, 0, reason, '0', category]);
  });

  it.each([
    { description: 'Late payment fee' },
    { description: 'OVERDRAFT_INTEREST' },
    { sku: 'gift-card' },
    { merchantCategoryCode: '7995' },
  ])('R3: 100 pounds of home with %j earn 0 points and say what matched', (label) => {
    const { billionths, explanation } = lastOf(book(aPurchase([aLine(10_000, label)])));
    expect(billionths).toBe(0n);
    expect(explanation[0]?.slice(0, 4)).toEqual([-2, 0, 'label_contradicted', '0']);
  });

  it('R3: a merchant code of the whole purchase contradicts every line', () => {
    const purchase = { ...aPurchase([5_000, 6_000]), merchantCategoryCode: '7995' };
    expect(lastOf(book(purchase)).billionths).toBe(0n);
  });

  it('R4: 10 pounds of plants earn 20 by the rule that names them, not 30 nor 10', () => {
    const garden = aPurchase([aLine(1_000, { category: 'garden' })]);
    const { billionths, explanation } = lastOf(book(garden));
    expect(formatBillionths(billionths)).toBe('20');
    expect(explanation).toContainEqual([0, -1, 'category_rate_goes_first', '0']);
  });

  it('R4: two rules that name plants both count: 2 and 3 are 5 a pound', () => {
    const rules = ['2', '3'].map((rate) => ({
      kind: 'per_amount' as const,
      id: `r${rate}`,
      name: rate,
      rate,
      categories: ['garden'],
    }));
    const garden = aPurchase([aLine(1_000, { category: 'garden' })]);
    const outcome = book(garden, {}, aMember(), aProgramme({ earningRules: rules }));
    expect(formatBillionths(lastOf(outcome).billionths)).toBe('50');
  });

  it('R3: of 12 pounds with 2 of tax 10 earn when tax does not', () => {
    const { earningBasis } = aProgrammeDocument();
    const programme = rated('1', { earningBasis: { ...earningBasis, tax: 'excluded' } });
    const posting = lastOf(book(aPurchase([aLine(1_200, { tax: 200 })]), {}, aMember(), programme));
    expect(formatBillionths(posting.billionths)).toBe('10');
  });

  it('R3: of 10 pounds a quarter paid with a gift card 7.5 earn', () => {
    const tenders = [
      { kind: 'card', amount: 750 },
      { kind: 'gift_card', amount: 250 },
    ];
    const { billionths, explanation } = lastOf(book(aPurchase([1_000], tenders)));
    expect(formatBillionths(billionths)).toBe('7.5');
    expect(explanation).toContainEqual([-2, -1, 'paid_by_excluded_tender', '0', 250]);
  });
});

describe('per-purchase bonuses', () => {
  const visit = (more: object): Programme =>
    aProgramme({
      earningRules: [
        {
          kind: 'per_purchase',
          id: 'visit',
          name: 'For a visit',
          points: 20,
          minimumAmount: 2_000,
          caps: [{ period: 'day', points: 30 }],
          coolDownHours: 1,
          ...more,
        },
      ],
    });

  /** Points of purchases of 20 pounds at hours after noon. */
  function at(programme: Programme, hours: readonly number[]): number[] {
    let member = aMember();
    return hours.map((hour) => {
      const before = member.points;
      const action = anAccrual(aPurchase([2_000]), { at: NOON + hour * HOUR });
      member = memberOf(act(programme, { members: [member] }, action));
      return member.points - before;
    });
  }

  it('R5: 20 pounds earn 20 for the visit, twice 10 pounds nothing', () => {
    expect(accrueAll(visit({}), [aPurchase([2_000])]).points).toEqual([20]);
    expect(accrueAll(visit({}), [aPurchase([1_000]), aPurchase([1_000])]).points).toEqual([0, 0]);
    expect(accrueAll(visit({}), [aPurchase([1_999])]).points).toEqual([0]);
  });

  it('R5: after a bonus the cool-down of 1 hour gives nothing until its last millisecond', () => {
    const caps = [{ period: 'day' as const, points: 1_000 }];
    expect(at(visit({ caps }), [0, 0.5, 1 - 1 / HOUR, 1, 1.5, 2])).toEqual([20, 0, 0, 20, 0, 20]);
  });

  it('R5: a cap of 30 a day gives 20, 10, nothing, and 20 from the next local midnight', () => {
    // Noon in London; 12 hours later is midnight there.
    expect(at(visit({}), [0, 2, 4, 12 - 1 / HOUR, 12])).toEqual([20, 10, 0, 0, 20]);
  });

  it('R5: a cap of 30 of which 20 are used is told as 30 used, not 40', () => {
    const start = Date.parse('2026-06-15T23:00:00Z');
    const counters = new Map([[counterKey('visit/day', start), 20]]);
    const posting = lastOf(book(aPurchase([2_000]), {}, aMember({ counters }), visit({})));
    expect(posting.explanation).toContainEqual([0, -1, 'purchase_bonus_capped', '10000000000', 30]);
    const day = { counter: 'visit/day', periodStart: start, used: 30 };
    expect(posting.counters).toContainEqual(day);
  });

  it('R5: what is below the minimum neither earns a bonus nor starts the cool-down', () => {
    const purchases = [aPurchase([1_999]), aPurchase([2_000])];
    expect(accrueAll(visit({}), purchases).points).toEqual([0, 20]);
  });
});

describe('time', () => {
  it('R9: points of 16 June, returnable for 30 days, are pending until 17 July 00:00', () => {
    const { lots, pending, changesAt } = memberOf(book(aPurchase([10_000])));
    const midnight = Date.parse('2026-07-16T23:00:00Z');
    expect(lots?.[0]).toMatchObject({ availableFrom: midnight, amount: 120, remaining: 120 });
    expect([pending, changesAt]).toEqual([120, midnight]);
  });

  it('R9: without a return window points can be spent from the purchase on', () => {
    const programme = aProgramme({ returnWindowDays: 0 });
    const { lots, pending, changesAt } = memberOf(
      book(aPurchase([10_000]), {}, aMember(), programme),
    );
    expect(lots?.[0]?.availableFrom).toBe(NOON);
    expect([pending, changesAt]).toEqual([0, null]);
  });

  it('R9: they show the local midnight after 24 months as their expiry, or none', () => {
    const [lot] = memberOf(book(aPurchase([10_000]))).lots ?? [];
    expect(lot?.expiresAt).toBe(Date.parse('2028-06-16T23:00:00Z'));
    const forEver = aProgramme({ expiry: { kind: 'none' } });
    const [kept] = memberOf(book(aPurchase([10_000]), {}, aMember(), forEver)).lots ?? [];
    expect(kept?.expiresAt).toBeNull();
  });

  it('R10: 500 qualifying points make silver at once, and the next 100 pounds earn 125', () => {
    const { member, points } = accrueAll(rated('1'), [
      aPurchase([49_999]),
      aPurchase([1]),
      aPurchase([10_000]),
    ]);
    expect(points).toEqual([499, 1, 125]);
    expect(member).toMatchObject({ tier: 'silver', qualifying: 600n * 10n ** 9n });
  });

  it('R10: the step to silver is told once, with 500 reached of 500', () => {
    const silver = lastOf(book(aPurchase([50_000]), {}, aMember({ tier: 'blue' }), rated('1')));
    const why = {
      ...{ code: 'threshold_reached', qualifying: '500000000000', threshold: 500 },
      until: Date.UTC(2026, 6, 16, 23),
    };
    expect(silver.standing).toEqual({ fromSeq: 1, tier: 'silver', from: 'blue', why });
    const again = book(aPurchase([50_000]), {}, aMember({ tier: 'silver' }), rated('1'));
    expect(lastOf(again).standing).toBeUndefined();
  });

  const old = aProgramme({ lateEvents: { windowDays: 1, older: 'flag' } });

  it('R14: an event older than the window says so and takes the bonus of today', () => {
    const member = aMember({ newestAt: NOON - HOUR });
    const occurredAt = NOON - 3 * DAY;
    const { explanation, counters, after } = lastOf(
      book(aPurchase([2_000]), { occurredAt }, member, old),
    );
    expect(explanation.at(-1)).toEqual([-2, -1, 'decided_as_of_today', '0']);
    expect(after.points).toBe(40);
    expect(counters).toEqual([
      { counter: 'visit/last', periodStart: 0, used: NOON },
      { counter: 'visit/day', periodStart: Date.parse('2026-06-15T23:00:00Z'), used: 20 },
    ]);
  });

  it("R14: today's used cap binds such an event, the cap of its own day does not", () => {
    const today = Date.parse('2026-06-15T23:00:00Z');
    const used = (start: number): MemberState =>
      aMember({
        newestAt: NOON - HOUR,
        counters: new Map([[counterKey('visit/day', start), 20]]),
      });
    const when = { occurredAt: NOON - 2 * DAY };
    const points = (start: number): number =>
      lastOf(book(aPurchase([2_000]), when, used(start), old)).after.points;
    expect(points(today)).toBe(20);
    expect(points(today - 2 * DAY)).toBe(40);
  });

  it('R11: an event in time is no late one, whenever it arrives', () => {
    const member = aMember({ newestAt: NOON - 3 * DAY });
    const { explanation, counters } = lastOf(
      book(aPurchase([2_000]), { occurredAt: NOON - 3 * DAY }, member),
    );
    expect(explanation.map(([, , code]) => code)).not.toContain('late_event');
    expect(counters[0]?.used).toBe(NOON - 3 * DAY);
  });
});

describe('refusals', () => {
  it('R12: a purchase 5 minutes ahead is booked, a millisecond more blames its field', () => {
    const ahead = book(aPurchase([1_000]), { occurredAt: NOON + FUTURE_TOLERANCE_MS });
    expect(lastOf(ahead).kind).toBe('accrue');
    const outcome = book(aPurchase([1_000]), { occurredAt: NOON + FUTURE_TOLERANCE_MS + 1 });
    expect(outcome.refusal).toMatchObject({ code: 'occurred_in_future', pointer: '/occurredAt' });
    expect(outcome.postings).toEqual([]);
    expect(memberOf(outcome)).toEqual(aMember());
  });

  const windowed = aProgramme({ lateEvents: { windowDays: 30, older: 'refuse' } });
  it.each([
    ['member_not_active', aMember({ status: 'closed' }), aProgramme(), 0],
    ['before_enrolment', aMember({ enrolledAt: NOON + 1 }), aProgramme(), 0],
    ['before_programme_start', aMember(), aProgramme({}, { no: 2, effectiveAt: NOON + 1 }), 0],
    ['event_too_late', aMember(), windowed, 30 * DAY + 1],
  ])('R12: %s is a posting of kind refused that moves nothing', (code, member, programme, ago) => {
    const occurredAt = NOON - ago;
    const outcome = book(aPurchase([90_000]), { occurredAt }, member, programme);
    expect(outcome.refusal?.code).toBe(code);
    const { pointer, ...stored } = outcome.refusal ?? { code, details: {} };
    expect(pointer).toBeUndefined();
    const empty = { entries: [], opened: [], changed: [], counters: [], billionths: 0n };
    expect(lastOf(outcome)).toMatchObject({ kind: 'refused', seq: 1, occurredAt, ...empty });
    expect(lastOf(outcome).explanation).toEqual([[-2, -1, 'refused', '0', JSON.stringify(stored)]]);
    expect(memberOf(outcome)).toEqual({ ...member, version: 1 });
  });

  it('R12: a purchase exactly 30 days old is within a window of 30 days', () => {
    const outcome = book(aPurchase([1_000]), { occurredAt: NOON - 30 * DAY }, aMember(), windowed);
    expect(lastOf(outcome).kind).toBe('accrue');
  });

  it('R12: a purchase of the very instant of enrolment and programme start is booked', () => {
    const starting = aProgramme({}, { no: 1, effectiveAt: NOON });
    const outcome = book(aPurchase([1_000]), {}, aMember({ enrolledAt: NOON }), starting);
    expect(lastOf(outcome).kind).toBe('accrue');
  });

  it('R12: a purchase before enrolment is booked where the programme takes such', () => {
    const programme = aProgramme({ purchasesBeforeEnrolment: true });
    const outcome = book(aPurchase([1_000]), {}, aMember({ enrolledAt: NOON + DAY }), programme);
    expect(lastOf(outcome).kind).toBe('accrue');
  });
});
