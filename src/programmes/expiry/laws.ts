import type { ProgrammeDocument } from '../document.js';
import type { Finding } from '../laws/finding.js';

/** The fewest days that a month has. */
const DAYS_OF_A_MONTH = 28;

/** Law P112: each notice comes while the points are there, and leaves the days that are promised. */
export function expiryNotices({ expiry }: ProgrammeDocument): Finding[] {
  if (expiry.kind === 'none' || expiry.notices === undefined) return [];
  const { daysBefore } = expiry.notices;
  const findings = daysBefore.flatMap((days, place): Finding[] => {
    const pointer = `/expiry/notices/daysBefore/${String(place)}`;
    if (daysBefore.indexOf(days) !== place) {
      const detail = `${String(days)} days before is said twice.`;
      return [{ code: 'said_twice', pointer, detail }];
    }
    if (days <= expiry.months * DAYS_OF_A_MONTH) return [];
    const detail = `Points are not there ${String(days)} days before they go.`;
    return [{ code: 'before_points_are_there', pointer, detail }];
  });
  const { notices } = expiry;
  return [...findings, ...timely(notices)];
}

/** Some notice comes early enough for the days that are promised, and not too early to count. */
function timely({ daysBefore, leastDays = 1, mostDays = Infinity }: Notices): Finding[] {
  const at = '/expiry/notices';
  if (leastDays > Math.max(...daysBefore)) {
    const detail = 'No notice comes that long before, so no points would go at their date.';
    return [{ code: 'notices_too_late', pointer: `${at}/leastDays`, detail }];
  }
  if (daysBefore.some((days) => days >= leastDays && days <= mostDays)) return [];
  const detail = 'No notice is as near to the date as that, and leaves the days that are promised.';
  return [{ code: 'notices_too_early', pointer: `${at}/mostDays`, detail }];
}

type Going = Exclude<ProgrammeDocument['expiry'], { kind: 'none' }>;
type Notices = NonNullable<Going['notices']>;

/** Law P140: who bought something can spend its points before a silence since then takes them. */
export function silences({ expiry, returnWindowDays }: ProgrammeDocument): Finding[] {
  if (expiry.kind !== 'inactivity') return [];
  if (returnWindowDays < expiry.months * DAYS_OF_A_MONTH) return [];
  const detail = 'Points would go while their return window is still open.';
  return [{ code: 'silence_too_short', pointer: '/expiry/months', detail }];
}

/**
 * Laws P113 and P141: where the law does not let points go by time alone they have no date, and Quebec
 * asks for a year of silence and a notice of its own, 30 to 60 days before.
 */
export function jurisdictions(document: ProgrammeDocument): Finding[] {
  const { expiry, jurisdictions: under = [] } = document;
  const [first] = under;
  if (expiry.kind === 'none' || first === undefined) return [];
  if (expiry.kind === 'inactivity') return under.includes('quebec') ? quebec(expiry) : [];
  const detail = `Under the rules of ${names[first]} points do not go because time has passed.`;
  return [{ code: 'expiry_by_time_alone', pointer: '/expiry/kind', detail }];
}

const QUEBEC = { months: 12, leastDays: 30, mostDays: 60 } as const;

function quebec({ months, notices }: Going): Finding[] {
  const { months: year, leastDays: least, mostDays: most } = QUEBEC;
  const findings: Finding[] = [];
  const find = (code: string, pointer: string, detail: string): void => {
    findings.push({ code, pointer: `/expiry/${pointer}`, detail: `${detail} ${inQuebec}` });
  };
  if (months < year) find('silence_too_short', 'months', 'A year of silence comes first.');
  // Nobody is told, and so nothing goes.
  if (notices === undefined) return findings;
  const { daysBefore, leastDays = Math.min(...daysBefore), mostDays = Infinity } = notices;
  if (leastDays < least) {
    find('notice_too_late', 'notices/leastDays', `Members have ${String(least)} days, or more.`);
  }
  if (mostDays > most) {
    const detail = `Having been told is good for ${String(most)} days, or less.`;
    find('notice_too_early', 'notices/mostDays', detail);
  }
  if (notices.lastResort !== false) {
    find('notice_of_last_resort', 'notices/lastResort', 'A balance is no notice: say false.');
  }
  return findings;
}

const inQuebec = 'The rules of Quebec ask for it.';

const names: Readonly<Record<NonNullable<ProgrammeDocument['jurisdictions']>[number], string>> = {
  quebec: 'Quebec',
  ontario: 'Ontario',
};
