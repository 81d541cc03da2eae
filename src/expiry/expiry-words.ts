/** What members read when points of theirs go, and what tells such notices apart. */
import { EXPIRING, type NoticeDraft } from '../events/notices/notice.js';
import { localDay } from '../rules/period.js';
import type { Programme } from '../rules/programme.js';

/** Points that a member is told of. */
export interface Expiring {
  memberId: string;
  /** The date, in milliseconds. */
  dueAt: number;
  points: number;
  /** Number of the posting that opened the last lot of them. */
  upTo: number;
  /** The member's last act, in milliseconds, where the date is that of a silence. */
  silentSince?: number | undefined;
}

type Words = Pick<Programme, 'timeZone' | 'pointName' | 'name'>;

/**
 * The notice that is made so many days before; with 0 days the date has passed, and who was told of
 * later points is told again. By the date that its subject begins with it is found (Y13).
 */
export function noticeOf(
  programme: Words,
  expiring: Expiring,
  { days, leastDays, madeAt }: { days: number; leastDays: number; madeAt: number },
): NoticeDraft {
  const { memberId, dueAt, points, upTo, silentSince } = expiring;
  const { timeZone, pointName, name } = programme;
  const many = `${String(points)} ${points === 1 ? pointName.one : pointName.other}`;
  const isOfSilence = silentSince !== undefined;
  const of = `${new Date(dueAt).toISOString()}${isOfSilence ? '/silence' : ''}`;
  return {
    memberId,
    kind: EXPIRING,
    subject: days === 0 ? `${of}/0/${String(upTo)}` : `${of}/${String(days)}`,
    title: `${name}: ${many} will go`,
    text: days === 0 ? late(many, timeZone, expiring, leastDays) : inTime(many, timeZone, expiring),
    facts: {
      points,
      expiresAt: new Date(dueAt).toISOString(),
      lastDay: localDay(timeZone, dueAt - 1),
      upTo,
      ...(isOfSilence && { silentSince: new Date(silentSince).toISOString() }),
    },
    madeAt,
    dueAt: madeAt,
  };
}

function inTime(many: string, zone: string, { dueAt, points, silentSince }: Expiring): string {
  const [it, lastDay] = [points === 1 ? 'it' : 'them', dayOf(zone, dueAt - 1)];
  if (silentSince === undefined) {
    return `${lastDay} is the last day of ${many}, if you do not use ${it} before.`;
  }
  return `We have not heard of you since ${dayOf(zone, silentSince)}. If that stays so, ${lastDay} is the last day of ${many}. ${whatHelps(points)}`;
}

function late(
  many: string,
  zone: string,
  { dueAt, points, silentSince }: Expiring,
  leastDays: number,
): string {
  const stay = points === 1 ? 'it stays' : 'they stay';
  const passed = `The last day of ${many} was ${dayOf(zone, dueAt - 1)}`;
  const rest = `As you had not been told, ${stay} for ${daysOf(leastDays)} after this notice.`;
  if (silentSince === undefined) return `${passed}. ${rest}`;
  return `${passed}, as we have not heard of you since ${dayOf(zone, silentSince)}. ${rest} ${whatHelps(points)}`;
}

/** What any act of theirs does; no particular one is asked for. */
const whatHelps = (points: number): string =>
  `Buy something, use points or sign in before, and ${points === 1 ? 'it stays' : 'they stay'}.`;

const daysOf = (days: number): string => (days === 1 ? 'one day' : `${String(days)} days`);

const inWords = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeZone: 'UTC' });

/** The local day of an instant, as `31 March 2027`. */
const dayOf = (timeZone: string, at: number): string =>
  inWords.format(new Date(`${localDay(timeZone, at)}T00:00:00Z`));
