import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { bucketOf, memberColumns } from '../../ledger/address.js';
import type { RowWriter } from '../../ledger/command.js';
import { rowsOf } from '../../platform/database/columns.js';
import type {
  NoticeAddress,
  NoticeChannel,
  NoticeDraft,
  NoticeEvidence,
  NoticeState,
} from './notice.js';

export interface StoredNotice extends NoticeAddress {
  kind: string;
  subject: string;
  about: { title: string; text: string; facts: Record<string, unknown> };
  madeAt: Date;
  dueAt: Date;
  state: NoticeState;
  channel: NoticeChannel | null;
  tries: number;
  nextAt: Date;
  problem: string | null;
  receipt: string | null;
  evidence: NoticeEvidence | null;
  evidenceAt: Date | null;
}

/** The columns of `notices n` as `StoredNotice` names them. */
export const noticeColumns = `n.member_id AS "memberId", n.number, n.kind, n.subject, n.about,
  n.made_at AS "madeAt", n.due_at AS "dueAt", n.state, n.channel, n.tries, n.next_at AS "nextAt",
  n.problem, n.receipt, n.evidence, n.evidence_at AS "evidenceAt"`;

const drafts = rowsOf<NoticeDraft>({
  bucket: ['int2', ({ memberId }) => bucketOf(memberId)],
  member_id: ['uuid', ({ memberId }) => memberId],
  kind: ['text', ({ kind }) => kind],
  subject: ['text', ({ subject }) => subject],
  about: ['json', ({ title, text, facts }) => JSON.stringify({ title, text, facts })],
  made_at: ['timestamptz', ({ madeAt }) => madeAt],
  due_at: ['timestamptz', ({ dueAt }) => dueAt],
});

/** Numbers go on behind the member's last; whoever writes has the member locked. */
const insert = `INSERT INTO notices (bucket, member_id, number, kind, subject, about, made_at, due_at,
                                   state, tries, next_at)
  SELECT bucket, member_id,
         (SELECT coalesce(max(n.number), 0) FROM notices n
           WHERE n.bucket = u.bucket AND n.member_id = u.member_id)
         + row_number() OVER (PARTITION BY bucket, member_id ORDER BY kind, subject),
         kind, subject, about, made_at, due_at, 'due', 0, due_at
    FROM ${drafts.source}
  ON CONFLICT (bucket, member_id, kind, subject) DO NOTHING`;

/** Notices that commit together with a posting. */
export const noticesWriter: RowWriter<NoticeDraft> = {
  write: (tx, rows) =>
    tx.query({ name: 'insert-notices', text: insert, values: drafts.values(onceEach(rows)) }),
};

/** How old something may be and still be news: a little longer than a review may have been missed. */
const RECENT_DAYS = 35;

/** The same, but for what happened too long ago to be news, such as what is imported. */
export const recentNoticesWriter: RowWriter<NoticeDraft> = {
  write: (tx, rows) =>
    tx.query({
      name: 'insert-recent-notices',
      text: insert.replace(
        'ON CONFLICT',
        `WHERE due_at > programme_now() - interval '${String(RECENT_DAYS)} days' ON CONFLICT`,
      ),
      values: drafts.values(onceEach(rows)),
    }),
};

/** What members are to be told, and how it is known that they were. */
@Injectable()
export class NoticesQueries {
  constructor(@Inject(DataSource) private readonly dataSource: DataSource) {}

  /**
   * Adds what is not there; the transaction has the members' accounts or memberships locked. Returns
   * how many it added.
   */
  async write(tx: EntityManager, rows: readonly NoticeDraft[]): Promise<number> {
    if (rows.length === 0) return 0;
    const added = `${insert} RETURNING number`;
    return (await tx.query<unknown[]>(added, drafts.values(onceEach(rows)))).length;
  }

  /** There is evidence: what has been told already stays as it was told first. */
  async tell(
    tx: EntityManager,
    notices: readonly NoticeAddress[],
    evidence: NoticeEvidence,
    at?: Date,
  ): Promise<void> {
    if (notices.length === 0) return;
    await tx.query(
      `UPDATE notices n SET state = 'told', evidence = $4,
              evidence_at = coalesce($5, programme_now())
         FROM unnest($1::smallint[], $2::uuid[], $3::integer[]) AS u (bucket, member_id, number)
        WHERE n.bucket = u.bucket AND n.member_id = u.member_id AND n.number = u.number
          AND n.evidence IS NULL AND n.state <> 'withdrawn'`,
      [...addressColumns(notices), evidence, at ?? null],
    );
  }

  /** The same for what a member was told of a kind, by what it is about. */
  async tellSubjects(
    tx: EntityManager,
    { memberId, kind, subjects }: { memberId: string; kind: string; subjects: readonly string[] },
    evidence: NoticeEvidence,
    at: Date,
  ): Promise<void> {
    await tx.query(
      `UPDATE notices SET state = 'told', evidence = $5, evidence_at = $6
        WHERE bucket = $1 AND member_id = $2 AND kind = $3 AND subject = ANY ($4::text[])
          AND evidence IS NULL AND state <> 'withdrawn'`,
      [bucketOf(memberId), memberId, kind, [...subjects], evidence, at],
    );
  }

  /** Nobody need be told any more; what was told is kept. */
  async withdraw(
    tx: EntityManager,
    { memberId, kind, subjects }: { memberId: string; kind: string; subjects: readonly string[] },
  ): Promise<void> {
    await tx.query(
      `UPDATE notices SET state = 'withdrawn'
        WHERE bucket = $1 AND member_id = $2 AND kind = $3 AND subject = ANY ($4::text[])
          AND state IN ('due', 'accepted', 'unreachable')`,
      [bucketOf(memberId), memberId, kind, [...subjects]],
    );
  }

  /** A mail came back: it is no evidence, and the next try is made at once. */
  async bounced(tx: EntityManager, notice: NoticeAddress): Promise<boolean> {
    const [rows] = await tx.query<[unknown[], number]>(
      `UPDATE notices SET state = 'due', problem = 'bounced', next_at = programme_now(),
              accepted_at = NULL, receipt = NULL, evidence = NULL, evidence_at = NULL
        WHERE bucket = $1 AND member_id = $2 AND number = $3 AND channel = 'email'
          AND (state = 'accepted' OR evidence = 'email') RETURNING number`,
      [bucketOf(notice.memberId), notice.memberId, notice.number],
    );
    return rows.length > 0;
  }

  async byAddress(
    notices: readonly NoticeAddress[],
    tx: EntityManager = this.dataSource.manager,
  ): Promise<StoredNotice[]> {
    if (notices.length === 0) return [];
    return tx.query<StoredNotice[]>(
      `SELECT ${noticeColumns}
         FROM unnest($1::smallint[], $2::uuid[], $3::integer[]) AS u (bucket, member_id, number)
         JOIN notices n USING (bucket, member_id, number)`,
      addressColumns(notices),
    );
  }

  /** What a member is told or is to be told, newest first; with `isDueOnly` nothing of the future. */
  async of(
    memberId: string,
    limit: number,
    isDueOnly: boolean,
    tx: EntityManager = this.dataSource.manager,
  ): Promise<StoredNotice[]> {
    return tx.query<StoredNotice[]>(
      `SELECT ${noticeColumns} FROM notices n
        WHERE n.bucket = $1 AND n.member_id = $2
          AND (NOT $4 OR (n.due_at <= programme_now() AND n.state <> 'withdrawn'))
        ORDER BY n.number DESC LIMIT $3`,
      [bucketOf(memberId), memberId, limit, isDueOnly],
    );
  }
}

/** One statement cannot meet the same row twice. */
function onceEach(rows: readonly NoticeDraft[]): NoticeDraft[] {
  const keyOf = ({ memberId, kind, subject }: NoticeDraft): string =>
    `${memberId}/${kind}/${subject}`;
  return [...new Map(rows.map((each) => [keyOf(each), each])).values()];
}

export const addressColumns = (notices: readonly NoticeAddress[]): unknown[] => [
  ...memberColumns(notices.map(({ memberId }) => ({ bucket: bucketOf(memberId), memberId }))),
  notices.map(({ number }) => number),
];
