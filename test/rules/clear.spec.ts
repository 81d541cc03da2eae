import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { act } from '../../src/rules/act.js';
import type { Outcome } from '../../src/rules/outcome.js';
import type { Programme } from '../../src/rules/programme.js';
import type { Lot, MemberState } from '../../src/rules/state.js';
import { aProgramme } from '../support/programme.js';
import { aLot, aMember, aPurchase, DAY, HOUR, lastOf, memberOf, NOON } from '../support/state.js';
import { anAccrual, versionsOf } from '../support/state.js';

const watching = (returnWindowDays: number): Programme =>
  aProgramme({
    earningRules: [{ kind: 'per_amount', id: 'base', name: 'On everything', rate: '1' }],
    guards: { velocity: [{ counts: 'purchases', most: 1, per: 'day', holdHours: 72 }] },
    ...{ rewards: [], returnWindowDays, lateEvents: { windowDays: 30, older: 'flag' } },
  });
const programme = watching(0);
const ada = { id: 'ada', memberId: null };

const clear = (
  member: MemberState,
  { event = 2, at = NOON + HOUR, by = ada, awarding = programme } = {},
): Outcome =>
  act(awarding, { members: [member] }, { kind: 'clear', at, event, awarding, requester: by });

/** Two purchases of an hour, of which the second is withheld until three days after. */
function bought(of: Programme): MemberState {
  let member = aMember({ history: [], purchases: new Map() });
  for (const amount of [1_000, 2_050]) {
    const accrual = { ...anAccrual(aPurchase([amount])), versions: versionsOf(of) };
    member = memberOf(act(of, { members: [member] }, accrual));
  }
  return member;
}

describe('what is cleared', () => {
  it('R143: can be spent at once, in lots of the same age, date and purchase, and nothing else moves', () => {
    const member = bought(programme);
    expect([member.points, member.pending]).toEqual([30, 20]);
    const outcome = clear(member);
    const after = memberOf(outcome);
    expect([after.points, after.pending, after.changesAt]).toEqual([30, 0, null]);
    expect({ ...after, lots: [], version: 0, pending: 0, changesAt: 0 }).toEqual({
      ...{ ...member, lots: [], version: 0, pending: 0, changesAt: 0 },
    });
    expect(lastOf(outcome)).toMatchObject({
      ...{ kind: 'clear', subjectSeq: 2, occurredAt: NOON + HOUR, billionths: 0n },
      explanation: [[-2, -1, 'points_cleared', '0', 20]],
      entries: [
        { debit: 'points', credit: 'issued', amount: 20, lotSeq: 2, lotN: 0 },
        { debit: 'issued', credit: 'points', amount: 20, lotSeq: 3, lotN: 0 },
      ],
    });
    const [old] = member.lots?.filter(({ seq }) => seq === 2) ?? [];
    expect(after.lots?.filter(({ seq }) => seq > 1)).toEqual([
      { ...old, remaining: 0 },
      { ...old, seq: 3, amount: 20, availableFrom: NOON + HOUR, origin: { seq: 2, n: 0 } },
    ]);
  });

  it('R143: waits for its return window all the same', () => {
    const open = watching(1);
    const { lots = [] } = memberOf(clear(bought(open), { awarding: open }));
    const [first, , cleared] = lots;
    expect(cleared?.availableFrom).toBe(first?.availableFrom);
    const long = watching(3);
    expect(clear(bought(long), { awarding: long }).refusal?.code).toBe('nothing_withheld');
  });

  it('R143: is all that is left of the event, of its corrections too, and of no other', () => {
    const until = NOON + 3 * DAY;
    const own = (seq: number, more: Partial<Lot> = {}): Lot =>
      aLot({ seq, accruedAt: NOON, availableFrom: until, ...more });
    const lots = [
      ...[own(2, { remaining: 40 }), own(3, { origin: { seq: 2, n: 0 }, remaining: 5 })],
      ...[own(4, { remaining: 0, origin: { seq: 2, n: 0 } }), own(5)],
      own(6, { availableFrom: NOON + HOUR, origin: { seq: 2, n: 0 } }),
    ];
    const member = aMember({ version: 9, points: 245, pending: 145, lots, changesAt: until });
    const outcome = clear(member);
    expect(lastOf(outcome).entries.map(({ amount, lotSeq }) => [amount, lotSeq])).toEqual([
      ...[
        [40, 2],
        [40, 10],
        [5, 3],
        [5, 10],
      ],
    ]);
    expect(memberOf(outcome)).toMatchObject({ points: 245, pending: 100, changesAt: until });
  });

  it('R144: is cleared once, and not when its time is over, nor where nothing is withheld', () => {
    const member = bought(programme);
    const again = clear(memberOf(clear(member)));
    expect(again.refusal).toEqual({ code: 'nothing_withheld', details: {} });
    expect(lastOf(again)).toMatchObject({ kind: 'refused', subjectSeq: 2, entries: [] });
    const codeAt = (at: number): string | undefined => clear(member, { at }).refusal?.code;
    expect([codeAt(NOON + 3 * DAY - 1), codeAt(NOON + 3 * DAY)]).toEqual([
      ...[undefined, 'nothing_withheld'],
    ]);
    expect(clear(member, { event: 1 }).refusal?.code).toBe('nothing_withheld');
    expect(clear({ ...member, status: 'closed' }).refusal?.code).toBe('member_not_active');
  });

  it('U14: is never one\u2019s own', () => {
    const member = bought(programme);
    const outcome = clear(member, { by: { id: 'ada', memberId: member.memberId } as never });
    expect(outcome).toEqual({
      ...{ state: { members: [member] }, postings: [] },
      refusal: { code: 'own_account', details: {} },
    });
  });

  it('R144: goes back with its purchase, whatever was cleared of it before', () => {
    const pounds = fc.integer({ min: 1, max: 60 });
    fc.assert(
      fc.property(fc.array(pounds, { minLength: 2, maxLength: 5 }), fc.nat(4), (amounts, which) => {
        let member = aMember({ history: [], purchases: new Map() });
        const versions = versionsOf(programme);
        const does = (action: Parameters<typeof act>[2]): Outcome => {
          const outcome = act(programme, { members: [member] }, action);
          member = memberOf(outcome);
          return outcome;
        };
        for (const amount of amounts) {
          does({ ...anAccrual(aPurchase([amount * 100])), versions });
        }
        const purchase = (which % amounts.length) + 1;
        const { points } = member;
        const awarding = programme;
        does({ kind: 'clear', at: NOON + 1, event: purchase, awarding, requester: ada });
        expect(member.points).toBe(points);
        const when = { at: NOON + 2, occurredAt: NOON + 2 };
        does({ kind: 'return', ...when, purchase, versions });
        expect(member.points).toBe(points - (amounts[purchase - 1] ?? 0));
        const left = (member.lots ?? []).filter(
          ({ seq, origin, remaining }) => (origin?.seq ?? seq) === purchase && remaining > 0,
        );
        expect([left, member.owed]).toEqual([[], 0]);
      }),
      { numRuns: Number(process.env['RUNS'] ?? 100) },
    );
  });
});
