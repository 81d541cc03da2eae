import type pg from 'pg';
import type { LoadResult } from '../load/task.js';

/** Sums over the whole ledger; what two readings differ by is what happened between them. */
export interface Totals {
  accruals: number;
  holds: number;
  captures: number;
  /** Points that entries issued, that lots were opened with, and that postings say. */
  issued: number;
  lotAmounts: number;
}

const numbers = async <Key extends string>(
  admin: pg.Client,
  text: string,
): Promise<Record<Key, number>> => {
  const { rows } = await admin.query<Record<Key, string | null>>(text);
  const entries = Object.entries<string | null>(rows[0] ?? {});
  return Object.fromEntries(entries.map(([key, value]) => [key, Number(value)])) as Record<
    Key,
    number
  >;
};

/** A purchase that comes late may make others worth more, which nobody was told as its points. */
const notCorrected = (table: string): string =>
  `WHERE NOT EXISTS (SELECT FROM (SELECT bucket, member_id, seq FROM postings WHERE kind = 'correct') c
     WHERE (c.bucket, c.member_id, c.seq) = (${table}.bucket, ${table}.member_id, ${table}.seq))`;

export async function readTotals(admin: pg.Client): Promise<Totals> {
  return numbers(
    admin,
    `SELECT (SELECT count(*) FROM postings WHERE kind = 'accrue') AS accruals,
            (SELECT count(*) FROM postings WHERE kind = 'hold') AS holds,
            (SELECT count(*) FROM postings WHERE kind = 'redeem') AS captures,
            (SELECT coalesce(sum(e.amount), 0) FROM entries e ${notCorrected('e')}
               AND e.debit = 'issued') AS issued,
            (SELECT coalesce(sum(l.amount), 0) FROM lots l ${notCorrected('l')}) AS "lotAmounts"`,
  );
}

/** Laws that hold at any time; each is a query that counts the rows that break it. */
const laws: readonly [string, string][] = [
  [
    'accounts have what their lots have left',
    `SELECT count(*) AS broken FROM accounts a
       LEFT JOIN (SELECT bucket, member_id, sum(remaining) AS remaining, sum(held) AS held
                    FROM lots GROUP BY 1, 2) l USING (bucket, member_id)
      WHERE a.points + a.held <> coalesce(l.remaining, 0) OR a.held <> coalesce(l.held, 0)`,
  ],
  [
    'entries come to what accounts have',
    `SELECT count(*) AS broken FROM accounts a
       LEFT JOIN (SELECT bucket, member_id,
                         sum(CASE WHEN credit = 'points' THEN amount ELSE 0 END
                           - CASE WHEN debit = 'points' THEN amount ELSE 0 END) AS points
                    FROM entries GROUP BY 1, 2) e USING (bucket, member_id)
      WHERE a.points <> coalesce(e.points, 0)`,
  ],
  [
    'postings are numbered without gaps, and accounts know the last',
    `SELECT count(*) AS broken FROM accounts a
       LEFT JOIN (SELECT bucket, member_id, count(*) AS n, max(seq) AS last
                    FROM postings GROUP BY 1, 2) p USING (bucket, member_id)
      WHERE a.version <> coalesce(p.n, 0) OR a.version <> coalesce(p.last, 0)`,
  ],
  [
    'every accrual has its purchase, and every posting its event row and key',
    `SELECT abs((SELECT count(*) FROM postings WHERE kind = 'accrue')
              - (SELECT count(*) FROM purchases))
          + abs((SELECT count(*) FROM postings) - (SELECT count(*) FROM outbox))
          + abs((SELECT count(*) FROM postings WHERE idem_key IS NOT NULL)
              - (SELECT count(*) FROM request_keys)) AS broken`,
  ],
];

/** What was acknowledged over HTTP between two readings. */
export interface Acknowledged {
  accruals: number;
  points: number;
  holds: number;
  captures: number;
}

/** What loads that only bought something were told. */
export function bought(results: readonly LoadResult[]): Acknowledged {
  return {
    accruals: results.reduce((sum, { acknowledged }) => sum + acknowledged, 0),
    points: results.reduce((sum, { points }) => sum + points, 0),
    holds: 0,
    captures: 0,
  };
}

/** Throws when the ledger is not exactly what was acknowledged, or breaks a law. */
export async function checkLedger(
  admin: pg.Client,
  before: Totals,
  acknowledged: Acknowledged,
): Promise<void> {
  const after = await readTotals(admin);
  const { accruals, points, holds, captures } = acknowledged;
  const wrong: string[] = [];
  const compare = (what: string, found: number, expected: number): void => {
    if (found !== expected) wrong.push(`${what}: ${found} in the ledger, ${expected} acknowledged`);
  };
  compare('accruals', after.accruals - before.accruals, accruals);
  compare('holds', after.holds - before.holds, holds);
  compare('captures', after.captures - before.captures, captures);
  compare('points of entries', after.issued - before.issued, points);
  compare('points of lots', after.lotAmounts - before.lotAmounts, points);
  for (const [law, text] of laws) {
    const { broken } = await numbers<'broken'>(admin, text);
    if (broken !== 0) wrong.push(`not so for ${broken}: ${law}`);
  }
  if (wrong.length > 0) throw new Error(`The ledger is wrong: ${wrong.join('; ')}`);
}
