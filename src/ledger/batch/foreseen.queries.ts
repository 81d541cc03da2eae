import { counterKey, type CounterNeed, type MemberState } from '../../rules/state.js';
import { bucketOf } from '../address.js';
import type { Command, FactReader, Needs, ProgrammeBook, Tx } from '../command.js';
import { readCounters, type MemberCounter } from './counters.queries.js';

type Facts = Map<string, Partial<MemberState>>;

/** What was read before anybody knew for certain that it is needed. */
export interface Foreseen {
  counters: Map<string, Map<string, number>>;
  /** Every counter asked for, found or not, by the command that told it. */
  asked: ReadonlyMap<Command, readonly CounterNeed[]>;
  facts: Map<FactReader, { members: ReadonlySet<string>; found: Facts }>;
}

/**
 * Reads behind the locks, in the first round trip, what commands foresee to need; where they are
 * right the second one is left out. A reading here is as good as one there: it is a statement of
 * the same transaction that begins once the locks are had.
 */
export async function readForeseen(
  tx: Tx,
  commands: readonly Command[],
  programmes: ProgrammeBook,
): Promise<Foreseen> {
  const counters: MemberCounter[] = [];
  const asked = new Map<Command, readonly CounterNeed[]>();
  const readers = new Map<FactReader, Set<string>>();
  for (const command of commands) {
    const told = command.foreseen?.(programmes);
    if (told === undefined) continue;
    const [memberId] = command.memberIds;
    asked.set(command, told.counters);
    addCounters(counters, memberId, told.counters);
    for (const reader of told.facts) {
      const members = readers.get(reader);
      if (members === undefined) readers.set(reader, new Set([memberId]));
      else members.add(memberId);
    }
  }
  const reading = counters.length === 0 ? undefined : readCounters(tx, counters);
  const found = [...readers].map(async ([reader, members]) => {
    const keys = [...members].map((memberId) => ({
      bucket: bucketOf(memberId),
      memberId,
      subjects: [],
    }));
    return [reader, { members, found: await reader.read(tx, keys) }] as const;
  });
  await Promise.allSettled([reading, ...found]);
  return {
    counters: (await reading) ?? new Map<string, Map<string, number>>(),
    asked,
    facts: new Map(await Promise.all(found)),
  };
}

/** Adds the counters that are needed of a member. */
export function addCounters(
  list: MemberCounter[],
  memberId: string,
  needs: readonly CounterNeed[],
): void {
  const bucket = bucketOf(memberId);
  for (const { counter, periodStart, onwards } of needs) {
    list.push({ bucket, memberId, counter, periodStart, onwards });
  }
}

/** Whether all that commands need of counters was asked for. Most need just what they foresaw. */
export function areForeseen(
  { asked }: Foreseen,
  commands: readonly { command: Command; needs: Needs }[],
): boolean {
  const others = commands.filter(
    ({ command, needs: { counters } }) =>
      counters.length > 0 && (command.memberIds.length > 1 || asked.get(command) !== counters),
  );
  if (others.length === 0) return true;
  const names = new Set<string>();
  for (const [{ memberIds }, counters] of asked) {
    for (const counter of counters) names.add(nameOf(memberIds[0], counter));
  }
  return others.every(({ command, needs: { counters } }) =>
    command.memberIds.every((id) => counters.every((counter) => names.has(nameOf(id, counter)))),
  );
}

const nameOf = (memberId: string, { counter, periodStart, onwards }: CounterNeed): string =>
  `${memberId}/${counterKey(counter, periodStart)}${onwards === true ? '+' : ''}`;

/** What a reader found of the members of commands, if it was asked for all of them already. */
export function foreseenFacts(
  foreseen: Foreseen,
  reader: FactReader,
  commands: readonly { command: Command; needs: Needs }[],
): Facts | undefined {
  const known = foreseen.facts.get(reader);
  if (known === undefined) return undefined;
  const isKnown = commands.every(
    ({ command, needs }) =>
      (needs.subjects?.length ?? 0) === 0 &&
      command.memberIds.every((memberId) => known.members.has(memberId)),
  );
  return isKnown ? known.found : undefined;
}
