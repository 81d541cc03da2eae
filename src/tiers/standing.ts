/** A member's standing in words: tier, qualifying points, what is missing to the next one. */
import type { Metric } from '../rules/ladder.js';
import { BILLION } from '../rules/points.js';
import type { Programme, Tier } from '../rules/programme.js';
import { standingTier, tierAt } from '../rules/earning/tier.js';
import { nearest } from '../rules/standing/rungs.js';
import { whole, type Tally } from '../rules/standing/tally.js';
import type { StandingView, WayView } from './tiers.views.js';

export type { StandingView };

/** The standing that figures, or the effects of a posting, stand for under a version. */
export function standingView(
  programme: Programme,
  figures: { tier: string; qualifying: bigint },
  counted: readonly (readonly [Metric, number])[] = [],
): StandingView {
  const tally: Record<Metric, bigint> = {
    qualifying_points: figures.qualifying,
    spend: 0n,
    purchases: 0n,
  };
  for (const [metric, count] of counted) {
    tally[metric] = BigInt(count) * (metric === 'qualifying_points' ? BILLION : 1n);
  }
  return standingOf(programme, figures, tally);
}

/** The same by a tally. */
export function standingOf(
  programme: Programme,
  { tier: held, qualifying }: { tier: string; qualifying: bigint },
  tally: Tally,
): StandingView {
  const rung = Math.max(0, standingTier(programme, held, qualifying));
  const { code, name } = tierAt(programme, rung);
  const next = programme.tiers[rung + 1];
  return {
    tier: { code, name },
    qualifyingPoints: Number(qualifying / BILLION),
    next: next === undefined ? null : nextView(next, tally),
  };
}

function nextView(next: Tier, tally: Tally): StandingView['next'] {
  const { metric, threshold, missing } = toView(nearest(next, tally, 'threshold'));
  const ways = next.ways.map((way) =>
    toView(nearest({ ...next, ways: [way] }, tally, 'threshold')),
  );
  const { code, name } = next;
  return { code, name, threshold, missing, metric, ways };
}

/** What is missing is rounded up, as a part of a point is missing too. */
function toView({ way, have, missing }: ReturnType<typeof nearest>): WayView {
  const { metric, threshold } = way;
  const counted = whole(metric, have);
  const to = whole(metric, threshold);
  return { metric, threshold: to, counted, missing: missing > 0n ? Math.max(1, to - counted) : 0 };
}
