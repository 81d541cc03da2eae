import type { Command, Tx } from '../command.js';
import { bucketOf } from '../address.js';
import { postingColumns, toPosting, type PostingRow } from './postings.queries.js';
import { requestInFlight } from '../ledger.errors.js';
import type { Posting } from '../posting.js';

/** The identity of an idempotency key: law 5's scope. */
export function keyIdentity(command: Command): string | undefined {
  if (command.idempotency === undefined) return undefined;
  return JSON.stringify([command.idempotency.key, command.caller, command.operation]);
}

export function referenceIdentity(command: Command): string | undefined {
  if (command.reference === undefined) return undefined;
  return `${command.reference.hmac}/${command.reference.retailer}`;
}

const isLockTimeout = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === '55P03';

/**
 * Claims keys and references as addresses, in the order of their values so that two batches never
 * wait for each other in a circle. A row another transaction is inserting is waited for, a key for
 * a limited time only; what is already there is not returned.
 */
export async function claimKeys(tx: Tx, commands: readonly Command[]): Promise<Set<string>> {
  const keyed = commands.flatMap(({ idempotency, caller, operation, memberIds }) =>
    idempotency === undefined
      ? []
      : [
          {
            idem_key: idempotency.key,
            caller,
            operation,
            bucket: bucketOf(memberIds[0]),
            member_id: memberIds[0],
            body_hash: `\\x${idempotency.bodyHash}`,
          },
        ],
  );
  if (keyed.length === 0) return new Set();
  const claimed = tx.query<{ idem_key: string; caller: string; operation: string }>({
    name: 'claim-keys',
    text: `INSERT INTO request_keys (idem_key, caller, operation, bucket, member_id, body_hash)
           SELECT idem_key, caller, operation, bucket, member_id, body_hash
             FROM json_populate_recordset(NULL::request_keys, $1)
            ORDER BY idem_key, caller, operation
           ON CONFLICT DO NOTHING RETURNING idem_key, caller, operation`,
    values: [JSON.stringify(keyed)],
  });
  const { rows } = await claimed.catch((error: unknown) => {
    // Here a lock is waited for only while another transaction claims the same key.
    throw isLockTimeout(error) ? requestInFlight() : error;
  });
  return new Set(rows.map((row) => JSON.stringify([row.idem_key, row.caller, row.operation])));
}

export async function claimReferences(tx: Tx, commands: readonly Command[]): Promise<Set<string>> {
  const referring = commands.flatMap(({ reference, idempotency, memberIds }) =>
    reference === undefined
      ? []
      : [
          {
            hmac: `\\x${reference.hmac}`,
            retailer: reference.retailer,
            bucket: bucketOf(memberIds[0]),
            member_id: memberIds[0],
            body_hash: `\\x${idempotency?.bodyHash ?? ''}`,
          },
        ],
  );
  if (referring.length === 0) return new Set();
  const { rows } = await tx.query<{ hmac: Buffer; retailer: string }>({
    name: 'claim-references',
    text: `INSERT INTO purchase_references (hmac, retailer, bucket, member_id, body_hash)
           SELECT hmac, retailer, bucket, member_id, body_hash
             FROM json_populate_recordset(NULL::purchase_references, $1)
            ORDER BY hmac, retailer
           ON CONFLICT DO NOTHING RETURNING hmac, retailer`,
    values: [JSON.stringify(referring)],
  });
  return new Set(rows.map(({ hmac, retailer }) => `${hmac.toString('hex')}/${retailer}`));
}

/** Gives back addresses claimed by commands that ended without the posting they were for. */
export async function unclaimKeys(tx: Tx, commands: readonly Command[]): Promise<unknown> {
  return tx.query({
    name: 'unclaim-keys',
    text: `DELETE FROM request_keys k USING json_populate_recordset(NULL::request_keys, $1) u
            WHERE k.idem_key = u.idem_key AND k.caller = u.caller AND k.operation = u.operation`,
    values: [
      JSON.stringify(
        commands.map(({ idempotency, caller, operation }) => ({
          idem_key: idempotency?.key,
          caller,
          operation,
        })),
      ),
    ],
  });
}

export async function unclaimReferences(tx: Tx, commands: readonly Command[]): Promise<unknown> {
  return tx.query({
    name: 'unclaim-references',
    text: `DELETE FROM purchase_references p
            USING json_populate_recordset(NULL::purchase_references, $1) u
            WHERE p.hmac = u.hmac AND p.retailer = u.retailer`,
    values: [
      JSON.stringify(
        commands.map(({ reference }) => ({
          hmac: `\\x${reference?.hmac ?? ''}`,
          retailer: reference?.retailer,
        })),
      ),
    ],
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
             FROM json_populate_recordset(NULL::request_keys, $1) u
             JOIN request_keys k
               ON k.idem_key = u.idem_key AND k.caller = u.caller AND k.operation = u.operation
             LEFT JOIN postings p
               ON p.bucket = k.bucket AND p.member_id = k.member_id AND p.caller = k.caller
              AND p.operation = k.operation AND p.idem_key = k.idem_key`,
    values: [
      JSON.stringify(
        commands.map(({ idempotency, caller, operation }) => ({
          idem_key: idempotency?.key,
          caller,
          operation,
        })),
      ),
    ],
  });
  return new Map(
    rows.map((row) => [
      JSON.stringify([row.k_key, row.k_caller, row.k_operation]),
      {
        bodyHash: row.k_hash.toString('hex'),
        posting: row.seq === null ? undefined : toPosting(row),
      },
    ]),
  );
}
