import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { LimitReader, RowWriter, Tx } from '../ledger/command.js';
import { LedgerService } from '../ledger/ledger.service.js';
import { waitingLimitOf } from '../rules/actions/adjustment-limits.js';
import type { RollingLimit } from '../rules/limits.js';

/** An approval that waits, by who asked for it. */
export interface WaitingRow {
  requester: string;
  lapses_at: string;
  bucket: number;
  member_id: string;
  n: number;
}

/** Writes what waits from now on, and forgets what of the same users has lapsed. */
export const waitingWriter: RowWriter<WaitingRow & { requested_at: string }> = {
  write: async (tx, rows) => {
    const values = [JSON.stringify(rows)];
    const forgotten = tx.query({
      name: 'forget-waiting',
      text: `DELETE FROM approvals_waiting w
              USING json_to_recordset($1) AS u (requester uuid, requested_at timestamptz)
              WHERE w.requester = u.requester AND w.lapses_at <= u.requested_at`,
      values,
    });
    const inserted = tx.query({
      name: 'insert-waiting',
      text: `INSERT INTO approvals_waiting (requester, lapses_at, bucket, member_id, n)
             SELECT requester, lapses_at, bucket, member_id, n
               FROM json_populate_recordset(NULL::approvals_waiting, $1)`,
      values,
    });
    await Promise.allSettled([forgotten, inserted]);
    await Promise.all([forgotten, inserted]);
  },
};

/** Takes away what is decided; what has lapsed may be gone already. */
export const decidedWriter: RowWriter<WaitingRow> = {
  write: (tx, rows) =>
    tx.query({
      name: 'delete-waiting',
      text: `DELETE FROM approvals_waiting w
              USING json_populate_recordset(NULL::approvals_waiting, $1) u
              WHERE w.requester = u.requester AND w.lapses_at = u.lapses_at
                AND w.bucket = u.bucket AND w.member_id = u.member_id AND w.n = u.n`,
      values: [JSON.stringify(rows)],
    }),
};

/** How many approvals staff users have waiting, read behind the locks of their limits. */
@Injectable()
export class WaitingQueries implements LimitReader, OnModuleInit {
  constructor(
    @Inject(LedgerService) private readonly ledger: LedgerService,
    @Inject(DataSource) private readonly dataSource: DataSource,
  ) {}

  onModuleInit(): void {
    this.ledger.register({ limitReader: this });
  }

  /** How many have lapsed by an instant, in milliseconds. */
  async countLapsed(by: number): Promise<number> {
    const [row] = await this.dataSource.query<{ rows: number }[]>(
      'SELECT count(*)::int AS rows FROM approvals_waiting WHERE lapses_at <= $1',
      [new Date(by)],
    );
    return row?.rows ?? 0;
  }

  /** Forgets some of them, and says how many; what was asked for stays among the approvals. */
  async forgetLapsed(by: number, limit: number): Promise<number> {
    const [, deleted] = await this.dataSource.query<[unknown[], number]>(
      `DELETE FROM approvals_waiting WHERE (requester, lapses_at, bucket, member_id, n) IN (
         SELECT requester, lapses_at, bucket, member_id, n FROM approvals_waiting
          WHERE lapses_at <= $1 LIMIT $2 FOR UPDATE SKIP LOCKED)`,
      [new Date(by), limit],
    );
    return deleted;
  }

  async read(tx: Tx, limits: readonly RollingLimit[], now: number): Promise<Map<string, number>> {
    const users = new Map(
      limits.flatMap(({ id }) => {
        const user = waitingLimitOf(id);
        return user === undefined ? [] : [[user, id] as const];
      }),
    );
    if (users.size === 0) return new Map();
    const { rows } = await tx.query<{ requester: string; waiting: number }>({
      name: 'read-waiting',
      text: `SELECT w.requester, count(*)::int AS waiting
               FROM approvals_waiting w
              WHERE w.requester = ANY ($1::uuid[]) AND w.lapses_at > $2
              GROUP BY w.requester`,
      values: [[...users.keys()], new Date(now)],
    });
    return new Map(rows.map(({ requester, waiting }) => [users.get(requester) ?? '', waiting]));
  }
}
