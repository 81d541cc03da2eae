import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { bucketOf } from '../../ledger/address.js';
import type { RowWriter } from '../../ledger/command.js';
import { rowsOf } from '../../platform/database/columns.js';

/** A member whose spending stops, and the tables and columns that differ. */
export interface Freeze {
  memberId: string;
  /** Milliseconds. */
  at: number;
  found: readonly string[];
}

export interface Unfreeze {
  memberId: string;
  at: number;
  by: string;
  reason: string;
}

export interface OpenFreeze {
  memberId: string;
  frozenAt: Date;
  found: string[];
}

const freezes = rowsOf<Freeze>({
  bucket: ['int2', ({ memberId }) => bucketOf(memberId)],
  member_id: ['uuid', ({ memberId }) => memberId],
  at: ['timestamptz', ({ at }) => at],
  found: ['json', ({ found }) => JSON.stringify(found)],
});

/** Freezes those who are not frozen; whoever writes has the accounts locked. */
export const freezeWriter: RowWriter<Freeze> = {
  write: (tx, rows) =>
    tx.query({
      name: 'freeze-spending',
      text: `WITH frozen AS (
               INSERT INTO spending_freezes (bucket, member_id, n, frozen_at, found)
               SELECT u.bucket, u.member_id,
                      1 + (SELECT count(*) FROM spending_freezes f
                            WHERE f.bucket = u.bucket AND f.member_id = u.member_id),
                      u.at, u.found
                 FROM ${freezes.source}
               ON CONFLICT (bucket, member_id) WHERE lifted_at IS NULL DO NOTHING
               RETURNING bucket, member_id, frozen_at)
             UPDATE members m SET frozen_at = frozen.frozen_at FROM frozen
              WHERE m.bucket = frozen.bucket AND m.member_id = frozen.member_id`,
      values: freezes.values(rows),
    }),
};

const unfreezes = rowsOf<Unfreeze>({
  bucket: ['int2', ({ memberId }) => bucketOf(memberId)],
  member_id: ['uuid', ({ memberId }) => memberId],
  at: ['timestamptz', ({ at }) => at],
  by: ['text', ({ by }) => by],
  reason: ['text', ({ reason }) => reason],
});

/** Lets members spend again. */
export const unfreezeWriter: RowWriter<Unfreeze> = {
  write: (tx, rows) =>
    tx.query({
      name: 'unfreeze-spending',
      text: `WITH lifted AS (
               UPDATE spending_freezes f
                  SET lifted_at = u.at, lifted_by = u.by, reason = u.reason
                 FROM ${unfreezes.source}
                WHERE f.bucket = u.bucket AND f.member_id = u.member_id AND f.lifted_at IS NULL
               RETURNING f.bucket, f.member_id)
             UPDATE members m SET frozen_at = NULL FROM lifted
              WHERE m.bucket = lifted.bucket AND m.member_id = lifted.member_id`,
      values: unfreezes.values(rows),
    }),
};

/** Whose spending is stopped. */
@Injectable()
export class FreezesQueries {
  constructor(@Inject(DataSource) private readonly dataSource: DataSource) {}

  /** The oldest first. */
  async open(limit: number): Promise<OpenFreeze[]> {
    return this.dataSource.query<OpenFreeze[]>(
      `SELECT member_id AS "memberId", frozen_at AS "frozenAt", found FROM spending_freezes
        WHERE lifted_at IS NULL ORDER BY frozen_at, member_id LIMIT $1`,
      [limit],
    );
  }

  async count(): Promise<number> {
    const [row] = await this.dataSource.query<{ count: number }[]>(
      'SELECT count(*)::int AS count FROM spending_freezes WHERE lifted_at IS NULL',
    );
    return row?.count ?? 0;
  }
}
