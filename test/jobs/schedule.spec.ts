import { dueSlot, lateness, nextSlot, wordsOf, type Clock } from '../../src/jobs/schedule.js';
import { clockChanges } from '../support/clock-changes.js';
import { localDate, minuteOfDay, startOfDay } from '../../src/rules/period.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const at = (text: string): number => Date.parse(text);
const clockAt = (text: string, zone: string | undefined = 'Europe/London'): Clock => ({
  real: at(text),
  programme: at(text),
  zone,
});

describe('slots every so many seconds', () => {
  const often = { everySeconds: 10 };

  it('J1: are those of the real clock, each once', () => {
    const clock = { ...clockAt('2026-05-01T10:00:07.5Z'), programme: at('2031-01-01T00:00:00Z') };
    const slot = at('2026-05-01T10:00:00Z');
    expect(dueSlot(often, undefined, clock)).toBe(slot);
    expect(dueSlot(often, slot, clock)).toBeUndefined();
    expect(nextSlot(often, slot, clock)).toBe(slot + 10_000);
  });

  it('J6: of those that were missed only the newest counts', () => {
    const clock = clockAt('2026-05-01T10:00:07Z');
    expect(dueSlot(often, at('2026-04-01T00:00:00Z'), clock)).toBe(at('2026-05-01T10:00:00Z'));
  });
});

describe('slots of days', () => {
  const nightly = { minuteOfDay: 15 };

  it('J6: come one after another, none left out, in the zone of the programme', () => {
    const clock = clockAt('2026-04-02T12:00:00Z');
    const slots: number[] = [];
    let last: number | undefined = at('2026-03-27T00:15:00Z');
    for (;;) {
      last = dueSlot(nightly, last, clock);
      if (last === undefined) break;
      slots.push(last);
    }
    // Clocks go forward on the 29th: from the 30th on the local quarter past midnight is of summer.
    expect(slots.map((slot) => new Date(slot).toISOString().slice(0, 16))).toEqual([
      '2026-03-28T00:15',
      '2026-03-29T00:15',
      '2026-03-29T23:15',
      '2026-03-30T23:15',
      '2026-03-31T23:15',
      '2026-04-01T23:15',
    ]);
  });

  it('J6: begin with the newest that has come, and with none before there is a programme', () => {
    expect(dueSlot(nightly, undefined, clockAt('2026-01-02T00:15:00Z'))).toBe(
      at('2026-01-02T00:15:00Z'),
    );
    expect(dueSlot(nightly, undefined, clockAt('2026-01-02T00:14:59Z'))).toBe(
      at('2026-01-01T00:15:00Z'),
    );
    const none = { ...clockAt('2026-01-02T00:14:59Z'), zone: undefined };
    expect([dueSlot(nightly, undefined, none), nextSlot(nightly, 0, none)]).toEqual([
      undefined,
      undefined,
    ]);
  });

  it('J6: there is one for each local day of every zone through every clock change to 2034', () => {
    const wrong: string[] = [];
    for (const { zone, around } of clockChanges()) {
      const until = { real: around + 4 * DAY_MS, programme: around + 4 * DAY_MS };
      const first = localDate(zone, around - 3 * DAY_MS);
      let slot = startOfDay(zone, first) + 15 * 60_000;
      for (let days = 1; days <= 6; days += 1) {
        slot = dueSlot(nightly, slot, { ...until, zone }) ?? NaN;
        const { year, month, day } = localDate(zone, slot);
        const wanted = Date.UTC(first.year, first.month - 1, first.day + days);
        // Midnight itself may be skipped, and the day then begins an hour, or half of one, later.
        const isRight = Date.UTC(year, month - 1, day) === wanted && minuteOfDay(zone, slot) <= 75;
        if (!isRight) wrong.push(`${zone} ${new Date(slot).toISOString()}`);
      }
    }
    expect(wrong).toEqual([]);
  });
});

describe('lateness', () => {
  it('J10: is what is beyond ten slots, five minutes at least, or a quarter of a day', () => {
    const clock = clockAt('2026-05-01T12:00:00Z');
    const of = (
      schedule: { everySeconds: number } | { minuteOfDay: number },
      ago: number,
    ): number => lateness(schedule, { slot: clock.real - ago, openSince: undefined }, clock);
    expect(of({ everySeconds: 10 }, 310_000)).toBe(0);
    expect(of({ everySeconds: 10 }, 311_000)).toBe(1_000);
    expect(of({ everySeconds: 600 }, 6_600_000)).toBe(0);
    expect(of({ everySeconds: 600 }, 6_601_000)).toBe(1_000);
    const nightly = { minuteOfDay: 0 };
    const midnight = at('2026-04-30T23:00:00Z');
    const daily = (slot: number): number =>
      lateness(nightly, { slot, openSince: undefined }, clock);
    expect(daily(midnight)).toBe(0);
    expect(daily(midnight - DAY_MS)).toBe(13 * HOUR_MS - 6 * HOUR_MS);
    const open = { slot: midnight, openSince: clock.real - 6 * HOUR_MS - 1 };
    expect(lateness(nightly, open, clock)).toBe(1);
    expect(lateness(nightly, { slot: undefined, openSince: undefined }, clock)).toBeGreaterThan(0);
  });

  it('J10: is not of days that a test clock left out, but of a run that takes long', () => {
    const real = at('2026-05-01T12:00:00Z');
    const clock = { ...clockAt('2026-05-01T12:00:00Z'), programme: real + 40 * DAY_MS };
    const [slot, openSince] = [real - 12 * HOUR_MS, real - 7 * HOUR_MS];
    expect(lateness({ minuteOfDay: 0 }, { slot, openSince: undefined }, clock)).toBe(0);
    expect(lateness({ minuteOfDay: 0 }, { slot, openSince }, clock)).toBe(HOUR_MS);
    const old = { slot: real - HOUR_MS, openSince: undefined };
    expect(lateness({ everySeconds: 10 }, old, clock)).toBeGreaterThan(0);
  });

  it('J10: schedules are told in words', () => {
    expect([wordsOf({ everySeconds: 10 }), wordsOf({ minuteOfDay: 135 })]).toEqual([
      'every 10 s',
      'daily 02:15',
    ]);
  });
});
