import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import type { Figure, Verdict } from './judging/judge.js';
import type { MonitorName } from './judging/kinds.js';

/** A figure with what became of it, to be kept. */
export interface Judged extends Omit<Figure, 'baseline' | 'baselineTotal'>, Verdict {
  versionNo: number;
}

export interface Result extends Judged {
  /** As `2026-06-30`. */
  day: string;
  asOf: number;
  /** First day of the alert that stands; null = it does not alert. */
  since: string | null;
}

/** What results are about; undefined = whatever it is. */
export interface Wanted {
  monitor?: MonitorName | undefined;
  state?: Verdict['state'] | undefined;
  subject?: string | undefined;
}

interface Row {
  day: string;
  monitor: MonitorName;
  subject: string;
  threshold: string;
  as_of: Date;
  version_no: number;
  hits: string;
  total: string;
  baseline: number | null;
  most: number;
  state: Verdict['state'];
  since: string | null;
  examples: string[];
}

const columns = `day::text AS day, monitor, subject, threshold, as_of, version_no, hits, total,
  baseline, most, state, since::text AS since, examples`;

const toResult = (row: Row): Result => ({
  day: row.day,
  monitor: row.monitor,
  subject: row.subject,
  threshold: Number(row.threshold),
  asOf: row.as_of.getTime(),
  versionNo: row.version_no,
  hits: Number(row.hits),
  total: Number(row.total),
  baseline: row.baseline,
  most: row.most,
  state: row.state,
  since: row.since,
  examples: row.examples,
});

const newest = '(SELECT max(day) FROM monitor_results)';

/** What monitors found, night by night. */
@Injectable()
export class ResultsQueries {
  constructor(@Inject(DataSource) private readonly dataSource: DataSource) {}

  /**
   * Keeps a night whole in place of what was kept of its day; returns the alerts that began. One that
   * stood the night before goes on, and has the day it began.
   */
  async keep(day: string, asOf: number, judged: readonly Judged[]): Promise<Result[]> {
    return this.dataSource.transaction(async (tx) => {
      await tx.query('DELETE FROM monitor_results WHERE day = $1::date', [day]);
      await tx.query(
        `INSERT INTO monitor_results (day, monitor, subject, threshold, as_of, made_at, version_no,
                                      hits, total, baseline, most, state, since, examples)
         SELECT $1::date, u.monitor, u.subject, u.threshold, $2, programme_now(), u."versionNo",
                u.hits, u.total, u.baseline, u.most, u.state,
                CASE WHEN u.state = 'alerting' THEN coalesce(b.since, $1::date) END, u.examples
           FROM json_to_recordset($3::json) AS u (monitor text, subject text, threshold bigint,
                  "versionNo" int, hits bigint, total bigint, baseline float8, most float8,
                  state text, examples uuid[])
           LEFT JOIN LATERAL (
             SELECT r.since FROM monitor_results r
              WHERE r.monitor = u.monitor AND r.subject = u.subject
                AND r.threshold = u.threshold AND r.day < $1::date
              ORDER BY r.day DESC LIMIT 1) b ON true`,
        [day, new Date(asOf), JSON.stringify(judged)],
      );
      return begunOn(tx, day);
    });
  }

  /** Of the newest night; alerts first. */
  async latest({ monitor, state, subject }: Wanted): Promise<Result[]> {
    const rows = await this.dataSource.query<Row[]>(
      `SELECT ${columns} FROM monitor_results
        WHERE day = ${newest} AND ($1::text IS NULL OR monitor = $1)
          AND ($2::text IS NULL OR state = $2) AND ($3::text IS NULL OR subject = $3)
        ORDER BY state <> 'alerting', monitor, subject, threshold`,
      [monitor ?? null, state ?? null, subject ?? null],
    );
    return rows.map(toResult);
  }

  /** One monitor night by night, the newest first. */
  async history(monitor: MonitorName, subject: string, limit: number): Promise<Result[]> {
    const rows = await this.dataSource.query<Row[]>(
      `SELECT ${columns} FROM monitor_results WHERE monitor = $1 AND subject = $2
        ORDER BY monitor_results.day DESC, threshold LIMIT $3`,
      [monitor, subject, limit],
    );
    return rows.map(toResult);
  }

  /** The share that one had on the newest day up to another one. */
  async shareBy(
    monitor: MonitorName,
    subject: string,
    day: string,
  ): Promise<{ share: number; total: number } | undefined> {
    const [row] = await this.dataSource.query<{ hits: string; total: string }[]>(
      `SELECT hits, total FROM monitor_results
        WHERE monitor = $1 AND subject = $2 AND day <= $3::date AND total > 0
        ORDER BY monitor_results.day DESC LIMIT 1`,
      [monitor, subject, day],
    );
    if (row === undefined) return undefined;
    return { share: Number(row.hits) / Number(row.total), total: Number(row.total) };
  }

  /** How many of each monitor alert in the newest night. */
  async alerting(): Promise<Map<string, number>> {
    const rows = await this.dataSource.query<{ monitor: string; n: number }[]>(
      `SELECT monitor, count(*)::int AS n FROM monitor_results
        WHERE day = ${newest} AND state = 'alerting' GROUP BY 1`,
    );
    return new Map(rows.map(({ monitor, n }) => [monitor, n]));
  }

  /** Forgets nights before a day; returns how many rows they were. */
  async forget(day: string): Promise<number> {
    const [, forgotten] = await this.dataSource.query<[unknown[], number]>(
      'DELETE FROM monitor_results WHERE day < $1::date',
      [day],
    );
    return forgotten;
  }
}

async function begunOn(tx: EntityManager, day: string): Promise<Result[]> {
  const rows = await tx.query<Row[]>(
    `SELECT ${columns} FROM monitor_results WHERE day = $1::date AND since = $1::date
      ORDER BY monitor, subject, threshold`,
    [day],
  );
  return rows.map(toResult);
}
