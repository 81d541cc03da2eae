import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { bucketOf, memberColumns } from '../../ledger/address.js';
import type { FactReader, MemberKey, RowWriter, Tx } from '../../ledger/command.js';
import { rowsOf } from '../../platform/database/columns.js';
import type { Presence, Stage } from '../../rules/inactivity/terms.js';
import type { MemberState } from '../../rules/state.js';

export interface PresenceRow {
  member_id: string;
  status: string;
  enrolled_at: Date;
  acted_at: Date | null;
  stage: Stage | null;
  silent_from: Date | null;
  may_be_told: boolean;
}

/** A member as far as their own row tells of a silence. */
export interface Present {
  memberId: string;
  status: string;
  enrolledAt: number;
  presence: Presence;
}

/** One whose time to be looked at has come; since when, in milliseconds. */
export type PresentDue = Present & { dueAt: number };

export const presenceColumns = `m.member_id, m.status, m.enrolled_at, m.acted_at, m.stage, m.silent_from,
  EXISTS (SELECT FROM contact_choices c
           WHERE c.bucket = m.bucket AND c.member_id = m.member_id AND c.allowed) AS may_be_told`;

export const toPresent = (row: PresenceRow): Present => ({
  memberId: row.member_id,
  status: row.status,
  enrolledAt: row.enrolled_at.getTime(),
  presence: {
    actedAt: row.acted_at?.getTime() ?? null,
    stage: row.stage ?? 'active',
    silentFrom: row.silent_from?.getTime() ?? null,
    mayBeTold: row.may_be_told,
  },
});

/** How long members are silent, for the core to decide on. */
export const presenceFacts: FactReader = {
  async read(tx: Tx, members: readonly MemberKey[]): Promise<Map<string, Partial<MemberState>>> {
    const { rows } = await tx.query<PresenceRow>({
      name: 'presence-facts',
      text: `SELECT ${presenceColumns}
               FROM unnest($1::smallint[], $2::uuid[]) AS u (bucket, member_id)
               JOIN members m USING (bucket, member_id)`,
      values: memberColumns(members),
    });
    return new Map(
      rows.map((row) => {
        const { memberId, ...facts } = toPresent(row);
        return [memberId, facts];
      }),
    );
  },
};

/** What a look at a member found: the stage, since which act they are silent, and when to look again. */
export interface Looked {
  memberId: string;
  stage: Stage;
  /** Milliseconds, as is the time below; null = never in a stage. */
  silentFrom: number | null;
  lookAt: number;
}

const looked = rowsOf<Looked>({
  bucket: ['int2', ({ memberId }) => bucketOf(memberId)],
  member_id: ['uuid', ({ memberId }) => memberId],
  stage: ['text', ({ stage, silentFrom }) => (silentFrom === null ? null : stage)],
  silent_from: ['timestamptz', ({ silentFrom }) => silentFrom],
  look_at: ['timestamptz', ({ lookAt }) => lookAt],
});

/** What a look found, together with the posting that says so. */
export const lookedWriter: RowWriter<Looked> = {
  write: (tx, rows) =>
    tx.query({
      name: 'write-looked',
      text: `UPDATE members m
                SET stage = u.stage, silent_from = u.silent_from, look_at = u.look_at
               FROM ${looked.source}
              WHERE m.bucket = u.bucket AND m.member_id = u.member_id`,
      values: looked.values(rows),
    }),
};

const acts = rowsOf<{ memberId: string; at: number }>({
  bucket: ['int2', ({ memberId }) => bucketOf(memberId)],
  member_id: ['uuid', ({ memberId }) => memberId],
  at: ['timestamptz', ({ at }) => at],
});

/** Notes willing acts that are no events, each member once; the newest stands. */
export const noteActs = (tx: Tx, rows: readonly { memberId: string; at: number }[]) =>
  tx.query({
    name: 'note-acts',
    text: `UPDATE members m SET acted_at = u.at FROM ${acts.source}
            WHERE m.bucket = u.bucket AND m.member_id = u.member_id
              AND (m.acted_at IS NULL OR m.acted_at < u.at)`,
    values: acts.values(rows),
  });

/** When to look at a member, as the index spells it. */
const lookAt = `coalesce(m.look_at, timestamptz '1970-01-01T00:00:00Z')`;

/** Before every member in the order of ids. */
export const NOBODY = '00000000-0000-0000-0000-000000000000';

/** Members by how long nothing was heard of them. */
@Injectable()
export class PresenceQueries {
  constructor(@Inject(DataSource) private readonly dataSource: DataSource) {}

  async of(memberId: string): Promise<Present | undefined> {
    const rows = await this.dataSource.query<PresenceRow[]>(
      `SELECT ${presenceColumns} FROM members m WHERE m.bucket = $1 AND m.member_id = $2`,
      [bucketOf(memberId), memberId],
    );
    return rows[0] && toPresent(rows[0]);
  }

  /** A login: to the hour, so that an app that asks for token after token writes once. */
  async noteLogin(memberId: string): Promise<void> {
    await this.dataSource.query(
      `UPDATE members SET acted_at = programme_now()
        WHERE bucket = $1 AND member_id = $2
          AND (acted_at IS NULL OR acted_at < programme_now() - interval '1 hour')`,
      [bucketOf(memberId), memberId],
    );
  }

  /** Active members to look at by an instant, those longest due first, behind one of them. */
  async due(
    bucket: number,
    until: number,
    { after, limit }: { after: { memberId: string; dueAt: number } | undefined; limit: number },
  ): Promise<PresentDue[]> {
    const rows = await this.dataSource.query<(PresenceRow & { look_at: Date })[]>(
      `SELECT ${presenceColumns}, ${lookAt} AS look_at FROM members m
        WHERE m.bucket = $1 AND ${lookAt} <= $2 AND m.status = 'active'
          AND (${lookAt}, m.member_id) > (coalesce($3::timestamptz, '-infinity'), $4::uuid)
        ORDER BY ${lookAt}, m.member_id LIMIT $5`,
      [bucket, new Date(until), after && new Date(after.dueAt), after?.memberId ?? NOBODY, limit],
    );
    return rows.map((row) => ({ ...toPresent(row), dueAt: row.look_at.getTime() }));
  }

  /** Puts off the next look at members in whom nothing has changed. */
  async putOff(rows: readonly { memberId: string; lookAt: number }[]): Promise<void> {
    if (rows.length === 0) return;
    await this.dataSource.query(
      `UPDATE members m SET look_at = u.look_at
         FROM unnest($1::smallint[], $2::uuid[], $3::timestamptz[]) AS u (bucket, member_id, look_at)
        WHERE m.bucket = u.bucket AND m.member_id = u.member_id`,
      [
        ...memberColumns(rows.map(({ memberId }) => ({ bucket: bucketOf(memberId), memberId }))),
        rows.map(({ lookAt }) => new Date(lookAt)),
      ],
    );
  }
}
