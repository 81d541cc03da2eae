import fc from 'fast-check';
import { Bench } from '../../src/incentives/probes/bench.js';
import type { Step } from '../../src/incentives/world/step.js';
import { World } from '../../src/incentives/world/world.js';
import { sanes } from './corpus.js';

const at = Date.parse('2026-01-01T12:00:00Z');
const DAY_MS = 86_400_000;
const RUNS = Number(process.env['ADVERSARY_RUNS'] ?? 40);
const seed = Number(process.env['ADVERSARY_SEED'] ?? 1);
const STEPS = 25;

/** Everybody whom one person can be. */
const crew = ['me', 'friend-1', 'friend-2'];

interface Move {
  kind: Step['kind'];
  who: number;
  other: number;
  /** Chooses a category, a size, a reward, a purchase, a coupon. */
  pick: number;
  size: number;
  /** Chooses the values of what conditions ask for. */
  turns: number[];
  days: number;
}

const nat = fc.nat(1_000);
const move: fc.Arbitrary<Move> = fc.record({
  kind: fc.constantFrom<Step['kind']>(
    ...([
      'buy',
      'buy',
      'buy',
      'buy',
      'return',
      'return',
      'return',
      'redeem',
      'redeem',
      'give',
      'do',
    ] as const),
    ...(['coupon', 'refer', 'wait', 'wait'] as const),
  ),
  who: fc.nat(crew.length - 1),
  other: fc.nat(crew.length - 1),
  pick: nat,
  size: nat,
  turns: fc.array(nat, { minLength: 14, maxLength: 14 }),
  days: fc.constantFrom(0, 1, 7, 31, 45),
});

const chosen = <T>(list: readonly T[], pick: number): T | undefined => list[pick % list.length];

/** What a move is in a world that has come so far; undefined = there is nothing to do. */
function stepOf(bench: Bench, world: World, move: Move): Step | undefined {
  const who = crew[move.who] ?? 'me';
  const to = crew[move.other] ?? 'me';
  const turns = bench.domain.dimensions.map((values, n) => chosen(values, move.turns[n] ?? 0));
  const said = Object.assign({}, ...turns) as Partial<typeof bench.domain.plain>;
  const how = { ...said, ordinal: undefined, silentDays: undefined, at: world.now };
  switch (move.kind) {
    case 'buy': {
      const category = chosen(bench.categories, move.pick) ?? '';
      return { kind: 'buy', who, category, amount: chosen(bench.sizes, move.size) ?? 1, how };
    }
    case 'do': {
      const activity = chosen(['deposit', 'survey', 'review', 'profile'], move.pick) ?? '';
      return { kind: 'do', who, activity, value: 2_000, how };
    }
    case 'return': {
      const bought = world.done.filter(
        ({ step, seq }) => step.kind === 'buy' && step.who === who && seq !== undefined,
      );
      const purchase = chosen(bought, move.pick)?.seq;
      return purchase === undefined ? undefined : { kind: 'return', who, purchase };
    }
    case 'redeem':
      return {
        kind: 'redeem',
        who,
        reward: chosen([...world.programme.rewards.keys()], move.pick) ?? '',
      };
    case 'coupon': {
      const coupon = chosen([...world.programme.coupons.keys()], move.pick);
      return coupon === undefined ? undefined : { kind: 'coupon', who, coupon };
    }
    case 'give':
      return who === to ? undefined : { kind: 'give', who, to, points: 50 + move.size };
    case 'refer':
      return who === 'me' ? undefined : { kind: 'refer', who };
    case 'wait':
    case 'enrol':
    case 'grant':
    case 'sell-on':
    case 'convert':
    case 'bring':
    case 'see':
    case 'expire':
    case 'lapse':
      return { kind: 'wait', until: world.now + move.days * DAY_MS };
  }
}

interface Played {
  world: World;
  /** Money that stayed, and what was had for it, in minor units. */
  spent: number;
  back: number;
}

function play(bench: Bench, moves: readonly Move[]): Played {
  const world = new World(bench.programme, at);
  for (const who of crew) {
    world.take(who === 'me' ? { kind: 'enrol', who } : { kind: 'enrol', who, friendOf: 'me' });
  }
  const brought = new Set<string>();
  for (const each of moves) {
    const step = stepOf(bench, world, each);
    if (step === undefined) continue;
    const key = step.kind === 'return' ? `${step.who} ${String(step.purchase)}` : '';
    if (key !== '' && brought.has(key)) continue;
    const done = world.take(step);
    if (key !== '' && done.refused === undefined) brought.add(key);
  }
  const done = world.done.filter(({ refused }) => refused === undefined);
  const points = crew.reduce((sum, who) => sum + Math.max(0, world.member(who).points), 0);
  const worth = done.reduce((sum, each) => sum + each.worth, 0);
  const spent = done.reduce((sum, { money }) => sum + money, 0);
  return { world, spent, back: worth + points * bench.worth.best };
}

describe('an adversary that knows nothing of the checks', () => {
  it.each(sanes().map((sane) => [sane.name, sane.document] as const))(
    'I8: gets no more out of %s than its owner means, whatever it does',
    (_, document) => {
      const bench = new Bench(document, at);
      const { stacked, allowance } = bench.bounds;
      const kinds = new Map<string, number>();
      fc.assert(
        fc.property(fc.array(move, { minLength: 3, maxLength: STEPS }), (moves) => {
          const { world, spent, back } = play(bench, moves);
          for (const { step, refused } of world.done) {
            if (refused === undefined) kinds.set(step.kind, (kinds.get(step.kind) ?? 0) + 1);
          }
          expect(spent).toBeGreaterThanOrEqual(0);
          expect(back).toBeLessThanOrEqual(stacked * spent + allowance);
        }),
        { numRuns: RUNS, seed },
      );
      // An adversary who never gets to do something proves nothing about it.
      for (const kind of ['buy', 'return', 'wait', 'do']) {
        expect([kind, (kinds.get(kind) ?? 0) > RUNS / 10]).toEqual([kind, true]);
      }
    },
  );

  it('I8: gets more where points can be spent before a purchase comes back', () => {
    const bank = sanes().find(({ name }) => name === 'bank');
    const document = bank?.document ?? never();
    const still = { who: 0, other: 0, pick: 0, size: 0, turns: [], days: 0 };
    const bench = new Bench(document, at);
    const dining = bench.categories.indexOf('dining');
    const moves: Move[] = [
      { ...still, kind: 'buy', pick: dining, size: bench.sizes.length - 1 },
      ...Array.from({ length: 10 }, (): Move => ({ ...still, kind: 'redeem' })),
      { ...still, kind: 'return' },
    ];
    const { allowance } = bench.bounds;
    expect(play(bench, moves)).toMatchObject({ spent: 0, back: 0 });
    const atOnce = new Bench({ ...document, returnWindowDays: 0 }, at);
    const { spent, back } = play(atOnce, moves);
    expect(spent).toBe(0);
    expect(back).toBeGreaterThan(allowance);
  });
});

function never(): never {
  throw new Error('There are sane programmes.');
}
