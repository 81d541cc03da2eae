import { act, type Action } from '../../src/rules/act.js';
import type { Outcome } from '../../src/rules/outcome.js';
import type { MemberState } from '../../src/rules/state.js';
import { aProgramme, aProgrammeDocument } from '../support/programme.js';
import { aLot, aMember, DAY, lastOf, memberOf, MINUTE, NOON } from '../support/state.js';

const value = { amount: 1, currency: 'GBP' };
const programme = aProgramme({
  rewards: [
    { code: 'mug', name: 'Mug', points: 40, value, stock: 3 },
    { code: 'june', name: 'June', points: 40, value, from: '2026-06-10', until: '2026-06-16' },
  ],
});
const MUG = 'reward/mug';
const mugs = (amount: number): object => ({ limit: MUG, amount });

const owner = aMember({ lots: [aLot({ amount: 500 })], points: 500, version: 9 });

const decide = (member: MemberState, action: Action, left: number): Outcome =>
  act(programme, { members: [member], left: new Map([[MUG, left]]) }, action);
const hold = (member: MemberState, left: number, reward = 'mug', at = NOON): Outcome =>
  decide(member, { kind: 'hold', at, retailer: 'shop', reward }, left);

describe('a stock', () => {
  it('R30: is used by a hold, stays used by a capture, and is given back by a release', () => {
    const held = hold(owner, 1);
    expect(lastOf(held).shared).toEqual([mugs(1)]);
    const captured = decide(memberOf(held), { kind: 'capture', at: NOON, redemption: 10 }, 0);
    expect(lastOf(captured).shared ?? []).toEqual([]);
    expect(memberOf(captured).redemptions?.[0]?.shared).toEqual([mugs(1)]);
    const released = decide(memberOf(held), { kind: 'release', at: NOON, redemption: 10 }, 0);
    expect(lastOf(released).shared).toEqual([mugs(-1)]);
    expect(memberOf(released).redemptions?.[0]?.shared).toBeUndefined();
  });

  it('R30: is given back by a time-out, and can be used by the very act that settles it', () => {
    const held = memberOf(hold(owner, 1));
    const again = hold(held, 0, 'mug', NOON + 15 * MINUTE);
    expect(again.postings.map(({ kind, shared }) => [kind, shared])).toEqual([
      ['release', [mugs(-1)]],
      ['hold', [mugs(1)]],
    ]);
  });

  it('R30: that is gone refuses, reserves nothing and says of which limit there is too little', () => {
    const refused = hold(owner, 0);
    expect(refused.refusal).toEqual({ code: 'out_of_stock', details: {} });
    expect(refused.short).toEqual([mugs(1)]);
    expect(memberOf(refused).held).toBe(0);
    expect(lastOf(refused).shared).toBeUndefined();
  });

  it('R30: is not asked for by who could not have the reward anyhow', () => {
    const poor = hold(aMember({ version: 9 }), 0);
    expect(poor.refusal?.code).toBe('insufficient_points');
    expect(poor.short).toBeUndefined();
  });
});

describe('the days of a reward', () => {
  const begin = Date.UTC(2026, 5, 9, 23);
  const end = Date.UTC(2026, 5, 16, 23);

  it.each([
    ['before the first', begin - 1, 'reward_not_available'],
    ['from the first instant', begin, undefined],
    ['to the last', end - 1, undefined],
    ['and no longer', end, 'reward_not_available'],
  ])('D6: %s', (_, at, code) => {
    const young = { ...owner, lots: [aLot({ amount: 500, availableFrom: begin - DAY })] };
    const outcome = hold(young, 9, 'june', at);
    expect(outcome.refusal?.code).toBe(code);
    if (code === undefined) return;
    expect(outcome.refusal?.details).toEqual({
      from: new Date(begin).toISOString(),
      until: new Date(end).toISOString(),
    });
  });

  it('D6: do not keep a hold of the last day from being captured', () => {
    const held = memberOf(hold(owner, 9, 'june', end - 1));
    const captured = decide(held, { kind: 'capture', at: end + MINUTE, redemption: 10 }, 0);
    expect(captured.refusal).toBeUndefined();
  });

  it('D6: are those of the programme in its own zone', () => {
    const { identity, rewards } = aProgrammeDocument();
    const there = aProgramme({
      identity: { ...identity, timeZone: 'Asia/Tokyo' },
      rewards: rewards.map((each) => ({ ...each, from: '2026-06-10' })),
    });
    expect(there.rewards.get('voucher')?.from).toBe(Date.UTC(2026, 5, 9, 15));
    expect(there.rewards.get('voucher')?.until).toBe(Infinity);
  });
});
