import fc from 'fast-check';
import { act } from '../../src/rules/act.js';
import type { Told } from '../../src/rules/expiry/terms.js';
import { endOfDayAfter } from '../../src/rules/period.js';
import type { Programme } from '../../src/rules/programme.js';
import type { Lot } from '../../src/rules/state.js';
import { aProgramme } from '../support/programme.js';
import { aLot, aMember, DAY, lastOf, memberOf, NOON } from '../support/state.js';

const programme: Programme = {
  ...aProgramme(),
  expiry: {
    ...{ kind: 'rolling', months: 24 },
    notices: { daysBefore: [60, 7], leastDays: 7, mostDays: null, lastResort: true },
  },
};
const { timeZone } = programme;
const midnight = (days: number): number => endOfDayAfter(timeZone, NOON, days);
const told = (days: number, since: number, more: Partial<Told> = {}): Told => ({
  ...{ expiresAt: midnight(days), notice: 1, upTo: 9, evidence: 'email', at: NOON + since * DAY },
  ...more,
});
const holder = (lots: readonly Lot[]): ReturnType<typeof aMember> => {
  const sum = (of: (lot: Lot) => number): number => lots.reduce((all, lot) => all + of(lot), 0);
  const held = sum((lot) => lot.held);
  return aMember({ version: 9, lots, held, points: sum((lot) => lot.remaining) - held });
};
const expiring = (days: number, more: Partial<Lot> = {}): Lot =>
  aLot({ expiresAt: midnight(days), ...more });

const expire = (
  member: ReturnType<typeof aMember>,
  at: number,
  notices: readonly Told[],
  until = at,
) => act(programme, { members: [{ ...member, told: notices }] }, { kind: 'expire', at, until });

describe('points whose date has come', () => {
  it('R111: stay for ever while there is no evidence that their member was told that date', () => {
    const member = holder([expiring(10)]);
    for (const notices of [[], [told(11, 0)]]) {
      expect(expire(member, NOON + 4_000 * DAY, notices).postings).toEqual([]);
    }
  });

  it('R111: go at their date, in a posting that names the evidence', () => {
    const member = holder([expiring(10)]);
    const notices = [told(10, 1, { notice: 4, evidence: 'shown' })];
    expect(expire(member, midnight(10) - 1, notices).postings).toEqual([]);
    const outcome = expire(member, midnight(10), notices);
    expect(lastOf(outcome)).toMatchObject({
      ...{ kind: 'expire', occurredAt: midnight(10), billionths: 0n, moved: -100 },
      explanation: [[-2, -1, 'expired', '0', 'shown/4']],
      entries: [{ debit: 'points', credit: 'expired', amount: 100, lotSeq: 1, lotN: 0 }],
    });
    expect(memberOf(outcome)).toMatchObject({ points: 0, owed: 0 });
  });

  it('R112: stay while their member may not spend them, and go once they may again', () => {
    const member = holder([expiring(10)]);
    const notices = [told(10, 1)];
    const frozen = expire({ ...member, isFrozen: true }, midnight(20), notices);
    expect(frozen.postings).toEqual([]);
    expect(memberOf(frozen).points).toBe(100);
    expect(expire(member, midnight(20), notices).postings).toHaveLength(1);
  });

  it('R111: go later where their member was told late: the days of the notice are always theirs', () => {
    const member = holder([expiring(10)]);
    const late = endOfDayAfter(timeZone, NOON + 30 * DAY, 7);
    const notices = [told(10, 40, { notice: 1 }), told(10, 30, { notice: 2 })];
    expect(expire(member, late - 1, notices).postings).toEqual([]);
    expect(lastOf(expire(member, late, notices))).toMatchObject({
      occurredAt: late,
      explanation: [[-2, -1, 'expired', '0', 'email/2']],
    });
  });

  it('R111: stay where they came after the notice was made, until another one tells of them', () => {
    const member = holder([expiring(10, { seq: 5 }), expiring(10, { seq: 6 })]);
    const notices = [told(10, 1, { upTo: 5 }), told(10, 12, { notice: 2, upTo: 6 })];
    const outcome = expire(member, midnight(10), notices);
    expect(lastOf(outcome).entries).toMatchObject([{ credit: 'expired', lotSeq: 5 }]);
    const later = expire(memberOf(outcome), NOON + 20 * DAY, notices);
    expect(later.postings).toMatchObject([{ occurredAt: endOfDayAfter(timeZone, NOON, 19) }]);
    expect(memberOf(later).points).toBe(0);
  });

  it('R111: stay where the evidence is older than it may be, as long as none is newer', () => {
    const expiry = { ...programme.expiry, kind: 'rolling', months: 24 } as const;
    const notices = { daysBefore: [45], leastDays: 30, mostDays: 60, lastResort: false };
    const strict: Programme = { ...programme, expiry: { ...expiry, notices } };
    const by = (all: readonly Told[]) =>
      act(
        strict,
        { members: [{ ...holder([expiring(70)]), told: all }] },
        { kind: 'expire', at: NOON + 200 * DAY, until: NOON + 200 * DAY },
      ).postings;
    expect(by([told(70, 9)])).toEqual([]);
    expect(by([told(70, 9), told(70, 10)])).toMatchObject([{ occurredAt: midnight(70) }]);
    expect(by([told(70, 60)])).toMatchObject([{ occurredAt: midnight(90) }]);
  });

  it('R111: stay where nobody is told of them at all, and when what is asked for is before', () => {
    const member = holder([expiring(10)]);
    const silent = { members: [{ ...member, told: [told(10, 0)] }] };
    const at = midnight(20);
    const action = { kind: 'expire', at, until: at } as const;
    expect(act(aProgramme(), silent, action).postings).toEqual([]);
    expect(expire(member, at, [told(10, 0)], midnight(10) - 1).postings).toEqual([]);
  });

  it('R112: stay as far as they are held', () => {
    const member = holder([expiring(10, { held: 40 })]);
    const outcome = expire(member, midnight(20), [told(10, 0)]);
    expect(memberOf(outcome)).toMatchObject({ points: 0, held: 40 });
    expect(memberOf(outcome).lots).toMatchObject([{ remaining: 40, held: 40 }]);
  });

  it('R112: leave pending what is so when they are posted, however long ago their date was', () => {
    const window = { seq: 2, availableFrom: midnight(12), expiresAt: midnight(300) };
    const member = {
      ...holder([expiring(10), aLot(window)]),
      pending: 100,
      changesAt: midnight(12),
    };
    const at = (days: number) => memberOf(expire(member, midnight(days), [told(10, 0)]));
    expect(at(11)).toMatchObject({ points: 100, pending: 100, changesAt: midnight(12) });
    expect(at(13)).toMatchObject({ points: 100, pending: 0, changesAt: null });
  });

  it('R112: go on thirty single days as they go at once after thirty missed ones, row by row', () => {
    const notice = fc.record({ of: fc.nat(30), since: fc.nat(40), notice: fc.nat(5) });
    const lots = fc.array(fc.record({ of: fc.nat(30), amount: fc.integer({ min: 1, max: 50 }) }));
    fc.assert(
      fc.property(lots, fc.array(notice), (drawn, notices) => {
        const member = holder(
          drawn.map(({ of, amount }, seq) => expiring(of, { seq, amount, remaining: amount })),
        );
        const all = notices.map((each) => told(each.of, each.since, { notice: each.notice }));
        const end = NOON + 60 * DAY;
        const atOnce = expire(member, end, all);
        let daily = member;
        const rows = [];
        for (let at = NOON; at <= end; at += DAY) {
          // Evidence of a day to come is not there yet.
          const outcome = expire(
            daily,
            at,
            all.filter((each) => each.at <= at),
          );
          rows.push(...outcome.postings);
          daily = memberOf(outcome);
        }
        expect(daily).toEqual({ ...memberOf(atOnce), told: daily.told });
        expect(rows).toEqual(atOnce.postings);
      }),
    );
  });
});
