import type { DomainError } from '../../platform/http/domain-error.js';
import type { LimitUse } from '../../rules/limits.js';
import type { MemberState } from '../../rules/state.js';
import { accountOf, type Account } from './accounts.queries.js';
import { askedBy, postingOf } from './asked.js';
import { bucketOf } from '../address.js';
import {
  admit,
  open,
  readStates,
  together,
  type Live,
  type Opening,
  type Registry,
} from './batch.queries.js';
import {
  keepsReference,
  keyIdentity,
  referenceIdentity,
  unclaimKeys,
  unclaimReferences,
  type EarlierRequest,
} from './claims.queries.js';
import type { Command, Decision, OwnedRows, Posted, RowWriter, Tx } from '../command.js';
import { keyReused } from '../ledger.errors.js';
import { hashOf, jsonOf } from '../posting.js';
import { limitsOf, readLimits, writeUses } from '../limits/rolling.queries.js';
import { Short, type Rooms } from '../limits/rounds.js';
import { BatchSlots, lockSlots, slotsNeeded, writeShared } from '../limits/slots.queries.js';
import { writeLedger, type WrittenPosting } from './write.queries.js';

export type Result = Posted | DomainError | Error;

export interface Circumstances {
  /** How long each lock is waited for; undefined = as long as the connection says. */
  patienceMs?: number | undefined;
  /** What shared limits had room for when they were looked at for a command. */
  rooms?: Rooms;
}

/**
 * Runs commands as one transaction in two round trips: open (claims, locks, clock, foreseen facts)
 * and writes with COMMIT; facts that were not foreseen take one more between them. Commands are decided one by one in order, each on the state the one before
 * left, and one command's refusal never touches its neighbours. Throws when the transaction
 * itself fails; nothing is written then, unless the connection was lost while committing.
 */
export async function runBatch(
  tx: Tx,
  commands: readonly Command[],
  registry: Registry,
  { patienceMs, rooms = new Map() }: Circumstances = {},
): Promise<Result[]> {
  try {
    const opening = await open(tx, commands, registry, patienceMs);
    const admitted = commands.map((command) => admitSafely(command, opening));
    const live = admitted.filter((each): each is Live => 'needs' in each);
    const limits = limitsOf(live.map(({ command }) => command));
    const [states, used] = await together([
      live.length === 0
        ? Promise.resolve(new Map<string, MemberState>())
        : readStates(tx, live, opening, registry),
      readLimits(tx, limits, registry.limitReaders, opening.moment.now),
    ]);
    const found = await lockSlots(tx, slotsNeeded(live, states));
    const slots = new BatchSlots(found, opening.moment);
    const batch = new BatchDecisions(opening, states, used, { slots, rooms });
    const results = admitted.map((each, index) => {
      if ('needs' in each) return batch.decide(each);
      return each instanceof Error ? each : replay(each, commands[index]);
    });
    await commit(tx, commands, results, batch, opening, registry);
    return results;
  } catch (error) {
    await tx.query('ROLLBACK').catch(() => undefined);
    throw error;
  }
}

function admitSafely(command: Command, opening: Opening): Live | EarlierRequest | Error {
  try {
    return admit(command, opening);
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

function replay({ posting, bodyHash }: EarlierRequest, command: Command | undefined): Result {
  if (bodyHash !== command?.idempotency?.bodyHash) return keyReused();
  return { postings: posting === undefined ? [] : [posting], replayed: true };
}

/** The decisions of one batch, folded member by member. */
class BatchDecisions {
  readonly written: WrittenPosting[] = [];
  readonly owned = new Map<RowWriter<never>, unknown[]>();
  private readonly heads = new Map<string, string>();
  private readonly touched = new Set<string>();
  private readonly deferred = new Set<string>();

  constructor(
    private readonly opening: Opening,
    private readonly states: Map<string, MemberState>,
    private limits: ReadonlyMap<string, number>,
    private readonly shared: { slots: BatchSlots; rooms: Rooms },
  ) {}

  decide({ command, needs }: Live): Result {
    // What comes after a command that is decided again must not be done before it.
    if (command.memberIds.some((id) => this.deferred.has(id))) return new Short([]);
    try {
      const members = command.memberIds.map((id) => this.stateOf(id));
      const rooms = this.shared.slots.rooms(needs, this.stateOf(command.memberIds[0]));
      const state = { members, limits: this.limits, ...rooms };
      const decision = command.decide(state, this.opening.moment);
      const short = this.shortOf(command, decision);
      if (short.length === 0) return this.take(command, decision);
      if (command.dryRun !== true) command.memberIds.forEach((id) => this.deferred.add(id));
      return new Short(short);
    } catch (error) {
      return error instanceof Error ? error : new Error(String(error));
    }
  }

  /** The accounts as the last posting of the batch leaves them. */
  accounts(): Account[] {
    return [...this.touched].map((memberId) =>
      accountOf(this.stateOf(memberId), bucketOf(memberId), this.headOf(memberId)),
    );
  }

  /** What a refill may still find more of. */
  private shortOf(command: Command, { outcome }: Decision): LimitUse[] {
    const rooms = this.shared.rooms.get(command);
    return (outcome.short ?? []).filter(({ limit, amount }) => {
      const isKnown = (rooms?.get(limit) ?? Infinity) < amount;
      return !isKnown && !this.shared.slots.isAll(command.memberIds[0], limit);
    });
  }

  private take(command: Command, { outcome, owned, contentDigest }: Decision): Result {
    const heads = new Map<string, string>();
    const written = outcome.postings.map((draft, index) => {
      const isMain = index === outcome.postings.length - 1;
      const memberId = command.memberIds[draft.member] ?? command.memberIds[0];
      const asked = askedBy(command, draft, isMain);
      const posting = postingOf(asked, memberId, draft, {
        recordedAt: this.opening.moment.now,
        contentDigest: isMain ? (contentDigest ?? null) : null,
        prevHash: heads.get(memberId) ?? this.headOf(memberId),
      });
      const json = jsonOf(posting);
      posting.hash = hashOf(posting, draft.entries, json);
      heads.set(memberId, posting.hash);
      return { bucket: bucketOf(memberId), memberId, draft, posting, json };
    });
    const posted = { postings: written.map(({ posting }) => posting), replayed: false };
    if (command.dryRun === true) return posted;
    this.written.push(...written);
    for (const { memberId, draft } of written) this.shared.slots.use(memberId, draft);
    for (const [memberId, head] of heads) this.heads.set(memberId, head);
    for (const member of outcome.state.members) {
      this.states.set(member.memberId, member);
      this.touched.add(member.memberId);
    }
    this.limits = outcome.state.limits ?? this.limits;
    this.keep(owned);
    return posted;
  }

  private keep(owned: readonly OwnedRows[]): void {
    for (const { writer, rows } of owned) {
      const kept = this.owned.get(writer);
      if (kept === undefined) this.owned.set(writer, [...rows]);
      else kept.push(...rows);
    }
  }

  private headOf(memberId: string): string {
    const head = this.heads.get(memberId) ?? this.opening.accounts.get(memberId)?.head;
    if (head === undefined) throw new Error('invariant: a decided member has an account');
    return head;
  }

  private stateOf(memberId: string): MemberState {
    const state = this.states.get(memberId);
    if (state === undefined) throw new Error('invariant: a decided member has a state');
    return state;
  }
}

/** Third round trip: every write and COMMIT in one go. */
async function commit(
  tx: Tx,
  commands: readonly Command[],
  results: Result[],
  batch: BatchDecisions,
  opening: Opening,
  registry: Registry,
): Promise<void> {
  const isPosted = (index: number): boolean => {
    const result = results[index];
    return result !== undefined && 'postings' in result;
  };
  const keysBack = commands.filter((command, index) => {
    const key = keyIdentity(command);
    return key !== undefined && opening.claimedKeys.has(key) && !isPosted(index);
  });
  const referencesBack = commands.filter((command, index) => {
    const reference = referenceIdentity(command);
    if (reference === undefined || !opening.claimedReferences.has(reference)) return false;
    return !keepsReference(results[index]);
  });
  const statements = [
    ...writeLedger(tx, batch.written, batch.accounts()),
    writeShared(tx, batch.written),
    ...writeUses(tx, batch.written, limitsOf(commands), opening.moment.now),
    ...registry.effectWriters.map((writer) => writer.write(tx, batch.written)),
    ...[...batch.owned].map(([writer, rows]) => writer.write(tx, rows as never[])),
    keysBack.length > 0 ? unclaimKeys(tx, keysBack) : undefined,
    referencesBack.length > 0 ? unclaimReferences(tx, referencesBack) : undefined,
  ].filter((statement) => statement !== undefined);
  const [{ command }] = await together([tx.query('COMMIT'), ...statements]);
  if (command !== 'COMMIT') throw new Error('invariant: a batch without fault commits');
}
