import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

/** Rows of rolling limits at which nobody queues, and of which the ledger counts nothing. */
@Injectable()
export class IdleLimitsQueries {
  constructor(@Inject(DataSource) private readonly dataSource: DataSource) {}

  /** Ids that begin so, behind another one. */
  async idle(prefix: string, after: string, limit: number): Promise<string[]> {
    const rows = await this.dataSource.query<{ limit_id: string }[]>(`${idle} LIMIT $3`, [
      prefix,
      after,
      limit,
    ]);
    return rows.map(({ limit_id }) => limit_id);
  }

  /** How many there are once what was used up to an instant, in milliseconds, is forgotten. */
  async countIdle(prefix: string, before: number): Promise<number> {
    const [row] = await this.dataSource.query<{ rows: number }[]>(
      `SELECT count(*)::int AS rows FROM rolling_limits l
        WHERE starts_with(l.limit_id, $1) AND NOT EXISTS (
          SELECT FROM rolling_uses u WHERE u.limit_id = l.limit_id AND u.used_at > $2)`,
      [prefix, new Date(before)],
    );
    return row?.rows ?? 0;
  }

  /** How many uses there are up to an instant, in milliseconds, of limits whose ids begin so. */
  async countUses(prefix: string, before: number): Promise<number> {
    const [row] = await this.dataSource.query<{ rows: number }[]>(
      `SELECT count(*)::int AS rows FROM rolling_uses
        WHERE starts_with(limit_id, $1) AND used_at <= $2`,
      [prefix, new Date(before)],
    );
    return row?.rows ?? 0;
  }

  /** Forgets some of them, which no window may reach, and says how many; postings keep them. */
  async forget(prefix: string, before: number, limit: number): Promise<number> {
    const [, deleted] = await this.dataSource.query<[unknown[], number]>(
      `DELETE FROM rolling_uses WHERE (limit_id, used_at, bucket, member_id, seq) IN (
         SELECT limit_id, used_at, bucket, member_id, seq FROM rolling_uses
          WHERE starts_with(limit_id, $1) AND used_at <= $2
          LIMIT $3 FOR UPDATE SKIP LOCKED)`,
      [prefix, new Date(before), limit],
    );
    return deleted;
  }

  /**
   * Deletes some, in the order of their ids, and says how many. A row is nothing but a lock: one that
   * is held is left, and whoever comes later makes it anew.
   */
  async clear(prefix: string, limit: number): Promise<number> {
    const [, deleted] = await this.dataSource.query<[unknown[], number]>(
      `DELETE FROM rolling_limits WHERE limit_id IN (
         ${idle} LIMIT $3 FOR UPDATE SKIP LOCKED)`,
      [prefix, '', limit],
    );
    return deleted;
  }
}

const idle = `SELECT l.limit_id FROM rolling_limits l
   WHERE starts_with(l.limit_id, $1) AND l.limit_id > $2
     AND NOT EXISTS (SELECT FROM rolling_uses u WHERE u.limit_id = l.limit_id)
   ORDER BY l.limit_id`;
