import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { bucketOf, type RowAddress } from '../../ledger/address.js';
import type { RowWriter, Tx } from '../../ledger/command.js';
import { rowsOf } from '../../platform/database/columns.js';

export interface SaleRow extends RowAddress {
  retailer: string;
  /** Hex. */
  hmac: string;
  points: number;
  /** Minor units. */
  paid: number;
}

const sold = rowsOf<SaleRow>({
  bucket: ['int2', ({ memberId }) => bucketOf(memberId)],
  member_id: ['uuid', ({ memberId }) => memberId],
  seq: ['int4', ({ seq }) => seq],
  retailer: ['text', ({ retailer }) => retailer],
  reference_hmac: ['bytea', ({ hmac }) => hmac],
  points: ['int8', ({ points }) => points],
  paid: ['int8', ({ paid }) => paid],
});

export const saleWriter: RowWriter<SaleRow> = {
  write: (tx: Tx, rows) =>
    tx.query({
      name: 'keep-sales',
      text: `INSERT INTO point_sales (${sold.names}) SELECT ${sold.names} FROM ${sold.source}`,
      values: sold.values(rows),
    }),
};

export interface RefundedSale extends RowAddress {
  refundSeq: number;
}

const refunded = rowsOf<RefundedSale>({
  bucket: ['int2', ({ memberId }) => bucketOf(memberId)],
  member_id: ['uuid', ({ memberId }) => memberId],
  seq: ['int4', ({ seq }) => seq],
  refund_seq: ['int4', ({ refundSeq }) => refundSeq],
});

export const refundWriter: RowWriter<RefundedSale> = {
  write: (tx: Tx, rows) =>
    tx.query({
      name: 'keep-refunds',
      text: `UPDATE point_sales s SET refund_seq = u.refund_seq FROM ${refunded.source}
              WHERE s.bucket = u.bucket AND s.member_id = u.member_id AND s.seq = u.seq`,
      values: refunded.values(rows),
    }),
};

/** Sales as their retailers know them. */
@Injectable()
export class SalesQueries {
  constructor(@Inject(DataSource) private readonly dataSource: DataSource) {}

  async sale({ memberId, seq }: RowAddress): Promise<SaleRow | undefined> {
    const rows = await this.dataSource.query<
      { retailer: string; hmac: string; points: string; paid: string }[]
    >(
      `SELECT retailer, encode(reference_hmac, 'hex') AS hmac, points, paid FROM point_sales
        WHERE bucket = $1 AND member_id = $2 AND seq = $3`,
      [bucketOf(memberId), memberId, seq],
    );
    const [row] = rows;
    if (row === undefined) return undefined;
    const { retailer, hmac } = row;
    return { memberId, seq, retailer, hmac, points: Number(row.points), paid: Number(row.paid) };
  }
}
