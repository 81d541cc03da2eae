/** CLIFF and MONO: how points grow with the size of a purchase. */
import { figure, money, percent } from '../words.js';
import type { Found } from '../finding.js';
import { nameOf, pointerTo, settings, storyOf, type Subject } from '../subject.js';
import type { Probe } from '../probes/bench.js';
import { probesOfRule } from '../probes/probes.js';

/** The part of a threshold that its last minor unit may give back at most. */
const CLIFF_SHARE = 0.1;

/** CLIFF: the last minor unit before a threshold is worth a tenth of it, or more. */
export function cliff({ whole, probes, document }: Subject): Found[] {
  const point = whole.worth.best;
  const found = new Map<string, { probe: Probe; jump: number }>();
  const all = [
    ...settings(probes),
    ...whole.rules.flatMap((_, place) => settings(probesOfRule(whole, place))),
  ];
  for (const { category, how } of settings(all)) {
    for (const amount of whole.narrowedTo(category).breaks.filter((size) => size > 1)) {
      const probe = { category, amount, how };
      const [above, below] = [probe, { ...probe, amount: amount - 1 }].map((each) =>
        whole.buy(whole.topTier, each),
      );
      if (above === undefined || below === undefined) continue;
      const jump = Number(above.billionths - below.billionths) / 1e9;
      if (jump * point < CLIFF_SHARE * amount) continue;
      const id = [...above.rules].sort(([a, x], [b, y]) =>
        y - (below.rules.get(b) ?? 0n) > x - (below.rules.get(a) ?? 0n) ? 1 : -1,
      )[0]?.[0];
      const known = found.get(id ?? '');
      if (known === undefined || known.jump < jump) found.set(id ?? '', { probe, jump });
    }
  }
  return [...found].map(([id, { probe, jump }]) => {
    const { amount, category, how } = probe;
    const world = whole.world(whole.topTier, how);
    const less = world.fork();
    less.take({ kind: 'buy', who: 'me', category, amount: amount - 1, how });
    world.take({ kind: 'buy', who: 'me', category, amount, how });
    const worth = jump * point;
    return {
      check: 'CLIFF',
      severity: 'medium',
      claim: 'replayed',
      about: [id],
      pointer: pointerTo(document, id),
      title: `"${nameOf(document, id)}" is a cliff`,
      explanation:
        `Whoever is about to spend a little less than ${money(document, amount)} gets ` +
        `${figure(jump)} points, worth ${money(document, worth)}, for the last penny. ` +
        `That is ${percent(worth / amount)} of it: buying what nobody needs pays.`,
      gain: { minor: Math.round(worth), growth: 'repeatable' },
      witness: [storyOf(less), storyOf(world)],
    };
  });
}

/** MONO: more of a purchase earns less. */
export function mono({ whole, probes, document }: Subject): Found[] {
  for (const { category, how } of settings(probes)) {
    const { sizes: all } = whole.narrowedTo(category);
    const sizes = [...new Set(all.flatMap((size) => [size - 1, size]))]
      .filter((size) => size > 0)
      .sort((a, b) => a - b);
    let most = { points: 0, amount: 0 };
    for (const amount of sizes) {
      const points = whole.points(whole.topTier, { category, amount, how });
      if (points >= most.points) {
        most = { points, amount };
        continue;
      }
      const world = whole.world(whole.topTier, how);
      world.take({ kind: 'buy', who: 'me', category, amount, how });
      const lost = most.points - points;
      return [
        {
          check: 'MONO',
          severity: 'medium',
          claim: 'replayed',
          about: [category],
          pointer: '/earningRules',
          title: `Buying more of "${category}" earns less`,
          explanation:
            `${money(document, amount)} earn ${figure(lost, 3)} points less than ` +
            `${money(document, most.amount)}. Members who notice buy less.`,
          gain: { minor: Math.round(lost * whole.worth.best), growth: 'repeatable' },
          witness: [storyOf(world)],
        },
      ];
    }
  }
  return [];
}
