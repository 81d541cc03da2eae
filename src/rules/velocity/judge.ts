/**
 * Whether what an event earns comes too fast, by all that is recorded of its member: in whatever order it
 * was told, or an hour that is told backwards would never hold too much.
 */
import { usedOf } from '../earning/counters.js';
import type { Decision } from '../earning/decision.js';
import { withItems } from '../partners/waiting.js';
import type { Programme } from '../programme.js';
import type { MemberState } from '../state.js';
import { withholding, type Known } from './withhold.js';

/** A new event's decision, with what is to be said of guards that withhold its points. */
export function judged(
  programme: Programme,
  { counters }: Pick<MemberState, 'counters'>,
  known: Known,
  decision: Decision,
): Decision {
  if (programme.velocity.length === 0) return decision;
  const { billionths } = decision;
  return withItems(
    decision,
    withholding(programme, known, billionths, (place) => usedOf(counters, place)),
  );
}
