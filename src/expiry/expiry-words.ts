/** What members read when points of theirs go, and what tells such notices apart. */
import { EXPIRING, type NoticeDraft } from '../events/notices/notice.js';
import { localDate } from '../rules/period.js';
import type { Programme } from '../rules/programme.js';

/** Points that a member is told of. */
export interface Expiring {
  memberId: string;
  /** The date, in milliseconds. */
  dueAt: number;
  points: number;
  /** Number of the posting that opened the last lot of them. */
  upTo: number;
}

/**
 * The notice that is made so many days before; with 0 days the date has passed, and who was told of
 * later points is told again.
 */
export function noticeOf(
  programme: Pick<Programme, 'timeZone' | 'pointName' | 'name'>,
  { memberId, dueAt, points, upTo }: Expiring,
  { days, leastDays, madeAt }: { days: number; leastDays: number; madeAt: number },
): NoticeDraft {
  const { timeZone, pointName, name } = programme;
  const lastDay = dayOf(timeZone, dueAt - 1);
  const many = `${String(points)} ${points === 1 ? pointName.one : pointName.other}`;
  const one = points === 1;
  const late = `The last day of ${many} was ${spelt(lastDay)}. As you had not been told, ${one ? 'it stays' : 'they stay'} for ${daysOf(leastDays)} after this notice.`;
  const inTime = `${spelt(lastDay)} is the last day of ${many}, if you do not use ${one ? 'it' : 'them'} before.`;
  const date = new Date(dueAt).toISOString();
  return {
    memberId,
    kind: EXPIRING,
    subject: days === 0 ? `${date}/0/${String(upTo)}` : `${date}/${String(days)}`,
    title: `${name}: ${many} will go`,
    text: days === 0 ? late : inTime,
    facts: { points, expiresAt: date, lastDay, upTo },
    madeAt,
    dueAt: madeAt,
  };
}

const daysOf = (days: number): string => (days === 1 ? 'one day' : `${String(days)} days`);

/** The local day of an instant, as `2027-03-31`. */
function dayOf(timeZone: string, at: number): string {
  const { year, month, day } = localDate(timeZone, at);
  const two = (count: number): string => String(count).padStart(2, '0');
  return `${String(year).padStart(4, '0')}-${two(month)}-${two(day)}`;
}

const inWords = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeZone: 'UTC' });

const spelt = (day: string): string => inWords.format(new Date(`${day}T00:00:00Z`));
