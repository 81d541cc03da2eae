import fc from 'fast-check';
import { act } from '../../src/rules/act.js';
import { beginsAt, lookAgainAt, silenceOf, stageAt } from '../../src/rules/inactivity/silence.js';
import type { Presence, StageTerms } from '../../src/rules/inactivity/terms.js';
import { DAY_MS, endOfDayAfter } from '../../src/rules/period.js';
import type { MemberState } from '../../src/rules/state.js';
import { aProgramme } from '../support/programme.js';
import { aLot, aMember } from '../support/state.js';

const inactivity: StageTerms[] = [
  { stage: 'at_risk', days: 90, notice: undefined },
  { stage: 'dormant', days: 365, notice: undefined },
  { stage: 'closed', days: 730, notice: undefined },
];
const programme = { ...aProgramme(), inactivity };
const { timeZone } = programme;
const START = Date.UTC(2026, 0, 15, 12);
const never: Presence = { actedAt: null, stage: 'active', silentFrom: null, mayBeTold: false };

const silent = (parts: Partial<MemberState> = {}): MemberState => ({
  ...aMember(),
  enrolledAt: START,
  heardAt: null,
  presence: never,
  ...parts,
});

/** What a look posts as of an instant, and the member after it. */
function look(member: MemberState, asOf: number): { member: MemberState; posted: string[] } {
  const outcome = act(
    programme,
    { members: [member] },
    { kind: 'grow_silent', at: asOf, asOf, version: programme },
  );
  const [after = member] = outcome.state.members;
  const posted = outcome.postings.map(
    ({ stage, occurredAt }) => `${stage?.stage ?? '?'} ${new Date(occurredAt).toISOString()}`,
  );
  return { member: after, posted };
}

describe('silence', () => {
  it('R120: a stage begins at the midnight that ends its last whole local day without an act', () => {
    for (const zone of ['Europe/London', 'Pacific/Auckland', 'America/New_York']) {
      const [first] = inactivity;
      if (first === undefined) throw new Error('There is one.');
      expect(beginsAt(zone, first, START)).toBe(endOfDayAfter(zone, START, 90));
    }
    const begins = endOfDayAfter(timeZone, START, 90);
    expect(look(silent(), begins - 1).posted).toEqual([]);
    expect(look(silent(), begins).posted).toEqual([`at_risk ${new Date(begins).toISOString()}`]);
  });

  it('R121: the newest of enrolment, event, redemption and login counts, and brings back at once', () => {
    const dormant = silent({ presence: { ...never, stage: 'dormant', silentFrom: START } });
    const at = START + 400 * DAY_MS;
    const stageOf = (member: MemberState): string =>
      stageAt(programme, silenceOf(member, member.presence ?? never), at).stage;
    expect(stageOf(dormant)).toBe('dormant');
    expect(stageOf({ ...dormant, heardAt: at - 1 })).toBe('active');
    expect(stageOf({ ...dormant, presence: { ...never, actedAt: at - 1 } })).toBe('active');
    expect(stageOf({ ...dormant, newestAt: at - 1 })).toBe('dormant');
    expect(stageOf({ ...dormant, heardAt: START + DAY_MS, presence: never })).toBe('dormant');
  });

  it('R122: each stage is posted once in a silence, in order, dated when it began', () => {
    const late = START + 1_000 * DAY_MS;
    const { member, posted } = look(silent(), late);
    expect(posted).toEqual(
      inactivity.map((terms) => {
        const at = new Date(beginsAt(timeZone, terms, START)).toISOString();
        return `${terms.stage} ${at}`;
      }),
    );
    expect(look(member, late + 900 * DAY_MS).posted).toEqual([]);
    const back = { ...member, heardAt: late };
    expect(look(back, late + 80 * DAY_MS).posted).toEqual([]);
    expect(look(back, late + 92 * DAY_MS).posted).toHaveLength(1);
  });

  it('R123: nobody with points, held points or a debt is closed; without them they are', () => {
    const late = START + 1_000 * DAY_MS;
    for (const left of [{ points: 1 }, { held: 1 }, { owed: 1 }]) {
      expect(look(silent({ ...left, lots: [aLot()] }), late).posted).toHaveLength(2);
    }
    expect(look(silent(), late).posted).toHaveLength(3);
    expect(look(silent({ status: 'closed' }), late).posted).toEqual([]);
  });

  it('R124: a stage moves no point, and is no event: nothing else of the member changes', () => {
    const before = silent({ points: 70, qualifying: 5n, newestAt: START, heardAt: START });
    const { member } = look(before, START + 500 * DAY_MS);
    const { version, presence, ...rest } = member;
    expect(version).toBe(before.version + 2);
    expect(presence).toMatchObject({ stage: 'dormant', silentFrom: START });
    expect(rest).toEqual({ ...before, version: undefined, presence: undefined });
    const { postings } = act(
      programme,
      { members: [before] },
      { kind: 'grow_silent', at: START, asOf: START + 500 * DAY_MS, version: programme },
    );
    expect(postings).toHaveLength(2);
    for (const { entries, opened, changed, counters } of postings) {
      expect([entries, opened, changed, counters]).toEqual([[], [], [], []]);
    }
    expect(postings.map(({ standing, billionths }) => [standing, billionths])).toEqual([
      [undefined, 0n],
      [undefined, 0n],
    ]);
  });

  it('R125: looking only when it is time posts what looking every day does, whenever they act', () => {
    const acts = fc.array(fc.integer({ min: 0, max: 1_500 }), { maxLength: 6 });
    fc.assert(
      fc.property(acts, (days) => {
        const lived = (isDue: (at: number, next: number) => boolean): string[] => {
          let member = silent();
          let next = START;
          const told: string[] = [];
          for (let day = 1; day <= 2_300; day += 1) {
            const at = START + day * DAY_MS;
            if (days.includes(day)) member = { ...member, heardAt: at };
            if (!isDue(at, next)) continue;
            const { member: after, posted } = look(member, at);
            member = after;
            told.push(...posted);
            const silence = silenceOf(after, after.presence ?? never);
            next = lookAgainAt(programme, silence, at) ?? Infinity;
          }
          return told;
        };
        expect(lived((at, next) => next <= at)).toEqual(lived(() => true));
      }),
      { numRuns: 12 },
    );
  });
});
