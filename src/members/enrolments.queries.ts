import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { bucketOf, memberColumns } from '../ledger/address.js';

export interface Enrolment {
  memberId: string;
  enrolledAt: Date;
}

/** Who enrolled, and when. */
@Injectable()
export class EnrolmentsQueries {
  constructor(@Inject(DataSource) private readonly dataSource: DataSource) {}

  /** When members enrolled, by their ids. */
  async of(memberIds: readonly string[]): Promise<Map<string, Date>> {
    const rows = await this.dataSource.query<Enrolment[]>(
      `SELECT m.member_id AS "memberId", m.enrolled_at AS "enrolledAt"
         FROM unnest($1::smallint[], $2::uuid[]) AS u (bucket, member_id)
         JOIN members m USING (bucket, member_id)`,
      memberColumns(memberIds.map((memberId) => ({ bucket: bucketOf(memberId), memberId }))),
    );
    return new Map(rows.map(({ memberId, enrolledAt }) => [memberId, enrolledAt]));
  }

  /** Those of a bucket in a stretch of time, by their ids, behind one of them. */
  async between(
    bucket: number,
    { from, to }: { from: Date; to: Date },
    after: string | undefined,
    limit: number,
  ): Promise<string[]> {
    const rows = await this.dataSource.query<{ member_id: string }[]>(
      `SELECT member_id FROM members
        WHERE bucket = $1 AND enrolled_at >= $2 AND enrolled_at < $3
          AND ($4::uuid IS NULL OR member_id > $4)
        ORDER BY member_id LIMIT $5`,
      [bucket, from, to, after ?? null, limit],
    );
    return rows.map(({ member_id }) => member_id);
  }
}
