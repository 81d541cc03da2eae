import { Bench, type Probe } from '../../src/incentives/probes/bench.js';
import { seeded } from '../../src/incentives/linear/seeded.js';
import type { Done } from '../../src/incentives/world/step.js';
import { sanes } from './corpus.js';

const at = Date.parse('2026-01-01T12:00:00Z');
const PROBES = 60;

const told = ({ billionths, rules, refused, tier }: Done): unknown => ({
  billionths,
  rules: [...rules],
  refused,
  tier,
});

/** A purchase of any category and size, in circumstances that the whole programme asks for. */
function anyProbe(bench: Bench, chance: () => number): Probe {
  const oneOf = <T>(list: readonly T[]): T | undefined => list[Math.floor(chance() * list.length)];
  const turns = bench.domain.dimensions.map((turn) => (chance() < 0.5 ? turn[0] : oneOf(turn)));
  const how = Object.assign({ ...bench.domain.plain }, ...turns) as Probe['how'];
  const category = oneOf(bench.categories) ?? '';
  return { category, amount: oneOf(bench.sizes) ?? 1, how };
}

describe('a programme without what cannot pay for a category', () => {
  it.each(sanes().map(({ name, document }) => [name, document] as const))(
    'I40: says of a purchase what all of %s does',
    (_, document) => {
      const bench = new Bench(document, at);
      const chance = seeded(40);
      let left = 0;
      for (let n = 0; n < PROBES; n += 1) {
        const probe = anyProbe(bench, chance);
        const tier = bench.tiers[n % bench.tiers.length] ?? '';
        const step = { kind: 'buy', who: 'me', ...probe } as const;
        const whole = bench.world(tier, probe.how);
        const own = bench.worldFor(probe.category, tier, probe.how);
        expect(told(own.take(step))).toEqual(told(whole.take(step)));
        const used = (world: typeof own): unknown =>
          [...world.member('me').counters].filter(([, value]) => value !== 0).sort();
        expect(used(own)).toEqual(used(whole));
        left += whole.programme.rules.length - own.programme.rules.length;
      }
      expect(left).toBeGreaterThan(0);
    },
  );
});
