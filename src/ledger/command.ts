/**
 * The unit of work: what a feature hands the ledger, and what it gets back. The ledger locks,
 * reads the facts a command needs, lets it decide, and writes; it never knows why.
 */
import type { Statement } from '../platform/database/statement.js';
import type { RollingLimit } from '../rules/limits.js';
import type { Programme } from '../rules/programme.js';
import type { Outcome, PostingDraft } from '../rules/outcome.js';
import type { CounterNeed, MemberState, State } from '../rules/state.js';
import type { Posting } from './posting.js';

export interface Result<Row extends object> {
  rows: Row[];
  /** The command tag; a COMMIT of a failed transaction says ROLLBACK. */
  command: string;
}

/** The connection of one batch. Statements sent without awaiting travel together. */
export interface Tx {
  query<Row extends object>(statement: Statement | string): Promise<Result<Row>>;
}

export interface MemberKey {
  bucket: number;
  memberId: string;
  /** Postings the commands name, such as the hold to capture. */
  subjects: readonly number[];
  /** The instant since which decisions about purchases must be known; undefined = none. */
  since?: number | undefined;
  /** Purchases that those decisions, read before any facts, are about. */
  purchases?: readonly number[] | undefined;
}

/** A module's one set-based reader for the tables it owns. */
export interface FactReader {
  read(tx: Tx, members: readonly MemberKey[]): Promise<Map<string, Partial<MemberState>>>;
}

/** A module's own count of what its rows use of limits, read behind their locks. */
export interface LimitReader {
  /** Used of those among the limits that are its own; what is left out is not used at all. */
  read(tx: Tx, limits: readonly RollingLimit[], now: number): Promise<Map<string, number>>;
}

/** A module's one set-based writer for a table it owns. */
export interface RowWriter<Row> {
  write(tx: Tx, rows: readonly Row[]): Promise<unknown>;
}

/** Rows of a feature's own tables that commit together with the posting. */
export interface OwnedRows {
  writer: RowWriter<never>;
  rows: readonly unknown[];
}

/** Called with every posting of a batch; writes what its module keeps of them, if anything. */
export interface EffectWriter {
  write(tx: Tx, written: readonly WrittenDraft[]): Promise<unknown> | undefined;
}

export interface WrittenDraft {
  bucket: number;
  memberId: string;
  draft: PostingDraft;
}

/** Whose event, and where: some versions are in force for some members or locations at first. */
export interface Who {
  memberId: string;
  location: string | undefined;
}

/** The published versions in memory. */
export interface ProgrammeBook {
  /** Grows with each version published and each pilot ended. */
  readonly revision: number;
  /** Reads what is new; called when a batch sees a higher revision. */
  refresh(): Promise<void>;
  /**
   * The version in force at an instant for whoever it is, or for all who are in no pilot; undefined
   * before the first one starts.
   */
  at(instant: number, who?: Who): Programme | undefined;
  /** The versions that have begun by an instant, in their order. */
  begunBy(instant: number): readonly Programme[];
  /** The version of a number that a posting names. */
  version(no: number): Programme;
  /** Milliseconds, of all versions: how long before an event another one may matter to it. */
  readonly lookBackMs: number;
}

export interface Moment {
  /** The database's now, in milliseconds. */
  now: number;
  programmes: ProgrammeBook;
}

/**
 * What of a member's lots deciding what goes by now takes: `due` for whoever it is; where nothing is
 * held or pending and nothing goes by silence, just those whose date has passed among the ones that
 * postings of these numbers opened.
 */
export type DueLots = 'due' | OpenedBy;

export interface OpenedBy {
  fromSeq: number;
  upTo: number;
}

export interface Needs {
  /** Whether lots and open redemptions must be read, and if so of lots no more than some (Y14). */
  spending: boolean | DueLots;
  /** Read of each of its members. */
  counters: readonly CounterNeed[];
  facts: readonly FactReader[];
  subjects?: readonly number[];
  /**
   * Decisions about purchases recorded since this instant, and those about the subjects, with every
   * counter; for returns and late events.
   */
  since?: number | undefined;
  /**
   * Shared limits, by id, that it may use or give back; their totals are those of the version in
   * force. It may tell them of the member as read: one it leaves out has nothing left at hand, and
   * the command is decided again when that was too little. What it only gives back of the limits its
   * redemptions have need not be named.
   */
  shared?: readonly string[] | ((member: MemberState) => readonly string[]);
}

export interface Decision {
  outcome: Outcome;
  owned: readonly OwnedRows[];
  /** Hex digest of erasable content that the main posting vouches for. */
  contentDigest?: string;
}

export interface Command {
  memberIds: readonly [string, ...string[]];
  /** Who asks: `r/<retailer>`, `m/<member id>`, `u/<user>` or `fealty`. */
  caller: string;
  /** What is done; with caller and key it is the scope of idempotency. */
  operation: string;
  actor: string;
  requestId: string;
  idempotency?: { key: string; bodyHash: string } | undefined;
  /** The retailer's own reference of a purchase, unique for ever. */
  reference?: { retailer: string; hmac: string } | undefined;
  /** Rolling limits it counts towards: locked after the accounts, and read into the state. */
  limits?: readonly RollingLimit[];
  /** Decide and answer, but write nothing. */
  dryRun?: boolean;
  /** When a purchase or return happened: whether one behind it in the batch comes late. */
  occurredAt?: number;
  /**
   * What will most likely be needed, told from the command alone, so that it is read right behind
   * the locks. What turns out to be needed beside it is read in another round trip.
   */
  foreseen?: (programmes: ProgrammeBook) => Pick<Needs, 'counters' | 'facts'>;
  needs(account: AccountFacts, moment: Moment): Needs;
  decide(state: State, moment: Moment): Decision;
}

/** What the locked account row says before anything else is read. */
export type AccountFacts = Pick<
  MemberState,
  | 'memberId'
  | 'version'
  | 'changesAt'
  | 'newestAt'
  | 'heardAt'
  | 'held'
  | 'pending'
  | 'owed'
  | 'tier'
  | 'review'
>;

export interface Posted {
  /**
   * In order; the last one answers the command. Empty when a settling found nothing to do, or when
   * all that was written are rows of the feature.
   */
  postings: readonly Posting[];
  /** Whether an earlier request with this key had already done it. */
  replayed: boolean;
}

/** The posting that answers a command. */
export function answerOf({ postings }: Posted): Posting {
  const posting = postings.at(-1);
  if (posting === undefined) throw new Error('invariant: this command always posts');
  return posting;
}
