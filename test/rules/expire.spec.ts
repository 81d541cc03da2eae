import fc from 'fast-check';
import { act } from '../../src/rules/act.js';
import type { Told } from '../../src/rules/expiry/expire.js';
import { endOfDayAfter } from '../../src/rules/period.js';
import type { Lot } from '../../src/rules/state.js';
import { aProgramme } from '../support/programme.js';
import { aLot, aMember, DAY, lastOf, memberOf, NOON } from '../support/state.js';

const programme = aProgramme();
const { timeZone } = programme;
const midnight = (days: number): number => endOfDayAfter(timeZone, NOON, days);
const told = (days: number, since: number, more: Partial<Told> = {}): Told => ({
  ...{ expiresAt: midnight(days), notice: 1, evidence: 'email', at: NOON + since * DAY },
  ...more,
});
const holder = (lots: readonly Lot[]): ReturnType<typeof aMember> => {
  const sum = (of: (lot: Lot) => number): number => lots.reduce((all, lot) => all + of(lot), 0);
  const held = sum((lot) => lot.held);
  return aMember({ version: 9, lots, held, points: sum((lot) => lot.remaining) - held });
};
const expiring = (days: number, more: Partial<Lot> = {}): Lot =>
  aLot({ expiresAt: midnight(days), ...more });

const expire = (member: ReturnType<typeof aMember>, at: number, notices: readonly Told[]) =>
  act(programme, { members: [member] }, { kind: 'expire', at, told: notices, noticeDays: 7 });

describe('points whose date has come', () => {
  it('stay for ever while there is no evidence that their member was told that date', () => {
    const member = holder([expiring(10)]);
    for (const notices of [[], [told(11, 0)]]) {
      expect(expire(member, NOON + 4_000 * DAY, notices).postings).toEqual([]);
    }
  });

  it('go at their date, in a posting that names the evidence', () => {
    const member = holder([expiring(10)]);
    const notices = [told(10, 1, { notice: 4, evidence: 'shown' })];
    expect(expire(member, midnight(10) - 1, notices).postings).toEqual([]);
    const outcome = expire(member, midnight(10), notices);
    expect(lastOf(outcome)).toMatchObject({
      ...{ kind: 'expire', occurredAt: midnight(10), billionths: 0n },
      explanation: [[-2, -1, 'expired', '0', 'shown/4']],
      entries: [{ debit: 'points', credit: 'expired', amount: 100, lotSeq: 1, lotN: 0 }],
    });
    expect(memberOf(outcome)).toMatchObject({ points: 0, owed: 0 });
  });

  it('go later where their member was told late: the days of the notice are always theirs', () => {
    const member = holder([expiring(10)]);
    const late = endOfDayAfter(timeZone, NOON + 30 * DAY, 7);
    const notices = [told(10, 40, { notice: 1 }), told(10, 30, { notice: 2 })];
    expect(expire(member, late - 1, notices).postings).toEqual([]);
    expect(lastOf(expire(member, late, notices))).toMatchObject({
      occurredAt: late,
      explanation: [[-2, -1, 'expired', '0', 'email/2']],
    });
  });

  it('stay as far as they are held', () => {
    const member = holder([expiring(10, { held: 40 })]);
    const outcome = expire(member, midnight(20), [told(10, 0)]);
    expect(memberOf(outcome)).toMatchObject({ points: 0, held: 40 });
    expect(memberOf(outcome).lots).toMatchObject([{ remaining: 40, held: 40 }]);
  });

  it('go on thirty single days as they go at once after thirty missed ones, row by row', () => {
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
        expect(daily).toEqual(memberOf(atOnce));
        expect(rows).toEqual(atOnce.postings);
      }),
    );
  });
});
