/** What moves of points leave: what there is to tell of them, and when time changes something next. */
import { NO_RULE, WHOLE_EVENT, type ExplanationItem } from '../explanation.js';
import type { Lot, MemberState } from '../state.js';
import { nextChange } from './lots.js';
import type { Moves } from './moves.js';

export function tell({ repaid, alreadyGone, fromOthers, lacking }: Moves): ExplanationItem[] {
  const items: ExplanationItem[] = [];
  if (repaid > 0) items.push([NO_RULE, WHOLE_EVENT, 'owed_repaid', '0', repaid]);
  if (alreadyGone > 0) items.push([NO_RULE, WHOLE_EVENT, 'expired_before', '0', alreadyGone]);
  if (fromOthers > 0) {
    items.push([NO_RULE, WHOLE_EVENT, 'taken_from_other_points', '0', fromOthers]);
  }
  if (lacking > 0) items.push([NO_RULE, WHOLE_EVENT, 'points_owed', '0', lacking]);
  return items;
}

export function changesAfter(
  member: MemberState,
  lots: readonly Lot[] | undefined,
  opened: readonly Lot[],
  at: number,
): number | null {
  if (lots !== undefined && member.redemptions !== undefined) {
    return nextChange(lots, member.redemptions, at);
  }
  const opens = nextChange(opened, [], at);
  if (opens === null) return member.changesAt;
  return Math.min(member.changesAt ?? Infinity, opens);
}
