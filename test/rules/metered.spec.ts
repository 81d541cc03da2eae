import fc from 'fast-check';
import { checkDocument } from '../../src/programmes/check.js';
import type { ProgrammeDocument } from '../../src/programmes/document.js';
import { frozenBaselines } from '../../src/programmes/metered/laws.js';
import { act } from '../../src/rules/act.js';
import type { Outcome } from '../../src/rules/outcome.js';
import type { Programme } from '../../src/rules/programme.js';
import type { MemberState } from '../../src/rules/state.js';
import { draws } from '../support/draws.js';
import { aProgramme, aProgrammeDocument } from '../support/programme.js';
import { aMember, DAY, memberOf, versionsOf } from '../support/state.js';

const start = Date.UTC(2025, 0, 1, 12);
const PER_DAY = 60;

const saving = (parts: object = {}): ProgrammeDocument =>
  aProgrammeDocument({
    rewards: [],
    earningRules: [
      { kind: 'per_amount', id: 'base', name: 'Base', rate: '1' },
      {
        ...{ kind: 'metered_reduction', id: 'saving', name: 'Saved', category: 'power' },
        ...{ rate: '0.7', baselineUntil: '2026-01-31', maximumPerDay: PER_DAY },
        caps: [{ period: 'month', points: 400 }],
        ...parts,
      },
    ],
  });

interface Told {
  /** Days since the first reading. */
  day: number;
  units: number;
}

/** What is used from one reading to the next: by intervals of days, some before the baseline ends. */
const anyUse = fc.record({
  before: fc.array(fc.tuple(fc.integer({ min: 100, max: 200 }), fc.nat(30)), {
    minLength: 4,
    maxLength: 4,
  }),
  after: fc.array(fc.tuple(fc.integer({ min: 1, max: 120 }), fc.nat(30)), {
    minLength: 1,
    maxLength: 10,
  }),
});

/** Readings out of days and use a day; those of the baseline come first and end before it does. */
function readingsOf(
  { before, after }: { before: [number, number][]; after: [number, number][] },
  more = -1,
  by = 0,
): Told[] {
  let [day, units] = [0, 0];
  const told: Told[] = [{ day, units }];
  const whole = before.reduce((sum, [days]) => sum + days, 0);
  // The baseline takes 380 days whatever was drawn.
  const scaled = before.map(([days, use]): [number, number] => [
    Math.max(1, Math.round((days * 380) / whole)),
    use,
  ]);
  [...scaled, ...after].forEach(([days, use], index) => {
    day += days;
    units += days * use + (index === scaled.length + more ? by : 0);
    told.push({ day, units });
  });
  return told;
}

function read(
  programme: Programme,
  member: MemberState,
  { day, units }: Told,
  at?: number,
): Outcome {
  const occurredAt = start + day * DAY;
  const activity = { kind: 'meter_reading', category: 'power', reading: units };
  const purchase = { lines: [], tenders: [], retailer: 'grid', activity };
  const versions = versionsOf(programme);
  return act(
    programme,
    { members: [member] },
    { kind: 'accrue', at: at ?? occurredAt, occurredAt, purchase, versions },
  );
}

const fresh = (): MemberState => aMember({ history: [], purchases: new Map() });
const pointsOf = ({ points, remainder }: MemberState): bigint =>
  BigInt(points) * 1_000_000_000n + remainder;

/** Points after each reading, in their order. */
function play(programme: Programme, told: readonly Told[]): bigint[] {
  let member = fresh();
  return told.map((reading) => {
    const outcome = read(programme, member, reading);
    expect(outcome.refusal).toBeUndefined();
    member = memberOf(outcome);
    return pointsOf(member);
  });
}

describe('points for saving', () => {
  it('R81: never pays later for using more at any time', () => {
    const programme = aProgramme(saving());
    let paid = 0;
    fc.assert(
      fc.property(anyUse, fc.nat(9), fc.integer({ min: 1, max: 20 }), (use, place, by) => {
        const more = place % use.after.length;
        // What is used while the baseline lasts is part of it.
        fc.pre((readingsOf(use)[use.before.length + more + 1]?.day ?? 0) > 396);
        const less = play(programme, readingsOf(use));
        const used = play(programme, readingsOf(use, more, by));
        used.forEach((points, index) => expect(points).toBeLessThanOrEqual(less[index] ?? 0n));
        if ((less.at(-1) ?? 0n) > 0n) paid += 1;
      }),
      { numRuns: Number(process.env['RUNS'] ?? draws(300)) },
    );
    expect(paid).toBeGreaterThan(draws(300) / 10);
  });

  it('R81, R11: ends the same whatever order readings arrive in', () => {
    const programme = {
      ...aProgramme(saving()),
      late: { windowDays: 3_000, older: 'flag' as const },
    };
    fc.assert(
      fc.property(anyUse, fc.array(fc.nat(), { minLength: 15, maxLength: 15 }), (use, deal) => {
        const told = readingsOf(use);
        const at = start + 2_000 * DAY;
        const order = told
          .map((one, no) => ({ one, key: deal[no] ?? 0 }))
          .sort((a, b) => a.key - b.key);
        let member = fresh();
        for (const { one } of order) {
          const outcome = read(programme, member, one, at);
          expect(outcome.refusal).toBeUndefined();
          member = memberOf(outcome);
        }
        expect(pointsOf(member)).toBe(play(programme, told).at(-1));
      }),
      { numRuns: draws(200) },
    );
  });

  it('R82: refuses readings that do not fit to those beside them, and such that come too late', () => {
    const programme = aProgramme(saving());
    let member = memberOf(read(programme, fresh(), { day: 0, units: 100 }));
    member = memberOf(read(programme, member, { day: 10, units: 200 }));
    const refusal = (day: number, units: number, at?: number): unknown =>
      read(programme, member, { day, units }, at).refusal;
    const plausible = { code: 'reading_not_plausible', pointer: '/reading' };
    expect(refusal(11, 199)).toMatchObject({ ...plausible, details: { least: 200, most: 260 } });
    expect(refusal(11, 261)).toMatchObject(plausible);
    expect(refusal(11, 260)).toBeUndefined();
    expect(refusal(5, 201, start + 12 * DAY)).toMatchObject({ details: { least: 100, most: 200 } });
    expect(refusal(5, 99, start + 12 * DAY)).toMatchObject(plausible);
    expect(refusal(5, 150, start + 12 * DAY)).toBeUndefined();
    expect(refusal(10, 200, start + 12 * DAY)).toMatchObject(plausible);
    expect(refusal(5, 150, start + 60 * DAY)).toMatchObject({ code: 'event_too_late' });
  });
});

describe('what may be paid for saving', () => {
  const found = (parts: object): string[] => {
    const checked = checkDocument(saving(parts));
    return 'faults' in checked
      ? checked.faults.map(({ code, pointer }) => `${code} ${pointer}`)
      : [];
  };
  const at = '/earningRules/1';

  it('P4, P85: only a metered category, capped, without what would make using more pay', () => {
    expect(found({})).toEqual([]);
    expect(found({ category: 'home' })).toEqual([`category_not_metered ${at}/category`]);
    expect(found({ category: 'water' })).toEqual([`unknown_category ${at}/category`]);
    expect(found({ caps: [] })).toEqual([`cap_missing ${at}/caps`]);
    expect(found({ coolDownHours: 5 })).toEqual([`using_pays ${at}/coolDownHours`]);
    expect(found({ when: [{ kind: 'amount', minimum: 5 }] })).toEqual([
      `condition_never_holds ${at}/when/0`,
    ]);
    expect(found({ when: [{ kind: 'activity', activities: ['visit'] }] })).toEqual([
      `condition_never_holds ${at}/when/0`,
    ]);
    expect(found({ when: [{ kind: 'tier', tiers: ['silver'] }] })).toEqual([]);
  });

  it('P86: a baseline is over when it is published, and never moves later', () => {
    const now = Date.UTC(2026, 1, 1);
    const codes = (earlier: ProgrammeDocument[], until: string, when = now): string[] =>
      frozenBaselines(earlier, saving({ baselineUntil: until }), when).map(({ code }) => code);
    expect(codes([], '2026-01-31')).toEqual([]);
    expect(codes([], '2026-02-01')).toEqual(['baseline_not_over']);
    expect(codes([], '2026-01-31', now - 1)).toEqual(['baseline_not_over']);
    expect(codes([saving({ baselineUntil: '2025-12-31' }), saving()], '2026-01-31')).toEqual([
      'baseline_moved',
    ]);
    expect(codes([saving()], '2025-12-31')).toEqual([]);
  });
});
