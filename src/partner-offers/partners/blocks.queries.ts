import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';

/** Points that a partner has paid for at once. */
export interface Block {
  partner: string;
  /** Counts the partner's blocks from 1; the lowest is consumed first. */
  n: number;
  points: number;
  /** Millionths of a minor unit for a point. */
  price: bigint;
  /** Milliseconds since 1970 UTC, by the programme's clock. */
  addedAt: number;
  addedBy: string;
}

interface BlockRow {
  partner: string;
  n: number;
  points: string;
  price_millionths: string;
  added_at: Date;
  added_by: string;
  body_hash: Buffer;
}

export interface KeptBlock extends Block {
  /** Hex. */
  bodyHash: string;
}

const columns = 'partner, n, points, price_millionths, added_at, added_by, body_hash';

const toBlock = (row: BlockRow): KeptBlock => ({
  partner: row.partner,
  n: row.n,
  points: Number(row.points),
  price: BigInt(row.price_millionths),
  addedAt: row.added_at.getTime(),
  addedBy: row.added_by,
  bodyHash: row.body_hash.toString('hex'),
});

/** The table of blocks; rows are added and never changed. */
@Injectable()
export class BlocksQueries {
  constructor(@Inject(DataSource) private readonly dataSource: DataSource) {}

  /** In the order in which they are consumed. */
  async of(partner: string, tx: EntityManager = this.dataSource.manager): Promise<KeptBlock[]> {
    const rows = await tx.query<BlockRow[]>(
      `SELECT ${columns} FROM partner_blocks WHERE partner = $1 ORDER BY n`,
      [partner],
    );
    return rows.map(toBlock);
  }

  /** Whole points of all blocks of each partner. */
  async totals(): Promise<Map<string, number>> {
    const rows = await this.dataSource.query<{ partner: string; points: string }[]>(
      'SELECT partner, sum(points) AS points FROM partner_blocks GROUP BY partner',
    );
    return new Map(rows.map(({ partner, points }) => [partner, Number(points)]));
  }

  /** The block that an earlier request with this key added. */
  async byKey(
    tx: EntityManager,
    { partner, by, key }: { partner: string; by: string; key: string },
  ): Promise<KeptBlock | undefined> {
    const rows = await tx.query<BlockRow[]>(
      `SELECT ${columns} FROM partner_blocks
        WHERE partner = $1 AND added_by = $2 AND idem_key = $3`,
      [partner, by, key],
    );
    return rows.map(toBlock)[0];
  }

  async insert(
    tx: EntityManager,
    block: Pick<KeptBlock, 'partner' | 'points' | 'price' | 'addedBy' | 'bodyHash'>,
    key: string,
  ): Promise<KeptBlock> {
    const { partner, points, price, addedBy, bodyHash } = block;
    const rows = await tx.query<BlockRow[]>(
      `INSERT INTO partner_blocks (partner, n, points, price_millionths, added_at, added_by,
                                   idem_key, body_hash)
       SELECT $1, coalesce(max(n), 0) + 1, $2, $3, programme_now(), $4, $5, decode($6, 'hex')
         FROM partner_blocks WHERE partner = $1
       RETURNING ${columns}`,
      [partner, points, price.toString(), addedBy, key, bodyHash],
    );
    const [row] = rows;
    if (row === undefined) throw new Error('invariant: an inserted row is returned');
    return toBlock(row);
  }
}
