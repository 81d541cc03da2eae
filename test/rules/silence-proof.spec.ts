import { mayProve, shortestSilence } from '../../src/rules/expiry/not-silent.js';
import { dateFrom, mayGoBySilence, noticesOf, type Expiry } from '../../src/rules/expiry/terms.js';
import type { Programme } from '../../src/rules/programme.js';
import { aProgramme } from '../support/programme.js';
import { NOON } from '../support/state.js';

const timeZone = 'Europe/London';
/** The local midnight that ends the day of NOON, and the one after twelve months. */
const TONIGHT = Date.UTC(2026, 5, 16, 23);
const NEXT_YEAR = Date.UTC(2027, 5, 16, 23);
const by = (expiry: Expiry): Programme => ({ ...aProgramme(), expiry });

describe('an event that may prove that its member was not silent', () => {
  const may = (heardAt: number | null, at: number, occurredAt: number, months?: number): boolean =>
    mayProve(timeZone, { heardAt }, { at, occurredAt }, months);

  it('R135: is of a day that has ended since', () => {
    expect(may(null, TONIGHT - 1, NOON, 12)).toBe(false);
    expect(may(null, TONIGHT, NOON, 12)).toBe(true);
    expect(may(null, TONIGHT + 1, NOON, 12)).toBe(true);
  });

  it('R135: comes when a silence of so many months may be over, or nothing was ever heard', () => {
    expect(may(NOON, NEXT_YEAR - 1, NOON, 12)).toBe(false);
    expect(may(NOON, NEXT_YEAR, NOON, 12)).toBe(true);
    expect(may(NOON, NEXT_YEAR + 1, NOON, 12)).toBe(true);
    expect(may(NOON, NEXT_YEAR, NOON, 13)).toBe(false);
  });

  it('R135: is looked for only where points go by silence at all', () => {
    expect(may(null, NEXT_YEAR, NOON)).toBe(false);
    expect(may(NOON, NEXT_YEAR, NOON)).toBe(false);
  });
});

describe('terms of silence', () => {
  it('R136: the shortest counts of all versions, and dates are none', () => {
    const silent = (months: number): Programme => by({ kind: 'inactivity', months });
    expect(shortestSilence([silent(18), by({ kind: 'rolling', months: 3 }), silent(12)])).toBe(12);
    expect(shortestSilence([by({ kind: 'none' }), by({ kind: 'rolling', months: 3 })])).toBe(
      undefined,
    );
    expect(shortestSilence([])).toBe(undefined);
  });

  it('R133: hold where the version says so, or one before it did', () => {
    const goes = (expiry: Expiry): boolean => mayGoBySilence(expiry);
    expect(goes({ kind: 'inactivity', months: 12 })).toBe(true);
    expect(goes({ kind: 'rolling', months: 12 })).toBe(false);
    expect(goes({ kind: 'rolling', months: 12, keepsSilent: true })).toBe(true);
    expect(goes({ kind: 'none', keepsSilent: false })).toBe(false);
  });

  it('R133: give points no date of their own, and none tells of points that stay', () => {
    const date = (expiry: Expiry): number | null => dateFrom({ expiry, timeZone }, NOON);
    expect(date({ kind: 'rolling', months: 12 })).toBe(NEXT_YEAR);
    expect(date({ kind: 'inactivity', months: 12 })).toBeNull();
    expect(date({ kind: 'none' })).toBeNull();
    const notices = { daysBefore: [7], leastDays: 7, mostDays: null, lastResort: true };
    expect(noticesOf({ kind: 'inactivity', months: 12, notices })).toBe(notices);
    expect(noticesOf({ kind: 'none' })).toBeUndefined();
  });
});
