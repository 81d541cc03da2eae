import type { ProgrammeDocument } from '../../src/programmes/document.js';
import type { PostingDraft } from '../../src/rules/outcome.js';
import { DAY_MS } from '../../src/rules/period.js';
import {
  anAccrual,
  aLot,
  aPurchase,
  DAY,
  HOUR,
  lastOf,
  memberOf,
  NOON,
  versionsOf,
} from '../support/state.js';
import { aProgramme } from '../support/programme.js';
import { doing, ending, inOf, miles, out, outOf, partners, withPoints } from './converting.js';

const programme = aProgramme({ partners, conversions: [miles] });
const on = doing(programme);

describe('points that become units of a currency', () => {
  it('X11, R95: are held with their fee, and go to the currency once the partner confirms', () => {
    const held = on(withPoints(1_000), outOf(500));
    expect(lastOf(held)).toMatchObject({
      ...{ kind: 'hold', billionths: 0n, counters: [] },
      entries: [{ debit: 'points', credit: 'held', amount: 520, lotSeq: 1, lotN: 0 }],
      explanation: [
        [-2, -1, 'hold_placed', '0', 520],
        [-2, -1, 'conversion_placed', '0', '300 miles'],
        [-2, -1, 'conversion_fee_held', '0', 20],
      ],
      redemptions: [
        { reward: ':to/miles', points: 520, amount: 300, expiresAt: NOON + 72 * HOUR, termsNo: 1 },
      ],
    });
    const member = memberOf(held);
    const done = on(member, ending(programme, 'capture', member.version));
    expect(lastOf(done)).toMatchObject({
      ...{ kind: 'redeem', billionths: -20_000_000_000n },
      entries: [
        { debit: 'held', credit: 'currency:wheels/miles', amount: 500 },
        { debit: 'held', credit: 'fee', amount: 20 },
      ],
      explanation: [
        [-2, -1, 'hold_captured', '0', 520],
        [-2, -1, 'points_converted', '0', '300 miles'],
        [-2, -1, 'conversion_fee', '-20000000000', 20],
      ],
    });
    expect(memberOf(done)).toMatchObject({ points: 480, held: 0 });
  });

  it('X11, R95: come back with their fee when the partner fails, or does not answer in time', () => {
    const lots = [aLot({ amount: 400, expiresAt: NOON + DAY }), aLot({ seq: 2, amount: 400 })];
    const member = withPoints(800, { version: 2, lots, earned: new Set([1, 2]) });
    const held = memberOf(on(member, outOf(500)));
    expect(held.lots?.map((lot) => lot.held)).toEqual([400, 120]);
    const failed = on(held, ending(programme, 'release', 3));
    expect(memberOf(failed)).toMatchObject({ points: 800, held: 0, lots });
    const late = on(held, ending(programme, 'capture', 3, NOON + 72 * HOUR));
    expect(late.refusal?.code).toBe('hold_expired');
    expect(late.postings.map(({ kind }) => kind)).toEqual(['release', 'refused']);
    expect(memberOf(late)).toMatchObject({ points: 800, held: 0 });
    const again = on(memberOf(failed), ending(programme, 'capture', 3));
    expect(again.refusal?.code).toBe('redemption_already_released');
  });

  it('R95: go by the terms that they were held by', () => {
    const member = memberOf(on(withPoints(1_000), outOf(500)));
    const later = aProgramme({ partners }, { no: 2, effectiveAt: 0 });
    const versions = { version: (no: number) => (no === 1 ? programme : later) };
    const done = doing(later)(member, {
      ...{ kind: 'capture', at: NOON + 1, redemption: 2, versions },
    });
    expect(lastOf(done).entries.map(({ credit, amount }) => [credit, amount])).toEqual([
      ['currency:wheels/miles', 500],
      ['fee', 20],
    ]);
    expect(doing(later)(withPoints(500), outOf(200)).refusal?.code).toBe('conversion_not_offered');
  });

  it('X12: are those of purchases, to be had, and not owed', () => {
    const code = (member = withPoints(1_000), points = 500): unknown =>
      on(member, outOf(points)).refusal?.code;
    expect(code()).toBeUndefined();
    expect(code(withPoints(519))).toBe('insufficient_points');
    expect(code(withPoints(520))).toBeUndefined();
    expect(code(withPoints(1_000, { owed: 1 }))).toBe('points_are_owed');
    expect(code(withPoints(1_000, { status: 'closed' }))).toBe('member_not_active');
    expect(code(withPoints(1_000, { earned: new Set([2]) }))).toBe('insufficient_points');
    const pending = [aLot({ amount: 1_000, availableFrom: NOON + 1 })];
    expect(code(withPoints(1_000, { lots: pending, pending: 1_000 }))).toBe('insufficient_points');
    expect(code(withPoints(1_000), 100)).toBe('conversion_too_small');
    expect(code(withPoints(1_000), 250)).toBe('conversion_not_in_steps');
    expect(on(withPoints(519), outOf(500)).refusal?.details).toEqual({
      ...{ available: 519, required: 520, missing: 1 },
    });
    const small = on(withPoints(1_000), outOf(100)).refusal;
    expect(small).toMatchObject({ pointer: '/points', details: { minimumPoints: 200 } });
    const between = on(withPoints(1_000), outOf(250)).refusal;
    expect(between).toMatchObject({ pointer: '/points', details: { step: 100 } });
    const { earned: _earned, ...unread } = withPoints(1_000);
    expect(code(unread)).toBe('insufficient_points');
    const open = aProgramme({
      partners,
      conversions: [{ ...miles, out: { ...out, bonusPoints: true } }],
    });
    const bought = withPoints(1_000, { earned: new Set() });
    expect(doing(open)(bought, outOf(500)).refusal).toBeUndefined();
  });

  it('X11: tell of no fee where there is none', () => {
    const { fee: _fee, feeShare: _share, ...rest } = out;
    const free = aProgramme({ partners, conversions: [{ ...miles, out: rest }] });
    const held = doing(free)(withPoints(1_000), outOf(500));
    const told = ({ explanation }: PostingDraft): string[] => explanation.map(([, , code]) => code);
    expect(told(lastOf(held))).toEqual(['hold_placed', 'conversion_placed']);
    const done = doing(free)(memberOf(held), ending(free, 'capture', 2));
    expect(told(lastOf(done))).toEqual(['hold_captured', 'points_converted']);
    expect(lastOf(done).billionths).toBe(0n);
    expect(memberOf(done).points).toBe(500);
  });

  it('X12: are so many in a day, a year and ever, with those that wait for an answer', () => {
    let member = memberOf(on(withPoints(9_000), outOf(500)));
    expect(on(member, outOf(500)).refusal).toMatchObject({
      code: 'conversion_limit_reached',
      details: { limit: 1_000, used: 520, asked: 520 },
    });
    // What failed counts no more; what is confirmed counts on its day.
    expect(
      on(memberOf(on(member, ending(programme, 'release', 2))), outOf(500)).refusal,
    ).toBeUndefined();
    member = memberOf(on(member, ending(programme, 'capture', 2)));
    expect(on(member, outOf(400)).refusal).toBeUndefined();
    expect(on(member, outOf(500)).refusal?.details).toMatchObject({ used: 520 });
    const tomorrow = NOON + DAY;
    for (const day of [0, 1]) {
      const at = tomorrow + day * DAY;
      const held = on(member, outOf(600, at));
      member = memberOf(on(memberOf(held), ending(programme, 'capture', lastOf(held).seq, at)));
    }
    // 520 + 622 + 622 of 2,000 in the year.
    expect(on(member, outOf(300, NOON + 9 * DAY)).refusal).toMatchObject({
      code: 'conversion_limit_reached',
      details: { limit: 2_000, used: 1_764, asked: 316 },
    });
    expect(on(member, outOf(300, NOON + 366 * DAY)).refusal).toBeUndefined();
  });

  it('X12: need some time between two, which begins when one is confirmed', () => {
    const slow = aProgramme({
      ...{ partners, conversions: [{ ...miles, out: { ...out, coolDownHours: 24 } }] },
    });
    const member = memberOf(doing(slow)(withPoints(5_000), outOf(200)));
    const early = doing(slow)(member, outOf(200, NOON + HOUR)).refusal;
    expect(early).toMatchObject({
      code: 'conversion_too_soon',
      details: { from: new Date(NOON + 72 * HOUR).toISOString() },
    });
    const done = memberOf(doing(slow)(member, ending(slow, 'capture', 2, NOON + HOUR)));
    const soon = doing(slow)(done, outOf(200, NOON + 25 * HOUR - 1));
    expect(soon.refusal?.code).toBe('conversion_too_soon');
    expect(doing(slow)(done, outOf(200, NOON + 25 * HOUR)).refusal).toBeUndefined();
    const failed = memberOf(doing(slow)(member, ending(slow, 'release', 2, NOON + HOUR)));
    expect(doing(slow)(failed, outOf(200, NOON + HOUR)).refusal).toBeUndefined();
  });

  it('X16: are of no use on a purchase, so that no return brings them back', () => {
    const held = memberOf(on(withPoints(1_000), outOf(500)));
    const gone = memberOf(on(held, ending(programme, 'capture', 2)));
    const named = { ...anAccrual(aPurchase([1_000])), redemptions: [2], retailer: 'shop' };
    expect(on(gone, named).refusal?.code).toBe('redemption_not_usable');
    const part = { ...ending(programme, 'capture', 2), amount: 100 };
    expect(on(held, part).refusal?.code).toBe('not_a_tender');
  });
});

describe('units that become points', () => {
  it('X13, R96: come in at once, as points of the partner, who pays for all of them', () => {
    const outcome = on(withPoints(0, { lots: [], version: 0 }), inOf(600));
    expect(lastOf(outcome)).toMatchObject({
      ...{ kind: 'convert', billionths: 200_000_000_000n },
      explanation: [[-2, -1, 'units_converted', '200000000000', '600 miles']],
      entries: [
        { debit: 'issued', credit: 'points', amount: 200, lotSeq: 1, lotN: 0 },
        { debit: 'partner:wheels', credit: 'issued', amount: 200, lotSeq: null },
      ],
      opened: [{ funder: 'wheels', accruedAt: NOON, availableFrom: NOON, amount: 200 }],
    });
    const member = memberOf(outcome);
    expect(member).toMatchObject({ points: 200, qualifying: 0n, newestAt: null, tier: '' });
    // They are nobody's purchase, so they do not leave again.
    expect(on(member, outOf(200)).refusal?.code).toBe('insufficient_points');
  });

  it('X13: pay what is owed first', () => {
    const outcome = on(withPoints(0, { owed: 50, lots: [] }), inOf(300));
    expect(memberOf(outcome)).toMatchObject({ points: 50, owed: 0 });
    expect(lastOf(outcome).moved).toBe(50);
    const more = on(withPoints(70), inOf(300));
    expect(lastOf(more).moved).toBe(100);
    expect(lastOf(outcome).explanation).toContainEqual([-2, -1, 'owed_repaid', '0', 50]);
  });

  it.each(['refuse', 'queue'] as const)(
    'X13: come in only while the block of the partner has as many (%s)',
    (whenEmpty) => {
      const prepaid = { kind: 'prepaid', price: '2', whenEmpty, alertBelow: 60 } as const;
      const paid: ProgrammeDocument['partners'] = [
        { ...partners[0], code: 'wheels', kind: 'partner', terms: prepaid },
      ];
      const blocks = doing(aProgramme({ partners: paid, conversions: [miles] }));
      const left = (points: number): { left: Map<string, number>; rest: Map<string, number> } => ({
        left: new Map([['block/wheels', points]]),
        rest: new Map([['block/wheels', points]]),
      });
      const outcome = blocks(withPoints(0), inOf(300), left(150));
      expect(lastOf(outcome)).toMatchObject({
        shared: [{ limit: 'block/wheels', amount: 100 }],
        low: { left: 50, alertBelow: 60 },
      });
      const empty = blocks(withPoints(0), inOf(300), left(99));
      expect(empty.refusal?.code).toBe('partner_block_empty');
      expect(empty.short).toEqual([{ limit: 'block/wheels', amount: 100 }]);
      expect(memberOf(empty).points).toBe(0);
    },
  );

  it('X13, X15: come from their partner alone, in steps, and so many', () => {
    const code = (action: object, member = withPoints(0)): unknown =>
      on(member, { ...inOf(300), ...action }).refusal?.code;
    expect(code({})).toBeUndefined();
    expect(code({ retailer: 'shop' })).toBe('conversion_not_offered');
    expect(code({ currency: 'stars' })).toBe('conversion_not_offered');
    expect(code({ units: 299 })).toBe('conversion_too_small');
    expect(code({ units: 301 })).toBe('conversion_not_in_steps');
    expect(on(withPoints(0), inOf(299)).refusal).toMatchObject({
      ...{ pointer: '/units', details: { minimumUnits: 300 } },
    });
    expect(on(withPoints(0), inOf(301)).refusal).toMatchObject({
      ...{ pointer: '/units', details: { step: 300 } },
    });
    expect(on(withPoints(0), Object.assign(inOf(300), { retailer: 'shop' })).refusal?.pointer).toBe(
      '/currency',
    );
    expect(code({ units: 1_800 })).toBe('conversion_limit_reached');
    expect(code({}, withPoints(0, { status: 'closed' }))).toBe('member_not_active');
    const some = memberOf(on(withPoints(0), inOf(1_500)));
    expect(on(some, inOf(300)).refusal?.code).toBe('conversion_limit_reached');
    const next = memberOf(on(some, inOf(900, NOON + DAY)));
    expect(on(next, inOf(300, NOON + 2 * DAY)).refusal?.details).toMatchObject({ limit: 800 });
    expect(on(next, inOf(600, NOON + 400 * DAY)).refusal).toBeUndefined();
  });

  it('X16: are no event: what happened before comes as if they had not been there', () => {
    const first = memberOf(on(withPoints(0), inOf(300)));
    const bought = on(
      { ...first, history: [], purchases: new Map() },
      {
        ...anAccrual(aPurchase([5_000]), { at: NOON + 1, occurredAt: NOON - DAY_MS }),
        versions: versionsOf(programme),
      },
    );
    expect(lastOf(bought).explanation.some(([, , code]) => code === 'late_event')).toBe(false);
    expect(memberOf(bought).points).toBe(100 + 50 + 20);
  });
});
