import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { bucketOf } from '../address.js';

/** A purchase of which something waits. */
export interface WaitingPurchase {
  memberId: string;
  seq: number;
  /** When it was bought. */
  since: number;
  billionths: bigint;
}

export interface WaitingTotal {
  partner: string;
  purchases: number;
  billionths: bigint;
}

interface WaitingRow {
  member_id: string;
  seq: number;
  since: Date;
  billionths: string;
}

/** One of a partner's queue. */
export interface WaitingOfPartner extends WaitingPurchase {
  partner: string;
}

/** What waits, to be read: for whoever shows it, and for the work that awards it. */
@Injectable()
export class WaitingQueries {
  constructor(@Inject(DataSource) private readonly dataSource: DataSource) {}

  /** What waits for each partner that something waits for. */
  async totals(): Promise<WaitingTotal[]> {
    const found = await this.dataSource.query<
      { partner: string; purchases: string; billionths: string }[]
    >(
      `SELECT partner, count(*) AS purchases, sum(billionths) AS billionths
         FROM waiting_points GROUP BY partner ORDER BY partner`,
    );
    return found.map(({ partner, purchases, billionths }) => ({
      ...{ partner, purchases: Number(purchases) },
      billionths: BigInt(billionths),
    }));
  }

  /** The oldest first; purchases of one instant by member and number. */
  async oldest(
    partner: string,
    after: Pick<WaitingPurchase, 'memberId' | 'seq' | 'since'> | undefined,
    most: number,
  ): Promise<WaitingPurchase[]> {
    const found = await this.dataSource.query<WaitingRow[]>(
      `SELECT member_id, seq, since, billionths FROM waiting_points
        WHERE partner = $1
          AND ($2::timestamptz IS NULL
               OR (since, bucket, member_id, seq) > ($2, $3::smallint, $4::uuid, $5::integer))
        ORDER BY since, bucket, member_id, seq LIMIT $6`,
      [partner, ...placeOf(after), most],
    );
    return found.map(toPurchase);
  }

  /** The queues of all partners, one after the other. */
  async queues(
    after: Pick<WaitingOfPartner, 'partner' | 'since' | 'memberId' | 'seq'> | undefined,
    most: number,
  ): Promise<WaitingOfPartner[]> {
    const found = await this.dataSource.query<(WaitingRow & { partner: string })[]>(
      `SELECT partner, member_id, seq, since, billionths FROM waiting_points
        WHERE $1::text IS NULL
           OR (partner, since, bucket, member_id, seq)
              > ($1, $2::timestamptz, $3::smallint, $4::uuid, $5::integer)
        ORDER BY partner, since, bucket, member_id, seq LIMIT $6`,
      [after?.partner ?? null, ...placeOf(after), most],
    );
    return found.map((row) => ({ ...toPurchase(row), partner: row.partner }));
  }
}

const placeOf = (
  after: Pick<WaitingPurchase, 'since' | 'memberId' | 'seq'> | undefined,
): unknown[] =>
  after === undefined
    ? [null, null, null, null]
    : [new Date(after.since), bucketOf(after.memberId), after.memberId, after.seq];

function toPurchase({ member_id, seq, since, billionths }: WaitingRow): WaitingPurchase {
  return {
    ...{ memberId: member_id, seq, since: since.getTime() },
    billionths: BigInt(billionths),
  };
}
