import type { DomainError } from '../../platform/http/domain-error.js';
import type { MemberState, PastDecision } from '../../rules/state.js';
import { lockAccounts, readMoment, stateOf, type Account } from './accounts.queries.js';
import { readAllCounters, readCounters, type MemberCounter } from './counters.queries.js';
import { readDecisions } from './decisions.queries.js';
import { addSpentLots } from './spent-lots.queries.js';
import { readExpired } from '../lots/gone-lots.queries.js';
import { reaches, readLotsOf } from '../lots/open-lots.queries.js';
import { bucketOf } from '../address.js';
import {
  addCounters,
  areForeseen,
  foreseenFacts,
  readForeseen,
  type Foreseen,
} from './foreseen.queries.js';
import { needsWithReview } from './reviews.js';
import {
  claimKeys,
  claimReferences,
  earlierRequests,
  keyIdentity,
  referenceIdentity,
  type EarlierRequest,
} from './claims.queries.js';
import type {
  Command,
  EffectWriter,
  FactReader,
  LimitReader,
  MemberKey,
  Moment,
  Needs,
  ProgrammeBook,
  Tx,
} from '../command.js';
import { duplicateReference, unknownMember } from '../ledger.errors.js';
import { limitsOf, lockLimits } from '../limits/rolling.queries.js';

/** What features have told the ledger at start. */
export interface Registry {
  programmes: ProgrammeBook;
  /** Readers called whenever lots are: what must be known before points are spent. */
  spendingReaders: FactReader[];
  /** What must be known of a member before a tier is reviewed. */
  reviewReaders: FactReader[];
  limitReaders: LimitReader[];
  effectWriters: EffectWriter[];
}

/** Everything a batch knows after its first round trip: claims made, accounts locked, the time. */
export interface Opening {
  moment: Moment;
  accounts: Map<string, Account>;
  claimedKeys: Set<string>;
  claimedReferences: Set<string>;
  earlier: Map<string, EarlierRequest>;
  /** Accounts as the commands admitted so far are expected to leave them, to know what to read. */
  expected: Map<string, Account>;
  foreseen: Foreseen;
  reviewReaders: readonly FactReader[];
}

/** First round trip: claims, locks in the one order, then the clock; `patienceMs` for each lock. */
export async function open(
  tx: Tx,
  commands: readonly Command[],
  registry: Registry,
  patienceMs?: number,
): Promise<Opening> {
  const named = new Set<string>();
  for (const { memberIds } of commands) for (const memberId of memberIds) named.add(memberId);
  const members = [...named].sort();
  const written = commands.filter(({ dryRun }) => dryRun !== true);
  const [, claimedKeys, claimedReferences, accounts, , moment, foreseen] = await together([
    begin(tx, patienceMs),
    claimKeys(tx, written),
    claimReferences(tx, written),
    lockAccounts(
      tx,
      members.map((memberId) => ({ bucket: bucketOf(memberId), memberId })),
    ),
    lockLimits(tx, limitsOf(commands)) ?? Promise.resolve(),
    readMoment(tx),
    readForeseen(tx, commands, registry.programmes),
  ]);
  const { now, revision } = moment;
  if (revision > registry.programmes.revision) await registry.programmes.refresh();
  const repeated = written.filter((command) => {
    const key = keyIdentity(command);
    return key !== undefined && !claimedKeys.has(key);
  });
  const earlier =
    repeated.length === 0 ? new Map<string, EarlierRequest>() : await earlierRequests(tx, repeated);
  return {
    moment: { now, programmes: registry.programmes },
    accounts,
    claimedKeys,
    claimedReferences,
    earlier,
    expected: new Map(),
    foreseen,
    reviewReaders: registry.reviewReaders,
  };
}

async function begin(tx: Tx, patienceMs: number | undefined): Promise<unknown> {
  const begun = tx.query('BEGIN');
  if (patienceMs === undefined) return begun;
  return together([begun, tx.query(`SET LOCAL lock_timeout = ${String(patienceMs)}`)]);
}

/**
 * Waits for all statements of one round trip even when one fails, so that nothing is still in
 * flight when the transaction is rolled back, and then fails with the first fault.
 */
export async function together<T extends readonly Promise<unknown>[] | []>(
  statements: T,
): Promise<{ -readonly [K in keyof T]: Awaited<T[K]> }> {
  await Promise.allSettled(statements);
  return Promise.all(statements);
}

/** A command that may go on: its key is new, its reference is free, its members exist. */
export interface Live {
  command: Command;
  needs: Needs;
}

/** Splits off what the opening already answers. */
export function admit(command: Command, opening: Opening): Live | EarlierRequest | DomainError {
  const key = keyIdentity(command);
  const earlier = key === undefined ? undefined : opening.earlier.get(key);
  if (earlier !== undefined) return earlier;
  const [memberId] = command.memberIds;
  const account = opening.expected.get(memberId) ?? opening.accounts.get(memberId);
  if (account === undefined || command.memberIds.some((id) => !opening.accounts.has(id))) {
    return unknownMember();
  }
  const reference = referenceIdentity(command);
  if (
    reference !== undefined &&
    command.dryRun !== true &&
    !opening.claimedReferences.has(reference)
  ) {
    return duplicateReference();
  }
  const needs = needsWithReview(command, opening, account);
  // Whatever is behind it in this batch may come late to it, and must know what that takes.
  const newestAt = Math.max(account.newestAt ?? -Infinity, command.occurredAt ?? -Infinity);
  if (newestAt > (account.newestAt ?? -Infinity)) {
    opening.expected.set(account.memberId, { ...account, newestAt });
  }
  return { command, needs };
}

/**
 * Second round trip, if anything is needed that was not foreseen: each such reader once. And the
 * member states that all of it adds up to.
 */
export async function readStates(
  tx: Tx,
  live: readonly Live[],
  opening: Opening,
  registry: Registry,
): Promise<Map<string, MemberState>> {
  const { foreseen } = opening;
  const rewinding = live.filter(({ needs }) => needs.since !== undefined);
  const histories = memberKeys(rewinding).map((key) => ({ ...key, since: key.since ?? 0 }));
  const readers = new Map<FactReader, Live[]>();
  for (const each of live) {
    const spends = each.needs.spending !== false ? registry.spendingReaders : [];
    for (const reader of new Set([...each.needs.facts, ...spends])) {
      const commands = readers.get(reader);
      if (commands === undefined) readers.set(reader, [each]);
      else commands.push(each);
    }
  }
  const decisions = histories.length === 0 ? undefined : await readDecisions(tx, histories);
  const [lots, expired, counters, allCounters, ...parts] = await together([
    readLotsOf(tx, reaches(live), opening.moment.now),
    readExpired(tx, histories, opening.moment.programmes),
    areForeseen(foreseen, live)
      ? Promise.resolve(foreseen.counters)
      : readCounters(tx, countersOf(live)),
    histories.length === 0 ? Promise.resolve(undefined) : readAllCounters(tx, histories),
    ...[...readers].map(
      async ([reader, commands]) =>
        foreseenFacts(foreseen, reader, commands) ??
        reader.read(tx, memberKeys(commands, decisions)),
    ),
  ]);
  const states = new Map<string, MemberState>();
  for (const [memberId, account] of opening.accounts) {
    const state = stateOf(account, lots?.get(memberId));
    const used = allCounters?.get(memberId) ?? counters.get(memberId);
    if (used !== undefined) state.counters = used;
    state.history = decisions?.get(memberId);
    state.expired = expired.get(memberId);
    // Status and enrolment are facts of the members' own reader, which commands that ask for them name.
    for (const part of parts) Object.assign(state, part.get(memberId));
    states.set(memberId, state);
  }
  await addSpentLots(tx, states);
  return states;
}

function countersOf(live: readonly Live[]): MemberCounter[] {
  const list: MemberCounter[] = [];
  for (const { command, needs } of live) {
    for (const memberId of command.memberIds) addCounters(list, memberId, needs.counters);
  }
  return list;
}

function memberKeys(
  live: readonly Live[],
  decisions?: ReadonlyMap<string, readonly PastDecision[]>,
): MemberKey[] {
  const keys = new Map<string, { subjects: number[]; since: number | undefined }>();
  for (const { command, needs } of live) {
    for (const memberId of command.memberIds) {
      const key = keys.get(memberId) ?? { subjects: [], since: undefined };
      key.subjects.push(...(needs.subjects ?? []));
      if (needs.since !== undefined) key.since = Math.min(key.since ?? Infinity, needs.since);
      keys.set(memberId, key);
    }
  }
  return [...keys].map(([memberId, key]) => ({
    bucket: bucketOf(memberId),
    memberId,
    ...key,
    purchases: decisions
      ?.get(memberId)
      ?.flatMap(({ seq, purchase }) => (seq === purchase ? seq : [])),
  }));
}
