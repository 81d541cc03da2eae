import type { DataSource } from 'typeorm';
import type { OpenHold } from '../rules/spending/balance.js';
import type { Lot } from '../rules/state.js';
import { bucketOf, memberColumns } from './address.js';
import { toLot, type LotRow } from './batch/accounts.queries.js';
import type { Tx } from './command.js';
import type { Posting } from './posting.js';

/** Points that remain in lots which become available and expire at the same instants. */
export type DatedPoints = Pick<Lot, 'availableFrom' | 'expiresAt' | 'remaining'>;

/** An account with its open lots, and the database's now read in the same snapshot. */
export interface AccountNow {
  now: number;
  points: number;
  held: number;
  owed: number;
  /** Exact until `changesAt`. */
  pending: number;
  changesAt: number | null;
  lots: DatedPoints[];
}

interface AccountNowRow {
  /** Place of the member among those asked for, from one. */
  n: number;
  now: number;
  points: number;
  held: number;
  owed: number;
  pending: number;
  changes_at: number | null;
  available_from: number | null;
  expires_at: number | null;
  remaining: number;
}

/**
 * Accounts of members as they are now, in their order, in one statement and so in one snapshot. The
 * clock is read after the snapshot, so nothing in it is younger. An account is opened in the
 * transaction that enrols, so who has none is no member. Lots that share both instants come as one
 * row: windows and expiries end at midnight, so there are few, however often the member comes.
 * Points are read as numbers of the driver, which hold them exactly, as everywhere else.
 */
export async function readNow(
  tx: Tx,
  memberIds: readonly string[],
): Promise<(AccountNow | undefined)[]> {
  const { rows } = await tx.query<AccountNowRow>({
    name: 'read-now',
    text: `WITH c AS MATERIALIZED (
             SELECT date_part('epoch', programme_now()) * 1000 AS now)
           SELECT u.n::int AS n, c.now, a.points::float8 AS points, a.held::float8 AS held,
                  a.owed::float8 AS owed, a.pending::float8 AS pending,
                  date_part('epoch', a.changes_at) * 1000 AS changes_at,
                  date_part('epoch', l.available_from) * 1000 AS available_from,
                  date_part('epoch', l.expires_at) * 1000 AS expires_at, l.remaining
             FROM unnest($1::smallint[], $2::uuid[]) WITH ORDINALITY AS u (bucket, member_id, n)
             JOIN accounts a ON a.bucket = u.bucket AND a.member_id = u.member_id
             LEFT JOIN LATERAL (
               SELECT available_from, expires_at, sum(remaining)::float8 AS remaining
                 FROM lots
                WHERE bucket = u.bucket AND member_id = u.member_id AND remaining > 0
                GROUP BY available_from, expires_at) l ON true
            CROSS JOIN c`,
    values: memberColumns(memberIds.map((memberId) => ({ bucket: bucketOf(memberId), memberId }))),
  });
  const accounts = memberIds.map((): AccountNow | undefined => undefined);
  for (const row of rows) {
    const account = (accounts[row.n - 1] ??= accountOf(row));
    if (row.available_from === null) continue;
    account.lots.push({
      availableFrom: row.available_from,
      expiresAt: row.expires_at,
      remaining: row.remaining,
    });
  }
  return accounts;
}

const accountOf = ({
  now,
  points,
  held,
  owed,
  pending,
  changes_at,
}: AccountNowRow): AccountNow => ({
  now: Math.round(now),
  points,
  held,
  owed,
  pending,
  changesAt: changes_at,
  lots: [],
});

/** Lots as the entries up to a posting left them; their terms never change. */
export async function lotsAsOf(
  dataSource: DataSource,
  memberId: string,
  version: number,
): Promise<Lot[]> {
  // The entries are summed once for all lots: looking them up lot by lot is quadratic.
  const rows = await dataSource.query<LotRow[]>(
    `SELECT l.seq, l.n, l.funder, l.accrued_at, l.available_from, l.expires_at, l.amount,
            l.origin_seq, l.origin_n,
            coalesce(m.remaining, 0) AS remaining, coalesce(m.held, 0) AS held
       FROM lots l
       LEFT JOIN (
         SELECT e.lot_seq, e.lot_n,
                sum(CASE WHEN e.credit IN ('points', 'held') THEN e.amount ELSE 0 END
                  - CASE WHEN e.debit IN ('points', 'held') THEN e.amount ELSE 0 END) AS remaining,
                sum(CASE WHEN e.credit = 'held' THEN e.amount
                         WHEN e.debit = 'held' THEN -e.amount ELSE 0 END) AS held
           FROM entries e
          WHERE e.bucket = $1 AND e.member_id = $2 AND e.seq <= $3
          GROUP BY e.lot_seq, e.lot_n) m ON m.lot_seq = l.seq AND m.lot_n = l.n
      WHERE l.bucket = $1 AND l.member_id = $2 AND l.seq <= $3`,
    [bucketOf(memberId), memberId, version],
  );
  return rows.map(toLot);
}

/** Holds placed and not ended by the postings up to a number. */
export async function holdsAsOf(
  dataSource: DataSource,
  memberId: string,
  version: number,
): Promise<OpenHold[]> {
  // NOT IN hashes what was ended once; an anti-join may look for it hold by hold.
  const rows = await dataSource.query<
    { seq: number; effects: Posting['effects']; lots: [number, number, number][] }[]
  >(
    `SELECT p.seq, (array_agg(p.effects))[1] AS effects,
            json_agg(json_build_array(e.lot_seq, e.lot_n, e.amount) ORDER BY e.n) AS lots
       FROM postings p
       JOIN entries e ON e.bucket = p.bucket AND e.member_id = p.member_id AND e.seq = p.seq
      WHERE p.bucket = $1 AND p.member_id = $2 AND p.kind = 'hold' AND p.seq <= $3
        AND p.seq NOT IN (
          SELECT done.subject_seq FROM postings done
           WHERE done.bucket = $1 AND done.member_id = $2 AND done.seq <= $3
             AND done.subject_seq IS NOT NULL AND done.kind IN ('redeem', 'release'))
      GROUP BY p.bucket, p.member_id, p.seq`,
    [bucketOf(memberId), memberId, version],
  );
  return rows.map(({ effects, lots }) => ({
    expiresAt: Number(effects.redemptions?.[0]?.[5]),
    lots: lots.map(([seq, n, amount]) => ({ seq, n, amount })),
  }));
}
