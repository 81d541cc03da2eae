import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { BUCKETS, bucketOf, type RowAddress } from '../ledger/address.js';
import type {
  EffectWriter,
  FactReader,
  MemberKey,
  RowWriter,
  Tx,
  WrittenDraft,
} from '../ledger/command.js';
import { LedgerService } from '../ledger/ledger.service.js';
import { rowsOf } from '../platform/database/columns.js';
import type { MemberState, Redemption } from '../rules/state.js';
import {
  columns,
  states,
  toRedemption,
  type RedemptionRow,
  type StateRow,
} from './redemption-row.js';

/** When the hold time-out job must look at a member; null takes the member off its list. */
export interface HoldDue {
  bucket: number;
  memberId: string;
  dueAt: number | null;
}

/** A member with a hold that has run out, and since when. */
export interface MemberDue {
  memberId: string;
  dueAt: number;
}

/** A voucher that lapsed; `points` = what was paid for it. */
export interface LapsedVoucher extends RowAddress {
  dueAt: number;
  points: number;
}

interface LapsedRow {
  member_id: string;
  seq: number;
  back_at: Date;
  points: string;
}

const allBuckets = Array.from({ length: BUCKETS }, (_, bucket) => bucket);

/** Before every member in the order of ids. */
const NOBODY = '00000000-0000-0000-0000-000000000000';

const holdsDue = rowsOf<HoldDue>({
  bucket: ['int2', ({ bucket }) => bucket],
  member_id: ['uuid', ({ memberId }) => memberId],
  due_at: ['timestamptz', ({ dueAt }) => dueAt],
});

/** The redemptions table: read before points are spent, written with the postings that move them. */
@Injectable()
export class RedemptionsQueries implements FactReader, EffectWriter, OnModuleInit {
  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(LedgerService) private readonly ledger: LedgerService,
  ) {}

  onModuleInit(): void {
    this.ledger.register({ spendingReader: this, effectWriter: this });
  }

  /**
   * Open holds of the members, and the redemptions their commands name or a named purchase used.
   * One found twice stands twice in a row, as JSON has no equality to fold rows by.
   */
  async read(tx: Tx, members: readonly MemberKey[]): Promise<Map<string, Partial<MemberState>>> {
    const named = members.flatMap(({ bucket, memberId, subjects }) =>
      subjects.map((seq) => ({ bucket, memberId, seq })),
    );
    // Of purchases only where one comes back: nothing finds them but a walk over all of a member's.
    const returning = new Set(
      members.filter(({ since }) => since !== undefined).map(({ memberId }) => memberId),
    );
    const returned = named.filter(({ memberId }) => returning.has(memberId));
    const { rows } = await tx.query<RedemptionRow>({
      name: 'read-redemptions',
      text: `SELECT ${columns}
               FROM unnest($1::smallint[], $2::uuid[]) AS u (bucket, member_id)
               JOIN redemptions r ON r.bucket = u.bucket AND r.member_id = u.member_id
                AND r.state = 'held'
              UNION ALL
             SELECT ${columns}
               FROM unnest($3::smallint[], $4::uuid[], $5::int[]) AS u (bucket, member_id, seq)
               JOIN redemptions r ON r.bucket = u.bucket AND r.member_id = u.member_id
                AND r.seq = u.seq
              UNION ALL
             SELECT ${columns}
               FROM unnest($6::smallint[], $7::uuid[], $8::int[]) AS u (bucket, member_id, seq)
               JOIN redemptions r ON r.bucket = u.bucket AND r.member_id = u.member_id
                AND r.purchase_seq = u.seq
              ORDER BY 1, 7, 2`,
      values: [
        members.map(({ bucket }) => bucket),
        members.map(({ memberId }) => memberId),
        named.map(({ bucket }) => bucket),
        named.map(({ memberId }) => memberId),
        named.map(({ seq }) => seq),
        returned.map(({ bucket }) => bucket),
        returned.map(({ memberId }) => memberId),
        returned.map(({ seq }) => seq),
      ],
    });
    const redemptions = new Map<string, Redemption[]>(
      members.map(({ memberId }) => [memberId, []]),
    );
    for (const row of rows) {
      const own = redemptions.get(row.member_id);
      if (own?.at(-1)?.seq !== row.seq) own?.push(toRedemption(row));
    }
    return new Map([...redemptions].map(([memberId, own]) => [memberId, { redemptions: own }]));
  }

  /** Keeps the state each posting leaves a redemption in, and when an open hold is due. */
  write(tx: Tx, written: readonly WrittenDraft[]): Promise<unknown> | undefined {
    const latest = new Map<string, StateRow>();
    const due = new Map<string, HoldDue>();
    for (const { bucket, memberId, draft } of written) {
      for (const redemption of draft.redemptions) {
        const { seq, state, expiresAt } = redemption;
        latest.set(`${memberId}/${seq}`, { bucket, memberId, redemption });
        const earlier = due.get(memberId)?.dueAt ?? Infinity;
        if (state === 'held' && expiresAt < earlier) {
          due.set(memberId, { bucket, memberId, dueAt: expiresAt });
        }
      }
    }
    if (latest.size === 0) return undefined;
    return Promise.all([
      this.upsert(tx, [...latest.values()]),
      due.size === 0 ? undefined : this.queue(tx, [...due.values()]),
    ]);
  }

  /** Sets a member's due time to what is left, in the transaction that settled the member. */
  readonly dueWriter: RowWriter<HoldDue> = {
    write: (tx, rows) =>
      tx.query({
        name: 'requeue-holds',
        text: `WITH left_over AS (
                 SELECT * FROM ${holdsDue.source}
               ), gone AS (
                 DELETE FROM due d USING left_over u
                  WHERE d.bucket = u.bucket AND d.member_id = u.member_id AND d.what = 'hold'
                    AND u.due_at IS NULL
               )
               UPDATE due d SET due_at = u.due_at FROM left_over u
                WHERE d.bucket = u.bucket AND d.member_id = u.member_id AND d.what = 'hold'
                  AND u.due_at IS NOT NULL`,
        values: holdsDue.values(rows),
      }),
  };

  async redemption({ memberId, seq }: RowAddress): Promise<Redemption | undefined> {
    const rows = await this.dataSource.query<RedemptionRow[]>(
      `SELECT ${columns} FROM redemptions r
        WHERE r.bucket = $1 AND r.member_id = $2 AND r.seq = $3`,
      [bucketOf(memberId), memberId, seq],
    );
    return rows[0] === undefined ? undefined : toRedemption(rows[0]);
  }

  /** Members whose earliest hold has run out by an instant, soonest first, behind one of them. */
  async membersDue(
    until: number,
    { after, limit }: { after: MemberDue | undefined; limit: number },
  ): Promise<MemberDue[]> {
    const rows = await this.dataSource.query<{ member_id: string; due_at: Date }[]>(
      `SELECT member_id, due_at FROM due
        WHERE bucket = ANY ($1::smallint[]) AND what = 'hold' AND due_at <= $2
          AND (due_at, member_id) > (coalesce($3::timestamptz, '-infinity'), $4::uuid)
        ORDER BY due_at, member_id LIMIT $5`,
      [
        allBuckets,
        new Date(until),
        after && new Date(after.dueAt),
        after?.memberId ?? NOBODY,
        limit,
      ],
    );
    return rows.map(({ member_id, due_at }) => ({ memberId: member_id, dueAt: due_at.getTime() }));
  }

  /** Vouchers that lapsed unused by an instant and whose points are to come back, soonest first. */
  async lapsed(
    until: number,
    { after, limit }: { after: LapsedVoucher | undefined; limit: number },
  ): Promise<LapsedVoucher[]> {
    const rows = await this.dataSource.query<LapsedRow[]>(
      `SELECT member_id, seq, back_at, points FROM redemptions
        WHERE bucket = ANY ($1::smallint[]) AND back_at <= $2 AND state = 'captured'
          AND (back_at, member_id, seq) > (coalesce($3::timestamptz, '-infinity'), $4::uuid, $5)
        ORDER BY back_at, member_id, seq LIMIT $6`,
      [
        ...[allBuckets, new Date(until), after && new Date(after.dueAt)],
        ...[after?.memberId ?? NOBODY, after?.seq ?? 0, limit],
      ],
    );
    return rows.map(({ member_id, seq, back_at, points }) => {
      return { memberId: member_id, seq, dueAt: back_at.getTime(), points: Number(points) };
    });
  }

  private async upsert(tx: Tx, rows: StateRow[]): Promise<unknown> {
    return tx.query({
      name: 'upsert-redemptions',
      text: `INSERT INTO redemptions (${states.names}) SELECT ${states.names} FROM ${states.source}
             ON CONFLICT (bucket, member_id, seq)
             DO UPDATE SET state = EXCLUDED.state, changed_seq = EXCLUDED.changed_seq,
                           purchase_seq = EXCLUDED.purchase_seq, shared = EXCLUDED.shared,
                           points = EXCLUDED.points, amount = EXCLUDED.amount,
                           back = EXCLUDED.back, delivery = EXCLUDED.delivery,
                           usable_until = EXCLUDED.usable_until, used_by = EXCLUDED.used_by,
                           terms_no = EXCLUDED.terms_no, back_at = EXCLUDED.back_at`,
      values: states.values(rows),
    });
  }

  private async queue(tx: Tx, rows: HoldDue[]): Promise<unknown> {
    return tx.query({
      name: 'queue-holds',
      text: `INSERT INTO due (bucket, member_id, what, due_at)
             SELECT bucket, member_id, 'hold', due_at FROM ${holdsDue.source}
             ON CONFLICT (bucket, member_id, what)
             DO UPDATE SET due_at = LEAST(due.due_at, EXCLUDED.due_at)`,
      values: holdsDue.values(rows),
    });
  }
}
