import type { DomainError } from '../../platform/http/domain-error.js';
import type { Lot, MemberState } from '../../rules/state.js';
import {
  lockAccounts,
  readCounters,
  readHeldLots,
  readLots,
  readMoment,
  type Account,
} from './accounts.queries.js';
import { bucketOf } from '../address.js';
import { counterName, foreseenFacts, readForeseen, type Foreseen } from './foreseen.queries.js';
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
  MemberKey,
  Moment,
  Needs,
  ProgrammeBook,
  Tx,
} from '../command.js';
import { duplicateReference, unknownMember } from '../ledger.errors.js';

/** What features have told the ledger at start. */
export interface Registry {
  programmes: ProgrammeBook;
  /** Readers called whenever lots are: what must be known before points are spent. */
  spendingReaders: FactReader[];
  effectWriters: EffectWriter[];
}

/** Everything a batch knows after its first round trip: claims made, accounts locked, the time. */
export interface Opening {
  moment: Moment;
  accounts: Map<string, Account>;
  claimedKeys: Set<string>;
  claimedReferences: Set<string>;
  earlier: Map<string, EarlierRequest>;
  foreseen: Foreseen;
}

/** First round trip: claims, locks in the one order, then the clock and what is foreseen. */
export async function open(
  tx: Tx,
  commands: readonly Command[],
  registry: Registry,
): Promise<Opening> {
  const members = [...new Set(commands.flatMap(({ memberIds }) => memberIds))].sort();
  const written = commands.filter(({ dryRun }) => dryRun !== true);
  const [, claimedKeys, claimedReferences, accounts, { now, newestNo }, foreseen] = await together([
    tx.query('BEGIN'),
    claimKeys(tx, written),
    claimReferences(tx, written),
    lockAccounts(
      tx,
      members.map((memberId) => ({ bucket: bucketOf(memberId), memberId })),
    ),
    readMoment(tx),
    readForeseen(tx, commands, registry.programmes),
  ]);
  const moment = { now, programmes: registry.programmes };
  if (newestNo > registry.programmes.newestNo) await registry.programmes.refresh();
  const repeated = written.filter((command) => {
    const key = keyIdentity(command);
    return key !== undefined && !claimedKeys.has(key);
  });
  const earlier =
    repeated.length === 0 ? new Map<string, EarlierRequest>() : await earlierRequests(tx, repeated);
  return { moment, accounts, claimedKeys, claimedReferences, earlier, foreseen };
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
  if (earlier?.posting !== undefined) return earlier;
  const account = opening.accounts.get(command.memberIds[0]);
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
  return { command, needs: command.needs(account, opening.moment) };
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
  const spending = memberKeys(live.filter(({ needs }) => needs.spending));
  const counterNeeds = live.flatMap(({ command, needs }) =>
    needs.counters.map((counter) => ({
      ...counter,
      memberId: command.memberIds[0],
      bucket: bucketOf(command.memberIds[0]),
    })),
  );
  const readers = new Map<FactReader, Live[]>();
  for (const each of live) {
    const spends = each.needs.spending ? registry.spendingReaders : [];
    for (const reader of new Set([...each.needs.facts, ...spends])) {
      const commands = readers.get(reader);
      if (commands === undefined) readers.set(reader, [each]);
      else commands.push(each);
    }
  }
  const [lots, counters, ...parts] = await together([
    spending.length === 0 ? Promise.resolve(undefined) : readLots(tx, spending),
    counterNeeds.every((need) => foreseen.asked.has(counterName(need)))
      ? Promise.resolve(foreseen.counters)
      : readCounters(tx, counterNeeds),
    ...[...readers].map(
      async ([reader, commands]) =>
        foreseenFacts(foreseen, reader, commands) ?? reader.read(tx, memberKeys(commands)),
    ),
  ]);
  const states = new Map<string, MemberState>();
  for (const [memberId, account] of opening.accounts) {
    const state = stateOf(account, lots?.get(memberId), counters.get(memberId));
    // Status and enrolment are facts of the members' own reader, which commands that ask for them name.
    for (const part of parts) Object.assign(state, part.get(memberId));
    states.set(memberId, state);
  }
  await addHeldLots(tx, states);
  return states;
}

function stateOf(
  account: Account,
  lots: readonly Lot[] | undefined,
  counters: ReadonlyMap<string, number> | undefined,
): MemberState {
  return {
    memberId: account.memberId,
    status: '',
    enrolledAt: 0,
    version: account.version,
    points: account.points,
    held: account.held,
    owed: account.owed,
    pending: account.pending,
    qualifying: account.qualifying,
    remainder: account.remainder,
    tier: account.tier,
    changesAt: account.changesAt,
    newestAt: account.newestAt,
    lots,
    redemptions: lots === undefined ? undefined : [],
    counters: counters ?? new Map<string, number>(),
  };
}

function memberKeys(live: readonly Live[]): MemberKey[] {
  const keys = new Map<string, number[]>();
  for (const { command, needs } of live) {
    for (const memberId of command.memberIds) {
      const subjects = keys.get(memberId);
      if (subjects === undefined) keys.set(memberId, [...(needs.subjects ?? [])]);
      else subjects.push(...(needs.subjects ?? []));
    }
  }
  return [...keys].map(([memberId, subjects]) => ({
    bucket: bucketOf(memberId),
    memberId,
    subjects,
  }));
}

async function addHeldLots(tx: Tx, states: Map<string, MemberState>): Promise<void> {
  const holds = [...states.values()].flatMap(({ memberId, redemptions }) =>
    (redemptions ?? [])
      .filter(({ state }) => state === 'held')
      .map((redemption) => ({ bucket: bucketOf(memberId), memberId, redemption })),
  );
  const held = await readHeldLots(tx, holds);
  for (const { memberId } of holds) {
    const state = states.get(memberId);
    if (state?.redemptions === undefined) continue;
    const redemptions = state.redemptions.map((each) => ({
      ...each,
      lots: held.get(`${memberId}/${String(each.seq)}`) ?? each.lots,
    }));
    states.set(memberId, { ...state, redemptions });
  }
}
