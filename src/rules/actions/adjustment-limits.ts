/** How much staff may adjust in any 24 hours: one user for everybody, everybody for one member. */
import { DAY_MS } from '../period.js';
import type { Programme } from '../programme.js';
import type { Refusal, RollingLimit, State } from '../state.js';

/** How far back any rolling limit looks: what was used before then, nobody asks for any more. */
export const LIMIT_WINDOW_MS = DAY_MS;

/** The limits an adjustment counts towards: the staff user's and the member's. */
export function adjustmentLimits(
  staffId: string,
  memberId: string,
): readonly [staff: RollingLimit, member: RollingLimit] {
  return [
    { id: `adjust/user/${staffId}`, windowMs: LIMIT_WINDOW_MS },
    { id: `adjust/member/${memberId}`, windowMs: LIMIT_WINDOW_MS },
  ];
}

/** What is used of a limit the command named. */
export function usedOf({ limits }: State, id: string): number {
  const used = limits?.get(id);
  if (used === undefined) throw new Error('invariant: a limit is read before it is used');
  return used;
}

/** Which limit `asked` more points would pass; `used` is that of the staff user and the member. */
export function limitReached(
  { staff }: Programme,
  asked: number,
  [byStaff = 0, forMember = 0]: readonly number[],
): Refusal | undefined {
  const over = (code: string, limit: number, used: number): Refusal | undefined =>
    used + asked > limit ? { code, details: { limit, used, asked } } : undefined;
  return (
    over('staff_limit_reached', staff.perStaffPerDay, byStaff) ??
    over('member_limit_reached', staff.perMemberPerDay, forMember)
  );
}
