import fc from 'fast-check';
import { act } from '../../src/rules/act.js';
import { dueOf } from '../../src/rules/expiry/silent.js';
import type { SilentTerms, Told } from '../../src/rules/expiry/terms.js';
import type { Outcome } from '../../src/rules/outcome.js';
import type { Programme } from '../../src/rules/programme.js';
import { lotKey } from '../../src/rules/state.js';
import { draws } from '../support/draws.js';
import { aProgramme } from '../support/programme.js';
import { aMember, aPurchase, DAY, memberOf, NOON, versionsOf } from '../support/state.js';

const months = 2;
const programme: Programme = {
  ...aProgramme({ returnWindowDays: 0, lateEvents: { windowDays: 3_650, older: 'flag' } }),
  expiry: {
    ...{ kind: 'inactivity', months },
    notices: { daysBefore: [10], leastDays: 7, mostDays: null, lastResort: true },
  },
};
const versions = versionsOf(programme);
const DAYS = 300;

/** Points, day by day, of somebody who is always told of the date that is true then. */
const lived = (acts: readonly { day: number; arrives: number }[]): number[] => {
  const cameAt = new Map<number, number>();
  let member = aMember({ expired: [], history: [], purchases: new Map() });
  const points: number[] = [];
  const keep = (outcome: Outcome, at: number): void => {
    for (const { kind, seq } of outcome.postings) if (kind !== 'accrue') cameAt.set(seq, at);
    member = memberOf(outcome);
  };
  for (let day = 0; day <= DAYS; day += 5) {
    const at = NOON + day * DAY;
    const lots = (member.lots ?? []).filter(({ remaining }) => remaining > 0);
    const terms = (seq: number): SilentTerms => ({
      ...{ months, versionNo: 1, cameAt: cameAt.get(seq) ?? null },
    });
    const silentLots = new Map(lots.map((lot) => [lotKey(lot), terms(lot.seq)]));
    const read = { ...member, lots, presence, silentLots };
    const notices = lots.flatMap((lot): Told[] => {
      const due = dueOf(programme.timeZone, read, lot);
      return due === undefined ? [] : [{ ...due, ...by, at: due.expiresAt - 10 * DAY }];
    });
    const going = { kind: 'expire', at, until: at } as const;
    keep(act(programme, { members: [{ ...read, told: notices }] }, going), at);
    for (const each of acts.filter(({ arrives }) => arrives === day)) {
      const occurredAt = NOON + each.day * DAY;
      const bought = { purchase: aPurchase([1_000]), versions };
      const state = { members: [member] };
      keep(act(programme, state, { kind: 'accrue', at, occurredAt, ...bought }), at);
    }
    points.push(member.points);
  }
  return points;
};

const presence = { actedAt: null, stage: 'active', silentFrom: null, mayBeTold: true } as const;
const by = { notice: 1, upTo: 1_000, evidence: 'email' } as const;

it('R135: that an act comes late never leaves less than its coming in time', () => {
  const steps = fc.array(fc.record({ day: fc.nat(40), delay: fc.nat(12) }), {
    minLength: 1,
    maxLength: 5,
  });
  let [came, differing] = [0, 0];
  fc.assert(
    fc.property(steps, (story) => {
      const days = story.map(({ day, delay }) => ({ day: day * 5, arrives: (day + delay) * 5 }));
      const inTime = lived(days.map(({ day }) => ({ day, arrives: day })));
      const late = lived(days);
      const last = Math.max(...days.map(({ arrives }) => arrives)) / 5;
      for (let place = last; place < late.length; place += 1) {
        expect(late[place]).toBeGreaterThanOrEqual(inTime[place] ?? 0);
      }
      came += 1;
      if (late.some((points, place) => points !== inTime[place])) differing += 1;
    }),
    { numRuns: draws(150) },
  );
  // Most stories are about something.
  expect(differing).toBeGreaterThan(came / 10);
});
