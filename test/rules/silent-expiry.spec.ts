import fc from 'fast-check';
import { act, type Action } from '../../src/rules/act.js';
import { dueOf, lookForPointsAt } from '../../src/rules/expiry/silent.js';
import { noticesOf, type SilentTerms, type Told } from '../../src/rules/expiry/terms.js';
import { endOfDayAfter, endOfDayAfterMonths } from '../../src/rules/period.js';
import type { Programme } from '../../src/rules/programme.js';
import { lotKey, type MemberState } from '../../src/rules/state.js';
import { draws } from '../support/draws.js';
import { aProgramme } from '../support/programme.js';
import {
  aLot,
  aMember,
  aPurchase,
  DAY,
  HOUR,
  lastOf,
  memberOf,
  NOON,
  versionsOf,
} from '../support/state.js';

const MONTHS = 12;
const programme: Programme = {
  ...aProgramme({
    returnWindowDays: 0,
    lateEvents: { windowDays: 3_650, older: 'flag' },
    rewards: [{ code: 'r', name: 'R', points: 25, value: { amount: 25, currency: 'GBP' } }],
  }),
  expiry: {
    ...{ kind: 'inactivity', months: MONTHS },
    notices: { daysBefore: [60, 7], leastDays: 7, mostDays: null, lastResort: true },
  },
};
const { timeZone } = programme;
const versions = versionsOf(programme);
const dateAfter = (act: number): number => endOfDayAfterMonths(timeZone, act, MONTHS);

/** What a member is known to have been told of a silence since an act. */
const told = (since: number, more: Partial<Told> = {}): Told => ({
  ...{ expiresAt: dateAfter(since), ofSilence: true, notice: 1, upTo: 1_000 },
  ...{ evidence: 'email', at: since, ...more },
});

/** Everything that is read before points go: whose lots go by silence, and when each came. */
function known(
  member: MemberState,
  notices: readonly Told[] = [],
  terms: SilentTerms = { months: MONTHS, versionNo: 1, cameAt: null },
): MemberState {
  const lots = member.lots ?? [];
  return {
    ...member,
    told: notices,
    silentLots: new Map(lots.map((lot) => [lotKey(lot), terms])),
    presence: member.presence ?? {
      ...{ actedAt: null, stage: 'active', silentFrom: null, mayBeTold: true },
    },
  };
}

const holder = (heardAt = NOON): MemberState =>
  aMember({ version: 1, points: 100, lots: [aLot()], newestAt: heardAt, expired: [] });

const goes = (member: MemberState, at: number) =>
  act(programme, { members: [member] }, { kind: 'expire', at, until: at });

const buys = (member: MemberState, occurredAt: number, at: number) =>
  act(
    programme,
    { members: [member] },
    { kind: 'accrue', at, occurredAt, purchase: aPurchase([1_000]), versions },
  );

/** What went, as the ledger reads it back: when it did, and under which version it had come. */
const readBack = (member: MemberState, at: number): MemberState => ({
  ...member,
  ...{ history: [], purchases: new Map() },
  expired: (member.expired ?? []).map((gone) => ({ ...gone, went: { at, versionNo: 1 } })),
});

describe('points that go by silence', () => {
  it('R133: go at the midnight that ends so many months after the last willing act, and not before', () => {
    const member = known(holder(), [told(NOON)]);
    const date = dateAfter(NOON);
    expect(goes(member, date - 1).postings).toEqual([]);
    const outcome = goes(member, date);
    expect(lastOf(outcome)).toMatchObject({
      ...{ kind: 'expire', occurredAt: date, moved: -100 },
      explanation: [
        [-2, -1, 'expired', '0', 'email/1'],
        [-2, -1, 'silent_since', '0', '2026-06-16'],
      ],
    });
    expect(memberOf(outcome)).toMatchObject({ points: 0, owed: 0 });
  });

  it('R133: have one date with all others, which each act moves, be it a purchase or a login', () => {
    const lots = [aLot({ seq: 1 }), aLot({ seq: 2, accruedAt: NOON + 300 * DAY })];
    const heard = aMember({ version: 2, lots, newestAt: NOON + 300 * DAY });
    const dates = (member: MemberState): (number | undefined)[] =>
      lots.map((lot) => dueOf(timeZone, known(member), lot)?.expiresAt);
    const date = dateAfter(NOON + 300 * DAY);
    expect(dates(heard)).toEqual([date, date]);
    const presence = { actedAt: NOON + 310 * DAY, stage: 'active', silentFrom: null } as const;
    const later = dateAfter(NOON + 310 * DAY);
    expect(dates({ ...heard, presence: { ...presence, mayBeTold: true } })).toEqual([later, later]);
  });

  it('R133: count from when they came, if somebody else gave them to a silent member', () => {
    const cameAt = NOON + 200 * DAY;
    const member = known(holder(), [], { months: MONTHS, versionNo: 1, cameAt });
    expect(dueOf(timeZone, member, aLot())?.expiresAt).toBe(dateAfter(cameAt));
    const before = known(holder(NOON + 300 * DAY), [], { months: MONTHS, versionNo: 1, cameAt });
    expect(dueOf(timeZone, before, aLot())?.expiresAt).toBe(dateAfter(NOON + 300 * DAY));
  });

  it('R133: keep the terms under which they came, whatever the version in force says', () => {
    const date = endOfDayAfterMonths(timeZone, NOON, 24);
    const terms = { months: 24, versionNo: 1, cameAt: null };
    const member = known(holder(), [told(NOON), told(NOON, { expiresAt: date, notice: 2 })], terms);
    expect(goes(member, date - 1).postings).toEqual([]);
    const expiry = { kind: 'rolling', months: 1, notices: noticesOf(programme.expiry) } as const;
    const rolling: Programme = { ...programme, expiry };
    for (const version of [programme, rolling]) {
      const action = { kind: 'expire', at: date, until: date } as const;
      expect(act(version, { members: [member] }, action).postings).toHaveLength(1);
    }
    // Those of a version under which none go have no silence, and stay.
    const ever = { ...member, silentLots: new Map<string, SilentTerms>() };
    expect(goes(ever, date + 9_999 * DAY).postings).toEqual([]);
  });

  it('R134: stay without evidence about this very silence; one of a former silence, or of points with a date, is none', () => {
    const date = dateAfter(NOON);
    const other = { ...told(NOON), ofSilence: false };
    for (const notices of [[], [told(NOON - 5 * DAY)], [other], [told(NOON, { upTo: 0 })]]) {
      expect(goes(known(holder(), notices), date + 4_000 * DAY).postings).toEqual([]);
    }
    const dated = aMember({ version: 1, points: 100, lots: [aLot({ expiresAt: date })] });
    const silence = { ...known(dated, [told(NOON)]), silentLots: new Map<string, SilentTerms>() };
    expect(goes(silence, date).postings).toEqual([]);
  });

  it('R134: stay for the days of the notice where their member was told late', () => {
    const since = dateAfter(NOON) + 30 * DAY;
    const late = endOfDayAfter(timeZone, since, 7);
    const member = known(holder(), [told(NOON, { at: since })]);
    expect(goes(member, late - 1).postings).toEqual([]);
    expect(lastOf(goes(member, late)).occurredAt).toBe(late);
  });

  it('R134: are told of anew where they come back after being spent', () => {
    const date = dateAfter(NOON);
    const spent = known({ ...holder(), points: 75 }, [told(NOON, { upTo: 1 })]);
    const redemption = {
      ...{ seq: 2, retailer: 'shop', reward: 'r', points: 25, state: 'captured' as const },
      ...{ expiresAt: NOON, changedSeq: 2, delivery: 'pending' as const },
      lots: [{ seq: 1, n: 0, amount: 25 }],
    };
    const lots = [aLot({ remaining: 75 })];
    const member = { ...spent, version: 2, lots, redemptions: [redemption] };
    const deliver = {
      kind: 'deliver',
      at: date + HOUR,
      redemption: 2,
      delivery: 'failed',
    } as const;
    const back = memberOf(act(programme, { members: [member] }, deliver));
    expect(back.points).toBe(100);
    const gone = goes(known(back, [told(NOON, { upTo: 1 })]), date + DAY);
    expect(memberOf(gone).points).toBe(25);
  });

  it('R135: come back where a late event shows that their member was not silent, before it counts', () => {
    const date = dateAfter(NOON);
    const gone = readBack(memberOf(goes(known(holder(), [told(NOON)]), date)), date);
    expect(gone).toMatchObject({ points: 0, lots: [{ remaining: 0 }] });
    const outcome = buys(gone, date - 2 * DAY, date + 3 * DAY);
    expect(outcome.postings).toMatchObject([
      {
        ...{ kind: 'reinstate', billionths: 0n, moved: 100 },
        explanation: [[-2, -1, 'was_not_silent', '0', 100]],
        opened: [{ amount: 100, expiresAt: null, accruedAt: NOON, origin: { seq: 1, n: 0 } }],
      },
      { kind: 'accrue' },
    ]);
    expect(memberOf(outcome)).toMatchObject({ expired: [], heardAt: date - 2 * DAY });
    // Once: another late event finds nothing that is still gone.
    const again = buys(memberOf(outcome), date - DAY, date + 4 * DAY);
    expect(again.postings.map(({ kind }) => kind)).toEqual(['accrue']);
  });

  it('R135: stay gone for an act after they went, one that was too long before, or one that is refused', () => {
    const date = dateAfter(NOON);
    const gone = readBack(memberOf(goes(known(holder(), [told(NOON)]), date)), date);
    const kinds = (occurredAt: number, member = gone): string[] =>
      buys(member, occurredAt, date + 3 * DAY).postings.map(({ kind }) => kind);
    expect(kinds(date)).toEqual(['accrue']);
    expect(kinds(date - 1)).toEqual(['reinstate', 'accrue']);
    const dayOfLast = { ...gone, newestAt: NOON - DAY, heardAt: NOON - DAY };
    expect(kinds(NOON, dayOfLast)).toEqual(['accrue']);
    expect(kinds(date - 1, { ...gone, status: 'closed' })).toEqual(['refused']);
    // Too old to be put in its place, it counts as of its arrival.
    const late: Programme = { ...programme, late: { windowDays: 2, older: 'flag' } };
    const newer = { ...gone, newestAt: date + DAY, heardAt: date + DAY };
    const older = act(
      late,
      { members: [newer] },
      {
        ...{ kind: 'accrue', at: date + 3 * DAY, occurredAt: date - DAY },
        ...{ purchase: aPurchase([1_000]), versions: versionsOf(late) },
      },
    );
    expect(older.postings.map(({ kind }) => kind)).toEqual(['accrue']);
  });

  it('R135: come back ahead of a late return, which takes its own of them and no others', () => {
    const empty = aMember({ expired: [], history: [], purchases: new Map() });
    const first = memberOf(buys(empty, NOON, NOON));
    const second = memberOf(buys(first, NOON + HOUR, NOON + HOUR));
    const date = dateAfter(NOON);
    const gone = memberOf(goes(known(second, [told(NOON)]), date));
    // Known of the going itself: decided right behind it, nothing is read in between.
    expect(gone.expired).toMatchObject([
      { amount: first.points, went: { at: date, versionNo: 1 } },
      { amount: second.points - first.points, went: { at: date, versionNo: 1 } },
    ]);
    const back = (occurredAt: number) =>
      act(
        programme,
        { members: [gone] },
        { kind: 'return', at: date + DAY, occurredAt, purchase: 1, versions },
      );
    const late = back(date - DAY);
    expect(late.postings.map(({ kind }) => kind)).toEqual(['reinstate', 'return']);
    const others = second.points - first.points;
    expect(memberOf(late)).toMatchObject({ points: others, owed: 0, expired: [] });
    // In time it proves nothing, and nobody owes what has gone.
    const inTime = back(date + DAY);
    expect(inTime.postings.map(({ kind }) => kind)).toEqual(['return']);
    expect(memberOf(inTime)).toMatchObject({ points: 0, owed: 0, expired: [{ amount: others }] });
  });

  it('R134: an act decided right before, of which nothing is read again, moves the date as any other', () => {
    const member = known(holder(), [told(NOON)]);
    const at = dateAfter(NOON) + HOUR;
    const held = memberOf(
      act(programme, { members: [member] }, { kind: 'hold', at, retailer: 'shop', reward: 'r' }),
    );
    expect(held).toMatchObject({ points: 75, presence: { actedAt: at } });
    expect(goes(held, at).postings).toEqual([]);
    const refused = act(
      programme,
      { members: [member] },
      { kind: 'hold', at, retailer: 'shop', reward: 'none' },
    );
    expect(memberOf(refused).presence?.actedAt).toBeNull();
  });

  it('R133, R134: any life of acts and looks loses nothing within so many months of an act', () => {
    const steps = fc.array(
      fc.record({ days: fc.integer({ min: 1, max: 500 }), does: fc.constantFrom('buy', 'wait') }),
      { minLength: 1, maxLength: 12 },
    );
    fc.assert(
      fc.property(steps, fc.boolean(), (story, isTold) => {
        let member = aMember({ expired: [] });
        let [at, last, mine] = [NOON, NOON, 0];
        member = { ...member, enrolledAt: NOON };
        for (const { days, does } of story) {
          at += days * DAY;
          // Told of whatever date is true at each look, or never.
          const notices = isTold ? [told(last)] : [];
          member = memberOf(goes(known(member, notices), at));
          const isOver =
            isTold && Math.max(dateAfter(last), endOfDayAfter(timeZone, last, 7)) <= at;
          if (isOver) mine = 0;
          expect(member.points).toBe(mine);
          if (does === 'buy') {
            const before = member.points;
            member = { ...memberOf(buys({ ...member, told: undefined }, at, at)) };
            mine += member.points - before;
            last = at;
          }
        }
      }),
      { numRuns: draws(200) },
    );
  });

  it('R134: go in one run beside points with a date, each by its own evidence', () => {
    const date = dateAfter(NOON);
    const lots = [aLot({ seq: 1 }), aLot({ seq: 2, expiresAt: date })];
    const both = aMember({ version: 2, points: 200, lots, newestAt: NOON });
    const member = { ...known({ ...both, lots: [aLot({ seq: 1 })] }), lots };
    const silent = told(NOON, { notice: 1 });
    const dated = { ...told(NOON, { notice: 2 }), ofSilence: false };
    const run = (notices: readonly Told[]) =>
      goes({ ...member, told: notices }, date).postings.map(({ explanation, entries }) => [
        ...[explanation[0]?.[4], entries.map(({ lotSeq }) => lotSeq)],
      ]);
    expect(run([silent, dated])).toEqual([
      ['email/1', [1]],
      ['email/2', [2]],
    ]);
    expect(run([silent])).toEqual([['email/1', [1]]]);
    expect(run([dated])).toEqual([['email/2', [2]]]);
  });

  it('R136: looking when it is time tells on the days that looking every day does', () => {
    const daysBefore = [60, 30, 7];
    const day = (at: number): number => endOfDayAfter(timeZone, at, 0);
    const acts = fc.uniqueArray(fc.integer({ min: 0, max: 1_500 }), { maxLength: 6 });
    /** The days, of all that are looked at, on which a notice is due. */
    const tells = (days: readonly number[], isLooked: (at: number) => boolean): string[] => {
      const found: string[] = [];
      for (let n = 0; n <= 2_200; n += 1) {
        const at = NOON + n * DAY;
        if (!isLooked(at)) continue;
        const last = Math.max(NOON, ...days.map((each) => NOON + each * DAY).filter((a) => a < at));
        for (const before of daysBefore) {
          if (endOfDayAfter(timeZone, at, before) === dateAfter(last)) {
            found.push(`${String(n)}: ${String(before)}`);
          }
        }
      }
      return found;
    };
    fc.assert(
      fc.property(acts, (days) => {
        let next = 0;
        const looks = (at: number): boolean => {
          if (next > at) return false;
          const last = Math.max(NOON, ...days.map((n) => NOON + n * DAY).filter((a) => a < at));
          const dates = dateAfter(last) > at ? [dateAfter(last)] : [];
          next = lookForPointsAt(timeZone, { daysBefore }, { dates, months: MONTHS }, at);
          expect(next).toBeGreaterThan(at);
          return true;
        };
        expect(tells(days, looks)).toEqual(tells(days, (at) => day(at) > 0));
      }),
      { numRuns: draws(30) },
    );
  });

  it('R136: a member is looked at since a date that has passed, as long as points stay past it', () => {
    const terms = { dates: [NOON - DAY, NOON + 400 * DAY], months: MONTHS };
    expect(lookForPointsAt(timeZone, { daysBefore: [7] }, terms, NOON)).toBe(NOON - DAY);
    const nobody = { dates: [], months: undefined };
    const far = lookForPointsAt(timeZone, { daysBefore: [7] }, nobody, NOON);
    expect(far).toBe(endOfDayAfterMonths(timeZone, NOON, 120));
    const action: Action = { kind: 'expire', at: NOON, until: NOON };
    const unread = { ...holder(), told: [], silentLots: known(holder()).silentLots };
    expect(() => act(programme, { members: [unread] }, action)).toThrow(/silence/);
  });
});
