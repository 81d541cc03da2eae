/**
 * Adversaries let loose on what a member really did: each plays it in its own way under the draft, and what
 * it takes is held against the honest story under the same draft.
 */
import { TENDER } from '../../rules/programme.js';
import type { Happening } from '../lives/events.js';
import type { Start } from '../lives/fold.js';
import { Player } from '../lives/player.js';
import type { KnownOf } from '../lives/recorded.js';
import {
  adversaryNames,
  inTime,
  type Adversary,
  type AdversaryName,
  type Ground,
} from './adversary.js';
import { looper, returner, runner } from './money.js';
import { ringOf } from './ring.js';
import { insider, splitter } from './till.js';

/** Who refers itself is in more than one place, and has a story of its own. */
const ring: Adversary = {
  name: 'ring',
  like: ['FARM'],
  plot: () => undefined,
  seen: (happenings) =>
    happenings.filter((each) => each.kind === 'carry' && each.what === 'refer').length,
};

export const adversaries: Readonly<Record<AdversaryName, Adversary>> = {
  splitter,
  returner,
  looper,
  ring,
  runner,
  insider,
};

/** What one adversary made of members' histories. Money is in minor units, to a thousandth. */
export interface Loot {
  /** Members with whom there was something to try, and with whom it brought more than honesty. */
  tried: number;
  gained: number;
  value: number;
  largest: { memberId: string; value: number }[];
  /** Members with whom it brought more than the programme is meant to give for that. */
  beyond: number;
  beyondValue: number;
  /** Members who have done the like already, and how often. */
  seen: number;
  times: number;
}

export type Looted = Record<AdversaryName, Loot>;

const noLoot = (): Loot => ({
  tried: 0,
  gained: 0,
  value: 0,
  largest: [],
  beyond: 0,
  beyondValue: 0,
  seen: 0,
  times: 0,
});

export const nothingLooted = (): Looted => ({
  splitter: noLoot(),
  returner: noLoot(),
  looper: noLoot(),
  ring: noLoot(),
  runner: noLoot(),
  insider: noLoot(),
});

export interface Story {
  known: KnownOf;
  start: Start;
  happenings: readonly Happening[];
}

/** Lets all of them loose on one member. */
export function letLoose(story: Story, ground: Ground, looted: Looted): void {
  const { start, known } = story;
  if (!story.happenings.some(({ kind }) => kind === 'accrue')) return;
  const happenings = inTime(story.happenings.map(bookedAtOnce));
  const honest = takenBy([played(happenings, start, ground)], ground);
  for (const name of adversaryNames) {
    const { plot, seen } = adversaries[name];
    const times = seen(happenings, ground);
    const loot = looted[name];
    loot.times += times;
    loot.seen += times > 0 ? 1 : 0;
    const plotted = plot(happenings, ground);
    const players =
      name === 'ring'
        ? ringOf(happenings, start, known, ground)
        : plotted && [played(plotted.happenings, start, ground)];
    if (players === undefined) continue;
    const { money, cost } = plotted ?? { money: 0, cost: 0 };
    const gain = takenBy(players, ground) - honest - cost;
    const { stacked, allowance } = ground.bounds;
    count(loot, known.memberId, { gain, beyond: gain - stacked * money - allowance });
  }
}

/**
 * What happened, booked when it did: who plots is not late, and to decide all that comes later again for each
 * of many purchases would take longer than the plots are worth.
 */
const bookedAtOnce = (happening: Happening): Happening =>
  happening.kind === 'accrue' || happening.kind === 'return'
    ? { ...happening, at: happening.occurredAt }
    : happening;

const LARGEST_MAX = 10;

function count(
  loot: Loot,
  memberId: string,
  { gain, beyond }: { gain: number; beyond: number },
): void {
  loot.tried += 1;
  if (beyond > 0) {
    loot.beyond += 1;
    loot.beyondValue += thousandths(beyond);
  }
  if (gain <= 0) return;
  loot.gained += 1;
  loot.value += thousandths(gain);
  loot.largest = largestOf([...loot.largest, { memberId, value: thousandths(gain) }]);
}

const thousandths = (value: number): number => Math.round(value * 1_000) / 1_000;

const largestOf = (all: Loot['largest']): Loot['largest'] =>
  all
    .sort((a, b) => b.value - a.value || a.memberId.localeCompare(b.memberId))
    .slice(0, LARGEST_MAX);

function played(happenings: readonly Happening[], start: Start, { side }: Ground): Player {
  const player = new Player(side, start);
  for (const happening of happenings) player.play(happening);
  return player;
}

/** What members have in the end and have had: points by what they are worth, rewards by their value. */
function takenBy(players: readonly Player[], { side, worth, window }: Ground): number {
  return players.reduce((sum, player) => {
    const { points, held, redemptions = [], lots = [] } = player.member;
    const gone = lots.reduce((all, { expiresAt, remaining, held: reserved }) => {
      const isGone = expiresAt !== null && expiresAt <= window.until;
      return all + (isGone ? remaining - reserved : 0);
    }, 0);
    const taken = redemptions.reduce((all, { state, reward, amount, points: paid, seq }) => {
      const isTaken = (state === 'captured' || state === 'used') && seq > player.before;
      if (!isTaken) return all;
      if (reward === TENDER) return all + (amount ?? 0);
      return all + (side.programme.rewards.get(reward)?.valueMinor ?? paid * worth);
    }, 0);
    return sum + (points + held - gone) * worth + taken;
  }, 0);
}

/** Both together, as totals of parts add up. */
export function plusLoot(one: Looted, other: Looted): Looted {
  const sum = nothingLooted();
  for (const name of adversaryNames) {
    const [a, b] = [one[name], other[name]];
    sum[name] = {
      tried: a.tried + b.tried,
      gained: a.gained + b.gained,
      value: a.value + b.value,
      largest: largestOf([...a.largest, ...b.largest]),
      beyond: a.beyond + b.beyond,
      beyondValue: a.beyondValue + b.beyondValue,
      seen: a.seen + b.seen,
      times: a.times + b.times,
    };
  }
  return sum;
}
