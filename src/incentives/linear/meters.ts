/** Columns of what is paid for saving: a household that uses nothing, in each tier. */
import { DAY_MS } from '../../rules/period.js';
import type { Bench } from '../probes/bench.js';
import { housesOf, isMetered, readingOf, type MeteredRule } from '../probes/meters.js';
import { POINTS, type Column } from './column.js';
import { limitersOf } from './limiters.js';

/** Saved for so long at least, so that there is something to pay for. */
const SAVED_DAYS = 40;

/** What pays less uses less of its caps in the same proportion, so that one reading of each is enough. */
export const meterColumns = (bench: Bench): Column[] =>
  bench.rules
    .filter(isMetered)
    .flatMap((rule) => bench.tiers.map((tier) => savedIn(bench, rule, tier)));

function savedIn(bench: Bench, rule: MeteredRule, tier: string): Column {
  const world = housesOf(bench, [rule], 'me');
  const saved = world.now + SAVED_DAYS * DAY_MS;
  if (tier !== bench.tiers[0]) world.take({ kind: 'grant', who: 'me', tier });
  world.take({ kind: 'wait', until: Math.max(bench.domain.plain.at, saved) });
  const step = readingOf(rule, 'me', world.now);
  const before = world.member('me').counters;
  const { billionths, rules } = bench.count(world.take(step));
  const after = world.member('me').counters;
  const limiters = limitersOf(bench.programme, { at: world.now }, undefined);
  const uses = new Map(limiters.flatMap((limiter) => [...limiter.used(before, after)]));
  uses.set(POINTS, -billionths);
  const what = { excess: 0n, turnover: 0, rules: [...rules.keys()] };
  return { ...what, family: 'activity', steps: [step], tier, uses };
}
