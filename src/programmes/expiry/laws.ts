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

type Notices = NonNullable<Extract<ProgrammeDocument['expiry'], { kind: 'rolling' }>['notices']>;

/** Law P113: where the law does not let points go by time alone, they have no date. */
export function jurisdictions({ expiry, jurisdictions: under = [] }: ProgrammeDocument): Finding[] {
  const [first] = under;
  if (expiry.kind !== 'rolling' || first === undefined) return [];
  const detail = `Under the rules of ${names[first]} points do not go because time has passed.`;
  return [{ code: 'expiry_by_time_alone', pointer: '/expiry/kind', detail }];
}

const names: Readonly<Record<NonNullable<ProgrammeDocument['jurisdictions']>[number], string>> = {
  quebec: 'Quebec',
  ontario: 'Ontario',
};
