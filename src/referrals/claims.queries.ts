import { memberColumns } from '../ledger/address.js';
import type { FactReader, MemberKey, RowWriter, Tx } from '../ledger/command.js';
import { rowsOf } from '../platform/database/columns.js';
import type { EndReason, Paid, ReferralClaim } from '../rules/referrals/claim.js';
import type { MemberState } from '../rules/state.js';

export interface ClaimColumns {
  claimed_at: Date;
  version_no: number;
  state: ReferralClaim['state'];
  reason: EndReason | null;
  due_at: Date | null;
  ends_at: Date;
  paid_at: Date | null;
  paid_seq: number | null;
  paid_points: string | null;
  referrer_seq: number | null;
  referrer_points: string | null;
}

export const claimColumns = `r.claimed_at, r.version_no, r.state, r.reason, r.due_at, r.ends_at, r.paid_at,
  r.paid_seq, r.paid_points, r.referrer_seq, r.referrer_points`;

type ClaimRow = ClaimColumns & { member_id: string; shares: boolean; circle: boolean };

/**
 * A contact as it tells people apart: an e-mail without what may be added to it freely, the digits of
 * a phone number. HMACs of handles would not see that two addresses reach one person.
 */
const emailOf = (row: string): string =>
  `replace(regexp_replace(split_part(lower(${row}.email), '@', 1), '\\+.*$', ''), '.', '')
   || '@' || split_part(lower(${row}.email), '@', 2)`;
const phoneOf = (row: string): string => `regexp_replace(${row}.phone, '\\D', '', 'g')`;

/**
 * Claims of friends, with what tells that friend and referrer belong together. It is followed all the
 * way up who referred whom: everybody was by one at most, and nobody is looked at twice.
 */
export const claimFacts: FactReader = {
  async read(tx: Tx, members: readonly MemberKey[]): Promise<Map<string, Partial<MemberState>>> {
    const { rows } = await tx.query<ClaimRow>({
      name: 'referral-claims',
      text: `SELECT r.member_id, ${claimColumns},
                    EXISTS (
                      SELECT FROM member_signals a
                        JOIN member_signals b ON b.bucket = r.referrer_bucket
                         AND b.member_id = r.referrer_id AND b.kind = a.kind AND b.hmac = a.hmac
                       WHERE a.bucket = r.bucket AND a.member_id = r.member_id)
                    OR EXISTS (
                      SELECT FROM persons a
                        JOIN persons b ON b.bucket = r.referrer_bucket AND b.member_id = r.referrer_id
                         AND (${emailOf('a')} = ${emailOf('b')} OR ${phoneOf('a')} = ${phoneOf('b')})
                       WHERE a.bucket = r.bucket AND a.member_id = r.member_id) AS shares,
                    EXISTS (
                      WITH RECURSIVE up (bucket, member_id) AS (
                        SELECT r.referrer_bucket, r.referrer_id
                         UNION
                        SELECT x.referrer_bucket, x.referrer_id
                          FROM up JOIN referrals x
                            ON x.bucket = up.bucket AND x.member_id = up.member_id)
                      SELECT FROM up WHERE up.member_id = r.member_id) AS circle
               FROM unnest($1::smallint[], $2::uuid[]) AS u (bucket, member_id)
               JOIN referrals r ON r.bucket = u.bucket AND r.member_id = u.member_id`,
      values: memberColumns(members),
    });
    return new Map(rows.map((row) => [row.member_id, { referral: toClaim(row) }]));
  },
};

export function toClaim(row: ClaimColumns & { shares?: boolean; circle?: boolean }): ReferralClaim {
  return {
    claimedAt: row.claimed_at.getTime(),
    versionNo: row.version_no,
    state: row.state,
    reason: row.reason ?? undefined,
    independent: row.shares !== true,
    circle: row.circle === true,
    dueAt: row.due_at?.getTime(),
    endsAt: row.ends_at.getTime(),
    paid: paidOf(row),
  };
}

function paidOf(row: ClaimColumns): Paid | undefined {
  const { paid_at, paid_seq, referrer_seq } = row;
  if (paid_at === null || paid_seq === null || referrer_seq === null) return undefined;
  return {
    at: paid_at.getTime(),
    friend: { seq: paid_seq, points: Number(row.paid_points) },
    referrer: { seq: referrer_seq, points: Number(row.referrer_points) },
  };
}

export interface DecidedClaim {
  bucket: number;
  memberId: string;
  /** Number of the friend's newest posting when it was decided. */
  seen: number;
  claim: ReferralClaim;
}

const decided = rowsOf<DecidedClaim>({
  bucket: ['int2', ({ bucket }) => bucket],
  member_id: ['uuid', ({ memberId }) => memberId],
  state: ['text', ({ claim }) => claim.state],
  reason: ['text', ({ claim }) => claim.reason ?? null],
  seen_version: ['int4', ({ seen }) => seen],
  due_at: ['timestamptz', ({ claim }) => claim.dueAt ?? null],
  ends_at: ['timestamptz', ({ claim }) => claim.endsAt],
  paid_at: ['timestamptz', ({ claim }) => claim.paid?.at ?? null],
  paid_seq: ['int4', ({ claim }) => claim.paid?.friend.seq ?? null],
  paid_points: ['int8', ({ claim }) => claim.paid?.friend.points ?? null],
  referrer_seq: ['int4', ({ claim }) => claim.paid?.referrer.seq ?? null],
  referrer_points: ['int8', ({ claim }) => claim.paid?.referrer.points ?? null],
});

/** What became of claims, with the postings that say so. */
export const claimWriter: RowWriter<DecidedClaim> = {
  write: (tx: Tx, rows) =>
    tx.query({
      name: 'decide-claims',
      text: `UPDATE referrals r
                SET state = u.state, reason = u.reason, seen_version = u.seen_version,
                    due_at = u.due_at, ends_at = u.ends_at, paid_at = u.paid_at, paid_seq = u.paid_seq,
                    paid_points = u.paid_points, referrer_seq = u.referrer_seq,
                    referrer_points = u.referrer_points
               FROM ${decided.source}
              WHERE r.bucket = u.bucket AND r.member_id = u.member_id`,
      values: decided.values(rows),
    }),
};
