import { act } from '../../src/rules/act.js';
import { isHeldOut } from '../../src/rules/offers/standing.js';
import { validOffers } from '../../src/rules/offers/valid.js';
import type { Outcome } from '../../src/rules/outcome.js';
import type { MemberState } from '../../src/rules/state.js';
import { aProgramme } from '../support/programme.js';
import { aMember, anAccrual, aPurchase, DAY, lastOf, memberOf, NOON } from '../support/state.js';

const pays = { kind: 'per_amount', rate: '1' } as const;
const offer = (code: string, more: object = {}): object => ({
  ...{ code, name: code, audience: { kind: 'all' }, pays, byCoupon: true },
  ...more,
});
const programme = aProgramme({
  offers: [
    offer('letter', { from: '2026-06-16', until: '2026-06-20' }),
    offer('silver', { audience: { kind: 'tiers', tiers: ['silver'] } }),
    offer('half', { holdoutShare: '0.5' }),
    offer('vip', { audience: { kind: 'lists', lists: ['vip'] } }),
    offer('plain', { byCoupon: false }),
  ] as never[],
  surprises: [
    {
      ...{ code: 'thanks', name: 'Thanks', audience: { kind: 'all' }, chance: '0.5', points: 10 },
      ...{ minimumAmount: 1_000, caps: [{ period: 'year', points: 20 }], budget: { points: 100 } },
    },
  ],
});

interface Asked {
  offer?: string;
  at?: number;
  until?: number;
  used?: number;
}

function activate(member: MemberState, asked: Asked = {}): Outcome {
  const { offer: code = 'letter', at = NOON, until = Infinity, used = 0 } = asked;
  const state = { members: [member], limits: new Map([['coupon/x', used]]) };
  return act(programme, state, { kind: 'activate', at, offer: code, until, single: 'coupon/x' });
}
const blue = aMember({ tier: 'blue', version: 3 });
const codeOf = (member: MemberState, asked: Asked): unknown =>
  activate(member, asked).refusal?.code;

it('R58: an offer that is not activated pays nothing, whatever it is called', () => {
  const named = aProgramme({ offers: [offer('constructor'), offer('letter')] as never[] });
  const purchase = { ...aPurchase([2_000]), traits: { offers: { letter: 'open' as const } } };
  const { explanation } = lastOf(act(named, { members: [blue] }, anAccrual(purchase)));
  const told = explanation.filter(([ruleNo]) => named.offers.has(ruleNo));
  expect(told.map(([, , code]) => code)).toEqual(['not_activated', 'rate_applied']);
});

describe('a coupon that activates an offer', () => {
  it('R94: posts that it did, moves nothing, and is used up', () => {
    const outcome = activate(blue);
    expect(lastOf(outcome)).toMatchObject({
      ...{ kind: 'award', seq: 4, billionths: 0n, entries: [], opened: [], counters: [] },
      explanation: [[-2, -1, 'offer_activated', '0', 'letter']],
    });
    const member = memberOf(outcome);
    expect(member).toEqual({ ...blue, version: 4, activated: member.activated });
    expect(member.activated).toEqual(new Map([['letter', NOON]]));
    expect(outcome.state.limits?.get('coupon/x')).toBe(1);
    const told = validOffers(programme, member, NOON).map(({ offer: { code } }) => code);
    expect(told).toEqual(['letter', 'plain']);
    expect(validOffers(programme, blue, NOON).map(({ offer: { code } }) => code)).toEqual([
      'plain',
    ]);
  });

  it('R94: is refused with the reason, and is as good as before', () => {
    const offerPauses = [{ offer: 'letter', from: 0, until: null }];
    const activated = new Map([['letter', NOON - DAY]]);
    expect(codeOf(blue, { used: 1 })).toBe('coupon_already_used');
    expect(codeOf(blue, { until: NOON })).toBe('coupon_not_valid');
    expect(codeOf(blue, { until: NOON + 1 })).toBeUndefined();
    expect(codeOf(blue, { at: NOON - DAY })).toBe('offer_not_running');
    expect(codeOf(blue, { at: NOON + 5 * DAY })).toBe('offer_not_running');
    expect(codeOf({ ...blue, offerPauses }, {})).toBe('offer_is_paused');
    expect(codeOf({ ...blue, activated }, {})).toBe('offer_already_activated');
    expect(codeOf({ ...blue, status: 'frozen' }, {})).toBe('member_not_active');
    expect(codeOf(blue, { offer: 'silver' })).toBe('offer_not_for_member');
    expect(codeOf({ ...blue, tier: 'silver' }, { offer: 'silver' })).toBeUndefined();
    expect(codeOf(blue, { offer: 'vip' })).toBe('offer_not_for_member');
    expect(codeOf({ ...blue, lists: new Set(['vip']) }, { offer: 'vip' })).toBeUndefined();
    for (const unknown of ['none', 'plain', 'thanks', 'base']) {
      expect(codeOf(blue, { offer: unknown })).toBe('offer_not_running');
    }
    const refused = activate(blue, { until: NOON });
    expect(refused.state.limits?.get('coupon/x') ?? 0).toBe(0);
    expect(memberOf(refused).activated).toBeUndefined();
  });

  it('R94, O4: tells who is held out no more than whoever else it is not for', () => {
    const ids = Array.from({ length: 20 }, (_, n) => `member ${String(n)}`);
    const answers = ids.map((memberId) => {
      const code = codeOf({ ...blue, memberId }, { offer: 'half' });
      expect(code === undefined).toBe(!isHeldOut(memberId, 'half', 500_000));
      return code;
    });
    expect(new Set(answers)).toEqual(new Set([undefined, 'offer_not_for_member']));
  });
});
