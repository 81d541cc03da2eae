/**
 * Points that have no date of their own and go by silence: so many months after the last willing act
 * of their member, or after they came, if somebody else gave them. Each act moves the date of all.
 */
import { silenceOf } from '../inactivity/silence.js';
import { endOfDayAfter, endOfDayAfterMonths } from '../period.js';
import { lotKey, type Lot, type MemberState } from '../state.js';
import type { ExpiryNotices, SilentTerms } from './terms.js';

/** A date on which points go, and whether it is one of their own or that of a silence. */
export interface Due {
  expiresAt: number;
  ofSilence: boolean;
}

/** The local midnight at which a silence has lasted long enough for points to go. */
export const silentDate = (
  timeZone: string,
  { months, cameAt }: Pick<SilentTerms, 'months' | 'cameAt'>,
  lastAct: number,
): number => endOfDayAfterMonths(timeZone, Math.max(lastAct, cameAt ?? lastAct), months);

/** When a lot goes if nothing more is heard of its member; undefined = never. */
export function dueOf(timeZone: string, member: MemberState, lot: Lot): Due | undefined {
  if (lot.expiresAt !== null) return { expiresAt: lot.expiresAt, ofSilence: false };
  const terms = member.silentLots?.get(lotKey(lot));
  if (terms === undefined) return undefined;
  return { expiresAt: silentDate(timeZone, terms, lastActOf(member)), ofSilence: true };
}

/** The last willing act of a member of whom it was read. */
export function lastActOf(member: MemberState): number {
  if (member.presence === undefined) {
    throw new Error('invariant: a silence is decided on what is known');
  }
  return silenceOf(member, member.presence).lastAct;
}

/** The local midnight at which the day begins on which members are told, so many days before a date. */
const tellingDay = (timeZone: string, date: number, days: number): number =>
  endOfDayAfter(timeZone, date - 1, -days - 1);

/**
 * When to look at a member again whose points go at these dates: on the next day on which they are
 * told, at a date, or since one that has passed; and at the latest when, after an act made right
 * after this look, they were to be told. So no act need be noted to move a date. `months` is the
 * shortest silence that counts; undefined = none does.
 */
export function lookForPointsAt(
  timeZone: string,
  { daysBefore }: Pick<ExpiryNotices, 'daysBefore'>,
  { dates, months }: { dates: readonly number[]; months: number | undefined },
  at: number,
): number {
  const tomorrow = endOfDayAfter(timeZone, at, 0);
  const coming = dates.flatMap((date) =>
    date <= at
      ? [date]
      : [...daysBefore.map((days) => tellingDay(timeZone, date, days)), date].filter(
          (instant) => instant > at,
        ),
  );
  const afterAct =
    months === undefined
      ? endOfDayAfterMonths(timeZone, at, LONGEST_MONTHS)
      : tellingDay(timeZone, endOfDayAfterMonths(timeZone, at, months), Math.max(...daysBefore));
  return Math.min(Math.max(afterAct, tomorrow), ...coming);
}

/** The longest that a document may say. */
const LONGEST_MONTHS = 120;
