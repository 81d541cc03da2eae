import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type QueryRunner } from 'typeorm';
import { LedgerQueries } from '../ledger.queries.js';
import type { RowDifference } from '../rebuild/compare.js';
import { compareMember } from '../rebuild/member.js';
import { inSnapshot, readRows, readSpelling, type Spelling } from '../rebuild/stored.reader.js';

/** A part of a bucket's members: those whose id, by one of its bytes, is in one of several slices. */
export interface Slice {
  bucket: number;
  slices: number;
  slice: number;
}

export interface CheckedMember {
  memberId: string;
  differences: RowDifference[];
}

/** Postings of a page, after which no further member is added. */
const POSTINGS_AT_ONCE = 5_000;
const NOBODY = '00000000-0000-0000-0000-000000000000';

/** Recomputes some members beside a serving engine; `RebuildService` does so with everything. */
@Injectable()
export class MembersCheck {
  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(LedgerQueries) private readonly ledger: LedgerQueries,
  ) {}

  /**
   * The next members of a slice behind one, each with what differs. A difference is told only if it is
   * there at a second reading too.
   */
  async page(slice: Slice, after: string | undefined, limit: number): Promise<CheckedMember[]> {
    const runner = this.dataSource.createQueryRunner();
    try {
      const spelling = await readSpelling(runner);
      const ids = await this.idsOf(runner, slice, after, limit);
      const checked = await this.compare(runner, spelling, slice.bucket, ids);
      const differing = checked.filter(({ differences }) => differences.length > 0);
      const doubted = differing.map(({ memberId }) => memberId);
      const again = await this.compare(runner, spelling, slice.bucket, doubted);
      const confirmed = new Map(again.map((each) => [each.memberId, each.differences]));
      return checked.map(({ memberId }) => {
        return { memberId, differences: confirmed.get(memberId) ?? [] };
      });
    } finally {
      await runner.release();
    }
  }

  private async idsOf(
    runner: QueryRunner,
    { bucket, slices, slice }: Slice,
    after: string | undefined,
    limit: number,
  ): Promise<string[]> {
    const rows = await runner.manager.query<{ member_id: string; version: number }[]>(
      `SELECT member_id, version FROM accounts
        WHERE bucket = $1 AND member_id > $2 AND get_byte(uuid_send(member_id), 1) % $3 = $4
        ORDER BY member_id LIMIT $5`,
      [bucket, after ?? NOBODY, slices, slice, limit],
    );
    let postings = 0;
    const most = rows.findIndex(
      ({ version }) => (postings += Math.max(version, 0)) > POSTINGS_AT_ONCE,
    );
    const taken = most < 0 ? rows : rows.slice(0, most + 1);
    return taken.map(({ member_id }) => member_id);
  }

  private async compare(
    runner: QueryRunner,
    spelling: Spelling,
    bucket: number,
    memberIds: readonly string[],
  ): Promise<CheckedMember[]> {
    if (memberIds.length === 0) return [];
    const { members, now } = await inSnapshot(runner, async () => {
      const rows = await readRows(runner, spelling, bucket, memberIds);
      // Told after the snapshot was taken, so that whatever time has done in it is done by then.
      return { members: rows, now: await this.ledger.now() };
    });
    return members.map((member) => {
      return { memberId: member.memberId, differences: compareMember(member, now) };
    });
  }
}
