/**
 * Commands that found less of a shared limit in their slot than they ask for are decided again once
 * the slot is refilled, until they have it or the whole limit is known to have less.
 */
import type { LimitUse } from '../../rules/limits.js';
import { bucketOf } from '../address.js';
import type { Command } from '../command.js';
import { unavailable } from '../ledger.errors.js';

/** A decision that is not final: nothing of it was written, and its key is free again. */
export class Short extends Error {
  constructor(readonly uses: readonly LimitUse[]) {
    super('A shared limit has too little in this slot.');
    this.name = 'Short';
  }
}

/** What whole limits had room for when they were last looked at for a command. */
export type Rooms = ReadonlyMap<Command, ReadonlyMap<string, number>>;

/**
 * Each round that does not end a command's wait is one in which somebody else took what was
 * fetched for it, so only a limit that many processes empty at once comes near this.
 */
const ROUNDS_MAX = 32;

export interface Rounds<Result> {
  decide: (commands: readonly Command[], rooms: Rooms) => Promise<(Result | Error)[]>;
  /** Fetches `amount` into the slot of a bucket; resolves to the room of the whole limit. */
  refill: (limit: string, bucket: number, amount: number) => Promise<number>;
  /** What a command is told whose refill failed. */
  faultOf: (error: unknown) => Error;
}

/** Results in the order of the commands; none of them is `Short`. */
export async function decideInRounds<Result>(
  commands: readonly Command[],
  { decide, refill, faultOf }: Rounds<Result>,
): Promise<(Result | Error)[]> {
  const results = await decide(commands, new Map());
  for (let round = 0; round < ROUNDS_MAX; round += 1) {
    const short = results.flatMap((result, index) => (result instanceof Short ? [index] : []));
    if (short.length === 0) return results;
    const again = short.map((index) => at(commands, index));
    try {
      const rooms = await refillAll(
        again,
        short.map((index) => usesOf(results[index])),
        refill,
      );
      const decided = await decide(again, rooms);
      short.forEach((index, n) => (results[index] = at(decided, n)));
    } catch (error) {
      for (const index of short) results[index] = faultOf(error);
    }
  }
  return results.map((result) => (result instanceof Short ? unavailable() : result));
}

const usesOf = (result: unknown): readonly LimitUse[] =>
  result instanceof Short ? result.uses : [];

/** One refill for each slot, of all that its commands ask for together. */
async function refillAll(
  commands: readonly Command[],
  uses: readonly (readonly LimitUse[])[],
  refill: Rounds<unknown>['refill'],
): Promise<Rooms> {
  const asked = new Map<string, { limit: string; bucket: number; amount: number }>();
  const slotOf = (command: Command, limit: string): string =>
    `${String(bucketOf(command.memberIds[0]))}/${limit}`;
  commands.forEach((command, index) => {
    for (const { limit, amount } of uses[index] ?? []) {
      const name = slotOf(command, limit);
      const bucket = bucketOf(command.memberIds[0]);
      asked.set(name, { limit, bucket, amount: amount + (asked.get(name)?.amount ?? 0) });
    }
  });
  const rooms = new Map<string, number>();
  for (const [name, { limit, bucket, amount }] of asked) {
    rooms.set(name, await refill(limit, bucket, amount));
  }
  return new Map(
    commands.map((command, index) => [
      command,
      new Map(
        (uses[index] ?? []).map(({ limit }) => [limit, rooms.get(slotOf(command, limit)) ?? 0]),
      ),
    ]),
  );
}

function at<T>(items: readonly T[], index: number): T {
  const item = items[index];
  if (item === undefined) throw new Error('invariant: every command has a result');
  return item;
}
