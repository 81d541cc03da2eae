import { counterKey, type MemberState } from '../../rules/state.js';
import { bucketOf } from '../address.js';
import type { Command, FactReader, Needs, ProgrammeBook, Tx } from '../command.js';
import { readCounters, type MemberCounter } from './counters.queries.js';

type Facts = Map<string, Partial<MemberState>>;

/** What was read before anybody knew for certain that it is needed. */
export interface Foreseen {
  counters: Map<string, Map<string, number>>;
  /** Every counter asked for, found or not. */
  asked: ReadonlySet<string>;
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
  const readers = new Map<FactReader, Set<string>>();
  for (const { memberIds, foreseen } of commands) {
    if (foreseen === undefined) continue;
    const [memberId] = memberIds;
    const { counters: own, facts } = foreseen(programmes);
    for (const counter of own) {
      counters.push({ ...counter, memberId, bucket: bucketOf(memberId) });
    }
    for (const reader of facts) {
      readers.set(reader, (readers.get(reader) ?? new Set()).add(memberId));
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
    asked: new Set(counters.map(counterName)),
    facts: new Map(await Promise.all(found)),
  };
}

export const counterName = ({ memberId, counter, periodStart, onwards }: MemberCounter): string =>
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
