/** A purchase as the row that is kept of it, and the digest by which its posting vouches for it. */
import { hash, randomUUID } from 'node:crypto';
import type { RowAddress } from '../ledger/address.js';
import type { Activity, Purchase, Traits } from '../rules/purchase.js';
import type { PurchaseInput } from './purchases.requests.js';

/** What is kept of a purchase, or of an activity, which has no lines. */
export interface PurchaseContent extends Pick<
  PurchaseInput,
  'lines' | 'tenders' | 'location' | 'channel' | 'merchantCategoryCode'
> {
  activity?: Activity | undefined;
  /** What was known of the member when it was decided. */
  traits?: Traits | undefined;
}

/** A purchase, or an activity, as a retailer posted it. */
export type Happened = PurchaseContent &
  Pick<PurchaseInput, 'reference' | 'occurredAt' | 'redemptions' | 'signals'>;

/** What is kept of a purchase: what was posted and what it was decided on. */
export const keptOf = (posted: Happened, { traits }: Pick<Purchase, 'traits'>): Happened =>
  traits === undefined ? posted : { ...posted, traits };

export interface PurchaseRow extends RowAddress {
  retailer: string;
  reference: string;
  /** Hex, as is the salt. */
  hmac: string;
  /** In milliseconds since 1970. */
  occurredAt: number;
  /** JSON, to the letter what the posting's digest was taken of. */
  content: string;
  salt: string;
}

/** The digest in the chain is salted, so erasing the row leaves nothing to guess from. */
export function purchaseRow(
  purchase: Happened,
  { memberId, seq }: RowAddress,
  { retailer, hmac }: { retailer: string; hmac: string },
): { row: PurchaseRow; digest: string } {
  const { lines, tenders, location, channel, merchantCategoryCode, activity, traits } = purchase;
  const bought = { lines, tenders, location, channel, merchantCategoryCode, activity, traits };
  const content = JSON.stringify(bought);
  // A version 4 UUID is 122 random bits, drawn from a pool that is cheap at every purchase.
  const salt = randomUUID().replaceAll('-', '');
  const digest = hash('sha256', salt + content, 'hex');
  const { reference } = purchase;
  const occurredAt = Date.parse(purchase.occurredAt);
  return { row: { memberId, seq, retailer, reference, hmac, occurredAt, content, salt }, digest };
}
