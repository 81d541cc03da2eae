/** CLIFF, MONO and SPLIT of one tier: how points grow with the size of a purchase. */
import { figure, money, percent } from '../words.js';
import type { Found } from '../finding.js';
import { nameOf, pointerTo, settings, storyOf, type Subject } from '../subject.js';
import type { Bench, Probe } from '../probes/bench.js';
import { probesOfRule, spread } from '../probes/probes.js';
import { piecesOf, type Step } from '../world/step.js';

/** The part of a threshold that its last minor unit may give back at most. */
const CLIFF_SHARE = 0.1;
/** The part of what is split that splitting may win at most. */
const SPLIT_SHARE = 0.005;
const PARTS = [2, 5];
/** Sizes of which parts are made at most, and of them break points. */
const SPLIT_SIZES = 6;

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

/** SPLIT: parts of a purchase, at the same moment, earn more than the whole. */
export function split({ whole, probes, document }: Subject): Found[] {
  const sizesOf = (category: string): number[] => {
    const { breaks, sizes } = whole.narrowedTo(category);
    return [...new Set([breaks, sizes].flatMap((all) => spread(all, SPLIT_SIZES)))];
  };
  const worst = settings(probes)
    .flatMap(({ category, how }) =>
      sizesOf(category).flatMap((amount) =>
        PARTS.map((parts) => ({ category, how, amount, parts })),
      ),
    )
    .filter(({ amount, parts }) => amount >= parts)
    .map((each) => ({ ...each, won: wonBySplitting(whole, each, each.parts) }))
    .filter(({ won, amount }) => {
      const worth = won * whole.worth.best;
      return won >= 1 && worth > SPLIT_SHARE * amount;
    })
    .sort((a, b) => b.won - a.won)[0];
  if (worst === undefined) return [];
  const { category, amount, parts, won, how } = worst;
  const world = whole.world(whole.topTier, how);
  const { length: prepared } = world.done;
  buyInParts(world, worst, parts);
  const worth = won * whole.worth.best;
  return [
    {
      check: 'SPLIT',
      severity: 'high',
      claim: 'replayed',
      about: [...new Set(world.done.slice(prepared).flatMap(({ rules }) => [...rules.keys()]))],
      pointer: '/earningRules',
      title: `Splitting a purchase of "${category}" pays`,
      explanation:
        `Paying ${money(document, amount)} in ${String(parts)} parts earns ${figure(won)} points ` +
        `more than in one. That is ${money(document, worth)} for a queue at the till.`,
      gain: { minor: Math.round(worth), growth: 'repeatable' },
      witness: [storyOf(world)],
    },
  ];
}

function wonBySplitting(bench: Bench, probe: Probe, parts: number): number {
  const world = bench.world(bench.topTier, probe.how);
  const { length: prepared } = world.done;
  buyInParts(world, probe, parts);
  const bought = world.done.slice(prepared);
  const inParts = bought.reduce((sum, done) => sum + bench.count(done).billionths, 0n);
  // The same pieces, in one purchase.
  const pieces = bought.reduce((sum, { step }) => sum + piecesIn(step), 0);
  const how = { ...probe.how, pieceMinor: undefined, pieces };
  return Number(inParts - bench.buy(bench.topTier, { ...probe, how }).billionths) / 1e9;
}

const piecesIn = (step: Step): number =>
  step.kind === 'buy' ? piecesOf(step.amount, step.how) : 0;

function buyInParts(
  world: ReturnType<Bench['world']>,
  { category, amount, how }: Probe,
  parts: number,
): void {
  const part = Math.floor(amount / parts);
  for (let n = 0; n < parts; n += 1) {
    const size = n === 0 ? amount - part * (parts - 1) : part;
    world.take({ kind: 'buy', who: 'me', category, amount: size, how });
  }
}
