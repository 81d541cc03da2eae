import { act } from '../../src/rules/act.js';
import type { Outcome } from '../../src/rules/outcome.js';
import type { Programme } from '../../src/rules/programme.js';
import type { MemberState } from '../../src/rules/state.js';
import type { ProgrammeDocument } from '../../src/programmes/document.js';
import { aProgramme } from '../support/programme.js';
import {
  aMember,
  anAccrual,
  aPurchase,
  DAY,
  memberOf,
  NOON,
  versionsOf,
} from '../support/state.js';

const BLOCK = 'block/café';
const by = (changed: Partial<ProgrammeDocument> = {}): Programme =>
  aProgramme({
    earningRules: [{ kind: 'per_amount', id: 'base', name: 'Base', rate: '1' }],
    ...{ returnWindowDays: 10, rewards: [] },
    partners: [
      {
        ...{ code: 'café', kind: 'partner' },
        terms: { kind: 'prepaid', price: '1', share: '1', whenEmpty: 'queue', alertBelow: 0 },
      },
    ],
    ...changed,
  });
const programme = by();

/** Who bought for so many pounds at the café, or elsewhere, when its block had so many points. */
function buyer(pounds: number, points: number, retailer = 'café', given = programme): MemberState {
  const fresh = aMember({ history: [], purchases: new Map(), tier: 'blue' });
  const state = { members: [fresh], left: new Map([[BLOCK, points]]) };
  const purchase = { ...aPurchase([pounds * 100]), retailer };
  return memberOf(act(given, state, { ...anAccrual(purchase), versions: versionsOf(given) }));
}
function award(
  member: MemberState,
  points: number,
  given = programme,
  at = NOON + 50 * DAY,
): Outcome {
  const state = { members: [member], left: new Map([[BLOCK, points]]) };
  const action = { kind: 'award_waiting', at, purchase: 1, versions: versionsOf(given) } as const;
  return act(given, state, action);
}

describe('points that waited and are awarded', () => {
  it('R102: are as many as the block has now, of the purchase, in a lot that goes as late as new ones', () => {
    const outcome = award(buyer(10, 4), 3);
    expect(outcome.postings).toHaveLength(1);
    expect(outcome.postings[0]).toMatchObject({
      ...{ kind: 'correct', subjectSeq: 1, occurredAt: NOON, billionths: 3_000_000_000n },
      explanation: [[-4, -1, 'partner_paid', '3000000000', 'café']],
      entries: [
        { debit: 'issued', credit: 'points', amount: 3, lotSeq: 2, lotN: 0 },
        { debit: 'partner:café', credit: 'issued', amount: 3 },
      ],
      opened: [{ seq: 2, amount: 3, funder: 'café', expiresAt: Date.UTC(2028, 7, 5, 23) }],
      shared: [{ limit: BLOCK, amount: 3 }],
      waiting: { purchase: 1, partner: 'café', since: NOON, billionths: 3_000_000_000n },
      decision: { held: 'blue', tier: 'blue', event: 1 },
    });
    expect(outcome.short).toEqual([{ limit: BLOCK, amount: 6 }]);
    expect(outcome.state.left).toEqual(new Map([[BLOCK, 0]]));
    expect(memberOf(outcome)).toMatchObject({ points: 7, newestAt: NOON });
  });

  it('R102: are all of them once there is enough, and then nothing is asked of the block', () => {
    for (const points of [6, 100]) {
      const outcome = award(buyer(10, 4), points);
      expect([outcome.short, memberOf(outcome).points]).toEqual([[], 10]);
      expect(outcome.postings[0]?.waiting?.billionths).toBe(0n);
    }
  });

  it('R102: are none while the block has none, which is asked for more, and none twice', () => {
    const nothing = award(buyer(10, 4), 0);
    expect([nothing.postings, nothing.short]).toEqual([[], [{ limit: BLOCK, amount: 6 }]]);
    expect(nothing.state.left).toEqual(new Map([[BLOCK, 0]]));
    const paid = memberOf(award(buyer(10, 4), 6));
    const again = award({ ...paid, history: buyer(10, 10).history ?? [] }, 6);
    expect([again.postings, again.short]).toEqual([[], []]);
  });

  it('R102: stay for good where points do', () => {
    const given = by({ expiry: { kind: 'none' } });
    expect(award(buyer(10, 4, 'café', given), 6, given).postings[0]?.opened).toMatchObject([
      { amount: 6, expiresAt: null },
    ]);
  });

  it('R102: are none of who left, of what is not known, and of what was bought elsewhere', () => {
    const member = buyer(10, 4);
    const none = (of: MemberState, given = programme): void => {
      const outcome = award(of, 6, given);
      expect([outcome.postings, outcome.short ?? []]).toEqual([[], []]);
      expect(memberOf(outcome).points).toBe(of.points);
      expect(outcome.state.left).toEqual(new Map([[BLOCK, 6]]));
    };
    none({ ...member, status: 'left' });
    none({ ...member, status: 'frozen' });
    none({ ...member, history: [], purchases: new Map() });
    none({ ...member, purchases: new Map() });
    none(buyer(10, 4, 'shop'));
    none(member, by({ partners: [] }));
    const { history: _, ...unread } = member;
    none(unread);
  });

  it('R104: of what came back in part are as many as the rest is worth', () => {
    const bought = buyer(10, 4);
    const action = { kind: 'return', at: NOON + DAY, occurredAt: NOON + DAY, purchase: 1 } as const;
    const lines = [{ line: 0, quantity: 0, amount: 300 }];
    const left = new Map([[BLOCK, 0]]);
    const versions = versionsOf(programme);
    const back = memberOf(
      act(programme, { members: [bought], left }, { ...action, lines, versions }),
    );
    expect(back.points).toBe(4);
    const outcome = award(back, 100);
    expect(memberOf(outcome).points).toBe(7);
    expect(outcome.state.left).toEqual(new Map([[BLOCK, 97]]));
  });
});
