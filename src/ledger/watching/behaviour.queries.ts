/** What monitors count of `seen`: each part answers in the columns of a figure. */
import type { Parameters } from '../../platform/database/parameters.js';
import { someOf, texts, type Habits, type WatchedRules, type Window } from './seen.queries.js';

/** A share, or null of nothing. */
const share = (hits: string, total: string): string => `(${hits})::float8 / nullif(${total}, 0)`;

interface Columns {
  monitor: string;
  /** Expressions. */
  subject: string;
  threshold?: string;
  hits: string;
  total: string;
  baseline: string;
  /** How many the baseline is of. */
  of: string;
  examples: string;
}

const figure = (columns: Columns): string => {
  const { monitor, subject, threshold = '0', hits, total, baseline, of, examples } = columns;
  return `SELECT '${monitor}' AS monitor, ${subject} AS subject, (${threshold})::bigint AS threshold,
    (${hits})::bigint AS hits, (${total})::bigint AS total, (${baseline})::float8 AS baseline,
    (${of})::bigint AS baseline_total, ${examples} AS examples`;
};

/** Purchases that follow on another one at the same place within half an hour. */
export function splitTexts({ split }: WatchedRules, parameters: Parameters): string[] {
  const before = 'count(*) FILTER (WHERE NOT is_now)';
  const all = figure({
    monitor: 'split',
    subject: "'programme'",
    hits: 'count(*) FILTER (WHERE is_now AND again)',
    total: 'count(*) FILTER (WHERE is_now)',
    baseline: share('count(*) FILTER (WHERE again AND NOT is_now)', before),
    of: before,
    examples: someOf('is_now AND again'),
  });
  const twice = 'again AND subject = ANY (before)';
  const one = figure({
    monitor: 'split',
    subject: 'subject',
    hits: `count(*) FILTER (WHERE ${twice})`,
    total: 'count(*)',
    baseline: share('max(t.again_all) - count(*) FILTER (WHERE again)', 'max(t.n) - count(*)'),
    of: 'max(t.n) - count(*)',
    examples: someOf(twice),
  });
  return [
    `${all} FROM repeats`,
    `${one} FROM repeats CROSS JOIN LATERAL unnest(heard) AS f (subject)
      CROSS JOIN (SELECT count(*) AS n, count(*) FILTER (WHERE again) AS again_all
                    FROM repeats WHERE is_now) t
      WHERE is_now AND subject = ANY (${texts(parameters, split)}) GROUP BY subject`,
  ];
}

/**
 * Purchases just above a threshold among those just above and just below it, 5 % to either side; held
 * against the same at half and at one and a half times the amount, where nothing begins.
 */
export function bunchingText({ thresholds }: WatchedRules, parameters: Parameters): string {
  const told = parameters.add(JSON.stringify(thresholds));
  // In fortieths of the amount, so that whole numbers do: from 95 % to 105 % of it, or of its parts.
  const near = (from: number, to: number): string =>
    `s.basis * 40 >= t.minor * ${String(from)} AND s.basis * 40 < t.minor * ${String(to)}`;
  const around = near(38, 42);
  const above = near(40, 42);
  const count = (where: string): string => `count(*) FILTER (WHERE ${where})`;
  const placebo = `${count(near(19, 21))} + ${count(near(57, 63))}`;
  const placeboAbove = `${count(near(20, 21))} + ${count(near(60, 63))}`;
  const columns = figure({
    monitor: 'bunching',
    subject: 't.subject',
    threshold: 't.minor',
    hits: count(above),
    total: count(around),
    baseline: share(placeboAbove, placebo),
    of: placebo,
    examples: someOf(above),
  });
  return `${columns} FROM seen s
      JOIN json_to_recordset(${told}::json) AS t (no int, subject text, minor bigint)
        ON t.no = s.version_no AND t.subject = ANY (s.met)
     WHERE s.is_now AND s.basis IS NOT NULL GROUP BY t.subject, t.minor`;
}

/** Purchases of which something came back, of those a bonus was paid for and of those without one. */
export function returnTexts({ bonus }: WatchedRules, parameters: Parameters): string[] {
  const columns = (subject: string): string =>
    figure({
      monitor: 'return-after-bonus',
      subject,
      hits: 'count(*) FILTER (WHERE back > 0)',
      total: 'count(*)',
      baseline: share('max(t.back_all)', 'max(t.n)'),
      of: 'max(t.n)',
      examples: someOf('back > 0'),
    });
  const others = `CROSS JOIN (SELECT count(*) AS n, count(*) FILTER (WHERE back > 0) AS back_all
      FROM seen WHERE is_now AND spent > 0 AND NOT bonus AND raised IS NULL) t`;
  return [
    `${columns('subject')} FROM seen CROSS JOIN LATERAL unnest(paid) AS f (subject) ${others}
      WHERE is_now AND spent > 0 AND subject = ANY (${texts(parameters, bonus)}) GROUP BY subject`,
    `${columns('raised')} FROM seen ${others}
      WHERE is_now AND spent > 0 AND raised IS NOT NULL GROUP BY raised`,
  ];
}

/**
 * Members who bought so often and each time drew an offer, held against how many would if they did not
 * mind days: by the part of all purchases that were made on days on which the offer paid somebody.
 */
export function offerTexts(
  { offers }: WatchedRules,
  { zone }: Window,
  { frequent }: Habits,
  parameters: Parameters,
): string[] {
  const day = `(at AT TIME ZONE ${parameters.add(zone)}::text)::date`;
  const drawn = `SELECT bucket, member_id, subject, ${day} AS day FROM seen
      CROSS JOIN LATERAL (SELECT unnest(paid) UNION ALL
                          SELECT 'programme' WHERE offered) AS f (subject)
     WHERE is_now AND (subject = 'programme' OR subject = ANY (${texts(parameters, offers)}))`;
  const columns = figure({
    monitor: 'offer-only',
    subject: 'd.subject',
    hits: 'count(*) FILTER (WHERE d.k = b.n)',
    total: '(SELECT count(*) FROM buyers)',
    baseline: `(SELECT avg(power(max(e.met), n)) FROM buyers)`,
    of: '(SELECT count(*) FROM buyers)',
    examples: someOf('d.k = b.n'),
  });
  return [
    `SELECT * FROM (
      WITH drawn AS MATERIALIZED (${drawn}),
      per_day AS (SELECT ${day} AS day, count(*) AS n FROM seen WHERE is_now GROUP BY 1),
      expected AS (
        SELECT o.subject, sum(p.n)::float8 / (SELECT sum(n) FROM per_day) AS met
          FROM (SELECT DISTINCT subject, day FROM drawn) o JOIN per_day p USING (day) GROUP BY 1),
      buyers AS MATERIALIZED (
        SELECT bucket, member_id, count(*) AS n FROM seen WHERE is_now
         GROUP BY 1, 2 HAVING count(*) >= ${String(frequent)}),
      drew AS (SELECT bucket, member_id, subject, count(*) AS k FROM drawn GROUP BY 1, 2, 3)
      ${columns} FROM drew d JOIN buyers b USING (bucket, member_id)
        JOIN expected e ON e.subject = d.subject GROUP BY d.subject) offers`,
  ];
}
