/** Law P123: a warning before a review takes a time before it, and a review. */
import type { ProgrammeDocument } from '../document.js';
import type { Finding } from '../laws/finding.js';

export function tierNotices({ ladder }: ProgrammeDocument): Finding[] {
  const place = ladder?.notices?.indexOf('warning') ?? -1;
  const isReviewed = ladder?.window !== undefined && ladder.window.kind !== 'lifetime';
  if (place < 0 || (isReviewed && ladder.warningDays !== undefined)) return [];
  const detail = 'Members are warned some days before a review; say `warningDays` and a `window`.';
  const pointer = `/ladder/notices/${String(place)}`;
  return [{ code: 'warning_without_days', pointer, detail }];
}
