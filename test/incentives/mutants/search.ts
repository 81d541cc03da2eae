/** Three adversaries that know nothing of checks, columns or prices: chance, a beam, and habits. */
import type { ProgrammeDocument } from '../../../src/programmes/document.js';
import { drawsOf } from '../../support/purchases.js';
import { begun, groundOf, UNTIL, type Ground } from './ground.js';
import type { Household } from './household.js';
import { moveBy, thrifty, type Move } from './moves.js';

/** How hard adversaries look. */
export interface Effort {
  sequences: number;
  moves: number;
  /** Of the beam. */
  beams: number;
  depth: number;
  breadth: number;
  width: number;
  /** Habits that are tried, each a little other than the best one so far. */
  habits: number;
}

export interface Taken {
  /** Minor units beyond a share of what was bought and kept. */
  minor: number;
  /** How it was done. */
  steps: readonly string[];
  /** Kinds of acts that were not refused, over all that was tried. */
  kinds: ReadonlySet<string>;
}

/** The most that any of them takes of a programme in a year, beyond a share of what is kept. */
export function mostTaken(
  document: ProgrammeDocument,
  share: number,
  { seed, effort }: { seed: number; effort: Effort },
): Taken {
  const ground = groundOf(document);
  const chance = drawsOf(seed);
  const best = new Best(share);
  for (let n = 0; n < effort.sequences; n += 1) {
    const house = begun(ground, chance);
    for (let move = 0; move < effort.moves && house.acts < ACTS_MAX; move += 1) {
      moveBy(ground, chance)(house);
      best.see(house);
    }
  }
  for (let n = 0; n < effort.beams; n += 1) beam(ground, best, { share, chance, effort });
  climb(ground, best, { share, chance, effort });
  return best;
}

class Best implements Taken {
  minor = 0;
  steps: readonly string[] = [];
  readonly kinds = new Set<string>();

  constructor(private readonly share: number) {}

  see(house: Household): void {
    for (const each of house.done.slice(-3)) this.kinds.add(each.split(' ')[2] ?? '');
    const taken = house.taken(this.share);
    if (taken <= this.minor) return;
    this.minor = taken;
    this.steps = house.done;
  }
}

/** Of all moves from the best households, those go on that have most, or would if all came back. */
function beam(ground: Ground, best: Best, { share, chance, effort }: Search): void {
  let houses = [begun(ground, chance)];
  for (let depth = 0; depth < effort.depth; depth += 1) {
    const moves = Array.from({ length: effort.breadth }, () => moveBy(ground, chance));
    const next = houses.flatMap((house) =>
      moves.map((move) => {
        if (house.acts >= ACTS_MAX) return house;
        const fork = house.fork();
        move(fork);
        best.see(fork);
        return fork;
      }),
    );
    const half = Math.ceil(effort.width / 2);
    const all = [...houses, ...next];
    const leading = top(all, half, (house) => house.taken(share));
    const rest = all.filter((house) => !leading.includes(house));
    houses = [...leading, ...top(rest, half, (house) => house.promise())];
  }
}

interface Search {
  share: number;
  chance: () => number;
  effort: Effort;
}

/** What is done once, and what is done again and again until the year is over. */
interface Habit {
  once: readonly Move[];
  again: readonly Move[];
  days: number;
}

const DAY_MS = 86_400_000;
/** How often a habit begins anew although it brings more than others. */
const STARTS = 3;
/** What somebody does in a year at most. */
const ACTS_MAX = 240;

/** Of habits a little other than the best one so far, those are kept that bring as much or more. */
function climb(ground: Ground, best: Best, { share, chance, effort }: Search): void {
  const lived = Math.ceil(effort.habits / STARTS);
  for (let start = 0; start < STARTS; start += 1) {
    const seed = Math.floor(chance() * 0xffffffff);
    const none = { once: [], again: [] };
    const first: Habit = { ...(start === 0 ? thrifty(ground, chance) : none), days: 31 };
    let [kept, most] = [first, -Infinity];
    for (let n = 0; n < lived; n += 1) {
      const habit =
        n === 0 ? first : n === 1 ? withoutLast(first) : otherThan(ground, kept, chance);
      const house = begun(ground, drawsOf(seed));
      for (const move of habit.once) move(house);
      for (let at = house.now; at < UNTIL && habit.again.length > 0; at += habit.days * DAY_MS) {
        house.wait(at);
        for (const move of habit.again) if (house.acts < ACTS_MAX) move(house);
      }
      best.see(house);
      const taken = house.taken(share);
      if (taken >= most) [kept, most] = [habit, taken];
    }
  }
}

const withoutLast = ({ once, ...habit }: Habit): Habit => ({ ...habit, once: once.slice(0, -1) });

/** One move more, or less, or in place of another one, or all of it more or less often. */
function otherThan(ground: Ground, { once, again, days }: Habit, chance: () => number): Habit {
  const lot = chance();
  if (lot < 0.1) return { once, again, days: [7, 31, 31, 61, 92][Math.floor(chance() * 5)] ?? 31 };
  const [isOnce, moves] = chance() < 0.5 ? [true, once] : [false, again];
  const place = Math.floor(chance() * (moves.length + 1));
  const drop = lot < 0.4 ? 1 : 0;
  const more = lot < 0.2 ? [] : [moveBy(ground, chance)];
  const next = [...moves.slice(0, place), ...more, ...moves.slice(place + drop)];
  return isOnce ? { once: next, again, days } : { once, again: next, days };
}

function top(
  houses: readonly Household[],
  many: number,
  of: (house: Household) => number,
): Household[] {
  const scored = houses.map((house) => ({ house, score: of(house) }));
  // Those that came to the same are one.
  const found = new Map(scored.map((each) => [each.score, each]));
  return [...found.values()]
    .sort((a, b) => b.score - a.score)
    .slice(0, many)
    .map(({ house }) => house);
}
