import { act, type Action } from '../../src/rules/act.js';
import { decideReturn } from '../../src/rules/earning/give-back.js';
import { usedOf } from '../../src/rules/limits.js';
import { Moves } from '../../src/rules/spending/moves.js';
import type { MemberState, Redemption } from '../../src/rules/state.js';
import { poolOf } from '../../src/rules/offers/pool.js';
import { aProgramme } from '../support/programme.js';
import { aLot, aMember, NOON } from '../support/state.js';

const reasons = [{ code: 'goodwill', name: 'Goodwill' }];
const programme = aProgramme({
  rewards: [{ code: 'tea', name: 'Tea', points: 40, value: { amount: 20, currency: 'GBP' } }],
  staff: { reasons, perStaffPerDay: 900, perMemberPerDay: 900, fourEyesAbove: 100 },
});
const acting = (member: MemberState, action: Action) => () =>
  act(programme, { members: [member], limits: new Map([['approvals/user/ada', 0]]) }, action);

const hold: Action = { kind: 'hold', at: NOON, retailer: 'shop', reward: 'tea' };
const capture: Action = { kind: 'capture', at: NOON, redemption: 1 };
const adjust: Action = {
  kind: 'adjust',
  at: NOON,
  points: 500,
  reason: 'goodwill',
  requester: { id: 'ada', memberId: null },
};
const held: Redemption = {
  seq: 1,
  retailer: 'shop',
  reward: 'tea',
  points: 40,
  state: 'held',
  expiresAt: NOON + 1,
  changedSeq: 1,
  lots: [{ seq: 7, n: 0, amount: 40 }],
};

/** What the caller should have read is missing: nothing is decided on half a member. */
describe('a decision without what it depends on is none, and says what is missing', () => {
  it('needs a member', () => {
    const settle: Action = { kind: 'settle', at: NOON };
    expect(() => act(programme, { members: [] }, settle)).toThrow(
      'an action names at least one member',
    );
  });

  it('needs lots and redemptions where time or spending is decided', () => {
    const missing = 'lots and redemptions are read before time or spending is decided';
    expect(acting(aMember({ lots: undefined }), hold)).toThrow(missing);
    expect(acting(aMember({ redemptions: undefined }), hold)).toThrow(missing);
    const stale = aMember({ lots: undefined, changesAt: NOON });
    expect(acting(stale, { kind: 'settle', at: NOON })).toThrow(missing);
  });

  it('needs the redemption that it names, and the lots that this one names', () => {
    expect(acting(aMember(), capture)).toThrow(
      'the redemption an action names is read before it is decided',
    );
    const missing = 'a hold names lots that are open';
    const lots = [aLot({ seq: 7, n: 1 }), aLot({ seq: 6, n: 0 })];
    expect(acting(aMember({ redemptions: [held], lots }), capture)).toThrow(missing);
    expect(() => {
      new Moves(9, aMember({ lots })).giveBack({ seq: 7, n: 0, amount: 40 }, NOON, {
        endsAt: NOON,
        isAnew: false,
      });
    }).toThrow('a captured redemption names known lots');
  });

  it('needs the approvals and limits of an adjustment', () => {
    expect(acting(aMember(), adjust)).toThrow('approvals are read before an adjustment is decided');
    expect(acting(aMember(), { ...adjust, points: 10 })).toThrow(
      'a limit is read before it is used',
    );
    expect(() => usedOf({}, 'adjust/user/ada')).toThrow('a limit is read before');
  });

  it('needs what was bought where it comes back', () => {
    const award = {
      ...{ seq: 1, occurredAt: NOON, at: NOON, versionNo: 1, held: '', tier: 'blue' },
      ...{ purchase: undefined, items: new Map(), returned: [] },
    };
    const context = {
      ...{ held: '', qualifying: 0n, counters: new Map<string, number>(), enrolledAt: 0 },
      ...{ seenAt: null, pool: poolOf(undefined) },
    };
    const facts = {
      ...{ awarding: programme, programme, newest: programme, award, returned: [], time: NOON },
      ...{ others: { lastGrant: () => 0, firstOf: () => 0, inBasket: () => 0n }, floor: undefined },
    };
    expect(() => decideReturn(context, facts)).toThrow('an erased purchase is not returned');
  });
});
