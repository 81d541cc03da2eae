import { readFile } from 'node:fs/promises';
import { asAdministrator } from './importers.js';

/** What a database holds, in a form in which two of them can be compared. */
export interface Holdings {
  fsync: string;
  /** From the first posting to the last. */
  seconds: number;
  /** Every posting with all that does not tell when it was written, by member and number. */
  postings: string[];
  /** How many rows each table has. */
  rows: Record<string, number>;
  /** Keys and references that lead to no posting, and postings that neither leads to. */
  strays: Record<string, number>;
}

const postings = `
  SELECT concat_ws(' ', p.member_id, p.seq, p.kind, u.reference, l.points, p.billionths,
                   p.remainder_after, p.points_after, p.qualifying_after, p.tier_after,
                   p.version_no, p.caller, p.idem_key, encode(p.body_hash, 'hex'),
                   p.occurred_at, p.explanation, p.effects, u.content) AS posting
    FROM postings p
    LEFT JOIN purchases u USING (bucket, member_id, seq)
    LEFT JOIN (SELECT bucket, member_id, seq, sum(amount) AS points
                 FROM lots GROUP BY bucket, member_id, seq) l USING (bucket, member_id, seq)
   ORDER BY p.member_id, p.seq`;

const tables = [
  ...['postings', 'entries', 'lots', 'counters', 'outbox', 'purchases', 'standings', 'accounts'],
  ...['request_keys', 'purchase_references'],
];

const strays = {
  keys: `SELECT FROM request_keys k WHERE NOT EXISTS (
           SELECT FROM postings p
            WHERE p.bucket = k.bucket AND p.member_id = k.member_id AND p.caller = k.caller
              AND p.operation = k.operation AND p.idem_key = k.idem_key
              AND p.body_hash = k.body_hash)`,
  references: `SELECT FROM purchase_references r WHERE NOT EXISTS (
                 SELECT FROM purchases u JOIN postings p USING (bucket, member_id, seq)
                  WHERE u.bucket = r.bucket AND u.member_id = r.member_id
                    AND u.retailer = r.retailer AND u.reference_hmac = r.hmac
                    AND p.kind = 'accrue')`,
  purchases: `SELECT FROM purchases u WHERE NOT EXISTS (
                SELECT FROM purchase_references r
                 WHERE r.hmac = u.reference_hmac AND r.retailer = u.retailer)`,
};

export async function holdingsOf(home: string): Promise<Holdings> {
  return asAdministrator(home, async (sql) => {
    const count = async (text: string): Promise<number> => {
      const [row] = await sql<{ n: number }>(`SELECT count(*)::int AS n FROM (${text}) t`);
      return row?.n ?? NaN;
    };
    const [facts] = await sql<{ fsync: string; seconds: number }>(
      `SELECT current_setting('fsync') AS fsync,
              extract(epoch FROM max(recorded_at) - min(recorded_at))::float AS seconds
         FROM postings`,
    );
    const { fsync = '', seconds = NaN } = facts ?? {};
    const found: Holdings = { fsync, seconds, postings: [], rows: {}, strays: {} };
    found.postings = (await sql<{ posting: string }>(postings)).map(({ posting }) => posting);
    for (const table of tables) found.rows[table] = await count(`SELECT FROM ${table}`);
    for (const [name, text] of Object.entries(strays)) found.strays[name] = await count(text);
    return found;
  });
}

/** The first place where two lists differ, since printing all would hide it. */
export function firstDifference(
  left: readonly string[],
  right: readonly string[],
): { at: number; left: string | undefined; right: string | undefined } | undefined {
  const length = Math.max(left.length, right.length);
  for (let at = 0; at < length; at++) {
    if (left[at] !== right[at]) return { at, left: left[at], right: right[at] };
  }
  return undefined;
}

/** The lines of an error file as `12 unknown_member`. */
export async function refusedIn(errorsFile: string): Promise<string[]> {
  const text = await readFile(errorsFile, 'utf8');
  return text
    .split('\n')
    .filter((row) => row !== '')
    .map((row) => {
      const { line, code } = JSON.parse(row) as { line: number; code: string };
      return `${line} ${code}`;
    });
}
