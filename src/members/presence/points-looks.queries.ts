import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { bucketOf, memberColumns } from '../../ledger/address.js';
import {
  NOBODY,
  presenceColumns,
  toPresent,
  type PresenceRow,
  type PresentDue,
} from './presence.queries.js';

/** When to look at a member for points that go by silence, as the index spells it. */
const never = `timestamptz '1970-01-01T00:00:00Z'`;
const lookAt = `coalesce(m.points_look_at, ${never})`;

/** Members by when their points that go by silence are to be looked at. */
@Injectable()
export class PointsLooksQueries {
  constructor(@Inject(DataSource) private readonly dataSource: DataSource) {}

  /**
   * Members to look at by an instant, those longest due first, behind one of them; whoever was never
   * looked at first of all, or not at all.
   */
  async due(
    bucket: number,
    { until, isLookedAt }: { until: number; isLookedAt: boolean },
    { after, limit }: { after: { memberId: string; dueAt: number } | undefined; limit: number },
  ): Promise<PresentDue[]> {
    const rows = await this.dataSource.query<(PresenceRow & { look_at: Date })[]>(
      `SELECT ${presenceColumns}, ${lookAt} AS look_at FROM members m
        WHERE m.bucket = $1 AND ${lookAt} <= coalesce($2::timestamptz, 'infinity')
          ${isLookedAt ? `AND ${lookAt} > ${never}` : ''}
          AND (${lookAt}, m.member_id) > (coalesce($3::timestamptz, '-infinity'), $4::uuid)
        ORDER BY ${lookAt}, m.member_id LIMIT $5`,
      [
        bucket,
        until === Infinity ? null : new Date(until),
        after && new Date(after.dueAt),
        after?.memberId ?? NOBODY,
        limit,
      ],
    );
    return rows.map((row) => ({ ...toPresent(row), dueAt: row.look_at.getTime() }));
  }

  /** When to look at members next. */
  async putOff(rows: readonly { memberId: string; lookAt: number }[]): Promise<void> {
    if (rows.length === 0) return;
    await this.dataSource.query(
      `UPDATE members m SET points_look_at = u.look_at
         FROM unnest($1::smallint[], $2::uuid[], $3::timestamptz[]) AS u (bucket, member_id, look_at)
        WHERE m.bucket = u.bucket AND m.member_id = u.member_id
          AND m.points_look_at IS DISTINCT FROM u.look_at`,
      [
        ...memberColumns(rows.map(({ memberId }) => ({ bucket: bucketOf(memberId), memberId }))),
        rows.map(({ lookAt }) => new Date(lookAt)),
      ],
    );
  }
}
