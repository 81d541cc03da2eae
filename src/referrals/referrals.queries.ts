import { randomBytes } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { bucketOf } from '../ledger/address.js';
import { accountVersions } from '../ledger/pairs/account-versions.queries.js';
import type { ReferralClaim } from '../rules/referrals/claim.js';
import { claimColumns, toClaim, type ClaimColumns } from './claims.queries.js';
import { encodeCode } from './code.js';

/** 80 bits. */
const CODE_BYTES = 10;
/** Before every member in the order of ids. */
const NOBODY = '00000000-0000-0000-0000-000000000000';
/** Claims decided at once. */
const AT_ONCE = 100;
/** What one look at open claims reads. */
const PAGE = 1_000;
/** Friends told of at most, newest first. */
const TOLD_MAX = 200;

export interface OpenClaim {
  friend: string;
  referrer: string;
  claimedAt: number;
}

interface OpenRow {
  member_id: string;
  bucket: number;
  referrer_id: string;
  claimed_at: Date;
  seen_version: number;
  is_due: boolean;
}

/** Codes and claims, beside the ledger. */
@Injectable()
export class ReferralsQueries {
  constructor(@Inject(DataSource) private readonly dataSource: DataSource) {}

  /** The member's code, made when it is asked for first. */
  async codeOf(memberId: string): Promise<string> {
    const bucket = bucketOf(memberId);
    await this.dataSource.query(
      `INSERT INTO referral_codes (code, bucket, member_id) VALUES ($1, $2, $3)
       ON CONFLICT DO NOTHING`,
      [encodeCode(randomBytes(CODE_BYTES)), bucket, memberId],
    );
    const [row] = await this.dataSource.query<{ code: string }[]>(
      'SELECT code FROM referral_codes WHERE bucket = $1 AND member_id = $2',
      [bucket, memberId],
    );
    if (row === undefined) throw new Error('invariant: a member has a code once it was made');
    return row.code;
  }

  async ownerOf(code: string): Promise<string | undefined> {
    const rows = await this.dataSource.query<{ member_id: string }[]>(
      'SELECT member_id FROM referral_codes WHERE code = $1',
      [code],
    );
    return rows[0]?.member_id;
  }

  /** A claim, unless the friend has one already. Both memberships are locked in the one order. */
  async claim(
    tx: EntityManager,
    { friend, referrer }: Omit<OpenClaim, 'claimedAt'>,
    terms: { versionNo: number; claimedAt: number; endsAt: number },
  ): Promise<'claimed' | 'claimed_before' | 'circle'> {
    await tx.query(
      `SELECT FROM members m WHERE (m.bucket, m.member_id) IN (($1, $2), ($3, $4))
        ORDER BY m.bucket, m.member_id FOR NO KEY UPDATE`,
      [bucketOf(friend), friend, bucketOf(referrer), referrer],
    );
    const circle = await tx.query<object[]>(
      'SELECT 1 FROM referrals WHERE bucket = $1 AND member_id = $2 AND referrer_id = $3',
      [bucketOf(referrer), referrer, friend],
    );
    if (circle.length > 0) return 'circle';
    const { versionNo, claimedAt, endsAt } = terms;
    const inserted = await tx.query<object[]>(
      `INSERT INTO referrals (bucket, member_id, referrer_bucket, referrer_id, claimed_at,
                              version_no, state, seen_version, ends_at)
       VALUES ($1, $2, $3, $4, $5, $6, 'claimed', -1, $7)
       ON CONFLICT DO NOTHING RETURNING state`,
      [
        ...[bucketOf(friend), friend, bucketOf(referrer), referrer],
        ...[new Date(claimedAt), versionNo, new Date(endsAt)],
      ],
    );
    return inserted.length > 0 ? 'claimed' : 'claimed_before';
  }

  /** A member's own claim. */
  async claimOf(memberId: string): Promise<ReferralClaim | undefined> {
    const rows = await this.dataSource.query<ClaimColumns[]>(
      `SELECT ${claimColumns} FROM referrals r WHERE r.bucket = $1 AND r.member_id = $2`,
      [bucketOf(memberId), memberId],
    );
    return rows[0] === undefined ? undefined : toClaim(rows[0]);
  }

  /** What became of the friends a member referred, newest first. */
  async friendsOf(memberId: string): Promise<ReferralClaim[]> {
    const rows = await this.dataSource.query<ClaimColumns[]>(
      `SELECT ${claimColumns} FROM referrals r
        WHERE r.referrer_bucket = $1 AND r.referrer_id = $2
        ORDER BY r.claimed_at DESC LIMIT ${String(TOLD_MAX)}`,
      [bucketOf(memberId), memberId],
    );
    return rows.map(toClaim);
  }

  /** Open claims about which something may have changed, those that are decided at once together. */
  async *due(asOf: number): AsyncGenerator<OpenClaim[]> {
    let after = { bucket: -1, memberId: NOBODY };
    for (;;) {
      const { claims, last } = await this.openBehind(after, asOf);
      for (let from = 0; from < claims.length; from += AT_ONCE) {
        yield claims.slice(from, from + AT_ONCE);
      }
      if (last === undefined) return;
      after = last;
    }
  }

  /** The same behind the claim of a friend, so many at most. */
  async dueBehind(friend: string | undefined, asOf: number, limit: number): Promise<OpenClaim[]> {
    const found: OpenClaim[] = [];
    let after = {
      bucket: friend === undefined ? -1 : bucketOf(friend),
      memberId: friend ?? NOBODY,
    };
    for (;;) {
      const { claims, last } = await this.openBehind(after, asOf);
      found.push(...claims);
      if (last === undefined || found.length >= limit) return found.slice(0, limit);
      after = last;
    }
  }

  /** One look: claims that a posting of the friend's, or time alone, may have changed. */
  private async openBehind(
    after: { bucket: number; memberId: string },
    asOf: number,
  ): Promise<{ claims: OpenClaim[]; last: typeof after | undefined }> {
    const rows = await this.dataSource.query<OpenRow[]>(
      `SELECT r.bucket, r.member_id, r.referrer_id, r.claimed_at, r.seen_version,
              least(r.due_at, r.ends_at) <= $3 AS is_due
         FROM referrals r
        WHERE r.state IN ('claimed', 'paid') AND (r.bucket, r.member_id) > ($1, $2)
        ORDER BY r.bucket, r.member_id LIMIT ${String(PAGE)}`,
      [after.bucket, after.memberId, new Date(asOf)],
    );
    const versions = await accountVersions(
      this.dataSource,
      rows.map(({ member_id }) => member_id),
    );
    const claims = rows
      .filter((row) => row.is_due || versions.get(row.member_id) !== row.seen_version)
      .map((row) => ({
        friend: row.member_id,
        referrer: row.referrer_id,
        claimedAt: row.claimed_at.getTime(),
      }));
    const last = rows.length < PAGE ? undefined : rows.at(-1);
    return { claims, last: last && { bucket: last.bucket, memberId: last.member_id } };
  }
}
