import { DomainError } from './domain-error.js';

/** PostgreSQL's and the network's words for: not now. */
const passing =
  /^(?:08...|53...|57P0[123]|57014|55P03|40001|40P01|ECONNREFUSED|ECONNRESET|ENOTFOUND|ETIMEDOUT|EPIPE)$/;

/**
 * The same without a code: a connection that was cut while it waited says so to whoever asks next. TypeORM
 * lets it go at once, and of a transaction on it only tells that it cannot be rolled back.
 */
const lost =
  /^(?:Connection terminated|timeout exceeded when trying to connect|Client was closed|Client has encountered a connection error|Query runner already released)/;

/** The same of the ledger, or that somebody else is at it. */
const turnedAway: ReadonlySet<string> = new Set(['unavailable', 'overloaded', 'request_in_flight']);

/** Whether an error says that the database, the network or a neighbour does not let it, for the moment. */
export function isPassing(error: unknown): boolean {
  if (error instanceof DomainError) return turnedAway.has(error.code);
  if (!(error instanceof Error)) return false;
  if ('code' in error && typeof error.code === 'string' && passing.test(error.code)) return true;
  return lost.test(error.message);
}

/** How the log tells of work that failed and is tried again: what passes by itself is a warning. */
export const weightOf = (error: unknown): 'warn' | 'error' => (isPassing(error) ? 'warn' : 'error');
