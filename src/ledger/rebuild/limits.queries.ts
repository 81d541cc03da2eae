import type { QueryRunner } from 'typeorm';
import { blockOf } from '../../rules/partners/terms.js';
import { homeOf } from '../limits/slots.js';
import type { RowDifference } from './compare.js';

interface UsedRow {
  limit_id: string;
  bucket: number;
  stored: string | null;
  recomputed: string | null;
}

/**
 * What postings say is used of each slot. Effects that only tampering leaves are passed over; their
 * posting is named by its own check.
 */
const usedByPostings = `
  SELECT e.value->>0 AS limit_id, p.bucket, sum((e.value->>1)::bigint) AS used
    FROM postings p
   CROSS JOIN LATERAL json_array_elements(
     CASE WHEN json_typeof(p.effects->'shared') = 'array' THEN p.effects->'shared'
          ELSE '[]' END) AS e (value)
   WHERE p.effects::text LIKE '%"shared"%'
     AND CASE WHEN json_typeof(e.value) = 'array' THEN e.value->>1 ~ '^-?\\d{1,15}$' END
   GROUP BY 1, 2`;

/** Slots whose \`used\` is not the sum of what their postings use. */
async function findUsedDifferences(runner: QueryRunner): Promise<RowDifference[]> {
  const rows = await runner.manager.query<UsedRow[]>(
    `WITH used AS (
       SELECT w.limit_id, coalesce(l.home, w.bucket) AS bucket, sum(w.used) AS used
         FROM (${usedByPostings}) w LEFT JOIN limits l ON l.limit_id = w.limit_id
        GROUP BY 1, 2
     )
     SELECT coalesce(s.limit_id, u.limit_id) AS limit_id, coalesce(s.bucket, u.bucket) AS bucket,
            s.used::text AS stored, u.used::text AS recomputed
       FROM limit_slots s
       FULL JOIN used u ON u.limit_id = s.limit_id AND u.bucket = s.bucket
      WHERE s.used IS DISTINCT FROM coalesce(u.used, 0)`,
  );
  return rows.map(({ limit_id, bucket, stored, recomputed }) => ({
    table: 'limit_slots',
    row: `${String(bucket)}/${limit_id}`,
    column: stored === null ? '*' : 'used',
    stored: stored ?? 'missing',
    recomputed: recomputed ?? '0',
  }));
}

interface GrantedRow {
  limit_id: string;
  total: string | null;
  home: number | null;
  granted: string | null;
  slots: string;
  strays: number[] | null;
}

/**
 * Limits that were granted more or less than their slots have, whose slots are elsewhere than they
 * may be, or whose total is neither that of a version that has begun nor of the blocks topped up.
 */
async function findLimitDifferences(
  runner: QueryRunner,
  totalsOf: (limit: string) => readonly number[],
): Promise<RowDifference[]> {
  const toppedUp = await readToppedUp(runner);
  const rows = await runner.manager.query<GrantedRow[]>(
    `SELECT coalesce(l.limit_id, s.limit_id) AS limit_id, l.total, l.home, l.granted,
            coalesce(sum(s.granted), 0) AS slots,
            array_agg(s.bucket) FILTER (WHERE s.bucket <> l.home OR l.limit_id IS NULL) AS strays
       FROM limits l FULL JOIN limit_slots s ON s.limit_id = l.limit_id
      GROUP BY 1, 2, 3, 4`,
  );
  return rows.flatMap(({ limit_id: limit, total, home, granted, slots, strays }) => {
    const differs = (column: string, stored: unknown, recomputed: unknown): RowDifference => ({
      table: 'limits',
      row: limit,
      column,
      stored: String(stored),
      recomputed: String(recomputed),
    });
    const found = (strays ?? []).map((bucket) => ({
      table: 'limit_slots',
      row: `${String(bucket)}/${limit}`,
      column: '*',
      stored: 'present',
      recomputed: 'missing',
    }));
    if (total === null) return [...found, differs('*', 'missing', 'present')];
    const totals = toppedUp.has(limit) ? [toppedUp.get(limit) ?? 0] : totalsOf(limit);
    if (!totals.includes(Number(total))) found.push(differs('total', total, totals.join(' or ')));
    if (granted !== slots) found.push(differs('granted', granted, slots));
    // It is fixed by the first total a limit has, which may have grown or shrunk since.
    const only = homeOf(limit, 0);
    if (home !== null && home !== only) found.push(differs('home', home, only));
    return found;
  });
}

/** What blocks of partners come to, by the limit that counts them. */
async function readToppedUp(runner: QueryRunner): Promise<Map<string, number>> {
  const rows = await runner.manager.query<{ partner: string; points: string }[]>(
    'SELECT partner, sum(points) AS points FROM partner_blocks GROUP BY partner',
  );
  return new Map(rows.map(({ partner, points }) => [blockOf(partner), Number(points)]));
}

/** Law L17: what is stored of shared limits beside what postings and versions say. */
export async function compareLimits(
  runner: QueryRunner,
  totalsOf: (limit: string) => readonly number[],
): Promise<RowDifference[]> {
  return [
    ...(await findUsedDifferences(runner)),
    ...(await findLimitDifferences(runner, totalsOf)),
  ];
}
