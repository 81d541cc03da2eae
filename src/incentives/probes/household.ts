/** A household that random steps are done by: up to three members who have just joined. */
import { World } from '../world/world.js';
import type { Bench } from './bench.js';
import { housesOf, isMetered } from './meters.js';

export const namesOf = ({ bounds }: Bench): string[] =>
  Array.from({ length: Math.min(bounds.accounts, 3) }, (_, n) => `m${String(n)}`);

/** What is known of meters where a year's use is. */
export function readingsIn(bench: Bench): ReadonlyMap<string, number> {
  const rules = bench.rules.filter(isMetered);
  return rules.length === 0 ? new Map() : housesOf(bench, rules, 'm').member('m').counters;
}

/** Each of them in whatever tier, a friend of the first or not, and with meters that were read before. */
export function householdOf(
  bench: Bench,
  readings: ReadonlyMap<string, number>,
  chance: () => number,
): World {
  const { programme, domain, tiers } = bench;
  const world = new World(programme, domain.plain.at);
  for (const [n, who] of namesOf(bench).entries()) {
    const isFriend = n > 0 && programme.referral !== undefined && chance() < 0.7;
    world.take({ kind: 'enrol', who, ...(isFriend && { friendOf: 'm0' }) });
    const tier = tiers[Math.floor(chance() * tiers.length)];
    if (tier !== undefined && tier !== tiers[0]) world.take({ kind: 'grant', who, tier });
    if (readings.size === 0) continue;
    world.alter(who, (member) => {
      return { ...member, counters: new Map([...member.counters, ...readings]) };
    });
  }
  return world;
}
