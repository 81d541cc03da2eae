import { act, type Action } from '../../src/rules/act.js';
import type { Outcome, PostingDraft } from '../../src/rules/outcome.js';
import type { MemberState, Redemption } from '../../src/rules/state.js';
import { aProgramme } from '../support/programme.js';
import { aLot, aMember, lastOf, memberOf, MINUTE, NOON } from '../support/state.js';

const programme = aProgramme({
  rewards: [{ code: 'tea', name: 'Tea', points: 40, value: { amount: 20, currency: 'GBP' } }],
});
const lots = [aLot({ seq: 1, amount: 30 }), aLot({ seq: 2, amount: 50 })];
const member = aMember({ version: 8, points: 80, tier: 'blue', lots });
const acting = (of: MemberState, action: Action): Outcome =>
  act(programme, { members: [of] }, action);
const held = (): MemberState =>
  memberOf(acting(member, { kind: 'hold', at: NOON, retailer: 'shop', reward: 'tea' }));
const after = { owed: 0, pending: 0, qualifying: 0n, remainder: 0n, tier: 'blue' };
const nothing: Partial<PostingDraft> = {
  ...{ member: 0, subjectSeq: null, versionNo: 1, billionths: 0n },
  ...{ opened: [], counters: [], standing: undefined },
};
const redemption: Redemption = {
  ...{ seq: 9, retailer: 'shop', reward: 'tea', points: 40, state: 'held', changedSeq: 9 },
  expiresAt: NOON + 15 * MINUTE,
  shared: [],
  lots: [
    { seq: 1, n: 0, amount: 30 },
    { seq: 2, n: 0, amount: 10 },
  ],
};
const parts = (debit: string, credit: string) =>
  redemption.lots.map(({ seq, n, amount }) => ({ debit, credit, amount, lotSeq: seq, lotN: n }));

describe('the postings of a reward', () => {
  it('R7: a hold names what it holds of which lot', () => {
    const outcome = acting(member, { kind: 'hold', at: NOON, retailer: 'shop', reward: 'tea' });
    expect(outcome.postings).toEqual([
      {
        ...nothing,
        ...{ seq: 9, kind: 'hold', occurredAt: NOON, redemptions: [redemption], shared: [] },
        after: { ...after, points: 40, held: 40 },
        explanation: [[-2, -1, 'hold_placed', '0', 40]],
        entries: parts('points', 'held'),
        changed: [aLot({ seq: 1, amount: 30, held: 30 }), aLot({ seq: 2, amount: 50, held: 10 })],
      },
    ]);
  });

  it('R7: a capture spends just what was held', () => {
    const outcome = acting(held(), { kind: 'capture', at: NOON + MINUTE, redemption: 9 });
    const done = { ...redemption, state: 'captured', changedSeq: 10, lots: [] };
    expect(outcome.postings).toEqual([
      {
        ...nothing,
        ...{ seq: 10, kind: 'redeem', subjectSeq: 9, occurredAt: NOON + MINUTE },
        after: { ...after, points: 40, held: 0 },
        explanation: [[-2, -1, 'hold_captured', '0', 40]],
        entries: parts('held', 'redeemed'),
        changed: [
          aLot({ seq: 1, amount: 30, remaining: 0 }),
          aLot({ seq: 2, amount: 50, remaining: 40 }),
        ],
        redemptions: [done],
      },
    ]);
    expect(memberOf(outcome).redemptions).toEqual([done]);
  });

  it('R7: a release gives it back to the very lots', () => {
    const outcome = acting(held(), { kind: 'release', at: NOON + MINUTE, redemption: 9 });
    expect(outcome.postings).toEqual([
      {
        ...nothing,
        ...{ seq: 10, kind: 'release', subjectSeq: 9, occurredAt: NOON + MINUTE, shared: [] },
        after: { ...after, points: 80, held: 0 },
        explanation: [[-2, -1, 'hold_released', '0', 40]],
        entries: parts('held', 'points'),
        changed: lots,
        redemptions: [
          { ...redemption, state: 'released', changedSeq: 10, lots: [], shared: undefined },
        ],
      },
    ]);
  });

  it.each([
    ['captured', 'redemption_already_captured'],
    ['released', 'redemption_already_released'],
    ['returned', 'redemption_returned'],
    ['expired', 'hold_expired'],
  ] as const)('R8: one that is %s is not settled again: %s', (state, code) => {
    const of = { ...held(), redemptions: [{ ...redemption, state }] };
    const outcome = acting(of, { kind: 'capture', at: NOON, redemption: 9 });
    expect(outcome.refusal).toEqual({ code, details: {} });
    expect(lastOf(outcome)).toMatchObject({ kind: 'refused', subjectSeq: 9 });
  });

  it('R12: one that the programme does not have is refused, and named', () => {
    const hold: Action = { kind: 'hold', at: NOON, retailer: 'shop', reward: 'gold' };
    expect(acting(member, hold).refusal).toEqual({
      ...{ code: 'unknown_reward', pointer: '/reward', details: { reward: 'gold' } },
    });
  });

  it('R12: one asked for by a member who left is refused, whatever they have', () => {
    const hold: Action = { kind: 'hold', at: NOON, retailer: 'shop', reward: 'tea' };
    const outcome = acting({ ...member, status: 'left' }, hold);
    expect(outcome.refusal).toEqual({ code: 'member_not_active', details: {} });
  });
});
