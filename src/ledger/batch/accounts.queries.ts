import type { Figures, Lot, MemberState } from '../../rules/state.js';
import { memberColumns } from '../address.js';
import { toReview, type CompactReview } from '../review.js';
import type { AccountFacts, Tx } from '../command.js';

export interface Account extends AccountFacts, Figures {
  bucket: number;
  /** Hex hash of the newest posting. */
  head: string;
}

export interface AccountRow {
  bucket: number;
  member_id: string;
  version: number;
  head: Buffer;
  points: string;
  held: string;
  owed: string;
  pending: string;
  qualifying: string;
  remainder: string;
  tier: string;
  changes_at: Date | null;
  newest_at: Date | null;
  heard_at: Date | null;
  review: CompactReview | null;
}

/** Locks the accounts in (bucket, member_id) order; a member without one is simply not returned. */
export async function lockAccounts(
  tx: Tx,
  keys: readonly { bucket: number; memberId: string }[],
): Promise<Map<string, Account>> {
  const { rows } = await tx.query<AccountRow>({
    name: 'lock-accounts',
    text: `SELECT a.bucket, a.member_id, a.version, a.head, a.points, a.held, a.owed, a.pending,
                  a.qualifying, a.remainder, a.tier, a.changes_at, a.newest_at, a.heard_at,
                  a.review
             FROM unnest($1::smallint[], $2::uuid[]) AS u (bucket, member_id)
             JOIN accounts a ON a.bucket = u.bucket AND a.member_id = u.member_id
            ORDER BY a.bucket, a.member_id FOR NO KEY UPDATE OF a`,
    values: memberColumns(keys),
  });
  return new Map(rows.map((row) => [row.member_id, toAccount(row)]));
}

export function toAccount(row: AccountRow): Account {
  return {
    bucket: row.bucket,
    memberId: row.member_id,
    version: row.version,
    head: row.head.toString('hex'),
    points: Number(row.points),
    held: Number(row.held),
    owed: Number(row.owed),
    pending: Number(row.pending),
    qualifying: BigInt(row.qualifying),
    remainder: BigInt(row.remainder),
    tier: row.tier,
    changesAt: row.changes_at?.getTime() ?? null,
    newestAt: row.newest_at?.getTime() ?? null,
    heardAt: row.heard_at?.getTime() ?? null,
    review: toReview(row.review),
  };
}

/** The member's state as the account has it, with every field: one added later costs more than all. */
export function stateOf(account: Account, lots: readonly Lot[] | undefined): MemberState {
  return {
    memberId: account.memberId,
    status: '',
    enrolledAt: 0,
    version: account.version,
    points: account.points,
    held: account.held,
    owed: account.owed,
    pending: account.pending,
    qualifying: account.qualifying,
    remainder: account.remainder,
    tier: account.tier,
    changesAt: account.changesAt,
    newestAt: account.newestAt,
    heardAt: account.heardAt,
    review: account.review,
    lots,
    redemptions: lots === undefined ? undefined : [],
    counters: new Map<string, number>(),
    history: undefined,
    expired: undefined,
    purchases: undefined,
  };
}

/** The account as a member's state leaves it. */
export function accountOf(member: MemberState, bucket: number, head: string): Account {
  return {
    bucket,
    memberId: member.memberId,
    version: member.version,
    head,
    points: member.points,
    held: member.held,
    owed: member.owed,
    pending: member.pending,
    qualifying: member.qualifying,
    remainder: member.remainder,
    tier: member.tier,
    changesAt: member.changesAt,
    newestAt: member.newestAt,
    heardAt: member.heardAt,
    review: member.review,
  };
}

/**
 * The programme's now in milliseconds, read after the locks, and how often versions were published
 * and pilots ended by then.
 */
export async function readMoment(tx: Tx): Promise<{ now: number; revision: number }> {
  const { rows } = await tx.query<{ now: Date; revision: number }>({
    name: 'moment',
    text: `SELECT programme_now() AS now,
                  (SELECT coalesce(max(no), 0) FROM programme_versions)
                  + (SELECT count(*) FROM programme_pilot_ends)::int AS revision`,
    values: [],
  });
  const [row] = rows;
  if (row === undefined) throw new Error('invariant: the database tells the time');
  return { now: row.now.getTime(), revision: row.revision };
}

export interface LotRow {
  member_id: string;
  seq: number;
  n: number;
  funder: string;
  accrued_at: Date;
  available_from: Date;
  expires_at: Date | null;
  amount: string;
  remaining: string;
  held: string;
  origin_seq: number | null;
  origin_n: number | null;
}

export function toLot(row: LotRow): Lot {
  return {
    seq: row.seq,
    n: row.n,
    funder: row.funder,
    accruedAt: row.accrued_at.getTime(),
    availableFrom: row.available_from.getTime(),
    expiresAt: row.expires_at?.getTime() ?? null,
    amount: Number(row.amount),
    remaining: Number(row.remaining),
    held: Number(row.held),
    origin:
      row.origin_seq === null || row.origin_n === null
        ? undefined
        : { seq: row.origin_seq, n: row.origin_n },
  };
}
