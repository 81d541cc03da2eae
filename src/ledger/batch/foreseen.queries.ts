import { counterKey, type MemberState } from '../../rules/state.js';
import { bucketOf } from '../address.js';
import type { Command, FactReader, Needs, ProgrammeBook, Tx } from '../command.js';
import {
  readCounterRanges,
  readCounters,
  type CounterNeed,
  type CounterRange,
} from './counters.queries.js';

type Facts = Map<string, Partial<MemberState>>;

/** What was read before anybody knew for certain that it is needed. */
export interface Foreseen {
  counters: Map<string, Map<string, number>>;
  /** Every counter asked for, found or not. */
  asked: ReadonlySet<string>;
  /** Since when every period of a counter was asked for. */
  since: ReadonlyMap<string, number>;
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
  const counters: CounterNeed[] = [];
  const ranges: CounterRange[] = [];
  const readers = new Map<FactReader, Set<string>>();
  for (const { memberIds, foreseen } of commands) {
    if (foreseen === undefined) continue;
    const [memberId] = memberIds;
    const { counters: own, counted = [], facts } = foreseen(programmes);
    const member = { memberId, bucket: bucketOf(memberId) };
    for (const counter of own) counters.push({ ...counter, ...member });
    for (const range of counted) ranges.push({ ...range, ...member });
    for (const reader of facts) {
      readers.set(reader, (readers.get(reader) ?? new Set()).add(memberId));
    }
  }
  const reading = readBoth(tx, counters, ranges);
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
    counters: await reading,
    asked: new Set(counters.map(counterName)),
    since: earliest(ranges),
    facts: new Map(await Promise.all(found)),
  };
}

/** Counters that live commands need: those that were foreseen, if nothing else is needed. */
export async function readUsed(
  tx: Tx,
  live: readonly { command: Command; needs: Needs }[],
  { asked, since, counters }: Foreseen,
): Promise<Map<string, Map<string, number>>> {
  const needed: CounterNeed[] = [];
  const ranges: CounterRange[] = [];
  for (const { command, needs } of live) {
    const [memberId] = command.memberIds;
    const member = { memberId, bucket: bucketOf(memberId) };
    for (const counter of needs.counters) needed.push({ ...counter, ...member });
    for (const range of needs.counted ?? []) ranges.push({ ...range, ...member });
  }
  const isForeseen =
    needed.every((need) => asked.has(counterName(need))) &&
    ranges.every((range) => (since.get(rangeName(range)) ?? Infinity) <= range.since);
  return isForeseen ? counters : readBoth(tx, needed, ranges);
}

async function readBoth(
  tx: Tx,
  needs: readonly CounterNeed[],
  ranges: readonly CounterRange[],
): Promise<Map<string, Map<string, number>>> {
  const nothing = Promise.resolve(new Map<string, Map<string, number>>());
  const readings = [
    needs.length === 0 ? nothing : readCounters(tx, needs),
    ranges.length === 0 ? nothing : readCounterRanges(tx, ranges),
  ] as const;
  await Promise.allSettled(readings);
  const [found, counted] = await Promise.all(readings);
  for (const [memberId, own] of counted) {
    const known = found.get(memberId);
    if (known === undefined) found.set(memberId, own);
    else for (const [key, used] of own) known.set(key, used);
  }
  return found;
}

function earliest(ranges: readonly CounterRange[]): Map<string, number> {
  const since = new Map<string, number>();
  for (const range of ranges) {
    const name = rangeName(range);
    since.set(name, Math.min(since.get(name) ?? Infinity, range.since));
  }
  return since;
}

const rangeName = ({ memberId, counter }: CounterRange): string => `${memberId}/${counter}`;

export const counterName = ({ memberId, counter, periodStart }: CounterNeed): string =>
  `${memberId}/${counterKey(counter, periodStart)}`;

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
