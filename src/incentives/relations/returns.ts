/** DEBT, REVERSAL and TIERFREE: what is left to somebody who brings everything back. */
import { money } from '../words.js';
import type { Found } from '../finding.js';
import { settings, storyOf, type Subject } from '../subject.js';
import type { Bench, Probe } from '../probes/bench.js';
import { feeOf, turned } from '../../rules/conversions/terms.js';
import type { MemberState } from '../../rules/state.js';
import type { World } from '../world/world.js';

const HOUR_MS = 3_600_000;
/** Rewards taken before what was bought comes back at most, and purchases made for the first one. */
const REWARDS_MAX = 50;
const PURCHASES_MAX = 100;

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

/** DEBT: points are spent before what was bought comes back, and what is owed is never paid. */
function walkedAway(
  { whole, document }: Subject,
  world: World,
  purchase: number,
  { category, amount, how }: Probe,
): Found | undefined {
  // Where points wait for the return window, so does whoever wants to spend them.
  if (spendable(world.member('me'), world.now, purchase) === 0) return undefined;
  const purchases = [purchase];
  let taken = spent(whole, world);
  while (taken === 0 && purchases.length < PURCHASES_MAX) {
    const { seq } = world.take({ kind: 'buy', who: 'me', category, amount, how });
    if (seq === undefined) return undefined;
    purchases.push(seq);
    taken = spent(whole, world);
  }
  if (taken === 0) return undefined;
  world.take({ kind: 'wait', until: world.now + HOUR_MS });
  for (const each of purchases) {
    const back = world.take({ kind: 'return', who: 'me', purchase: each });
    if (back.refused !== undefined) return undefined;
  }
  const times = purchases.length === 1 ? '' : `${String(purchases.length)} times `;
  return {
    check: 'DEBT',
    severity: 'critical',
    claim: 'replayed',
    about: ['returnWindowDays'],
    pointer: '/returnWindowDays',
    title: 'Points can be spent before the purchase comes back',
    explanation:
      `Somebody buys "${category}" ${times}for ${money(document, amount)}, takes ` +
      `${money(document, taken)} for the points, brings everything back, and never pays what is ` +
      `owed. Each new membership costs you as much again.`,
    gain: { minor: Math.round(taken), growth: 'repeatable' },
    witness: [storyOf(world)],
  };
}

/** Points turned into rewards, or else into a partner's currency; minor units that they are worth. */
function spent({ programme, document }: Bench, world: World): number {
  const rewards = [...programme.rewards.values()].sort(
    (a, b) => b.valueMinor / b.points - a.valueMinor / a.points,
  );
  let taken = 0;
  for (const { code, points } of rewards) {
    for (let n = 0; n < REWARDS_MAX; n += 1) {
      if (spendable(world.member('me'), world.now) < points) break;
      const done = world.take({ kind: 'redeem', who: 'me', reward: code });
      if (done.refused !== undefined) break;
      taken += done.worth;
    }
  }
  if (taken > 0) return taken;
  for (const { code, unitWorth } of document.conversions ?? []) {
    const out = programme.conversions.get(code)?.out;
    if (out === undefined) continue;
    const points = Math.ceil(out.minimumPoints / out.step) * out.step;
    if (spendable(world.member('me'), world.now) < points + feeOf(out, points)) continue;
    const done = world.take({ kind: 'convert', who: 'me', currency: code, points });
    if (done.refused === undefined) return turned(out, points) * Number(unitWorth);
  }
  return 0;
}

/** Points that may be spent at an instant, of one purchase or of all. */
export const spendable = ({ lots = [] }: MemberState, at: number, purchase?: number): number =>
  lots
    .filter(({ availableFrom, seq }) => availableFrom <= at && seq === (purchase ?? seq))
    .reduce((sum, { remaining, held }) => sum + remaining - held, 0);

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
