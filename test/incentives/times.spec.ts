import { Bench } from '../../src/incentives/probes/bench.js';
import { count } from '../../src/incentives/relations/free.js';
import { instantsOf, isTime, nextTime } from '../../src/incentives/probes/times.js';
import { localDay, minuteOfDay } from '../../src/rules/period.js';
import type { Condition, ProgrammeDocument } from '../../src/programmes/document.js';
import { aProgrammeDocument } from '../support/programme.js';

type Rule = ProgrammeDocument['earningRules'][number];
type Offer = NonNullable<ProgrammeDocument['offers']>[number];

const base: Rule = { kind: 'per_amount', id: 'base', name: 'Base', rate: '1' };
const pays = { kind: 'per_amount' as const, rate: '1' };
const audience = { kind: 'all' as const };
const small = (parts: Partial<ProgrammeDocument> = {}): ProgrammeDocument =>
  aProgrammeDocument({
    earningRules: [base],
    tiers: [{ code: 'blue', name: 'Blue', threshold: 0, multiplier: '1' }],
    rewards: [{ code: 'tea', name: 'Tea', points: 100, value: { amount: 100, currency: 'GBP' } }],
    ...parts,
  });

/** In a zone, with an offer that begins on a day. */
const beginning = (timeZone: string, from: string): ProgrammeDocument => {
  const offer: Offer = { code: 'one', name: 'One day', audience, pays, from, until: from };
  return small({ identity: { ...small().identity, timeZone }, offers: [offer] });
};

const localOf = (zone: string, instants: readonly number[]): string[] =>
  instants.map((at) => {
    const minute = minuteOfDay(zone, at);
    return `${localDay(zone, at)} ${String(Math.floor(minute / 60))}:${String(minute % 60)}`;
  });

describe('when things are tried', () => {
  it.each(['Pacific/Auckland', 'Pacific/Kiritimati', 'Europe/London', 'Pacific/Pago_Pago'])(
    'I91: on the very day on which an offer begins in %s',
    (zone) => {
      const at = Date.parse('2026-06-01T23:30:00Z');
      const instants = instantsOf(beginning(zone, '2026-11-27'), [], at);
      expect(localOf(zone, instants)).toContain('2026-11-27 12:0');
    },
  );

  it('I91: now, where noon is over, as well as at the next noon', () => {
    const instants = (text: string): number[] => instantsOf(small(), [], Date.parse(text));
    const zone = small().identity.timeZone;
    const [morning, evening] = [instants('2026-02-03T09:00:00Z'), instants('2026-02-03T21:00:00Z')];
    expect(localOf(zone, morning)).toEqual(['2026-02-03 12:0']);
    expect(localOf(zone, evening)).toEqual(['2026-02-04 12:0', '2026-02-03 21:0']);
  });

  it('I91: at each hour of each day of the week, also where clocks change', () => {
    const when: Condition[] = [
      { kind: 'weekday', days: ['sunday'] },
      { kind: 'time_of_day', from: '17:00', until: '17:30' },
    ];
    // Clocks go forward on Sunday, 29 March, and the hour of this Sunday is over.
    const at = Date.parse('2026-03-22T18:00:00Z');
    const zone = small().identity.timeZone;
    const instants = instantsOf(small(), when, at);
    expect(instants).toHaveLength(15);
    expect(instants.every((instant) => instant >= at)).toBe(true);
    expect(
      localOf(
        zone,
        instants.filter((instant) => isTime(zone, when, instant)),
      ),
    ).toEqual(['2026-03-29 17:0']);
    expect(localOf(zone, [nextTime(zone, when, at)])).toEqual(['2026-03-29 17:0']);
    expect(nextTime(zone, [], at)).toBe(at);
  });
});

describe('activities that are counted', () => {
  const visit: Rule = {
    ...{ kind: 'per_activity', id: 'visit', name: 'Look in', points: 20, coolDownHours: 12 },
    when: [{ kind: 'activity', activities: ['visit'] }],
    caps: [{ period: 'day', points: 20 }],
  };
  const at = Date.parse('2026-01-01T12:00:00Z');
  const bounds = { giveback: '0.1', stacked: '0.1', largestBasket: 10_000, accounts: 3 };
  const counted = (rule: Rule, allowance: number): (number | string | undefined)[] => {
    const document = small({ earningRules: [base, rule], bounds: { ...bounds, allowance } });
    const whole = new Bench(document, at);
    const alone = { document, whole, plain: whole, probes: [], plainProbes: [], before: undefined };
    const [found] = count(alone);
    return [found?.gain.minor, / by (\d) memberships/.exec(found?.explanation ?? '')?.[1]];
  };

  it('I92: take as few memberships as bring more than is allowed', () => {
    // 20 points a day, worth a penny each.
    expect(counted(visit, 7_299)).toEqual([7_300, undefined]);
    expect(counted(visit, 7_300)).toEqual([14_600, '2']);
    expect(counted(visit, 21_900)).toEqual([undefined, undefined]);
  });

  it('I92: are done elsewhere each time, where each place has a cap of its own', () => {
    const each: Rule = { ...visit, caps: [{ period: 'day', points: 20, perLocation: true }] };
    // From noon of New Year's Day 729 half days.
    expect(counted(each, 14_579)).toEqual([14_580, undefined]);
    const two: Rule = {
      ...{ ...each, coolDownHours: 1 },
      when: [...(visit.when ?? []), { kind: 'location', locations: ['north', 'south'] }],
    };
    expect(counted(two, 14_599)).toEqual([14_600, undefined]);
  });
});
