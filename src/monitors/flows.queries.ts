import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { DayFlow } from '../ledger/watching/day-flows.queries.js';

/** Whole points of a stretch of days. */
export interface Flows {
  issued: number;
  expired: number;
  /** Days that are known of it. */
  days: number;
}

/** What was issued and went by expiry on each day that is over: read once, and kept. */
@Injectable()
export class FlowsQueries {
  constructor(@Inject(DataSource) private readonly dataSource: DataSource) {}

  /** The newest day kept before one, as `2026-06-30`. */
  async newestBefore(day: string): Promise<string | undefined> {
    const [row] = await this.dataSource.query<{ day: string | null }[]>(
      'SELECT max(day)::text AS day FROM monitor_flows WHERE day < $1::date',
      [day],
    );
    return row?.day ?? undefined;
  }

  /** Keeps all days from one on, before another; those that nothing is known of had nothing. */
  async keep(from: string, until: string, flows: readonly DayFlow[]): Promise<void> {
    await this.dataSource.query(
      `INSERT INTO monitor_flows (day, issued, expired)
       SELECT d.day::date, coalesce(f.issued, 0), coalesce(f.expired, 0)
         FROM generate_series($1::date::timestamp, $2::date::timestamp - interval '1 day',
                              interval '1 day') AS d (day)
         LEFT JOIN json_to_recordset($3::json) AS f (day date, issued bigint, expired bigint)
           ON f.day = d.day::date
       ON CONFLICT (day) DO NOTHING`,
      [from, until, JSON.stringify(flows)],
    );
  }

  /** Sums of the days from one on, before another. */
  async sum(from: string, until: string): Promise<Flows> {
    const [row] = await this.dataSource.query<Record<keyof Flows, string>[]>(
      `SELECT coalesce(sum(issued), 0) AS issued, coalesce(sum(expired), 0) AS expired,
              count(*) AS days
         FROM monitor_flows WHERE day >= $1::date AND day < $2::date`,
      [from, until],
    );
    const { issued = '0', expired = '0', days = '0' } = row ?? {};
    return { issued: Number(issued), expired: Number(expired), days: Number(days) };
  }
}
