import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { bucketOf, BUCKETS } from '../../ledger/address.js';

export interface StoredList {
  list: string;
  members: number;
  replacedAt: Date;
  replacedBy: string;
}

/** Uploads of lists: written piece by piece under a number, and put in force by one update. */
@Injectable()
export class ListsQueries {
  constructor(@Inject(DataSource) private readonly dataSource: DataSource) {}

  /** The number of an upload that begins now. */
  async begin(list: string): Promise<number> {
    const [row] = await this.dataSource.query<{ begun: number }[]>(
      `INSERT INTO offer_lists AS l (list, begun) VALUES ($1, 1)
       ON CONFLICT (list) DO UPDATE SET begun = l.begun + 1 RETURNING begun`,
      [list],
    );
    if (row === undefined) throw new Error('invariant: an upload has a number');
    return row.begun;
  }

  /** Adds members to an upload; returns how many of them were not in it yet. */
  async add(list: string, upload: number, memberIds: readonly string[]): Promise<number> {
    if (memberIds.length === 0) return 0;
    const ids = [...new Set(memberIds)].sort();
    const rows = await this.dataSource.query<unknown[]>(
      `INSERT INTO offer_list_members (bucket, member_id, list, upload)
       SELECT u.bucket, u.member_id, $3, $4
         FROM unnest($1::smallint[], $2::uuid[]) AS u (bucket, member_id)
       ON CONFLICT DO NOTHING RETURNING 1`,
      [ids.map(bucketOf), ids, list, upload],
    );
    return rows.length;
  }

  /** Whether it is in force now; no upload comes after one that began later. */
  async putInForce(
    tx: EntityManager,
    { list, upload, members, by }: { list: string; upload: number; members: number; by: string },
  ): Promise<boolean> {
    const [rows] = await tx.query<[unknown[], number]>(
      `UPDATE offer_lists SET upload = $2, members = $3, replaced_by = $4,
                              replaced_at = (SELECT programme_now())
        WHERE list = $1 AND coalesce(upload, 0) < $2 RETURNING 1`,
      [list, upload, members, by],
    );
    return rows.length > 0;
  }

  /** The upload that was in force until now; undefined = none was. */
  async remove(tx: EntityManager, list: string): Promise<number | undefined> {
    const [rows] = await tx.query<[{ upload: number }[], number]>(
      `UPDATE offer_lists SET members = NULL, replaced_at = NULL, replaced_by = NULL
        WHERE list = $1 AND members IS NOT NULL RETURNING upload`,
      [list],
    );
    return rows[0]?.upload;
  }

  /**
   * Deletes rows of uploads from one to another, bucket by bucket. Nobody reads them: none of these
   * is in force, nor can be any more.
   */
  async clear(list: string, { from, upTo }: { from: number; upTo: number }): Promise<void> {
    for (let bucket = 0; bucket < BUCKETS && from <= upTo; bucket += 1) {
      await this.dataSource.query(
        `DELETE FROM offer_list_members
          WHERE bucket = $1 AND list = $2 AND upload BETWEEN $3 AND $4`,
        [bucket, list, from, upTo],
      );
    }
  }

  async all(): Promise<StoredList[]> {
    return this.dataSource.query<StoredList[]>(
      `SELECT list, members, replaced_at AS "replacedAt", replaced_by AS "replacedBy"
         FROM offer_lists WHERE members IS NOT NULL ORDER BY list`,
    );
  }
}
