import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { bucketOf, type RowAddress } from '../ledger/address.js';
import type { FactReader, RowWriter } from '../ledger/command.js';
import type { Approval, Approvals, Renewal } from '../rules/state.js';
import type { ApprovalPage } from './adjustments.requests.js';

/** An approval as it is stored, with what the core does not read. */
export interface StoredApproval extends Approval {
  memberId: string;
  /** Hex. */
  noteDigest: string | null;
  /** Null when there is none, or none any more. */
  note: string | null;
  /** Whether its time is up, by the database's clock. */
  lapsed: boolean;
}

export interface ApprovalRow {
  bucket: number;
  member_id: string;
  n: number;
  points: number;
  reason: string;
  kind: 'adjust' | Renewal['kind'];
  last_day: string | null;
  note_digest: string | null;
  requester: string;
  requested_at: string;
  lapses_at: string;
  idem_key: string;
}

export interface DecisionRow {
  bucket: number;
  member_id: string;
  n: number;
  state: Approval['state'];
  decider: string | null;
  decided_at: string;
  posting_seq: number | null;
}

interface StoredRow {
  member_id: string;
  n: number;
  points: string;
  reason: string;
  kind: ApprovalRow['kind'];
  last_day: string | null;
  note_digest: Buffer | null;
  requester: string;
  requested_at: Date;
  lapses_at: Date;
  state: Approval['state'];
  decider: string | null;
  decided_at: Date | null;
  posting_seq: number | null;
}

const columns = `a.member_id, a.n, a.points, a.reason, a.kind, a.last_day::text AS last_day, a.note_digest, a.requester, a.requested_at,
  a.lapses_at, a.state, a.decider, a.decided_at, a.posting_seq`;

const toApproval = (row: StoredRow): Approval => ({
  n: row.n,
  points: Number(row.points),
  reason: row.reason,
  renewal:
    row.kind === 'adjust' || row.last_day === null
      ? undefined
      : { kind: row.kind, lastDay: row.last_day },
  requester: row.requester,
  decider: row.decider,
  state: row.state,
  requestedAt: row.requested_at.getTime(),
  lapsesAt: row.lapses_at.getTime(),
  decidedAt: row.decided_at?.getTime() ?? null,
  postingSeq: row.posting_seq,
});

/** What the core must know before a member's points are adjusted: which approvals wait, and how many were made. */
export const approvalFacts: FactReader = {
  async read(tx, members) {
    const { rows } = await tx.query<StoredRow>({
      name: 'read-approvals',
      text: `SELECT ${columns}
               FROM unnest($1::smallint[], $2::uuid[]) AS u (bucket, member_id)
               JOIN approvals a ON a.bucket = u.bucket AND a.member_id = u.member_id
              WHERE a.state = 'pending'
                 OR a.n = (SELECT max(l.n) FROM approvals l
                            WHERE l.bucket = u.bucket AND l.member_id = u.member_id)
              ORDER BY a.member_id, a.n`,
      values: [members.map(({ bucket }) => bucket), members.map(({ memberId }) => memberId)],
    });
    const facts = new Map<string, { approvals: Approvals }>();
    for (const { memberId } of members) {
      const own = rows.filter(({ member_id }) => member_id === memberId);
      const pending = own.filter(({ state }) => state === 'pending').map(toApproval);
      facts.set(memberId, { approvals: { made: own.at(-1)?.n ?? 0, pending } });
    }
    return facts;
  },
};

/** Writes approvals asked for, in the transaction that claimed the request's key. */
export const askWriter: RowWriter<ApprovalRow> = {
  write: (tx, rows) =>
    tx.query({
      name: 'insert-approvals',
      text: `INSERT INTO approvals (bucket, member_id, n, points, reason, kind, last_day, note_digest,
                                    requester, requested_at, lapses_at, idem_key, state)
             SELECT bucket, member_id, n, points, reason, kind, last_day, note_digest, requester,
                    requested_at, lapses_at, idem_key, 'pending'
               FROM json_populate_recordset(NULL::approvals, $1)`,
      values: [JSON.stringify(rows)],
    }),
};

/** Writes decisions. What was asked for is not among the columns: nothing changes it. */
export const decisionWriter: RowWriter<DecisionRow> = {
  write: (tx, rows) =>
    tx.query({
      name: 'decide-approvals',
      text: `UPDATE approvals a
                SET state = u.state, decider = u.decider, decided_at = u.decided_at,
                    posting_seq = u.posting_seq
               FROM json_populate_recordset(NULL::approvals, $1) u
              WHERE a.bucket = u.bucket AND a.member_id = u.member_id AND a.n = u.n
                AND a.state = 'pending'`,
      values: [JSON.stringify(rows)],
    }),
};

const stored = `SELECT ${columns}, t.note, a.lapses_at <= programme_now() AS lapsed
  FROM approvals a
  LEFT JOIN notes t
    ON t.bucket = a.bucket AND t.member_id = a.member_id AND t.digest = a.note_digest`;

/** Approvals as staff read them. */
@Injectable()
export class ApprovalsQueries {
  constructor(@Inject(DataSource) private readonly dataSource: DataSource) {}

  async approval({ memberId, seq }: RowAddress): Promise<StoredApproval | undefined> {
    const [found] = await this.read('WHERE a.bucket = $1 AND a.member_id = $2 AND a.n = $3', [
      bucketOf(memberId),
      memberId,
      seq,
    ]);
    return found;
  }

  /** The approval of a kind that a staff user asked for under an idempotency key. */
  async askedUnder(
    memberId: string,
    requester: string,
    key: string,
    kind: ApprovalRow['kind'],
  ): Promise<StoredApproval | undefined> {
    const [found] = await this.read(
      `WHERE a.bucket = $1 AND a.member_id = $2 AND a.requester = $3 AND a.idem_key = $4
         AND a.kind = $5`,
      [bucketOf(memberId), memberId, requester, key, kind],
    );
    return found;
  }

  /** Newest first, from after an address on; `lapsed` is what is still pending when its time is up. */
  async page(
    state: ApprovalPage['state'],
    after: RowAddress | undefined,
    limit: number,
  ): Promise<StoredApproval[]> {
    return this.read(
      `WHERE ($1::text IS NULL OR $1 = CASE WHEN a.state = 'pending' AND a.lapses_at <= programme_now()
                                            THEN 'lapsed' ELSE a.state END)
         AND ($2::smallint IS NULL OR (a.requested_at, a.member_id, a.n) < (
               SELECT l.requested_at, l.member_id, l.n FROM approvals l
                WHERE l.bucket = $2 AND l.member_id = $3 AND l.n = $4))
       ORDER BY a.requested_at DESC, a.member_id DESC, a.n DESC LIMIT $5`,
      [
        state ?? null,
        after === undefined ? null : bucketOf(after.memberId),
        after?.memberId ?? null,
        after?.seq ?? null,
        limit,
      ],
    );
  }

  private async read(which: string, values: unknown[]): Promise<StoredApproval[]> {
    const rows = await this.dataSource.query<
      (StoredRow & { note: string | null; lapsed: boolean })[]
    >(`${stored} ${which}`, values);
    return rows.map((row) => ({
      ...toApproval(row),
      memberId: row.member_id,
      noteDigest: row.note_digest?.toString('hex') ?? null,
      note: row.note,
      lapsed: row.lapsed,
    }));
  }
}
