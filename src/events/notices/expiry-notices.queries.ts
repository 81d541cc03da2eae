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

/** A date of a member, in milliseconds, of which it is asked who told them. */
export interface ToldDate {
  memberId: string;
  dueAt: number;
}

interface ToldRow {
  member_id: string;
  number: number;
  expires_at: string;
  of_silence: boolean;
  up_to: number;
  evidence: NoticeEvidence | null;
  evidence_at: Date | null;
}

interface Row extends ToldRow {
  state: NoticeState;
  tries: number;
  made_at: Date;
}

/** The date that a notice is about, as its subject begins with it: no JSON is read to find it. */
const date = 'left(n.subject, 24)';

/** The form of such a date. */
const ISO = 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"';

/**
 * Behind every subject that begins with a date, and before those of later ones, in the order of any
 * language: letters come after digits. The index over subjects has notices in that order.
 */
const lastOf = (of: string): string => `${of} || '/zzz'`;

const toldColumns = `n.member_id, n.number, ${date} AS expires_at,
  substr(n.subject, 25, 8) = '/silence' AS of_silence, (n.about#>>'{facts,upTo}')::int AS up_to,
  n.evidence, n.evidence_at`;

const ownedBy = `n.bucket = u.bucket AND n.member_id = u.member_id AND n.kind = '${EXPIRING}'`;

type ToldNotice = Omit<ExpiryNotice, 'state' | 'tries' | 'madeAt'>;

const toTold = (row: ToldRow): ToldNotice => ({
  memberId: row.member_id,
  number: row.number,
  expiresAt: Date.parse(row.expires_at),
  ofSilence: row.of_silence,
  upTo: row.up_to,
  evidence: row.evidence,
  evidenceAt: row.evidence_at?.getTime() ?? null,
});

const toNotice = (row: Row): ExpiryNotice => ({
  ...toTold(row),
  state: row.state,
  tries: row.tries,
  madeAt: row.made_at.getTime(),
});

/** What a notice proves: that its member was told a date; nothing while there is no evidence. */
export function toldBy(notice: ToldNotice): Told[] {
  const { number, expiresAt, ofSilence, upTo, evidence, evidenceAt } = notice;
  if (evidence === null || evidenceAt === null) return [];
  return [{ expiresAt, ofSilence, notice: number, upTo, evidence, at: evidenceAt }];
}

/**
 * What members are known to have been told of points whose date has passed, read behind their locks.
 * What they were told of later dates lets nothing go yet.
 */
export const toldFacts: FactReader = {
  async read(tx: Tx, members: readonly MemberKey[]): Promise<Map<string, Partial<MemberState>>> {
    const { rows } = await tx.query<ToldRow>({
      name: 'told-of-expiry',
      text: `SELECT ${toldColumns} FROM unnest($1::smallint[], $2::uuid[]) AS u (bucket, member_id)
               JOIN notices n ON ${ownedBy} AND n.evidence IS NOT NULL
                AND n.subject <= (SELECT ${lastOf(`to_char(programme_now(), '${ISO}')`)})
              ORDER BY n.member_id, n.number`,
      values: memberColumns(members),
    });
    const told = new Map<string, Told[]>(members.map(({ memberId }) => [memberId, []]));
    for (const row of rows) told.get(row.member_id)?.push(...toldBy(toTold(row)));
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

const dateRows = rowsOf<ToldDate>({
  bucket: ['int2', ({ memberId }) => bucketOf(memberId)],
  member_id: ['uuid', ({ memberId }) => memberId],
  expires_at: ['text', ({ dueAt }) => new Date(dueAt).toISOString()],
});

/** Notices about points that go. */
@Injectable()
export class ExpiryNoticesQueries {
  constructor(@Inject(DataSource) private readonly dataSource: DataSource) {}

  /** Those of some dates of members, by member; whoever has none is left out. */
  async of(dates: readonly ToldDate[]): Promise<Map<string, ExpiryNotice[]>> {
    const notices = new Map<string, ExpiryNotice[]>();
    if (dates.length === 0) return notices;
    const rows = await this.dataSource.query<Row[]>(
      `SELECT ${toldColumns}, n.state, n.tries, n.made_at FROM ${dateRows.source}
         JOIN notices n ON ${ownedBy} AND ${date} = u.expires_at
          AND n.subject BETWEEN u.expires_at AND ${lastOf('u.expires_at')}
        ORDER BY n.member_id, n.number`,
      dateRows.values(dates),
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
