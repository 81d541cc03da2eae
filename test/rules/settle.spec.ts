import { act } from '../../src/rules/act.js';
import { blank, refused } from '../../src/rules/spending/settle.js';
import type { Redemption } from '../../src/rules/state.js';
import { aProgramme } from '../support/programme.js';
import { aLot, aMember, lastOf, memberOf, MINUTE, NOON } from '../support/state.js';

const programme = aProgramme();
const held: Redemption = {
  ...{ seq: 4, retailer: 'shop', reward: 'tea', points: 40, state: 'held', changedSeq: 4 },
  ...{ expiresAt: NOON + MINUTE, lots: [{ seq: 1, n: 0, amount: 40 }] },
};
const member = aMember({
  ...{ version: 8, points: 60, held: 40, changesAt: NOON + MINUTE },
  ...{ lots: [aLot({ held: 40 })], redemptions: [held] },
});
const settling = (kind: 'settle', at: number) =>
  act(programme, { members: [member] }, { kind, at });

describe('what time has done', () => {
  it('R8: a hold that ran out is released in a posting of its own, dated to its end', () => {
    const outcome = settling('settle', NOON + 2 * MINUTE);
    expect(outcome.postings).toHaveLength(1);
    expect(lastOf(outcome)).toMatchObject({
      ...{ kind: 'release', seq: 9, subjectSeq: 4, occurredAt: NOON + MINUTE },
      explanation: [[-2, -1, 'hold_timed_out', '0', 40]],
      entries: [{ debit: 'held', credit: 'points', amount: 40, lotSeq: 1, lotN: 0 }],
      redemptions: [{ ...held, state: 'expired', changedSeq: 9, lots: [] }],
    });
    expect(memberOf(outcome)).toMatchObject({ points: 100, held: 0, changesAt: null });
  });

  it('R8: nothing before a hold ends', () => {
    const outcome = settling('settle', NOON + MINUTE - 1);
    expect([outcome.postings, memberOf(outcome)]).toEqual([[], member]);
  });
});

describe('a posting that moves nothing', () => {
  it('R2: carries the figures it leaves, and opens and changes nothing', () => {
    const { points, owed, pending, qualifying, remainder, tier } = member;
    expect(blank(programme, member, NOON)).toEqual({
      ...{ member: 0, seq: 8, kind: 'refused', subjectSeq: null, versionNo: 1, occurredAt: NOON },
      ...{ billionths: 0n, explanation: [], entries: [], opened: [], changed: [], counters: [] },
      ...{ redemptions: [], standing: undefined },
      after: { points, held: 40, owed, pending, qualifying, remainder, tier },
    });
  });

  it('R12: a refusal that blames no field is posted, with its reason, when it happened', () => {
    const refusal = { code: 'member_not_active', details: { why: 'left' } };
    const settled = { member, postings: [] };
    const action = { at: NOON, occurredAt: NOON - MINUTE };
    const outcome = refused(programme, settled, action, refusal, 3);
    expect(outcome.refusal).toBe(refusal);
    expect(memberOf(outcome)).toEqual({ ...member, version: 9 });
    expect(lastOf(outcome)).toMatchObject({
      ...{ kind: 'refused', seq: 9, subjectSeq: 3, occurredAt: NOON - MINUTE },
      explanation: [[-2, -1, 'refused', '0', JSON.stringify(refusal)]],
    });
    expect(lastOf(refused(programme, settled, { at: NOON }, refusal)).occurredAt).toBe(NOON);
  });

  it('R12: one that blames a field leaves nothing behind', () => {
    const refusal = { code: 'unknown_reward', pointer: '/reward', details: {} };
    const outcome = refused(programme, { member, postings: [] }, { at: NOON }, refusal);
    expect(outcome).toEqual({ state: { members: [member] }, postings: [], refusal });
  });
});
