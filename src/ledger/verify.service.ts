import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type QueryRunner } from 'typeorm';
import type { AccountCode } from '../rules/outcome.js';
import { toAccount, toLot, type AccountRow, type LotRow } from './batch/accounts.queries.js';
import { BUCKETS } from './address.js';
import {
  checkMember,
  groupBy,
  type Difference,
  type StoredEntry,
  type StoredMember,
} from './check.js';
import { postingColumns, toPosting, type PostingRow } from './batch/postings.queries.js';

export interface Verification {
  members: number;
  postings: number;
  /** Points that members have, held ones included. */
  points: number;
  differences: Difference[];
}

const MEMBERS_AT_ONCE = 200;
/** A broken ledger may differ everywhere; the first ones tell enough. */
const DIFFERENCES_MAX = 1_000;

/** Reads everything there is and recomputes it; safe beside a serving engine. */
@Injectable()
export class VerifyService {
  constructor(@Inject(DataSource) private readonly dataSource: DataSource) {}

  async verify(onProgress?: (bucketsDone: number) => void): Promise<Verification> {
    const total: Verification = { members: 0, postings: 0, points: 0, differences: [] };
    const runner = this.dataSource.createQueryRunner();
    try {
      for (let bucket = 0; bucket < BUCKETS; bucket++) {
        await this.verifyBucket(runner, bucket, total);
        onProgress?.(bucket + 1);
      }
      return total;
    } finally {
      await runner.release();
    }
  }

  private async verifyBucket(
    runner: QueryRunner,
    bucket: number,
    total: Verification,
  ): Promise<void> {
    let after = '00000000-0000-0000-0000-000000000000';
    total.differences.push(...(await this.withoutAccount(runner, bucket)));
    for (;;) {
      const now = await this.now(runner);
      const members = await this.snapshot(runner, bucket, after);
      for (const member of members) {
        total.members += 1;
        if ('unreadable' in member) {
          total.differences.push(...member.unreadable);
          continue;
        }
        total.postings += member.postings.length;
        total.points += member.account.points + member.account.held;
        if (total.differences.length < DIFFERENCES_MAX) {
          total.differences.push(...checkMember(member, now));
        }
      }
      const last = members.at(-1);
      if (last === undefined || members.length < MEMBERS_AT_ONCE) return;
      after = last.memberId;
    }
  }

  /** Read before the snapshot, so that nothing in the snapshot is newer. */
  private async now(runner: QueryRunner): Promise<number> {
    const rows = await runner.manager.query<{ now: Date }[]>('SELECT programme_now() AS now');
    return rows[0]?.now.getTime() ?? 0;
  }

  /** One snapshot for the reads, so that a posting in between is seen whole or not at all. */
  private async snapshot(
    runner: QueryRunner,
    bucket: number,
    after: string,
  ): Promise<ReadMember[]> {
    await runner.startTransaction('REPEATABLE READ');
    try {
      return await this.read(runner, bucket, after);
    } finally {
      await runner.rollbackTransaction();
    }
  }

  /** Members whose postings are there and whose account is not. */
  private async withoutAccount(runner: QueryRunner, bucket: number): Promise<Difference[]> {
    const rows = await runner.manager.query<{ member_id: string }[]>(
      `SELECT DISTINCT p.member_id FROM postings p
        WHERE p.bucket = $1 AND NOT EXISTS (
          SELECT FROM accounts a WHERE a.bucket = p.bucket AND a.member_id = p.member_id)`,
      [bucket],
    );
    return rows.map(({ member_id }) => ({
      memberId: member_id,
      what: 'account',
      stored: 'missing',
      recomputed: 'named by postings',
    }));
  }

  private async read(runner: QueryRunner, bucket: number, after: string): Promise<ReadMember[]> {
    const accounts = await runner.manager.query<AccountRow[]>(
      `SELECT bucket, member_id, version, head, points, held, owed, pending, qualifying, remainder,
              tier, changes_at, newest_at, heard_at, review
         FROM accounts WHERE bucket = $1 AND member_id > $2 ORDER BY member_id LIMIT $3`,
      [bucket, after, MEMBERS_AT_ONCE],
    );
    const which = [bucket, accounts.map(({ member_id }) => member_id)];
    const of = 'WHERE p.bucket = $1 AND p.member_id = ANY ($2::uuid[]) ORDER BY p.member_id, p.seq';
    const postings = await runner.manager.query<PostingRow[]>(
      `SELECT ${postingColumns} FROM postings p ${of}`,
      which,
    );
    const entries = await runner.manager.query<EntryRow[]>(
      `SELECT p.member_id, p.seq, p.debit, p.credit, p.amount, p.lot_seq, p.lot_n
         FROM entries p ${of}, p.n`,
      which,
    );
    const lots = await runner.manager.query<LotRow[]>(
      `SELECT p.member_id, p.seq, p.n, p.funder, p.accrued_at, p.available_from, p.expires_at,
              p.amount, p.remaining, p.held, p.origin_seq, p.origin_n FROM lots p ${of}, p.n`,
      which,
    );
    const postingsOf = groupBy(postings, ({ member_id }) => member_id);
    const entriesOf = groupBy(entries, ({ member_id }) => member_id);
    const lotsOf = groupBy(lots, ({ member_id }) => member_id);
    return accounts.map((row) => {
      const memberId = row.member_id;
      const of = <Row>(rows: Map<string, Row[]>): Row[] => rows.get(memberId) ?? [];
      const postingRows = of(postingsOf);
      const unreadable = [
        ...unreadableOf([row], toAccount, () => 'account'),
        ...unreadableOf(postingRows, toPosting, ({ seq }) => `posting ${String(seq)}`),
        ...unreadableOf(of(lotsOf), toLot, ({ seq, n }) => `lot ${String(seq)}/${String(n)}`),
      ].map((what) => ({ memberId, what, stored: 'unreadable', recomputed: 'readable' }));
      if (unreadable.length > 0) return { memberId, unreadable };
      return {
        memberId,
        account: toAccount(row),
        postings: postingRows.map(toPosting),
        entries: of(entriesOf).map(toEntry),
        lots: of(lotsOf).map(toLot),
      };
    });
  }
}

/** A member of whom something cannot even be read; that is named, and nothing else judged. */
interface UnreadableMember {
  memberId: string;
  unreadable: Difference[];
}

type ReadMember = StoredMember | UnreadableMember;

/** The names of rows that hold what no row of ours holds, such as an infinite time. */
function unreadableOf<Row>(
  rows: readonly Row[],
  read: (row: Row) => unknown,
  nameOf: (row: Row) => string,
): string[] {
  return rows
    .filter((row) => {
      try {
        read(row);
        return false;
      } catch {
        return true;
      }
    })
    .map(nameOf);
}

interface EntryRow {
  member_id: string;
  seq: number;
  debit: AccountCode;
  credit: AccountCode;
  amount: string;
  lot_seq: number | null;
  lot_n: number | null;
}

const toEntry = (row: EntryRow): StoredEntry => ({
  seq: row.seq,
  debit: row.debit,
  credit: row.credit,
  amount: Number(row.amount),
  lotSeq: row.lot_seq,
  lotN: row.lot_n,
});
