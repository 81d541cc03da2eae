import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type QueryRunner } from 'typeorm';
import { totalOf } from '../../rules/limits.js';
import { BUCKETS } from '../address.js';
import { LedgerQueries } from '../ledger.queries.js';
import { findBrokenPairs } from '../pairs/pairs.queries.js';
import { LedgerService } from '../ledger.service.js';
import type { RowDifference } from './compare.js';
import { compareLimits } from './limits.queries.js';
import { compareMember } from './member.js';
import { inSnapshot, nextMembers, readRows, readSpelling, type Spelling } from './stored.reader.js';
import { findLostAddresses, findOrphans, findStrayAddresses } from './strays.queries.js';

export interface RebuildCheck {
  members: number;
  postings: number;
  differences: RowDifference[];
}

/** Buckets that are searched at once for rows without a member or a posting. */
const STRAY_BUCKETS = 16;

/** A broken ledger may differ everywhere; the first ones tell enough. */
const DIFFERENCES_MAX = 10_000;

/**
 * Recomputes every column that is a function of postings and entries, and names those that differ.
 * Reads a bounded number of members at once, each from one snapshot; safe beside a serving engine.
 */
@Injectable()
export class RebuildService {
  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(LedgerQueries) private readonly ledger: LedgerQueries,
    @Inject(LedgerService) private readonly door: LedgerService,
  ) {}

  async check(onProgress?: (bucketsDone: number) => void): Promise<RebuildCheck> {
    const total: RebuildCheck = { members: 0, postings: 0, differences: [] };
    const runner = this.dataSource.createQueryRunner();
    try {
      const spelling = await readSpelling(runner);
      for (let bucket = 0; bucket < BUCKETS; bucket++) {
        if (bucket % STRAY_BUCKETS === 0) {
          const range = { from: bucket, until: bucket + STRAY_BUCKETS - 1 };
          keep(total, await inSnapshot(runner, () => findOrphans(runner, range)));
          keep(total, await inSnapshot(runner, () => findLostAddresses(runner, range)));
        }
        await this.checkBucket(runner, spelling, bucket, total);
        onProgress?.(bucket + 1);
      }
      // Rows that an edit has put into a bucket that there is not.
      for (const range of [{ until: -1 }, { from: BUCKETS }]) {
        keep(total, await inSnapshot(runner, () => findOrphans(runner, range)));
      }
      keep(total, await inSnapshot(runner, () => findStrayAddresses(runner)));
      keep(total, await inSnapshot(runner, () => findBrokenPairs(runner)));
      const totalsOf = await this.totals();
      keep(total, await inSnapshot(runner, () => compareLimits(runner, totalsOf)));
      return total;
    } finally {
      await runner.release();
    }
  }

  /**
   * The totals that versions which have begun give a shared limit. A version is known here before
   * it begins, and what is known is what was published, whatever became of its row.
   */
  private async totals(): Promise<(limit: string) => number[]> {
    const begun = this.door.programmes.begunBy(await this.ledger.now());
    return (limit) => begun.flatMap(({ limits }) => totalOf(limits, limit) ?? []);
  }

  private async checkBucket(
    runner: QueryRunner,
    spelling: Spelling,
    bucket: number,
    total: RebuildCheck,
  ): Promise<void> {
    let after: string | undefined;
    for (;;) {
      const { members, now } = await inSnapshot(runner, async () => {
        const memberIds = await nextMembers(runner, bucket, after);
        const rows =
          memberIds.length === 0 ? [] : await readRows(runner, spelling, bucket, memberIds);
        // Told after the snapshot was taken, so that whatever time has done in it is done by then.
        return { members: rows, now: await this.ledger.now() };
      });
      for (const member of members) {
        total.members += 1;
        total.postings += member.rows.postings.length;
        keep(total, compareMember(member, now));
      }
      after = members.at(-1)?.memberId;
      if (after === undefined) return;
    }
  }
}

function keep({ differences }: RebuildCheck, found: readonly RowDifference[]): void {
  differences.push(...found.slice(0, DIFFERENCES_MAX - differences.length));
}
