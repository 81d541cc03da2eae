/**
 * What looks at a document before it becomes a version. Programmes know that there may be one, and
 * nothing of what it looks for.
 */
import type { ProgrammeDocument } from '../document.js';

/** The transaction of publishing. */
export interface Transaction {
  query<Rows>(text: string, values?: unknown[]): Promise<Rows>;
}

/** A document that keeps every law, and its place among the versions. */
export interface Candidate {
  document: ProgrammeDocument;
  /** SHA-256 of the document as canonical JSON. */
  digest: Buffer;
  before: { no: number; document: ProgrammeDocument } | undefined;
  /** Who publishes, as the audit log names actors. */
  by: string;
  /** JSON pointer of the document in what was sent, for the faults. */
  at: string;
  /** Milliseconds since 1970 UTC. */
  now: number;
  /** When it is to begin; the first version may have begun already. */
  startsAt: number;
}

export interface Gate {
  /**
   * What is known of a candidate, within the transaction of publishing: an id that goes with the
   * version, or undefined = it has to be looked at first. Rejects when it may not be published.
   */
  pass(tx: Transaction, candidate: Candidate): Promise<string | undefined>;
  /** Looks at it, which may take a while, and remembers what it saw; outside any transaction. */
  look(candidate: Candidate): Promise<void>;
  /** Remembers what a version was published after. */
  published(tx: Transaction, versionNo: number, passed: string): Promise<void>;
}

/** Ends a transaction in which nobody has looked at the candidate yet. */
export class Unseen extends Error {
  constructor(readonly candidate: Candidate) {
    super('invariant: whoever publishes looks at the document first');
  }
}
