import type { ProgrammeDocument } from '../document.js';
import type { Finding } from '../laws/finding.js';

/** The fewest days that a month has. */
const DAYS_OF_A_MONTH = 28;

/** Law P112: each notice comes while the points are there, and leaves the days that are promised. */
export function expiryNotices({ expiry }: ProgrammeDocument): Finding[] {
  if (expiry.kind === 'none' || expiry.notices === undefined) return [];
  const { daysBefore, leastDays } = expiry.notices;
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
  if (leastDays !== undefined && leastDays > Math.max(...daysBefore)) {
    const detail = 'No notice comes that long before, so no points would go at their date.';
    findings.push({ code: 'notices_too_late', pointer: '/expiry/notices/leastDays', detail });
  }
  return findings;
}
