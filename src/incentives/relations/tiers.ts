/** TIERMONO, NOHARM, and SPLIT at the threshold of a tier: what tiers do to what is earned. */
import { DAY_MS } from '../../rules/period.js';
import { figure, money } from '../words.js';
import type { Found } from '../finding.js';
import { leastIfAny } from '../least.js';
import { settings, storyOf, type Subject } from '../subject.js';
import type { Bench, Probe } from '../probes/bench.js';
import { probesOfRule, spread } from '../probes/probes.js';
import type { World } from '../world/world.js';

/** Sizes beside the largest at which tiers are compared at most. */
const SIZES_MAX = 6;
/** Purchases somebody makes to get near a tier at most. */
const CLIMB_MAX = 200;
const WEEK_MS = 7 * DAY_MS;

/** TIERMONO: a better customer earns less for the same purchase. */
export function tierMono({ whole, probes, document }: Subject): Found[] {
  const amountsOf = (category: string): number[] => [
    whole.bounds.largestBasket,
    ...spread(whole.narrowedTo(category).breaks, SIZES_MAX),
  ];
  const asking = whole.rules.flatMap((rule, place) =>
    (rule.when ?? []).some(({ kind }) => kind === 'tier') ? probesOfRule(whole, place) : [],
  );
  let worst: { probe: Probe; lower: string; higher: string; less: number } | undefined;
  const all = settings([...probes, ...asking]);
  for (const probe of all.flatMap((each) =>
    amountsOf(each.category).map((amount) => ({ ...each, amount })),
  )) {
    const points = whole.tiers.map((tier) => whole.points(tier, probe));
    for (const [place, higher] of whole.tiers.entries()) {
      for (const [below, lower] of whole.tiers.slice(0, place).entries()) {
        const less = (points[below] ?? 0) - (points[place] ?? 0);
        if (less >= 1 && less > (worst?.less ?? 0)) worst = { probe, lower, higher, less };
      }
    }
  }
  if (worst === undefined) return [];
  const { probe, lower, higher, less } = worst;
  const [one, other] = [lower, higher].map((tier) => bought(whole, tier, probe));
  if (one === undefined || other === undefined) return [];
  const paid = [...(one.done.at(-1)?.rules.keys() ?? [])];
  const worth = less * whole.worth.best;
  return [
    {
      check: 'TIERMONO',
      severity: 'medium',
      claim: 'replayed',
      about: paid.filter((id) => other.done.at(-1)?.rules.has(id) !== true),
      pointer: '/tiers',
      title: `"${higher}" earns less than "${lower}"`,
      explanation:
        `For "${probe.category}" at ${money(document, probe.amount)} a member of "${higher}" gets ` +
        `${figure(less)} points less than one of "${lower}", worth ${money(document, worth)}. ` +
        `Climbing costs something, so members stay below.`,
      gain: { minor: Math.round(worth), growth: 'repeatable' },
      witness: [storyOf(one), storyOf(other)],
    },
  ];
}

function bought(bench: Bench, tier: string, { category, amount, how }: Probe): World {
  const world = bench.world(tier, how);
  world.take({ kind: 'buy', who: 'me', category, amount, how });
  return world;
}

/** NOHARM: a version that gives a better tier more takes from the first one. */
export function noHarm({ whole, before, probes, document }: Subject): Found[] {
  if (before === undefined) return [];
  const amount = whole.bounds.largestBasket;
  const [first = '', ...others] = whole.tiers.filter((tier) => before.tiers.includes(tier));
  const all = settings([
    ...probes,
    ...whole.categories.map((category) => plainOf(whole, category)),
  ]);
  const both = all
    .filter(({ category }) => before.categories.includes(category))
    .map(({ category, how }) => ({ category, how, amount }));
  const changed = (tier: string, probe: Probe): number =>
    whole.points(tier, probe) - before.points(tier, probe);
  const gains = both.some((probe) => others.some((tier) => changed(tier, probe) >= 1));
  const lost = both
    .map((probe) => ({ probe, less: -changed(first, probe) }))
    .sort((a, b) => b.less - a.less)[0];
  if (!gains || lost === undefined || lost.less < 1) return [];
  const worth = lost.less * whole.worth.best;
  return [
    {
      check: 'NOHARM',
      severity: 'high',
      claim: 'replayed',
      about: [first],
      pointer: '/earningRules',
      title: `"${first}" pays for what better tiers get`,
      explanation:
        `Members of "${first}" get ${figure(lost.less)} points less than before for ` +
        `"${lost.probe.category}" at ${money(document, amount)}, worth ${money(document, worth)}, ` +
        `while a better tier gets more. Treating the best specially must not hurt the others.`,
      gain: { minor: Math.round(worth), growth: 'repeatable' },
      witness: [storyOf(bought(whole, first, lost.probe))],
    },
  ];
}

const plainOf = (bench: Bench, category: string): Probe => ({
  category,
  amount: bench.bounds.largestBasket,
  how: bench.domain.plain,
});

/** SPLIT: a small part first reaches a tier, and the rest earns at it. */
export function splitAtTier({ whole, probes, document }: Subject): Found[] {
  const amount = whole.bounds.largestBasket;
  const best = whole.tiers.slice(1).flatMap((tier) => {
    const near = onceForEach((at) => nearTo(whole, tier, at));
    return settings(probes).flatMap(
      ({ category, how: { ordinal, silentDays, ...how } }) =>
        // Whoever climbs has bought before, and not long ago.
        wonAtTier(whole, tier, { category, amount, how }, near(how.at)) ?? [],
    );
  });
  const worst = best.sort((a, b) => b.won - a.won)[0];
  if (worst === undefined) return [];
  const worth = worst.won * whole.worth.best;
  // It can be done once for each time that a tier is reached.
  if (worth <= whole.bounds.allowance) return [];
  return [
    {
      check: 'SPLIT',
      severity: 'high',
      claim: 'replayed',
      about: [worst.tier],
      pointer: `/tiers/${String(whole.tiers.indexOf(worst.tier))}/multiplier`,
      title: `Splitting one purchase at the threshold of "${worst.tier}" pays`,
      explanation:
        `Who nearly has "${worst.tier}" pays for a little first, and then for the rest of ` +
        `${money(document, amount)} at the better rate: ${figure(worst.won)} points more. ` +
        `That is ${money(document, worth)} each time somebody climbs.`,
      gain: { minor: Math.round(worth), growth: 'once' },
      witness: worst.worlds.map(storyOf),
    },
  ];
}

interface AtTier {
  tier: string;
  won: number;
  /** In one, and in parts. */
  worlds: readonly [World, World];
}

/** What a function comes to, asked once of each instant. */
function onceForEach<T>(made: (at: number) => T): (at: number) => T {
  const known = new Map<number, { made: T }>();
  return (at) => {
    const found = known.get(at) ?? { made: made(at) };
    known.set(at, found);
    return found.made;
  };
}

function wonAtTier(
  bench: Bench,
  tier: string,
  { category, amount, how }: Probe,
  near: World | undefined,
): AtTier | undefined {
  if (near === undefined) return undefined;
  const buy = (world: World, size: number): bigint =>
    bench.count(world.take({ kind: 'buy', who: 'me', category, amount: size, how })).billionths;
  const { programme } = bench.narrowedTo(category);
  const reaches = (size: number): boolean => {
    const world = near.fork(programme);
    buy(world, size);
    return stands(bench, world, tier);
  };
  const first = leastIfAny(amount - 1, reaches);
  if (first === undefined) return undefined;
  const [atOnce, inParts] = [near.fork(), near.fork()];
  const whole = buy(atOnce, amount);
  const parts = buy(inParts, first) + buy(inParts, amount - first);
  return { tier, won: Number(parts - whole) / 1e9, worlds: [atOnce, inParts] };
}

/**
 * Somebody who lacks a qualifying point, or what earns one, for a tier; undefined = too far. Where days
 * with a purchase count they come once a day, and then on a day of the week that is like the first.
 */
function nearTo(bench: Bench, tier: string, at: number): World | undefined {
  const category = bench.categories[0] ?? '';
  const most = bench.bounds.largestBasket;
  const world = bench.world(bench.tiers[0] ?? '', { at });
  const threshold = bench.document.tiers.find(({ code }) => code === tier)?.threshold ?? 0;
  const buy = (in_: World, amount: number): void => {
    in_.take({ kind: 'buy', who: 'me', category, amount, how: { at } });
  };
  const isOver = (in_: World): boolean => {
    const { qualifying } = in_.member('me');
    return bench.programme.ladder.metric === 'qualifying_points'
      ? qualifying > BigInt(threshold - 1) * 1_000_000_000n
      : stands(bench, in_, tier);
  };
  const isByDay = bench.programme.ladder.metric === 'purchases';
  for (let n = 0; n < CLIMB_MAX; n += 1) {
    const further = world.fork();
    buy(further, most);
    if (!isOver(further)) {
      buy(world, most);
      if (isByDay) world.take({ kind: 'wait', until: world.now + DAY_MS });
      continue;
    }
    const over = leastIfAny(most, (size) => {
      const tried = world.fork();
      buy(tried, size);
      return isOver(tried);
    });
    if (over !== undefined && over > 1) buy(world, over - 1);
    const weeks = Math.ceil((world.now - at) / WEEK_MS);
    world.take({ kind: 'wait', until: at + weeks * WEEK_MS });
    return stands(bench, world, tier) ? undefined : world;
  }
  return undefined;
}

/** Whether somebody stands in a tier or a better one. */
const stands = (bench: Bench, world: World, tier: string): boolean =>
  bench.tiers.indexOf(world.member('me').tier) >= bench.tiers.indexOf(tier);
