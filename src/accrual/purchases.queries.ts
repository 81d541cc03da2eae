import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { bucketOf, type RowAddress } from '../ledger/address.js';
import type { RowWriter, Tx } from '../ledger/command.js';
import { rowsOf } from '../platform/database/columns.js';
import type { PurchaseContent, PurchaseRow } from './purchase-row.js';

const rowsBought = rowsOf<PurchaseRow>({
  bucket: ['int2', ({ memberId }) => bucketOf(memberId)],
  member_id: ['uuid', ({ memberId }) => memberId],
  seq: ['int4', ({ seq }) => seq],
  retailer: ['text', ({ retailer }) => retailer],
  reference: ['text', ({ reference }) => reference],
  reference_hmac: ['bytea', ({ hmac }) => hmac],
  occurred_at: ['timestamptz', ({ occurredAt }) => occurredAt],
  content: ['json', ({ content }) => content],
  salt: ['bytea', ({ salt }) => salt],
});

/** Writes what was bought beside the posting that vouches for it. */
export const purchaseWriter: RowWriter<PurchaseRow> = {
  async write(tx: Tx, rows: readonly PurchaseRow[]): Promise<unknown> {
    return tx.query({
      name: 'insert-purchases',
      text: `INSERT INTO purchases (${rowsBought.names})
             SELECT ${rowsBought.names} FROM ${rowsBought.source}`,
      values: rowsBought.values(rows),
    });
  },
};

/** What came back of a purchase so far: line, pieces, minor units. */
export interface ReturnedRow {
  bucket: number;
  member_id: string;
  seq: number;
  returned: [line: number, quantity: number, amount: number][];
}

/** Keeps what came back of a purchase, all returns summed. */
export const returnedWriter: RowWriter<ReturnedRow> = {
  async write(tx: Tx, rows: readonly ReturnedRow[]): Promise<unknown> {
    const latest = new Map(rows.map((row) => [`${row.member_id}/${String(row.seq)}`, row]));
    return tx.query({
      name: 'update-returned',
      text: `UPDATE purchases p SET returned = u.returned
               FROM json_populate_recordset(NULL::purchases, $1) u
              WHERE p.bucket = u.bucket AND p.member_id = u.member_id AND p.seq = u.seq`,
      values: [JSON.stringify([...latest.values()])],
    });
  },
};

export interface StoredPurchase {
  retailer: string;
  reference: string | null;
  occurredAt: Date;
  content: PurchaseContent | null;
  returned: [line: number, quantity: number, amount: number][] | null;
}

/** Purchases as their retailer posted them. */
@Injectable()
export class PurchasesQueries {
  constructor(@Inject(DataSource) private readonly dataSource: DataSource) {}

  async purchase({ memberId, seq }: RowAddress): Promise<StoredPurchase | undefined> {
    const rows = await this.dataSource.query<StoredPurchase[]>(
      `SELECT retailer, reference, occurred_at AS "occurredAt", content, returned
         FROM purchases
        WHERE bucket = $1 AND member_id = $2 AND seq = $3`,
      [bucketOf(memberId), memberId, seq],
    );
    return rows[0];
  }

  /** The number of the posting that booked a reference for a member. */
  async byReference(memberId: string, retailer: string, hmac: string): Promise<number | undefined> {
    const rows = await this.dataSource.query<{ seq: number }[]>(
      `SELECT seq FROM purchases
        WHERE bucket = $1 AND member_id = $2 AND retailer = $3
          AND reference_hmac = decode($4, 'hex')`,
      [bucketOf(memberId), memberId, retailer, hmac],
    );
    return rows[0]?.seq;
  }
}
