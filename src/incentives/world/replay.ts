/** A story done again, from nothing. */
import type { Programme } from '../../rules/programme.js';
import type { Story } from '../finding.js';
import { World } from './world.js';

/** Whether every step of a story comes to what it says, in a world in which nothing happened yet. */
export function isReplayed(programme: Programme, story: Story): boolean {
  const world = new World(programme, story[0]?.at ?? 0);
  return story.every(({ step, at, points, money, worth, refused }) => {
    const done = world.take(step);
    return (
      done.at === at &&
      Number(done.billionths) / 1e9 === points &&
      done.money === money &&
      done.worth === worth &&
      done.refused === refused
    );
  });
}
