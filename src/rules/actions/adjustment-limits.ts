/** How much staff may adjust in any 24 hours: one user for everybody, everybody for one member. */
import { DAY_MS } from '../period.js';
import type { Programme } from '../programme.js';
import type { RollingLimit } from '../limits.js';
import type { Refusal } from '../state.js';

/** The limits an adjustment counts towards: the staff user's and the member's. */
export function adjustmentLimits(
  staffId: string,
  memberId: string,
): readonly [staff: RollingLimit, member: RollingLimit] {
  return [
    { id: `adjust/user/${staffId}`, windowMs: DAY_MS },
    { id: `adjust/member/${memberId}`, windowMs: DAY_MS },
  ];
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
