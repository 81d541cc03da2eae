/** Tiers and how they are reached and kept, as the core reads them. */
import type { Ladder, Metric, Way, Window } from '../../rules/ladder.js';
import { BILLION, parseRate } from '../../rules/points.js';
import type { Programme, Tier } from '../../rules/programme.js';
import type * as written from '../document.js';

type Document = Pick<written.ProgrammeDocument, 'tiers' | 'ladder'>;

/** The tiers of a checked document. */
export function compileTiers({ tiers, ladder }: Document): [Tier, ...Tier[]] {
  const metric = ladder?.metric ?? 'qualifying_points';
  const [first, ...others] = tiers.map((tier): Tier => {
    const { code, name, threshold, keep, otherWays = [], benefits = [], replaces = [] } = tier;
    const multiplier = parseRate(tier.multiplier);
    if (multiplier === undefined) throw unchecked();
    return {
      code,
      name,
      threshold,
      multiplier,
      replaces,
      ways: [wayOf({ metric, threshold, keep }), ...otherWays.map(wayOf)],
      benefits: benefits.map((benefit) => ({
        code: benefit.code,
        name: benefit.name,
        valueMinor: benefit.value.amount,
        costMinor: benefit.cost?.amount,
      })),
    };
  });
  if (first === undefined) throw unchecked();
  return [first, ...others];
}

const unchecked = (): Error => new Error('invariant: only a checked document is compiled');

interface WrittenWay {
  metric: Metric;
  threshold: number;
  keep?: number | undefined;
}

function wayOf({ metric, threshold, keep = threshold }: WrittenWay): Way {
  const unit = metric === 'qualifying_points' ? BILLION : 1n;
  return { metric, threshold: BigInt(threshold) * unit, keep: BigInt(keep) * unit };
}

/** How they are reached and kept, and since when versions before have counted the same. */
export function compileLadder(
  document: Document,
  { effectiveAt, earlier }: { effectiveAt: number; earlier?: Programme | undefined },
): Ladder {
  const { metric = 'qualifying_points', ...ladder } = document.ladder ?? {};
  const metrics = metricsOf(metric, document.tiers);
  const window = windowOf(ladder.window);
  const { nearMiss, graceMonths = 0, warningDays = 0, rollOver = false, notices = [] } = ladder;
  const isSame = earlier !== undefined && countsSame(earlier.ladder, metrics, window);
  return {
    metric,
    metrics,
    window,
    graceMonths,
    warningDays,
    notices: new Set(notices),
    isPlain: window.kind === 'lifetime' && metrics.join() === 'qualifying_points',
    nearMiss: nearMiss?.kind === 'amount' ? amountOf(metric, nearMiss.amount) : nearMiss,
    rollsOver: rollOver,
    since: isSame ? earlier.ladder.since : effectiveAt,
  };
}

function metricsOf(metric: Metric, tiers: Document['tiers']): Metric[] {
  const others = tiers.flatMap(({ otherWays = [] }) => otherWays.map((way) => way.metric));
  return [...new Set([metric, ...others])];
}

const amountOf = (metric: Metric, count: number): Ladder['nearMiss'] => ({
  kind: 'amount',
  amount: wayOf({ metric, threshold: count }).threshold,
});

/** Whether windows are the same, and everything that counts now was counted in them. */
function countsSame(before: Ladder, metrics: readonly Metric[], window: Window): boolean {
  return (
    JSON.stringify(before.window) === JSON.stringify(window) &&
    metrics.every((metric) => before.metrics.includes(metric))
  );
}

const periods = { year: 12, half_year: 6, quarter: 3 } as const;

function windowOf(window: written.Window = { kind: 'lifetime' }): Window {
  switch (window.kind) {
    case 'calendar': {
      const months = periods[window.period];
      return { kind: 'calendar', months, offset: ((window.startMonth ?? 1) - 1) % months };
    }
    case 'rolling':
      return { kind: 'rolling', months: window.months };
    case 'lifetime':
    case 'anniversary':
      return { kind: window.kind };
  }
}
