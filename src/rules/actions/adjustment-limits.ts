/** How much staff may adjust in any 24 hours: one user for everybody, everybody for one member. */
import { DAY_MS } from '../period.js';
import type { Programme } from '../programme.js';
import { usedOf, type LimitUse, type RollingLimit } from '../limits.js';
import type { Refusal } from '../outcome.js';
import type { State } from '../state.js';

/** How far back the limits of adjustments look: what was used before then, nobody asks for any more. */
export const LIMIT_WINDOW_MS = DAY_MS;

/** How the ids of limits on adjustments begin. */
export const ADJUSTMENT_LIMITS = 'adjust/';

/** The limits an adjustment counts towards: the staff user's and the member's. */
export function adjustmentLimits(
  staffId: string,
  memberId: string,
): readonly [staff: RollingLimit, member: RollingLimit] {
  return [
    { id: `${ADJUSTMENT_LIMITS}user/${staffId}`, windowMs: LIMIT_WINDOW_MS },
    { id: `${ADJUSTMENT_LIMITS}member/${memberId}`, windowMs: LIMIT_WINDOW_MS },
  ];
}

/** What so many points use of these limits, and what is used of them before and after. */
export function counting(
  state: State,
  staffId: string,
  memberId: string,
  points: number,
): { used: number[]; uses: LimitUse[]; limits: Map<string, number> } {
  const ids = adjustmentLimits(staffId, memberId).map(({ id }) => id);
  const used = ids.map((id) => usedOf(state, id));
  const limits = new Map(state.limits);
  ids.forEach((id, index) => limits.set(id, (used[index] ?? 0) + points));
  return { used, uses: ids.map((limit) => ({ limit, amount: points })), limits };
}

/** How long an approval waits for a second person. */
export const APPROVAL_MS = 7 * DAY_MS;

/**
 * What one staff user may have waiting. It is more than a colleague looks into in a day, so only
 * somebody who floods the list meets it; and it bounds what a week's asking leaves behind.
 */
export const APPROVALS_WAITING_MAX = 100;

/** The same of limits on approvals that wait. */
export const WAITING_LIMITS = 'approvals/user/';

/** The limit on approvals a staff user has waiting: asked for in the time they wait, and undecided. */
export const waitingLimit = (staffId: string): RollingLimit => ({
  id: `${WAITING_LIMITS}${staffId}`,
  windowMs: APPROVAL_MS,
});

/** The staff user of such a limit; undefined for any other one. */
export const waitingLimitOf = (id: string): string | undefined =>
  id.startsWith(WAITING_LIMITS) ? id.slice(WAITING_LIMITS.length) : undefined;

/** The limits of a state in which a staff user has one more approval waiting, or one less. */
export function withWaiting(state: State, staffId: string, change: 1 | -1): Map<string, number> {
  const { id } = waitingLimit(staffId);
  return new Map(state.limits).set(id, usedOf(state, id) + change);
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
