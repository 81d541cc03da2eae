import { act, type Action } from '../../src/rules/act.js';
import type { Outcome } from '../../src/rules/outcome.js';
import { blockOf } from '../../src/rules/partners/terms.js';
import type { MemberState } from '../../src/rules/state.js';
import { aProgramme } from '../support/programme.js';
import {
  aMember,
  anAccrual,
  aPurchase,
  DAY,
  lastOf,
  memberOf,
  NOON,
  versionsOf,
} from '../support/state.js';

const base = { kind: 'per_amount', id: 'base', name: 'Base', rate: '1' } as const;

describe('a partner whose block runs low', () => {
  const programme = aProgramme({
    earningRules: [base],
    partners: [
      {
        ...{ code: 'corner', kind: 'partner' },
        terms: {
          ...{ kind: 'prepaid', price: '1', share: '1', whenEmpty: 'refuse', alertBelow: 50 },
        },
      },
    ],
  });
  const bought = (pounds: number, left: number, retailer = 'corner'): Outcome =>
    act(
      programme,
      {
        members: [aMember({ tier: 'blue' })],
        left: new Map([[blockOf('corner'), left]]),
        rest: new Map([[blockOf('corner'), left]]),
      },
      { ...anAccrual({ ...aPurchase([pounds * 100]), retailer }), versions: versionsOf(programme) },
    );

  it('R67: is told so by the posting that leaves less than the alert value', () => {
    expect(lastOf(bought(10, 60))).not.toHaveProperty('low');
    expect(lastOf(bought(11, 60)).low).toEqual({ left: 49, alertBelow: 50 });
    expect(lastOf(bought(60, 60)).low).toEqual({ left: 0, alertBelow: 50 });
    expect(lastOf(bought(11, 60, 'shop'))).not.toHaveProperty('low');
  });

  it('R66: turns away what the block has not got, whatever else is left', () => {
    const outcome = bought(61, 60);
    expect(outcome.refusal).toEqual({ code: 'partner_block_empty', details: {} });
    expect(memberOf(outcome).points).toBe(0);
  });
});

describe('a return that leaves a tier unreached', () => {
  const programme = aProgramme({
    ladder: { window: { kind: 'calendar', period: 'year' } },
    tiers: [
      { code: 'blue', name: 'Blue', threshold: 0, multiplier: '1' },
      { code: 'silver', name: 'Silver', threshold: 100, multiplier: '1' },
    ],
    earningRules: [base],
    returnWindowDays: 20,
    lateEvents: { windowDays: 3_650, older: 'flag' },
  });
  const versions = versionsOf(programme);
  let member: MemberState;
  const doing = (action: Action): Outcome => {
    const outcome = act(programme, { members: [member] }, action);
    member = memberOf(outcome);
    return outcome;
  };
  const buy = (pounds: number, at: number): number => {
    doing({ ...anAccrual(aPurchase([pounds * 100]), { at }), versions });
    return member.version;
  };
  const keptBy = (purchase: number, at: number): boolean =>
    lastOf(doing({ kind: 'return', at, occurredAt: at, purchase, versions })).explanation.some(
      ([, , code]) => code === 'tier_kept_until_review',
    );

  beforeEach(() => {
    member = aMember({ history: [], purchases: new Map() });
  });

  it('R44: says that it is kept until its review, where it was this purchase that reached it', () => {
    const purchase = buy(120, NOON);
    expect(keptBy(purchase, NOON + 30 * DAY)).toBe(true);
    expect(member.tier).toBe('silver');
  });

  it('R44: says nothing where the rest reaches it, or there was nothing to lose', () => {
    buy(100, NOON);
    expect(keptBy(buy(50, NOON + DAY), NOON + 40 * DAY)).toBe(false);
    member = aMember({ history: [], purchases: new Map() });
    expect(keptBy(buy(50, NOON), NOON + 30 * DAY)).toBe(false);
  });

  it('R44: says it once: what comes back after it loses nothing more', () => {
    const [first, second] = [buy(60, NOON), buy(60, NOON + DAY)];
    expect(keptBy(first, NOON + 40 * DAY)).toBe(true);
    expect(keptBy(second, NOON + 41 * DAY)).toBe(false);
  });
});

describe('a return that makes another rule of a lane the best', () => {
  const bonus = (id: string, points: number, more: object): typeof base =>
    Object.assign({}, base, { kind: 'per_purchase', id, name: id, rate: undefined, points }, more);
  const programme = aProgramme({
    rewards: [],
    lanes: [{ code: 'gift', name: 'One gift' }],
    countedPurchases: { minimumAmount: 1_000 },
    tiers: [{ code: 'blue', name: 'Blue', threshold: 0, multiplier: '1' }],
    earningRules: [
      base,
      bonus('again', 30, { lane: 'gift', when: [{ kind: 'nth_purchase', numbers: [2] }] }),
      bonus('large', 50, { lane: 'gift', minimumAmount: 10_000 }),
      bonus('fifth', 70, { when: [{ kind: 'nth_purchase', numbers: [5] }] }),
    ],
  });
  const versions = versionsOf(programme);

  it('R15: pays what that one would have paid, and nothing that was never met', () => {
    const before = act(
      programme,
      { members: [aMember({ history: [], purchases: new Map() })] },
      { ...anAccrual(aPurchase([2_000]), { at: NOON - 2 * DAY }), versions },
    );
    const bought = act(
      programme,
      { members: [memberOf(before)] },
      { ...anAccrual(aPurchase([6_000, 6_000])), versions },
    );
    const award = lastOf(bought).explanation;
    expect(award.filter(([rule]) => rule > 0)).toEqual([
      [1, -1, 'better_rule_in_lane', '0', 2],
      [2, -1, 'purchase_bonus_applied', '50000000000'],
      [3, -1, 'condition_not_met', '0', 'nth_purchase'],
    ]);
    const back = act(
      programme,
      { members: [memberOf(bought)] },
      {
        ...{ kind: 'return', at: NOON + DAY, occurredAt: NOON + DAY, purchase: 2 },
        ...{ lines: [{ line: 1 }], versions },
      },
    );
    expect(lastOf(back).explanation).toEqual([
      [0, 1, 'returned', '-60000000000'],
      [1, -1, 'decided_anew', '30000000000'],
      [2, -1, 'minimum_no_longer_met', '-50000000000'],
    ]);
    expect(memberOf(back).points).toBe(110);
    const rest = act(
      programme,
      { members: [memberOf(back)] },
      {
        ...{ kind: 'return', at: NOON + 2 * DAY, occurredAt: NOON + 2 * DAY, purchase: 2 },
        versions,
      },
    );
    expect(memberOf(rest)).toMatchObject({ points: 20, owed: 0 });
  });
});
