import type { Occasion } from '../earning/occasion.js';

/** Activities of these kinds. */
export interface ActivityCondition {
  kind: 'activity';
  activities: readonly string[];
}

export const isActivity = (
  { activities }: ActivityCondition,
  { purchase: { activity } }: Occasion,
): boolean => activity !== undefined && activities.includes(activity.kind);
