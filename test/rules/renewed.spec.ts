import { act, type Action } from '../../src/rules/act.js';
import { adjustmentLimits, waitingLimit } from '../../src/rules/actions/adjustment-limits.js';
import type { Told } from '../../src/rules/expiry/terms.js';
import type { Outcome } from '../../src/rules/outcome.js';
import type { Programme } from '../../src/rules/programme.js';
import type { GoneLot, Lot, MemberState, State } from '../../src/rules/state.js';
import { aProgramme } from '../support/programme.js';
import { aLot, aMember, DAY, lastOf, memberOf, NOON } from '../support/state.js';

const base = aProgramme({
  staff: {
    reasons: [{ code: 'goodwill', name: 'Goodwill' }],
    ...{ perStaffPerDay: 900, perMemberPerDay: 900, fourEyesAbove: 200 },
  },
});
const programme: Programme = {
  ...base,
  expiry: {
    ...{ kind: 'rolling', months: 1 },
    notices: { daysBefore: [7], leastDays: 1, mostDays: 30, lastResort: true },
  },
};
const ada = { id: 'ada', memberId: null };
const ben = { id: 'ben', memberId: null };
const SOON = NOON + 5 * DAY;
const NEW_YEAR = Date.UTC(2027, 0, 1);

const owner = (...lots: Lot[]): MemberState =>
  aMember({
    ...{ version: 9, lots, expired: [], approvals: { made: 0, pending: [] } },
    points: lots.reduce((sum, { remaining, held }) => sum + remaining - held, 0),
    held: lots.reduce((sum, { held }) => sum + held, 0),
  });
const gone = (seq: number, expiresAt: number, accruedAt = NOON - 90 * DAY): GoneLot => ({
  ...{ seq, n: 0, amount: 10, origin: undefined },
  terms: { funder: 'own', accruedAt, availableFrom: accruedAt, expiresAt },
});

function doing(member: MemberState, action: Action): Outcome {
  const limits = new Map([[waitingLimit('ada').id, 0]]);
  for (const { id } of adjustmentLimits('ada', member.memberId)) limits.set(id, 0);
  const state: State = { members: [member], limits };
  return act(programme, state, action);
}
const renew = (
  member: MemberState,
  kind: 'extend' | 'reinstate',
  points: number,
  lastDay = '2026-12-31',
): Outcome =>
  doing(member, {
    ...{ kind, at: NOON, points, lastDay, reason: 'goodwill', requester: ada },
  });

describe('points that are renewed', () => {
  it('R131: what went last comes back first, and of one date the newest', () => {
    const expired = [
      gone(3, NOON - 9 * DAY),
      gone(5, NOON - DAY),
      gone(4, NOON - 2 * DAY),
      gone(6, NOON - DAY, NOON - 40 * DAY),
    ];
    const outcome = renew({ ...owner(), expired }, 'reinstate', 25);
    const back = lastOf(outcome).entries.filter(({ debit }) => debit === 'expired');
    expect(back.map(({ lotSeq, amount }) => [lotSeq, amount])).toEqual([
      [6, 10],
      [5, 10],
      [4, 5],
    ]);
    expect(memberOf(outcome).expired?.map(({ seq, amount }) => [seq, amount])).toEqual([
      [3, 10],
      [4, 5],
    ]);
  });

  it('R130: what goes first is put off first, whatever the order in which it came', () => {
    const lots = [
      aLot({ seq: 2, amount: 10, expiresAt: SOON + DAY }),
      aLot({ seq: 3, amount: 10, expiresAt: SOON }),
      aLot({ seq: 4, amount: 10, held: 10, expiresAt: SOON }),
    ];
    const { entries } = lastOf(renew(owner(...lots), 'extend', 15));
    expect(entries.filter(({ debit }) => debit === 'points')).toMatchObject([
      { lotSeq: 3, amount: 10 },
      { lotSeq: 2, amount: 5 },
    ]);
  });

  it('R130, R131: only points that come back are points that moved', () => {
    const lot = aLot({ amount: 30, expiresAt: SOON });
    expect(lastOf(renew(owner(lot), 'extend', 15))).not.toHaveProperty('moved');
    expect(lastOf(renew(owner(lot), 'extend', 15))).not.toHaveProperty('approval');
    const member = { ...owner(lot), expired: [gone(5, NOON - DAY)] };
    expect(lastOf(renew(member, 'reinstate', 10)).moved).toBe(10);
  });

  it('R130: the day that ends at this instant is over', () => {
    const midnight = Date.UTC(2026, 5, 16, 23);
    const action = {
      points: 10,
      lastDay: '2026-06-16',
      reason: 'goodwill',
      requester: ada,
    } as const;
    const member = owner(aLot({ amount: 30, expiresAt: midnight - DAY, seq: 1 }));
    const at = (instant: number): unknown =>
      doing(member, { kind: 'extend', at: instant, ...action }).refusal?.code;
    expect([at(midnight - 1), at(midnight)]).toEqual([undefined, 'date_not_possible']);
  });

  it('R130, R131: one that two persons made tells the reason, the day and the approval', () => {
    for (const kind of ['reinstate', 'extend'] as const) {
      const expired = [{ ...gone(5, 1), amount: 300 }];
      const member = { ...owner(aLot({ amount: 300, expiresAt: SOON })), expired };
      const asked = memberOf(renew(member, kind, 201));
      const decision = { approval: 1, requester: ada, decider: ben, at: NOON + DAY } as const;
      const { explanation } = lastOf(doing(asked, { kind: 'approve', ...decision }));
      expect(explanation).toEqual([
        [-2, -1, kind === 'extend' ? 'points_extended' : 'points_reinstated', '0', 'goodwill'],
        [-2, -1, 'last_day', '0', '2026-12-31'],
        [-2, -1, 'adjustment_approved', '0', 1],
      ]);
      const unasked = lastOf(renew(member, kind, 200)).explanation;
      expect(unasked.map(([, , code]) => code)).not.toContain('adjustment_approved');
    }
  });

  it('R131: what went must be read, with its terms, before it comes back', () => {
    const { expired: _, ...unread } = owner();
    expect(() => renew(unread, 'reinstate', 1)).toThrow('what went is read before it comes back');
    const bare = { ...owner(), expired: [{ seq: 5, n: 0, amount: 10, origin: undefined }] };
    expect(() => renew(bare, 'reinstate', 1)).toThrow('terms of what comes back are read with it');
  });

  it('R130: points that stay for good need none, as their new day would take them', () => {
    const lots = [
      aLot({ amount: 10, expiresAt: null }),
      aLot({ seq: 2, amount: 10, expiresAt: NEW_YEAR }),
    ];
    expect(renew(owner(...lots), 'extend', 1).refusal).toMatchObject({
      details: { available: 0, required: 1, missing: 1 },
    });
  });
});

describe('points that go at several dates', () => {
  const told = (expiresAt: number, notice: number, at = NOON): Told => ({
    ...{ expiresAt, notice, upTo: 9, evidence: 'email', at },
  });
  const expire = (lots: readonly Lot[], notices: readonly Told[], at: number): Outcome =>
    act(
      programme,
      { members: [{ ...owner(...lots), told: notices }] },
      { kind: 'expire', at, until: at },
    );
  const said = ({ postings }: Outcome): unknown =>
    postings.map(({ occurredAt, explanation, entries }) => [
      ...[occurredAt, explanation[0]?.[4], entries.map(({ lotSeq }) => lotSeq)],
    ]);

  it('R111: go date by date, however they lie, and of one instant by their own dates, then by notice', () => {
    const one = NOON + 4 * DAY;
    const two = NOON + 6 * DAY;
    const lots = [
      aLot({ seq: 1, expiresAt: two }),
      aLot({ seq: 2, expiresAt: one }),
      aLot({ seq: 3, expiresAt: two }),
    ];
    const notices = [told(two, 1), told(one, 2)];
    expect(said(expire(lots, notices, two))).toEqual([
      [one, 'email/2', [2]],
      [two, 'email/1', [1, 3]],
    ]);
    // Told so late of all of them that all go at the end of one day.
    const late = NOON + 20 * DAY;
    const end = Date.UTC(2026, 6, 7, 23);
    const lateNotices = [
      ...[told(two, 4, late), told(one, 3, late)],
      { ...told(two, 1, late + 1), upTo: 2 },
    ];
    expect(said(expire(lots, lateNotices, end))).toEqual([
      [end, 'email/3', [2]],
      [end, 'email/4', [1, 3]],
    ]);
    const apart = [{ ...told(two, 4, late), upTo: 2 }, told(two, 2, late + 1)];
    expect(said(expire(lots, apart, end))).toEqual([
      [end, 'email/2', [3]],
      [end, 'email/4', [1]],
    ]);
  });

  it('R111: of what was known at one instant the first notice counts', () => {
    const date = NOON + 4 * DAY;
    const twice = [told(date, 7), told(date, 3)];
    expect(said(expire([aLot({ expiresAt: date })], twice, date))).toEqual([
      [date, 'email/3', [1]],
    ]);
    expect(said(expire([aLot({ expiresAt: date })], [...twice].reverse(), date))).toEqual([
      [date, 'email/3', [1]],
    ]);
  });

  it('R111: evidence that is older than its days when they go is none', () => {
    const date = Date.UTC(2026, 6, 16, 23);
    const lots = [aLot({ expiresAt: date })];
    expect(said(expire(lots, [told(date, 1)], date))).toEqual([[date, 'email/1', [1]]]);
    expect(said(expire(lots, [told(date, 1, NOON - DAY)], date))).toEqual([]);
  });

  it('R112: nothing goes of who may not spend, of whom nothing is told, or where nothing goes', () => {
    const date = NOON + DAY;
    const { told: _, ...untold } = owner(aLot({ expiresAt: date }));
    const action = { kind: 'expire', at: date, until: date } as const;
    expect(act(programme, { members: [untold] }, action).postings).toEqual([]);
    const never = aProgramme({ expiry: { kind: 'none' } });
    const member = { ...untold, told: [told(date, 1)] };
    expect(act(never, { members: [member] }, action).postings).toEqual([]);
  });
});
