/** GIVEBACK, STACK and PUMP: what one purchase gives back, valued by the best reward. */
import { money, percent } from '../words.js';
import type { Found } from '../finding.js';
import { pointerTo, settings, storyOf, type Subject } from '../subject.js';
import type { Bench, Probe } from '../probes/bench.js';
import { namedTiers } from '../probes/probes.js';

interface Worst {
  tier: string;
  probe: Probe;
  points: number;
  /** Minor units beyond what is meant. */
  excess: number;
}

/** GIVEBACK: rules alone give back a larger share of some purchase than declared. */
export function giveback(subject: Subject): Found[] {
  const { plain, plainProbes, document } = subject;
  const worst = worstOf(plain, plainProbes, () => plain.bounds.giveback);
  if (worst === undefined) return [];
  const { giveback: declared } = plain.bounds;
  return [
    {
      ...told(subject, plain, worst),
      check: 'GIVEBACK',
      ...(plain !== subject.whole && { rulesAlone: true as const }),
      severity: 'high',
      title: `Rules give back more than ${percent(declared)} of a purchase`,
      explanation:
        `${bought(document, worst)} gives back ${money(document, worth(plain, worst))}. ` +
        `That is ${money(document, worst.excess)} more than the ${percent(declared)} you allow.`,
    },
  ];
}

/** STACK: with every offer on top a purchase gives back a larger share than declared. */
export function stack(subject: Subject): Found[] {
  const { whole, probes, document, plain } = subject;
  if (plain === whole) return [];
  const worst = worstOf(whole, probes, () => whole.bounds.stacked);
  if (worst === undefined) return [];
  const { stacked } = whole.bounds;
  return [
    {
      ...told(subject, whole, worst),
      check: 'STACK',
      severity: 'high',
      title: `Offers together give back more than ${percent(stacked)} of a purchase`,
      explanation:
        `${bought(document, worst)} with every offer that applies gives back ` +
        `${money(document, worth(whole, worst))}. ` +
        `That is ${money(document, worst.excess)} more than the ${percent(stacked)} you allow.`,
    },
  ];
}

/** PUMP: goods that can be sold on earn more than is lost by selling them. */
export function pump(subject: Subject): Found[] {
  const { whole, probes, document } = subject;
  const { resale } = whole.bounds;
  const goods = probes.filter(({ category }) => (resale.get(category) ?? 0) > 0);
  const worst = worstOf(whole, goods, (category) => 1 - (resale.get(category) ?? 0));
  if (worst === undefined) return [];
  const { category, amount, how } = worst.probe;
  const world = whole.world(worst.tier, how);
  world.take({ kind: 'buy', who: 'me', category, amount, how });
  const back = Math.floor(amount * (resale.get(category) ?? 0));
  world.take({ kind: 'sell-on', who: 'me', amount, back });
  return [
    {
      ...told(subject, whole, worst),
      check: 'PUMP',
      severity: 'critical',
      witness: [storyOf(world)],
      title: `Buying and selling on "${category}" makes money`,
      explanation:
        `${bought(document, worst)}, and selling it on for ${money(document, back)}, leaves points ` +
        `worth ${money(document, worth(whole, worst))}. ` +
        `Each round costs you ${money(document, worst.excess)}, as often as somebody likes.`,
    },
  ];
}

/** The purchase that goes furthest beyond a share of its amount; undefined = none does. */
function worstOf(
  bench: Bench,
  probes: readonly Probe[],
  shareOf: (category: string) => number,
): Worst | undefined {
  const point = bench.worth.best;
  const tiers = [bench.topTier, ...namedTiers(bench)];
  let worst: Worst | undefined;
  for (const { category, how } of settings(probes)) {
    for (const amount of bench.narrowedTo(category).sizes) {
      const probe = { category, amount, how };
      for (const tier of tiers) {
        const points = bench.points(tier, probe);
        const excess = points * point - shareOf(category) * amount;
        // Less than a point is the rounding of one.
        if (excess >= point && excess > (worst?.excess ?? 0)) {
          worst = { tier, probe, points, excess };
        }
      }
    }
  }
  return worst;
}

function told(
  { document }: Subject,
  bench: Bench,
  { tier, probe, excess }: Worst,
): Pick<Found, 'claim' | 'about' | 'pointer' | 'gain' | 'witness'> {
  const { category, amount, how } = probe;
  const world = bench.world(tier, how);
  const done = world.take({ kind: 'buy', who: 'me', category, amount, how });
  const paid = [...done.rules].sort(([, a], [, b]) => (a < b ? 1 : -1));
  return {
    claim: 'replayed',
    about: paid.map(([id]) => id),
    pointer: pointerTo(document, paid[0]?.[0] ?? ''),
    gain: { minor: Math.round(excess), growth: 'repeatable' },
    witness: [storyOf(world)],
  };
}

const worth = (bench: Bench, { points }: Worst): number => points * bench.worth.best;

const bought = (document: Subject['document'], { probe }: Worst): string =>
  `Buying "${probe.category}" for ${money(document, probe.amount)}`;
