import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { BUCKETS, bucketOf, memberColumns } from '../address.js';
import { groupBy } from '../check.js';

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

/** Dates after `from`, if that is said, and not after `until`, in milliseconds. */
interface Range {
  from: number | undefined;
  until: number;
}

/** Behind which one a list begins, and how long it is at most. */
interface Place {
  after: { memberId: string; dueAt: number } | undefined;
  limit: number;
}

/** Before every member in the order of ids. */
const NOBODY = '00000000-0000-0000-0000-000000000000';

const listed = (bucket: string): string => `
  SELECT l.member_id, l.expires_at, sum(l.remaining) AS points, sum(l.held) AS held,
         min(l.seq) AS from_seq, max(l.seq) AS up_to
    FROM lots l
   WHERE l.bucket = ${bucket} AND l.remaining > 0 AND l.expires_at IS NOT NULL
     AND l.expires_at > coalesce($2::timestamptz, '-infinity') AND l.expires_at <= $3
     AND l.expires_at >= coalesce($4::timestamptz, '-infinity')
     AND (l.expires_at, l.member_id) > (coalesce($4::timestamptz, '-infinity'), $5::uuid)
   GROUP BY l.expires_at, l.member_id
   ORDER BY l.expires_at, l.member_id LIMIT $6`;

/** Which points have a date, by member and date; a part of the members at a time. */
@Injectable()
export class ExpiringLotsQueries {
  constructor(@Inject(DataSource) private readonly dataSource: DataSource) {}

  /** Points of a bucket, in the order of their dates, then of members. */
  async between(bucket: number, range: Range, { after, limit }: Place): Promise<ExpiringPoints[]> {
    return this.points(listed('$1'), bucket, range, { after, limit });
  }

  /** The first of each bucket, in the same order, so many of one at most. */
  async first(range: Range, limit: number): Promise<Map<number, ExpiringPoints[]>> {
    const each = `SELECT e.* FROM generate_series(0, $1) AS b (bucket)
      CROSS JOIN LATERAL (${listed('b.bucket')}) e`;
    const found = await this.points(each, BUCKETS - 1, range, { after: undefined, limit });
    found.sort((a, b) => a.dueAt - b.dueAt || (a.memberId < b.memberId ? -1 : 1));
    return groupBy(found, ({ memberId }) => bucketOf(memberId));
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

  private async points(
    text: string,
    bucket: number,
    { from, until }: Range,
    { after, limit }: Place,
  ): Promise<ExpiringPoints[]> {
    const rows = await this.dataSource.query<Row[]>(text, [
      bucket,
      from === undefined ? null : new Date(from),
      new Date(until),
      after === undefined ? null : new Date(after.dueAt),
      after?.memberId ?? NOBODY,
      limit,
    ]);
    return rows.map((row) => ({
      memberId: row.member_id,
      dueAt: row.expires_at.getTime(),
      points: Number(row.points),
      held: Number(row.held),
      fromSeq: row.from_seq,
      upTo: row.up_to,
    }));
  }
}
