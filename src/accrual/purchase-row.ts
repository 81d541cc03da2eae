/** A purchase as the row that is kept of it, and the digest by which its posting vouches for it. */
import { createHash, randomUUID } from 'node:crypto';
import { bucketOf, type RowAddress } from '../ledger/address.js';
import type { PurchaseInput } from './purchases.requests.js';

export interface PurchaseRow {
  bucket: number;
  member_id: string;
  seq: number;
  retailer: string;
  reference: string;
  /** Hex with the `\x` that PostgreSQL reads. */
  reference_hmac: string;
  occurred_at: string;
  content: object;
  salt: string;
}

/** The digest in the chain is salted, so erasing the row leaves nothing to guess from. */
export function purchaseRow(
  purchase: PurchaseInput,
  { memberId, seq }: RowAddress,
  { retailer, hmac }: { retailer: string; hmac: string },
): { row: PurchaseRow; digest: string } {
  const { lines, tenders, location, merchantCategoryCode } = purchase;
  const content = { lines, tenders, location, merchantCategoryCode };
  // A version 4 UUID is 122 random bits, drawn from a pool that is cheap at every purchase.
  const salt = randomUUID().replaceAll('-', '');
  const digest = createHash('sha256').update(salt).update(JSON.stringify(content)).digest('hex');
  const row = {
    bucket: bucketOf(memberId),
    member_id: memberId,
    seq,
    retailer,
    reference: purchase.reference,
    reference_hmac: `\\x${hmac}`,
    occurred_at: purchase.occurredAt,
    content,
    salt: `\\x${salt}`,
  };
  return { row, digest };
}
