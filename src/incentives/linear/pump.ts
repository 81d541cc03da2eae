/** What can be bought and sold on again and again, played until real rewards are had for it. */
import { DAY_MS } from '../../rules/period.js';
import type { Found } from '../finding.js';
import type { Bench } from '../probes/bench.js';
import { storyOf, pointerTo } from '../subject.js';
import type { Subject } from '../subject.js';
import type { World } from '../world/world.js';
import { money } from '../words.js';
import { gainOf, type Plan } from './plan.js';
import type { Column } from './column.js';

/** Rounds after which it is given up that a reward is had. */
const ROUNDS_MAX = 256;
const REWARDS_MAX = 10_000;

/**
 * PUMP: the rounds of the plan that bring most, and rewards for their points. Undefined = no number of
 * rounds left more in rewards than selling on had cost, and twice as many rounds more than that.
 */
export function pumped({ whole, document }: Subject, plan: Plan): Found | undefined {
  const point = whole.worth.best;
  const [most] = plan.planned
    .filter(({ column }) => column.family === 'resale')
    .sort((a, b) => b.times * gainOf(b.column, point) - a.times * gainOf(a.column, point));
  const buy = most?.column.steps.find((step) => step.kind === 'buy');
  if (most === undefined || buy?.kind !== 'buy') return undefined;
  for (let rounds = 1; rounds <= ROUNDS_MAX; rounds *= 2) {
    const once = played(whole, most.column, rounds);
    const gain = netOf(once);
    if (gain <= 0 || netOf(played(whole, most.column, 2 * rounds)) <= gain) continue;
    const [about = ''] = most.column.rules;
    return {
      check: 'PUMP',
      severity: 'critical',
      claim: 'replayed',
      about: [...most.column.rules],
      pointer: pointerTo(document, about),
      title: `Rewards for buying and selling on "${buy.category}"`,
      explanation:
        `Somebody buys "${buy.category}" for ${money(document, buy.amount)} and sells it on, ` +
        `${String(rounds)} times, and takes rewards for the points. ` +
        `What is left of that is ${money(document, gain)}, and twice as many rounds bring more.`,
      gain: { minor: Math.round(gain), growth: 'repeatable' },
      witness: [storyOf(once)],
    };
  }
  return undefined;
}

/** So many rounds at one instant, the wait until nothing can come back, and every reward there is. */
function played(bench: Bench, { steps, tier }: Column, rounds: number): World {
  const [buy] = steps;
  if (buy?.kind !== 'buy') throw new Error('invariant: what is sold on was bought');
  const world = bench.world(tier, buy.how);
  for (let n = 0; n < rounds; n += 1) for (const step of steps) bench.count(world.take(step));
  const days = bench.programme.returnWindowDays + 2;
  world.take({ kind: 'wait', until: world.now + days * DAY_MS });
  const rewards = [...bench.programme.rewards.values()].sort(
    (a, b) => b.valueMinor / b.points - a.valueMinor / a.points,
  );
  for (const { code } of rewards) {
    for (let n = 0; n < REWARDS_MAX; n += 1) {
      if (world.take({ kind: 'redeem', who: 'me', reward: code }).refused !== undefined) break;
    }
  }
  return world;
}

/** Rewards that were had for what was sold on, less what that cost. */
const netOf = ({ done }: World): number =>
  done.reduce((sum, { step, money: paid, worth }, place) => {
    const isSold = step.kind === 'buy' && done[place + 1]?.step.kind === 'sell-on';
    return sum + worth - (isSold || step.kind === 'sell-on' ? paid : 0);
  }, 0);
