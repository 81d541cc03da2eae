/** Why a member stands in another tier than before, and what windows have counted then. */
import type { Programme } from '../programme.js';
import type { PostingDraft, PostingKind, StandingReason } from '../outcome.js';
import { reachedTier, tierAt } from '../earning/tier.js';
import { nearest } from './rungs.js';
import type { Standpoint } from './stand.js';
import { tallyAt, whole } from './tally.js';

/** Where the order of events leaves a member. */
export interface End extends Standpoint {
  programme: Programme;
  /** Place of the newest event. */
  newestAt: number;
  /** Place of the newest event that is no review; null = there is none. */
  heardAt: number | null;
  /** Until when the tier reached last goes with a return of what reached it. */
  provisionalUntil?: number | undefined;
}

/** The end of an order of events in which one more has its place. */
export function endOf(
  programme: Programme,
  point: Standpoint & Pick<End, 'provisionalUntil'>,
  { newestAt, heardAt }: { newestAt: number | null; heardAt: number | null },
  place: number,
): End {
  const { held, review, qualifying, counters, enrolledAt, provisionalUntil } = point;
  return {
    programme,
    held,
    review,
    qualifying,
    counters,
    enrolledAt,
    provisionalUntil,
    newestAt: Math.max(newestAt ?? place, place),
    heardAt: Math.max(heardAt ?? place, place),
  };
}

/** What the window that an instant is in has counted, where it is not a lifetime's points. */
export function countedAt(
  programme: Programme,
  end: Standpoint,
  at: number,
): PostingDraft['counted'] {
  const { isPlain, metrics } = programme.ladder;
  if (isPlain) return undefined;
  const tally = tallyAt(programme, end, at);
  return metrics.map((metric) => [metric, whole(metric, tally[metric])]);
}

/** Why a posting of a kind leaves another tier than the one before it. */
export function changeOf(kind: PostingKind, end: End, from: string): StandingReason {
  const { programme, held, qualifying, provisionalUntil } = end;
  const ladder = (code: string): number => programme.tiers.findIndex((each) => each.code === code);
  const isLower = ladder(held) < ladder(from);
  const lower = kind === 'return' ? 'purchase_returned' : 'late_event';
  const code = isLower ? lower : 'threshold_reached';
  const points = qualifying.toString();
  const until = isLower ? undefined : provisionalUntil;
  if (programme.ladder.isPlain) {
    const { threshold } = tierAt(programme, reachedTier(programme, qualifying));
    return { code, qualifying: points, threshold, until };
  }
  const tally = tallyAt(programme, end, end.newestAt);
  const { way, have } = nearest(tierAt(programme, ladder(held)), tally, 'threshold');
  const { metric } = way;
  return {
    code,
    qualifying: points,
    threshold: whole(metric, way.threshold),
    metric,
    counted: whole(metric, have),
    until,
  };
}
