import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { Parameters } from '../../platform/database/parameters.js';
import { bunchingText, offerTexts, returnTexts, splitTexts } from './behaviour.queries.js';
import { peopleTexts } from './people.queries.js';
import { instant, seenText, type Habits, type WatchedRules, type Window } from './seen.queries.js';

/** What was counted of one subject. */
export interface Counted {
  monitor: string;
  subject: string;
  /** Minor units at which a rule begins to pay; 0 = it is about no threshold. */
  threshold: number;
  hits: number;
  total: number;
  /** The share among those it is compared with, and how many cases they are. */
  baseline: number | null;
  baselineTotal: number;
  /** Ids of members. */
  examples: readonly string[];
}

interface Row {
  monitor: string;
  subject: string;
  threshold: string;
  hits: string;
  total: string;
  baseline: number | null;
  baseline_total: string;
  examples: string[] | null;
}

const toCounted = (row: Row): Counted => ({
  monitor: row.monitor,
  subject: row.subject,
  threshold: Number(row.threshold),
  hits: Number(row.hits),
  total: Number(row.total),
  baseline: row.baseline,
  baselineTotal: Number(row.baseline_total),
  examples: row.examples ?? [],
});

/**
 * Counts what members and staff did, in two statements that read the postings of the window and of as
 * many days before by the summary of their time, and no others.
 */
@Injectable()
export class FiguresQueries {
  constructor(@Inject(DataSource) private readonly dataSource: DataSource) {}

  /** Throws when a statement takes longer than allowed. */
  async read(
    watched: WatchedRules,
    window: Window,
    habits: Habits,
    withinMs: number,
  ): Promise<Counted[]> {
    return this.dataSource.transaction('REPEATABLE READ', async (tx) => {
      await tx.query(`SET LOCAL statement_timeout = ${String(Math.ceil(withinMs))}`);
      // Ten examples need no sorting of all cases; and what is compiled is run but once.
      await tx.query('SET LOCAL enable_presorted_aggregate = off');
      await tx.query('SET LOCAL jit = off');
      return [...(await membersIn(tx, watched, window, habits)), ...(await staffIn(tx, window))];
    });
  }
}

async function membersIn(
  tx: EntityManager,
  watched: WatchedRules,
  window: Window,
  habits: Habits,
): Promise<Counted[]> {
  const parameters = new Parameters();
  const seen = seenText(window, watched, habits, parameters);
  const parts = [
    ...splitTexts(watched, parameters),
    bunchingText(watched, parameters),
    ...returnTexts(watched, parameters),
    ...offerTexts(watched, window, habits, parameters),
    ...peopleTexts(watched, window, habits, parameters),
  ];
  const rows = await tx.query<Row[]>(
    `WITH ${seen} ${parts.map((part) => `(${part})`).join(' UNION ALL ')}`,
    parameters.values,
  );
  return rows.map(toCounted);
}

/**
 * What staff did by hand to points and tiers in the window: how much of it one of them did, and how
 * much of what one did was for one member. Whoever asked counts, not who approved; where there is one
 * alone, who does it all says nothing.
 */
async function staffIn(tx: EntityManager, { half, asOf }: Window): Promise<Counted[]> {
  const parameters = new Parameters();
  const span = `recorded_at >= ${instant(parameters, half)}
                AND recorded_at < ${instant(parameters, asOf)}`;
  const rows = await tx.query<Row[]>(
    `WITH acts AS MATERIALIZED (
       SELECT coalesce((SELECT substring(u->>0 FROM length('adjust/user/') + 1)
                          FROM json_array_elements(effects->'uses') AS u
                         WHERE starts_with(u->>0, 'adjust/user/') LIMIT 1),
                       substring(caller FROM length('u/') + 1)) AS staff, member_id
         FROM postings
        WHERE ${span} AND (kind IN ('adjust', 'reinstate', 'extend', 'clear')
                           OR kind = 'review' AND effects->'granted' IS NOT NULL)),
     known AS (SELECT 'staff/' || staff AS subject, member_id FROM acts WHERE staff <> ''),
     pairs AS (SELECT subject, member_id, count(*) AS n FROM known GROUP BY 1, 2),
     totals AS (SELECT sum(n)::bigint AS n, count(DISTINCT subject) AS staff,
                       count(DISTINCT member_id) AS members FROM pairs)
     SELECT 'staff-share' AS monitor, subject, 0 AS threshold, sum(p.n)::bigint AS hits,
            max(t.n) AS total, 1.0::float8 / max(t.staff) AS baseline, max(t.n) AS baseline_total,
            (array_agg(member_id ORDER BY p.n DESC, member_id))[1:10] AS examples
       FROM pairs p CROSS JOIN totals t WHERE t.staff > 1 GROUP BY subject
      UNION ALL
     SELECT 'staff-favourite', subject, 0, max(p.n), sum(p.n)::bigint,
            1.0::float8 / max(t.members), max(t.n),
            (array_agg(member_id ORDER BY p.n DESC, member_id))[1:1]
       FROM pairs p CROSS JOIN totals t GROUP BY subject`,
    parameters.values,
  );
  return rows.map(toCounted);
}
