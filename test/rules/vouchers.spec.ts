import fc from 'fast-check';
import { act, type Action } from '../../src/rules/act.js';
import type { Programme } from '../../src/rules/programme.js';
import type { Outcome } from '../../src/rules/outcome.js';
import type { MemberState, Redemption } from '../../src/rules/state.js';
import { aProgramme } from '../support/programme.js';
import {
  aLot,
  aMember,
  aPurchase,
  DAY,
  HOUR,
  lastOf,
  memberOf,
  NOON,
  versionsOf,
} from '../support/state.js';

const value = { amount: 20, currency: 'GBP' };
const slip = (voucher: object | undefined, points = 40): Programme =>
  aProgramme({
    rewards: [
      { code: 'slip', name: 'Slip', points, value, kind: 'discount_voucher', stock: 5, voucher },
    ] as never[],
  });
const twoLots = [
  aLot({ seq: 1, amount: 30 }),
  aLot({ seq: 2, amount: 50, expiresAt: NOON + 3 * DAY }),
];
const member = aMember({ version: 8, points: 80, tier: 'blue', lots: twoLots });
const left = new Map([['reward/slip', 5]]);
const acting = (programme: Programme, of: MemberState, action: Action): Outcome =>
  act(programme, { members: [of], left }, action);

function issue(programme: Programme, of: MemberState = member): MemberState {
  const held = acting(programme, of, { kind: 'hold', at: NOON, retailer: 'shop', reward: 'slip' });
  const versions = versionsOf(programme);
  const action = { kind: 'capture', at: NOON, redemption: of.version + 1, versions } as const;
  const captured = memberOf(acting(programme, memberOf(held), action));
  // As the ledger reads a captured redemption: with the lots that it has spent.
  return withLots(captured, lastOf(held).redemptions[0]?.lots ?? []);
}

const withLots = (of: MemberState, lots: Redemption['lots']): MemberState => ({
  ...of,
  redemptions: of.redemptions?.map((each) => ({ ...each, lots })),
});
const of = ({ redemptions }: MemberState): Redemption | undefined => redemptions?.[0];
const using = (programme: Programme, more: object = {}): Action => ({
  ...{ kind: 'use', at: NOON + DAY, redemption: 9, retailer: 'shop' },
  versions: versionsOf(programme),
  ...more,
});
/** The local midnight that ends so many days after. */
const endOf = (days: number): number => NOON + 12 * HOUR + days * DAY;

describe('vouchers', () => {
  it('R60: have the days of the version they were held in, whatever the one of the capture says', () => {
    const [ten, five] = [slip({ usableDays: 10 }), { ...slip({ usableDays: 5 }), no: 2 }];
    expect(of(issue(ten))).toMatchObject({ termsNo: 1, usableUntil: endOf(10) });
    expect(of(issue(slip(undefined)))).toMatchObject({ usableUntil: endOf(365) });
    const hold = { kind: 'hold', at: NOON, retailer: 'shop', reward: 'slip' } as const;
    const held = memberOf(acting(ten, member, hold));
    const versions = { version: (no: number) => (no === 1 ? ten : five), at: () => five };
    const capture = { kind: 'capture', at: NOON, redemption: 9, versions } as const;
    expect(of(memberOf(acting(five, held, capture)))).toMatchObject({ usableUntil: endOf(10) });
    expect(of(memberOf(acting(ten, held, { ...capture, versions: undefined })))).toMatchObject({
      usableUntil: endOf(10),
    });
  });

  it('R60: are used once, and the posting says by whom', () => {
    const programme = slip({ usableDays: 10 });
    const used = acting(programme, issue(programme), using(programme, { purchase: 4 }));
    expect(lastOf(used)).toMatchObject({
      ...{ kind: 'redeem', subjectSeq: 9, entries: [], billionths: 0n },
      explanation: [[-2, -1, 'voucher_used', '0', 'shop']],
      redemptions: [{ state: 'used', usedBy: 'shop', purchaseSeq: 4, changedSeq: 11 }],
    });
    const again = acting(programme, memberOf(used), using(programme));
    expect(again.refusal?.code).toBe('voucher_already_used');
    expect(lastOf(again)).toMatchObject({ kind: 'refused', subjectSeq: 9 });
  });

  it('R60: are refused from the instant they lapse, elsewhere, and for too little', () => {
    const programme = slip({ usableDays: 10, retailers: ['shop'], minimumPurchase: 500 });
    const have = issue(programme);
    const codeOf = (more: object): unknown =>
      acting(programme, have, using(programme, more)).refusal?.code;
    expect(codeOf({ total: 500, at: endOf(10) - 1 })).toBeUndefined();
    expect(codeOf({ total: 500, at: endOf(10) })).toBe('voucher_lapsed');
    expect(codeOf({ total: 500, retailer: 'corner' })).toBe('voucher_not_taken_here');
    expect(codeOf({ total: 499 })).toBe('below_minimum_purchase');
    const untold = acting(programme, have, using(programme));
    expect(untold.refusal).toEqual({
      ...{ code: 'total_needed', pointer: '/total', details: { minimum: 500 } },
    });
    expect(untold.postings).toEqual([]);
  });

  it('R60: are not used on what came back wholly, but on whatever is left of a purchase', () => {
    const programme = slip({ usableDays: 10 });
    const versions = versionsOf(programme);
    const start = { ...member, history: [], purchases: new Map() };
    const buy = { at: NOON, occurredAt: NOON, purchase: aPurchase([100, 50]), versions } as const;
    const bought = memberOf(acting(programme, start, { kind: 'accrue', ...buy }));
    const back = (of: MemberState, lines: number[]): MemberState => {
      const asked = lines.map((line) => ({ line }));
      const action = { at: NOON, occurredAt: NOON, purchase: 9, lines: asked, versions };
      return memberOf(acting(programme, of, { kind: 'return', ...action }));
    };
    const onIt = (of: MemberState): Outcome => {
      const have = issue(programme, of);
      const redemption = have.version - 1;
      return acting(programme, have, using(programme, { redemption, purchase: 9 }));
    };
    const some = back(bought, [0]);
    for (const each of [bought, some]) expect(onIt(each).refusal).toBeUndefined();
    for (const each of [back(bought, [0, 1]), back(some, [1])]) {
      const refused = onIt(each);
      expect(refused.refusal).toMatchObject({ code: 'purchase_came_back', pointer: '/purchase' });
      expect(refused.postings).toEqual([]);
    }
  });

  it('R61: give their points back when they lapse, if their terms say so, and once', () => {
    const programme = slip({ usableDays: 10, ifUnused: 'points_back' });
    const have = issue(programme);
    expect(of(have)?.backAt).toBe(endOf(10));
    const lapse = (at: number, whose = have): Outcome =>
      acting(programme, whose, { kind: 'lapse', at, redemption: 9 });
    expect(lapse(endOf(10) - 1).postings).toEqual([]);
    const back = lapse(endOf(10));
    expect(lastOf(back)).toMatchObject({
      ...{ kind: 'release', subjectSeq: 9 },
      explanation: [[-2, -1, 'voucher_lapsed', '0', 40]],
      shared: [{ limit: 'reward/slip', amount: -1 }],
      redemptions: [{ state: 'expired', lots: [] }],
    });
    expect(of(memberOf(back))?.backAt).toBeUndefined();
    expect(memberOf(back).points).toBe(80);
    // The lot that has expired meanwhile comes back for a grace of its own.
    expect(lastOf(back).opened).toMatchObject([{ amount: 40, origin: { seq: 2, n: 0 } }]);
    expect(lapse(endOf(11), memberOf(back)).postings).toEqual([]);
    const used = memberOf(acting(programme, have, using(programme)));
    expect(lapse(endOf(10), used).postings).toEqual([]);
    const silent = slip({ usableDays: 10 });
    expect(
      acting(silent, issue(silent), { kind: 'lapse', at: endOf(99), redemption: 9 }),
    ).toMatchObject({ postings: [] });
  });

  it('R60, R18: whatever is done to one in whatever order, it pays once or its points are back', () => {
    const steps = fc.array(
      fc.record({
        how: fc.constantFrom('use', 'lapse', 'return'),
        after: fc.integer({ min: 0, max: 6 }),
      }),
      { minLength: 1, maxLength: 8 },
    );
    const programme = slip({ usableDays: 10, ifUnused: 'points_back' });
    const versions = versionsOf(programme);
    fc.assert(
      fc.property(steps, (story) => {
        const start = { ...member, history: [], purchases: new Map() };
        const buy = { kind: 'accrue', purchase: aPurchase([100]), versions } as const;
        const bought = memberOf(acting(programme, start, { ...buy, at: NOON, occurredAt: NOON }));
        const purchase = bought.version;
        let state = issue(programme, bought);
        const redemption = purchase + 1;
        const lots = of(state)?.lots ?? [];
        let [now, uses, backs] = [NOON, 0, 0];
        let isBack = false;
        for (const { how, after } of story) {
          now += after * DAY;
          const action: Action =
            how === 'use'
              ? { kind: 'use', at: now, redemption, retailer: 'shop', purchase, versions }
              : how === 'lapse'
                ? { kind: 'lapse', at: now, redemption }
                : { kind: 'return', at: now, occurredAt: now, purchase, versions };
          const outcome = acting(programme, state, action);
          state = memberOf(outcome);
          if (outcome.refusal === undefined && how === 'use') {
            uses += 1;
            expect(isBack).toBe(false);
          }
          if (outcome.refusal === undefined && how === 'return') isBack = true;
          for (const { explanation } of outcome.postings) {
            const codes = explanation.map(([, , code]) => code);
            if (codes.includes('voucher_lapsed') || codes.includes('reward_given_back')) backs += 1;
          }
          const { state: is } = state.redemptions?.find(({ seq }) => seq === redemption) ?? {};
          const isSpent = is === 'captured' || is === 'used';
          state = withLots(state, isSpent ? lots : []);
          expect(backs).toBe(isSpent ? 0 : 1);
          expect(uses).toBeLessThanOrEqual(1);
          const remaining = (state.lots ?? []).reduce((sum, lot) => sum + lot.remaining, 0);
          expect(state.points).toBe(remaining);
        }
      }),
    );
  });
});
