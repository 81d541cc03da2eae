/**
 * Law P17: a second person is asked before a limit is reached. Were the limits lower than what one
 * person may do alone, no adjustment would ever need four eyes.
 */
import type { ProgrammeDocument } from '../document.js';
import type { Finding } from './finding.js';

export function staffLimits({ staff }: ProgrammeDocument): Finding[] {
  if (staff === undefined) return [];
  const { fourEyesAbove } = staff;
  return (['perStaffPerDay', 'perMemberPerDay'] as const).flatMap((limit): Finding[] =>
    fourEyesAbove <= staff[limit]
      ? []
      : [
          {
            code: 'four_eyes_above_limit',
            pointer: '/staff/fourEyesAbove',
            detail: `Nothing above ${String(fourEyesAbove)} points passes ${limit}.`,
          },
        ],
  );
}
