import type { QueryRunner } from 'typeorm';
import { isMemberId } from '../address.js';
import type { RowDifference } from './compare.js';
import { spell } from './stored.reader.js';

/** Differences of one kind that are named at most; more of them tell no more. */
const NAMED_MAX = 1_000;

const keys = {
  postings: ['seq'],
  entries: ['seq', 'n'],
  lots: ['seq', 'n'],
  counters: ['counter', 'period_start'],
  standings: ['from_seq'],
  redemptions: ['seq'],
  purchases: ['seq'],
  rolling_uses: ['seq', 'limit_id', 'used_at'],
  waiting_points: ['seq'],
  point_sales: ['seq'],
} as const;

const instants = new Set(['period_start', 'used_at']);

/** Names rows as comparing them does. */
const nameOf = (columns: readonly string[]): string => {
  const spelt = ['bucket', 'member_id', ...columns].map((column) =>
    spell(column, instants.has(column) ? 'timestamp with time zone' : 'text'),
  );
  return `concat_ws('/', ${spelt.join()})`;
};

/** Buckets, both ends included; an end left out is open. */
interface BucketRange {
  from?: number;
  until?: number;
}

const isIn = (bucket: string, { from, until }: BucketRange): string =>
  [
    ...(from === undefined ? [] : [`${bucket} >= ${String(from)}`]),
    ...(until === undefined ? [] : [`${bucket} <= ${String(until)}`]),
  ].join(' AND ');

type Difference = Omit<RowDifference, 'doubtful'>;

/** Rows of members who have no account, and accounts that are missing or too many. */
export async function findOrphans(runner: QueryRunner, range: BucketRange): Promise<Difference[]> {
  const where = isIn('t.bucket', range);
  const noAccount = `NOT EXISTS (SELECT FROM accounts a
    WHERE a.bucket = t.bucket AND a.member_id = t.member_id)`;
  const parts = Object.entries(keys).map(
    ([table, columns]) =>
      `(SELECT '${table}' AS "table", ${nameOf(columns)} AS row, t.member_id
          FROM ${table} t WHERE ${where} AND ${noAccount} LIMIT ${String(NAMED_MAX)})`,
  );
  const rows = await runner.manager.query<{ table: string; row: string; member_id: string }[]>(
    parts.join(' UNION ALL '),
  );
  const lost = await runner.manager.query<{ row: string; stored: string; recomputed: string }[]>(
    `(SELECT ${nameOf([])} AS row, 'missing' AS stored, 'present' AS recomputed
        FROM members t WHERE ${where} AND ${noAccount} LIMIT ${String(NAMED_MAX)})
     UNION ALL
     (SELECT ${nameOf([])} AS row, 'present' AS stored, 'missing' AS recomputed
        FROM accounts t WHERE ${where} AND NOT EXISTS (
          SELECT FROM members m WHERE m.bucket = t.bucket AND m.member_id = t.member_id)
       LIMIT ${String(NAMED_MAX)})`,
  );
  return [
    ...lost.map((each) => ({ table: 'accounts', column: '*', ...each })),
    ...rows.map(({ table, row, member_id }) => {
      const whose = isMemberId(member_id) ? 'of no account here' : 'of no member';
      return { table, row, column: 'member_id', stored: whose, recomputed: 'missing' };
    }),
  ];
}

/** Law L5: each keyed posting has its address, each purchase its reference, each voucher a code. */
export async function findLostAddresses(
  runner: QueryRunner,
  range: BucketRange,
): Promise<Difference[]> {
  const keysLost = await runner.manager.query<Difference[]>(
    `SELECT 'request_keys' AS "table", concat_ws('/', p.idem_key, p.caller, p.operation) AS row,
            CASE WHEN k.idem_key IS NULL THEN '*' ELSE 'body_hash' END AS column,
            coalesce(concat_ws(' ', k.bucket, k.member_id, encode(k.body_hash, 'hex')), '') AS stored,
            concat_ws(' ', p.bucket, p.member_id, encode(p.body_hash, 'hex')) AS recomputed
       FROM postings p LEFT JOIN request_keys k
         ON k.idem_key = p.idem_key AND k.caller = p.caller AND k.operation = p.operation
      WHERE ${isIn('p.bucket', range)} AND p.idem_key IS NOT NULL
        AND (k.bucket, k.member_id, k.body_hash)
            IS DISTINCT FROM (p.bucket, p.member_id, p.body_hash)
      LIMIT $1`,
    [NAMED_MAX],
  );
  const referencesLost = await runner.manager.query<Difference[]>(
    `SELECT 'purchase_references' AS "table",
            concat_ws('/', encode(u.reference_hmac, 'hex'), u.retailer) AS row,
            CASE WHEN r.hmac IS NULL THEN '*' ELSE 'body_hash' END AS column,
            coalesce(concat_ws(' ', r.bucket, r.member_id, encode(r.body_hash, 'hex')), '') AS stored,
            concat_ws(' ', u.bucket, u.member_id, encode(p.body_hash, 'hex')) AS recomputed
       FROM purchases u
       JOIN postings p
         ON p.bucket = u.bucket AND p.member_id = u.member_id AND p.seq = u.seq
       LEFT JOIN purchase_references r ON r.hmac = u.reference_hmac AND r.retailer = u.retailer
      WHERE ${isIn('u.bucket', range)}
        AND (r.bucket, r.member_id, r.body_hash)
            IS DISTINCT FROM (u.bucket, u.member_id, p.body_hash)
      LIMIT $1`,
    [NAMED_MAX],
  );
  const vouchersLost = await runner.manager.query<Difference[]>(
    `SELECT 'voucher_codes' AS "table", concat_ws('/', r.bucket, r.member_id, r.seq) AS row,
            '*' AS column, 'missing' AS stored, 'present' AS recomputed
       FROM redemptions r
      WHERE ${isIn('r.bucket', range)} AND r.usable_until IS NOT NULL AND NOT EXISTS (
        SELECT FROM voucher_codes v
         WHERE v.bucket = r.bucket AND v.member_id = r.member_id AND v.seq = r.seq)
      LIMIT $1`,
    [NAMED_MAX],
  );
  const couponsLost = await runner.manager.query<Difference[]>(
    `SELECT 'coupon_uses' AS "table", concat_ws('/', p.bucket, p.member_id, p.seq) AS row,
            '*' AS column, 'missing' AS stored, 'present' AS recomputed
       FROM postings p
      WHERE ${isIn('p.bucket', range)} AND p.kind = 'award' AND p.operation = 'coupon'
        AND NOT EXISTS (
          SELECT FROM coupon_uses c
           WHERE c.bucket = p.bucket AND c.member_id = p.member_id AND c.seq = p.seq)
      LIMIT $1`,
    [NAMED_MAX],
  );
  return [...keysLost, ...referencesLost, ...vouchersLost, ...couponsLost];
}

/** A key under which an approval was asked for or rejected, which posts nothing. */
const ofApproval = `EXISTS (
  SELECT FROM approvals a
   WHERE a.bucket = k.bucket AND a.member_id = k.member_id
     AND ((k.operation = a.kind AND k.caller = 'u/' || a.requester AND k.idem_key = a.idem_key)
       OR (k.operation = 'reject' AND k.caller = 'u/' || a.decider AND a.state = 'rejected')))`;

/** Addresses that lead to no posting, approval or purchase. */
export async function findStrayAddresses(runner: QueryRunner): Promise<Difference[]> {
  return runner.manager.query<Difference[]>(
    `(SELECT 'request_keys' AS "table", concat_ws('/', k.idem_key, k.caller, k.operation) AS row,
             '*' AS column, 'present' AS stored, 'missing' AS recomputed
        FROM request_keys k WHERE NOT EXISTS (
          SELECT FROM postings p
           WHERE p.bucket = k.bucket AND p.member_id = k.member_id AND p.caller = k.caller
             AND p.operation = k.operation AND p.idem_key = k.idem_key)
         AND NOT ${ofApproval}
       LIMIT $1)
     UNION ALL
     (SELECT 'purchase_references', concat_ws('/', encode(r.hmac, 'hex'), r.retailer),
             '*', 'present', 'missing'
        FROM purchase_references r WHERE NOT EXISTS (
          SELECT FROM purchases u
           WHERE u.bucket = r.bucket AND u.member_id = r.member_id AND u.retailer = r.retailer
             AND u.reference_hmac = r.hmac)
         AND NOT EXISTS (
          SELECT FROM point_sales s
           WHERE s.bucket = r.bucket AND s.member_id = r.member_id AND s.retailer = r.retailer
             AND s.reference_hmac = r.hmac)
         AND NOT EXISTS (
          SELECT FROM conversions c
           WHERE c.bucket = r.bucket AND c.member_id = r.member_id
             AND r.retailer IN (c.retailer, c.partner) AND c.reference_hmac = r.hmac)
       LIMIT $1)
     UNION ALL
     (SELECT 'voucher_codes', encode(v.hmac, 'hex'), '*', 'present', 'missing'
        FROM voucher_codes v WHERE NOT EXISTS (
          SELECT FROM redemptions r
           WHERE r.bucket = v.bucket AND r.member_id = v.member_id AND r.seq = v.seq
             AND r.usable_until IS NOT NULL)
       LIMIT $1)
     UNION ALL
     (SELECT 'coupon_uses', encode(c.hmac, 'hex'), '*', 'present', 'missing'
        FROM coupon_uses c WHERE NOT EXISTS (
          SELECT FROM postings p
           WHERE p.bucket = c.bucket AND p.member_id = c.member_id AND p.seq = c.seq
             AND p.kind = 'award' AND p.operation = 'coupon')
       LIMIT $1)`,
    [NAMED_MAX],
  );
}
