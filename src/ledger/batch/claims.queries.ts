import { rowsOf } from '../../platform/database/columns.js';
import type { Command, Posted, Tx } from '../command.js';
import { bucketOf } from '../address.js';
import { postingColumns, toPosting, type PostingRow } from './postings.queries.js';
import { requestInFlight } from '../ledger.errors.js';
import type { Posting } from '../posting.js';

/**
 * The identity of an idempotency key: law 5's scope. Only the key may hold any visible character,
 * so it stands last.
 */
export function keyIdentity({ idempotency, caller, operation }: Command): string | undefined {
  return idempotency === undefined ? undefined : identity(caller, operation, idempotency.key);
}

const identity = (caller: string, operation: string, key: string): string =>
  `${caller} ${operation} ${key}`;

export function referenceIdentity({ reference }: Command): string | undefined {
  return reference === undefined ? undefined : `${reference.hmac}/${reference.retailer}`;
}

/**
 * Whether a command has just booked what its reference stands for: a purchase, a sale of points, or a
 * conversion, one of which ends with a redemption.
 */
export function keepsReference(result: Posted | Error | undefined): boolean {
  if (result === undefined || !('postings' in result) || result.replayed) return false;
  const kind = result.postings.at(-1)?.kind;
  return kind !== undefined && booking.has(kind);
}

const booking: ReadonlySet<string> = new Set(['accrue', 'sell', 'convert', 'redeem']);

const isLockTimeout = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === '55P03';

type Keyed = Command & { idempotency: NonNullable<Command['idempotency']> };
type Referring = Command & { reference: NonNullable<Command['reference']> };

const isKeyed = (command: Command): command is Keyed => command.idempotency !== undefined;
const isReferring = (command: Command): command is Referring => command.reference !== undefined;

const keys = rowsOf<Keyed>({
  idem_key: ['text', ({ idempotency }) => idempotency.key],
  caller: ['text', ({ caller }) => caller],
  operation: ['text', ({ operation }) => operation],
  bucket: ['int2', ({ memberIds }) => bucketOf(memberIds[0])],
  member_id: ['uuid', ({ memberIds }) => memberIds[0]],
  body_hash: ['bytea', ({ idempotency }) => idempotency.bodyHash],
});

const references = rowsOf<Referring>({
  hmac: ['bytea', ({ reference }) => reference.hmac],
  retailer: ['text', ({ reference }) => reference.retailer],
  bucket: ['int2', ({ memberIds }) => bucketOf(memberIds[0])],
  member_id: ['uuid', ({ memberIds }) => memberIds[0]],
  body_hash: ['bytea', ({ idempotency }) => idempotency?.bodyHash ?? ''],
});

const scopes = rowsOf<Keyed>({
  idem_key: ['text', ({ idempotency }) => idempotency.key],
  caller: ['text', ({ caller }) => caller],
  operation: ['text', ({ operation }) => operation],
});

const booked = rowsOf<Referring>({
  hmac: ['bytea', ({ reference }) => reference.hmac],
  retailer: ['text', ({ reference }) => reference.retailer],
});

/**
 * Claims keys and references as addresses, in the order of their values so that two batches never
 * wait for each other in a circle. A row another transaction is inserting is waited for, a key for
 * a limited time only; what is already there is not returned.
 */
export async function claimKeys(tx: Tx, commands: readonly Command[]): Promise<Set<string>> {
  const keyed = commands.filter(isKeyed);
  if (keyed.length === 0) return new Set();
  const claimed = tx.query<{ idem_key: string; caller: string; operation: string }>({
    name: 'claim-keys',
    text: `INSERT INTO request_keys (${keys.names}) SELECT ${keys.names} FROM ${keys.source}
            ORDER BY idem_key, caller, operation
           ON CONFLICT DO NOTHING RETURNING idem_key, caller, operation`,
    values: keys.values(keyed),
  });
  const { rows } = await claimed.catch((error: unknown) => {
    // Here a lock is waited for only while another transaction claims the same key.
    throw isLockTimeout(error) ? requestInFlight() : error;
  });
  return new Set(rows.map((row) => identity(row.caller, row.operation, row.idem_key)));
}

export async function claimReferences(tx: Tx, commands: readonly Command[]): Promise<Set<string>> {
  const referring = commands.filter(isReferring);
  if (referring.length === 0) return new Set();
  const { rows } = await tx.query<{ hmac: Buffer; retailer: string }>({
    name: 'claim-references',
    text: `INSERT INTO purchase_references (${references.names})
           SELECT ${references.names} FROM ${references.source}
            ORDER BY hmac, retailer
           ON CONFLICT DO NOTHING RETURNING hmac, retailer`,
    values: references.values(referring),
  });
  return new Set(rows.map(({ hmac, retailer }) => `${hmac.toString('hex')}/${retailer}`));
}

/** Gives back addresses claimed by commands that ended without the posting they were for. */
export async function unclaimKeys(tx: Tx, commands: readonly Command[]): Promise<unknown> {
  return tx.query({
    name: 'unclaim-keys',
    text: `DELETE FROM request_keys k USING ${scopes.source}
            WHERE k.idem_key = u.idem_key AND k.caller = u.caller AND k.operation = u.operation`,
    values: scopes.values(commands.filter(isKeyed)),
  });
}

export async function unclaimReferences(tx: Tx, commands: readonly Command[]): Promise<unknown> {
  return tx.query({
    name: 'unclaim-references',
    text: `DELETE FROM purchase_references p USING ${booked.source}
            WHERE p.hmac = u.hmac AND p.retailer = u.retailer`,
    values: booked.values(commands.filter(isReferring)),
  });
}

export interface EarlierRequest {
  bodyHash: string;
  posting: Posting | undefined;
}

/** What earlier requests under these keys did; the body hash tells whether they were the same. */
export async function earlierRequests(
  tx: Tx,
  commands: readonly Command[],
): Promise<Map<string, EarlierRequest>> {
  const { rows } = await tx.query<
    { k_key: string; k_caller: string; k_operation: string; k_hash: Buffer } & (
      PostingRow | { seq: null }
    )
  >({
    name: 'earlier-requests',
    text: `SELECT k.idem_key AS k_key, k.caller AS k_caller, k.operation AS k_operation,
                  k.body_hash AS k_hash, ${postingColumns}
             FROM ${scopes.source}
             JOIN request_keys k
               ON k.idem_key = u.idem_key AND k.caller = u.caller AND k.operation = u.operation
             LEFT JOIN postings p
               ON p.bucket = k.bucket AND p.member_id = k.member_id AND p.caller = k.caller
              AND p.operation = k.operation AND p.idem_key = k.idem_key`,
    values: scopes.values(commands.filter(isKeyed)),
  });
  return new Map(
    rows.map((row) => [
      identity(row.k_caller, row.k_operation, row.k_key),
      {
        bodyHash: row.k_hash.toString('hex'),
        posting: row.seq === null ? undefined : toPosting(row),
      },
    ]),
  );
}
