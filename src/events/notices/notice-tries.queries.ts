import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { noticeWaitAfter, type NoticeAddress, type NoticeChannel } from './notice.js';
import { addressColumns, noticeColumns, type StoredNotice } from './notices.queries.js';

/** What became of one try; times are milliseconds from now. */
export interface Tried extends NoticeAddress {
  /** Tries before this one: somebody else's result of it is not overwritten. */
  tries: number;
  channel: NoticeChannel | null;
  state: 'due' | 'accepted' | 'unreachable';
  wait: number;
  problem: string | null;
  receipt: string | null;
}

/** The notices that are to be sent, as whoever sends them sees them. */
@Injectable()
export class NoticeTriesQueries {
  constructor(@Inject(DataSource) private readonly dataSource: DataSource) {}

  /** Whether there is anything to do in some buckets; it locks nothing. */
  async isAny(buckets: readonly number[]): Promise<boolean> {
    const [row] = await this.dataSource.query<{ any: boolean }[]>(
      `SELECT EXISTS (SELECT FROM notices
                       WHERE bucket = ANY ($1::smallint[]) AND state IN ('due', 'accepted')
                         AND next_at <= programme_now()) AS any`,
      [buckets],
    );
    return row?.any === true;
  }

  /** Those whose time has come in some buckets, locked; in the order of the index, or all are sorted. */
  async due(tx: EntityManager, buckets: readonly number[], limit: number): Promise<StoredNotice[]> {
    return tx.query<StoredNotice[]>(
      `SELECT ${noticeColumns} FROM notices n
        WHERE n.bucket = ANY ($1::smallint[]) AND n.state = 'due' AND n.next_at <= programme_now()
        ORDER BY n.bucket, n.next_at LIMIT $2 FOR NO KEY UPDATE SKIP LOCKED`,
      [buckets, limit],
    );
  }

  /** Begins a try: `tries` counts it, and until some time later nobody else begins one. */
  async begin(
    tx: EntityManager,
    notices: readonly NoticeAddress[],
    channel: NoticeChannel,
    ms: number,
  ): Promise<void> {
    if (notices.length === 0) return;
    await tx.query(
      `UPDATE notices n SET tries = n.tries + 1, channel = $4,
              next_at = programme_now() + $5 * interval '1 millisecond'
         FROM unnest($1::smallint[], $2::uuid[], $3::integer[]) AS u (bucket, member_id, number)
        WHERE n.bucket = u.bucket AND n.member_id = u.member_id AND n.number = u.number`,
      [...addressColumns(notices), channel, ms],
    );
  }

  /** Writes what became of tries that nobody has ended meanwhile. */
  async end(tx: EntityManager, tried: readonly Tried[]): Promise<void> {
    if (tried.length === 0) return;
    await tx.query(
      `UPDATE notices n
          SET state = u.state, channel = coalesce(u.channel, n.channel), problem = u.problem,
              receipt = u.receipt, tries = u.tries,
              next_at = programme_now() + u.wait * interval '1 millisecond',
              accepted_at = CASE WHEN u.state = 'accepted' THEN programme_now() END
         FROM unnest($1::smallint[], $2::uuid[], $3::integer[], $4::integer[], $5::text[],
                     $6::text[], $7::bigint[], $8::text[], $9::text[])
              AS u (bucket, member_id, number, tries, channel, state, wait, problem, receipt)
        WHERE n.bucket = u.bucket AND n.member_id = u.member_id AND n.number = u.number
          AND n.state = 'due' AND n.tries BETWEEN u.tries - 1 AND u.tries`,
      [
        ...addressColumns(tried),
        tried.map(({ tries }) => tries),
        tried.map(({ channel }) => channel),
        tried.map(({ state }) => state),
        tried.map(({ wait }) => wait),
        tried.map(({ problem }) => problem),
        tried.map(({ receipt }) => receipt),
      ],
    );
  }

  /** What a mail server took and no bounce has come for is told, as of when it took it. */
  async believe(tx: EntityManager, buckets: readonly number[]): Promise<number> {
    const [rows] = await tx.query<[unknown[], number]>(
      `UPDATE notices SET state = 'told', evidence = 'email', evidence_at = accepted_at
        WHERE bucket = ANY ($1::smallint[]) AND state = 'accepted'
          AND next_at <= programme_now() RETURNING number`,
      [buckets],
    );
    return rows.length;
  }
}

/** A try that told nobody: there is a next one, or nobody is left to try. */
export function failed(
  { memberId, number }: NoticeAddress,
  tries: number,
  channel: Tried['channel'],
  problem: string,
): Tried {
  const wait = noticeWaitAfter(tries);
  const state = wait === undefined ? 'unreachable' : 'due';
  return { memberId, number, tries, channel, state, wait: wait ?? 0, problem, receipt: null };
}
