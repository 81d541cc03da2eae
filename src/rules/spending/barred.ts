/** Who may not spend at all, whatever they have. */
import type { Refusal } from '../outcome.js';
import type { MemberState } from '../state.js';

export function barred({
  status,
  isFrozen = false,
}: Pick<MemberState, 'status' | 'isFrozen'>): Refusal | undefined {
  if (status !== 'active') return { code: 'member_not_active', details: {} };
  return isFrozen ? { code: 'spending_frozen', details: {} } : undefined;
}
