/** DEBT, REVERSAL and TIERFREE: what is left to somebody who brings everything back. */
import { money } from '../words.js';
import type { Found } from '../finding.js';
import { settings, storyOf, type Subject } from '../subject.js';
import type { Probe } from '../probes/bench.js';
import type { World } from '../world/world.js';

const HOUR_MS = 3_600_000;
/** Rewards taken before the purchase comes back at most. */
const REWARDS_MAX = 50;

export function returns(subject: Subject): Found[] {
  const { whole, probes } = subject;
  const amount = whole.bounds.largestBasket;
  const first = whole.tiers[0] ?? '';
  const best: Partial<Record<Found['check'], Found>> = {};
  for (const { category, how } of settings(probes)) {
    const probe = { category, amount, how };
    const bought = whole.world(first, how);
    const before = pointsOf(bought);
    const seq = bought.take({ kind: 'buy', who: 'me', category, amount, how }).seq;
    if (seq === undefined) continue;
    for (const found of [
      walkedAway(subject, bought.fork(), seq, probe),
      kept(subject, bought.fork(), { seq, before }, probe),
      freeTier(subject, bought.fork(), seq, probe),
    ]) {
      if (found === undefined) continue;
      const known = best[found.check];
      if (known === undefined || known.gain.minor < found.gain.minor) best[found.check] = found;
    }
  }
  return Object.values(best);
}

function pointsOf(world: World): number {
  const { points, owed } = world.member('me');
  return points - owed;
}

/** DEBT: points are spent before the purchase comes back, and what is owed is never paid. */
function walkedAway(
  { whole, document }: Subject,
  world: World,
  purchase: number,
  { category, amount }: Probe,
): Found | undefined {
  const rewards = [...whole.programme.rewards.values()].sort(
    (a, b) => b.valueMinor / b.points - a.valueMinor / a.points,
  );
  let taken = 0;
  for (const { code } of rewards) {
    for (let n = 0; n < REWARDS_MAX; n += 1) {
      const done = world.take({ kind: 'redeem', who: 'me', reward: code });
      if (done.refused !== undefined) break;
      taken += done.worth;
    }
  }
  if (taken === 0) return undefined;
  world.take({ kind: 'wait', until: world.now + HOUR_MS });
  const back = world.take({ kind: 'return', who: 'me', purchase });
  if (back.refused !== undefined) return undefined;
  return {
    check: 'DEBT',
    severity: 'critical',
    claim: 'replayed',
    about: ['returnWindowDays'],
    pointer: '/returnWindowDays',
    title: 'Points can be spent before the purchase comes back',
    explanation:
      `Somebody buys "${category}" for ${money(document, amount)}, takes rewards worth ` +
      `${money(document, taken)}, brings everything back, and never pays what is owed. ` +
      `Each new membership costs you as much again.`,
    gain: { minor: taken, growth: 'repeatable' },
    witness: [storyOf(world)],
  };
}

/** REVERSAL: points are left of a purchase that came back whole. */
function kept(
  { whole, document }: Subject,
  world: World,
  { seq: purchase, before }: { seq: number; before: number },
  { category, amount }: Probe,
): Found | undefined {
  world.take({ kind: 'wait', until: world.now + HOUR_MS });
  const back = world.take({ kind: 'return', who: 'me', purchase });
  const left = (pointsOf(world) - before) * whole.worth.best;
  if (back.refused !== undefined || left < 1) return undefined;
  return {
    check: 'REVERSAL',
    severity: 'critical',
    claim: 'replayed',
    about: [category],
    pointer: '/earningRules',
    title: 'Points are left of what was brought back',
    explanation:
      `Who buys "${category}" for ${money(document, amount)} and brings it back keeps points ` +
      `worth ${money(document, left)}. It costs them nothing.`,
    gain: { minor: Math.round(left), growth: 'repeatable' },
    witness: [storyOf(world)],
  };
}

/** TIERFREE: a tier is left of a purchase that came back whole. */
function freeTier(
  { whole, document }: Subject,
  world: World,
  purchase: number,
  { category, amount }: Probe,
): Found | undefined {
  const first = whole.tiers[0] ?? '';
  world.take({ kind: 'wait', until: world.now + HOUR_MS });
  const back = world.take({ kind: 'return', who: 'me', purchase });
  const { tier } = world.member('me');
  if (back.refused !== undefined || whole.tiers.indexOf(tier) <= 0) return undefined;
  return {
    check: 'TIERFREE',
    severity: 'high',
    claim: 'replayed',
    about: [tier],
    pointer: '/returnWindowDays',
    title: `"${tier}" can be had for nothing`,
    explanation:
      `A member of "${first}" buys "${category}" for ${money(document, amount)}, reaches ` +
      `"${tier}", brings everything back and stays there. It costs them nothing.`,
    gain: { minor: 0, growth: 'repeatable' },
    witness: [storyOf(world)],
  };
}
