import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { bucketOf, memberColumns } from '../../ledger/address.js';
import type { FactReader, MemberKey, OwnedRows, RowWriter, Tx } from '../../ledger/command.js';
import { rowsOf } from '../../platform/database/columns.js';
import type { Told } from '../../rules/expiry/terms.js';
import type { Lot, MemberState, State } from '../../rules/state.js';
import { EXPIRING, type NoticeEvidence, type NoticeState } from './notice.js';

/** A notice about points that go, as far as it is asked what became of it. */
export interface ExpiryNotice {
  memberId: string;
  number: number;
  /** The date it tells, in milliseconds. */
  expiresAt: number;
  /** Whether that is the date of a silence. */
  ofSilence: boolean;
  /** It is about lots of no later posting. */
  upTo: number;
  state: NoticeState;
  tries: number;
  madeAt: number;
  evidence: NoticeEvidence | null;
  evidenceAt: number | null;
}

interface Row {
  member_id: string;
  number: number;
  expires_at: string;
  of_silence: boolean;
  up_to: number;
  state: NoticeState;
  tries: number;
  made_at: Date;
  evidence: NoticeEvidence | null;
  evidence_at: Date | null;
}

const columns = `n.member_id, n.number, n.about->'facts'->>'expiresAt' AS expires_at,
  (n.about->'facts'->>'silentSince') IS NOT NULL AS of_silence,
  (n.about->'facts'->>'upTo')::int AS up_to, n.state, n.tries, n.made_at, n.evidence, n.evidence_at`;

const of = `FROM unnest($1::smallint[], $2::uuid[]) AS u (bucket, member_id)
  JOIN notices n ON n.bucket = u.bucket AND n.member_id = u.member_id AND n.kind = '${EXPIRING}'`;

const toNotice = (row: Row): ExpiryNotice => ({
  memberId: row.member_id,
  number: row.number,
  expiresAt: Date.parse(row.expires_at),
  ofSilence: row.of_silence,
  upTo: row.up_to,
  state: row.state,
  tries: row.tries,
  madeAt: row.made_at.getTime(),
  evidence: row.evidence,
  evidenceAt: row.evidence_at?.getTime() ?? null,
});

/** What a notice proves: that its member was told a date; nothing while there is no evidence. */
export function toldBy(notice: ExpiryNotice): Told[] {
  const { number, expiresAt, ofSilence, upTo, evidence, evidenceAt } = notice;
  if (evidence === null || evidenceAt === null) return [];
  return [{ expiresAt, ofSilence, notice: number, upTo, evidence, at: evidenceAt }];
}

/** What members are known to have been told of points that go, read behind their locks. */
export const toldFacts: FactReader = {
  async read(tx: Tx, members: readonly MemberKey[]): Promise<Map<string, Partial<MemberState>>> {
    const { rows } = await tx.query<Row>({
      name: 'told-of-expiry',
      text: `SELECT ${columns} ${of} AND n.evidence IS NOT NULL ORDER BY n.member_id, n.number`,
      values: memberColumns(members),
    });
    const told = new Map<string, Told[]>(members.map(({ memberId }) => [memberId, []]));
    for (const row of rows) told.get(row.member_id)?.push(...toldBy(toNotice(row)));
    return new Map([...told].map(([memberId, all]) => [memberId, { told: all }]));
  },
};

/** A date, in milliseconds, that no points of a member have any more; null = they have no points. */
interface Undated {
  memberId: string;
  expiresAt: number | null;
}

const undatedRows = rowsOf<Undated>({
  bucket: ['int2', ({ memberId }) => bucketOf(memberId)],
  member_id: ['uuid', ({ memberId }) => memberId],
  expires_at: [
    'text',
    ({ expiresAt }) => (expiresAt === null ? null : new Date(expiresAt).toISOString()),
  ],
});

/** Withdraws what members were still to be told of dates; what they were told is kept. */
const undatedWriter: RowWriter<Undated> = {
  write: (tx, rows) =>
    tx.query({
      name: 'withdraw-undated',
      text: `UPDATE notices n SET state = 'withdrawn' FROM ${undatedRows.source}
              WHERE n.bucket = u.bucket AND n.member_id = u.member_id AND n.kind = '${EXPIRING}'
                AND coalesce(n.about->'facts'->>'expiresAt' = u.expires_at, true)
                AND n.state IN ('due', 'accepted', 'unreachable')`,
      values: undatedRows.values(rows),
    }),
};

/** Nobody need be told of dates that points of theirs had before, and none has after. */
export function undated(before: State, after: State): OwnedRows[] {
  const rows = before.members.flatMap(({ memberId, lots }, place): Undated[] => {
    const rest = after.members[place]?.lots;
    if (isAny(lots) && !isAny(rest)) return [{ memberId, expiresAt: null }];
    const left = datesOf(rest);
    return [...datesOf(lots)]
      .filter((date) => !left.has(date))
      .map((expiresAt) => ({ memberId, expiresAt }));
  });
  return rows.length === 0 ? [] : [{ writer: undatedWriter, rows }];
}

const isAny = (lots: readonly Lot[] = []): boolean => lots.some(({ remaining }) => remaining > 0);

const datesOf = (lots: readonly Lot[] = []): Set<number> =>
  new Set(
    lots.flatMap(({ remaining, expiresAt }) =>
      remaining > 0 && expiresAt !== null ? [expiresAt] : [],
    ),
  );

/** Notices about points that go. */
@Injectable()
export class ExpiryNoticesQueries {
  constructor(@Inject(DataSource) private readonly dataSource: DataSource) {}

  /** All of some members, by member; whoever has none is left out. */
  async of(memberIds: readonly string[]): Promise<Map<string, ExpiryNotice[]>> {
    const notices = new Map<string, ExpiryNotice[]>();
    if (memberIds.length === 0) return notices;
    const keys = [...new Set(memberIds)].map((memberId) => ({
      bucket: bucketOf(memberId),
      memberId,
    }));
    const rows = await this.dataSource.query<Row[]>(
      `SELECT ${columns} ${of} ORDER BY n.member_id, n.number`,
      memberColumns(keys),
    );
    for (const row of rows) {
      const own = notices.get(row.member_id);
      if (own === undefined) notices.set(row.member_id, [toNotice(row)]);
      else own.push(toNotice(row));
    }
    return notices;
  }

  /** A member was shown dates, by their own token: notices of them that are due are told. */
  async shown(memberId: string, dates: readonly number[]): Promise<void> {
    await this.dataSource.query(
      `UPDATE notices SET state = 'told', evidence = 'shown', evidence_at = programme_now()
        WHERE bucket = $1 AND member_id = $2 AND kind = '${EXPIRING}'
          AND evidence IS NULL AND state <> 'withdrawn' AND due_at <= programme_now()
          AND about->'facts'->>'expiresAt' = ANY ($3::text[])`,
      [bucketOf(memberId), memberId, dates.map((at) => new Date(at).toISOString())],
    );
  }

  /** Nobody was reached; that the date could be seen all the time is what is left as evidence. */
  async lastResort(
    tx: EntityManager,
    notices: readonly Pick<ExpiryNotice, 'memberId' | 'number'>[],
    at: number,
  ): Promise<void> {
    if (notices.length === 0) return;
    await tx.query(
      `UPDATE notices n SET state = 'told', evidence = 'last_resort', evidence_at = $4
         FROM unnest($1::smallint[], $2::uuid[], $3::integer[]) AS u (bucket, member_id, number)
        WHERE n.bucket = u.bucket AND n.member_id = u.member_id AND n.number = u.number
          AND n.state = 'unreachable' AND n.evidence IS NULL`,
      [
        ...memberColumns(notices.map(({ memberId }) => ({ bucket: bucketOf(memberId), memberId }))),
        notices.map(({ number }) => number),
        new Date(at),
      ],
    );
  }
}
