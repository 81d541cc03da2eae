import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { bucketOf, memberColumns } from '../address.js';

/** Points of a member that have the same date. */
export interface ExpiringPoints {
  memberId: string;
  /** The date, in milliseconds. */
  dueAt: number;
  /** What is left of them, held ones included. */
  points: number;
  held: number;
  /** Numbers of the postings that opened the first and the last lot of them. */
  fromSeq: number;
  upTo: number;
  /** The last act of the member, in milliseconds, where the date is that of a silence. */
  silentSince?: number | undefined;
}

interface Row {
  member_id: string;
  expires_at: Date;
  points: string;
  held: string;
  from_seq: number;
  up_to: number;
}

/** Before every member in the order of ids. */
const NOBODY = '00000000-0000-0000-0000-000000000000';

/** Which points have a date, by member and date; a part of the members at a time. */
@Injectable()
export class ExpiringLotsQueries {
  constructor(@Inject(DataSource) private readonly dataSource: DataSource) {}

  /**
   * Points of a bucket whose date is after `from`, if that is said, and not after `until`, in
   * milliseconds; in the order of the dates, then of members, behind one of them.
   */
  async between(
    bucket: number,
    { from, until }: { from: number | undefined; until: number },
    { after, limit }: { after: { memberId: string; dueAt: number } | undefined; limit: number },
  ): Promise<ExpiringPoints[]> {
    const rows = await this.dataSource.query<Row[]>(
      `SELECT l.member_id, l.expires_at, sum(l.remaining) AS points, sum(l.held) AS held,
              min(l.seq) AS from_seq, max(l.seq) AS up_to
         FROM lots l
        WHERE l.bucket = $1 AND l.remaining > 0 AND l.expires_at IS NOT NULL
          AND l.expires_at > coalesce($2::timestamptz, '-infinity') AND l.expires_at <= $3
          AND l.expires_at >= coalesce($4::timestamptz, '-infinity')
          AND (l.expires_at, l.member_id) > (coalesce($4::timestamptz, '-infinity'), $5::uuid)
        GROUP BY l.expires_at, l.member_id
        ORDER BY l.expires_at, l.member_id LIMIT $6`,
      [
        bucket,
        from === undefined ? null : new Date(from),
        new Date(until),
        after === undefined ? null : new Date(after.dueAt),
        after?.memberId ?? NOBODY,
        limit,
      ],
    );
    return rows.map((row) => ({
      memberId: row.member_id,
      dueAt: row.expires_at.getTime(),
      points: Number(row.points),
      held: Number(row.held),
      fromSeq: row.from_seq,
      upTo: row.up_to,
    }));
  }

  /** Locks the accounts of members in their order, so that only one writes notices of theirs. */
  async lock(tx: EntityManager, memberIds: readonly string[]): Promise<void> {
    const keys = [...new Set(memberIds)].map((memberId) => ({
      bucket: bucketOf(memberId),
      memberId,
    }));
    await tx.query(
      `SELECT FROM unnest($1::smallint[], $2::uuid[]) AS u (bucket, member_id)
         JOIN accounts a ON a.bucket = u.bucket AND a.member_id = u.member_id
        ORDER BY a.bucket, a.member_id FOR NO KEY UPDATE OF a`,
      memberColumns(keys),
    );
  }
}
