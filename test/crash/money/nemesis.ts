/** Kills what serves, at random progress, while operations are under way. */
import { setTimeout as pause } from 'node:timers/promises';
import type { Site, Victim } from './site.js';

export interface Kill {
  /** After this share of the operations is acknowledged. */
  at: number;
  victim: Victim;
}

const FROM = 0.05;
const UNTIL = 0.95;
const POLL_MS = 2;

/** One kill at a random place of each of as many equal parts; each kind of victim in its turn. */
export function drawKills(draw: () => number, count: number): Kill[] {
  const victims = Array.from({ length: count }, (_, index): Victim => {
    if (index % 4 === 3) return 'both';
    return index % 2 === 0 ? 'server' : 'database';
  });
  const shuffled = victims
    .map((victim) => ({ victim, place: draw() }))
    .sort((one, other) => one.place - other.place);
  const part = (UNTIL - FROM) / count;
  return shuffled.map(({ victim }, index) => ({ victim, at: FROM + part * (index + draw()) }));
}

/** Carries out every kill when its time has come; resolves when all is up again. */
export async function haunt(
  site: Site,
  kills: readonly Kill[],
  work: { progress: () => number; isOver: () => boolean; say: (line: string) => void },
): Promise<number> {
  let done = 0;
  for (const { at, victim } of kills) {
    while (work.progress() < at) {
      if (work.isOver()) return done;
      await pause(POLL_MS);
    }
    const share = (100 * work.progress()).toFixed(1);
    const started = performance.now();
    await site.kill(victim);
    done += 1;
    const seconds = ((performance.now() - started) / 1_000).toFixed(1);
    work.say(`kill -9 of ${victim} at ${share} %, up again after ${seconds} s`);
  }
  return done;
}
