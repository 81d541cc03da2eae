import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type QueryRunner } from 'typeorm';
import { dayAfter, dayOf, startOfDay, type DailyHead, type Leaf } from './head.js';

/** Rows fetched from a cursor at once: some hundred kilobytes. */
const FETCHED_AT_ONCE = 2_000;

/** Any number that no other advisory lock of this database uses. */
const HEADS_LOCK = 7_002;

export interface DayLeaf extends Leaf {
  day: string;
  bucket: number;
}

interface HeadRow {
  bucket: number;
  day: string;
  root: string;
  previous: string;
  members: number;
  public_key: string;
  signature: string;
}

const base64 = (column: string): string => `translate(encode(${column}, 'base64'), E'\\n', '')`;

const headColumns = `bucket, day::text AS day, encode(root, 'hex') AS root,
  encode(previous, 'hex') AS previous, members, ${base64('public_key')} AS public_key,
  ${base64('signature')} AS signature`;

const toHead = ({ public_key, ...row }: HeadRow): DailyHead => ({ ...row, publicKey: public_key });

/** The table of daily heads, and the postings they are made of. */
@Injectable()
export class HeadsQueries {
  constructor(@Inject(DataSource) private readonly dataSource: DataSource) {}

  /** Runs work in a transaction that may take long, unless another process has the lock of it. */
  async whileLocked<T>(work: (runner: QueryRunner) => Promise<T>): Promise<T | undefined> {
    return this.inTransaction(async (runner) => {
      const rows = await runner.manager.query<{ locked: boolean }[]>(
        'SELECT pg_try_advisory_xact_lock($1) AS locked',
        [HEADS_LOCK],
      );
      return rows[0]?.locked === true ? work(runner) : undefined;
    });
  }

  async inTransaction<T>(
    work: (runner: QueryRunner) => Promise<T>,
    isolation: 'READ COMMITTED' | 'REPEATABLE READ' = 'READ COMMITTED',
  ): Promise<T> {
    const runner = this.dataSource.createQueryRunner();
    try {
      await runner.startTransaction(isolation);
      await runner.query('SET LOCAL statement_timeout = 0');
      await runner.query('SET LOCAL idle_in_transaction_session_timeout = 0');
      const result = await work(runner);
      await runner.commitTransaction();
      return result;
    } catch (error) {
      await runner.rollbackTransaction();
      throw error;
    } finally {
      await runner.release();
    }
  }

  /** Whether a transaction has been writing for so long that it may carry postings of days before. */
  async hasOldWriters(runner: QueryRunner, olderThanSeconds: number): Promise<boolean> {
    const rows = await runner.manager.query<unknown[]>(
      `SELECT FROM pg_stat_activity
        WHERE datname = current_database() AND backend_xid IS NOT NULL
          AND xact_start < clock_timestamp() - make_interval(secs => $1) LIMIT 1`,
      [olderThanSeconds],
    );
    return rows.length > 0;
  }

  /** The day that needs a head next: after the newest one, or of the first posting there is. */
  async nextDay(runner: QueryRunner): Promise<string | undefined> {
    const [newest] = await runner.manager.query<{ day: string | null }[]>(
      'SELECT max(day)::text AS day FROM daily_heads',
    );
    if (typeof newest?.day === 'string') return dayAfter(newest.day);
    const [first] = await runner.manager.query<{ at: Date | null }[]>(
      'SELECT min(recorded_at) AS at FROM postings',
    );
    return first?.at instanceof Date ? dayOf(first.at.getTime()) : undefined;
  }

  /** Each member's last posting of each day from one up to another, by day, bucket and member. */
  async *leaves(runner: QueryRunner, from: string, until: string): AsyncGenerator<DayLeaf> {
    await runner.query(
      `DECLARE leaves NO SCROLL CURSOR FOR
       SELECT DISTINCT ON (day, bucket, member_id)
              ((recorded_at AT TIME ZONE 'UTC')::date)::text COLLATE "C" AS day, bucket,
              member_id AS "memberId", seq, encode(hash, 'hex') AS hash
         FROM postings WHERE recorded_at >= $1 AND recorded_at < $2
        ORDER BY day, bucket, member_id, seq DESC`,
      [new Date(startOfDay(from)), new Date(startOfDay(dayAfter(until)))],
    );
    for (;;) {
      const rows = await runner.manager.query<DayLeaf[]>(
        `FETCH ${String(FETCHED_AT_ONCE)} FROM leaves`,
      );
      yield* rows;
      if (rows.length < FETCHED_AT_ONCE) break;
    }
    await runner.query('CLOSE leaves');
  }

  /** The heads of one day, or of all days, by day and bucket. */
  async heads(day?: string, runner?: QueryRunner): Promise<DailyHead[]> {
    const rows = await (runner?.manager ?? this.dataSource).query<HeadRow[]>(
      `SELECT ${headColumns} FROM daily_heads
        WHERE $1::date IS NULL OR day = $1 ORDER BY day, bucket`,
      [day ?? null],
    );
    return rows.map(toHead);
  }

  async days(): Promise<string[]> {
    const rows = await this.dataSource.query<{ day: string }[]>(
      'SELECT DISTINCT day::text AS day FROM daily_heads ORDER BY day',
    );
    return rows.map(({ day }) => day);
  }

  async insert(runner: QueryRunner, heads: readonly DailyHead[]): Promise<void> {
    await runner.query(
      `INSERT INTO daily_heads (bucket, day, root, previous, members, public_key, signature)
       SELECT bucket, day, decode(root, 'hex'), decode(previous, 'hex'), members,
              decode("publicKey", 'base64'), decode(signature, 'base64')
         FROM json_to_recordset($1) AS h (bucket smallint, day date, root text, previous text,
              members integer, "publicKey" text, signature text)`,
      [JSON.stringify(heads)],
    );
  }
}
