import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { bucketOf, memberColumns, type RowAddress } from '../address.js';
import { postingColumns, toPosting, type PostingRow } from '../batch/postings.queries.js';
import type { Posting } from '../posting.js';

/** A posting that was taken out of the outbox, or the opening of an account, which is number 0. */
export interface Happened extends RowAddress {
  /** Kind of the posting; undefined for the opening of an account. */
  kind: string | undefined;
  /** The tier before and after, where the posting decided one. */
  tiers: { before: string; after: string } | undefined;
}

/** A posting with what it added to the points that are not held; negative = took from them. */
export type ToldPosting = Posting & { points: number };

/** Where a reading of postings by the time of their recording has come to. */
export interface Place extends RowAddress {
  /** Microseconds since 1970, as text. */
  recordedAt: string;
}

interface HappenedRow {
  member_id: string;
  seq: number;
  kind: string | null;
  standing: (number | string | null)[] | null;
}

const toHappened = ({ member_id: memberId, seq, kind, standing }: HappenedRow): Happened => ({
  memberId,
  seq,
  kind: kind ?? undefined,
  tiers:
    standing === null
      ? undefined
      : { before: String(standing[4] ?? ''), after: String(standing[0] ?? '') },
});

/** Postings not read yet by those who want to know. A row is there only if its posting is. */
@Injectable()
export class OutboxQueries {
  constructor(@Inject(DataSource) private readonly dataSource: DataSource) {}

  /** From the commit on, every posting recorded later is in the outbox until it is taken. */
  async listen(tx: EntityManager, reader: string): Promise<void> {
    await tx.query(
      `INSERT INTO outbox_readers VALUES ($1, clock_timestamp()) ON CONFLICT DO NOTHING`,
      [reader],
    );
  }

  async stopListening(tx: EntityManager, reader: string): Promise<void> {
    await tx.query('DELETE FROM outbox_readers WHERE reader = $1', [reader]);
  }

  /** Whether nothing is there to take; it locks nothing. */
  async isEmpty(buckets: readonly number[]): Promise<boolean> {
    const [row] = await this.dataSource.query<{ empty: boolean }[]>(
      `SELECT NOT EXISTS (SELECT FROM outbox WHERE bucket = ANY ($1::smallint[])) AS empty`,
      [buckets],
    );
    return row?.empty === true;
  }

  /** Takes rows out of the outbox, those of a member in the order of their numbers. */
  async take(tx: EntityManager, buckets: readonly number[], limit: number): Promise<Happened[]> {
    const [taken] = await tx.query<[{ member_id: string; seq: number }[], number]>(
      `DELETE FROM outbox o
        USING (SELECT bucket, member_id, seq FROM outbox WHERE bucket = ANY ($1::smallint[])
                ORDER BY bucket, member_id, seq LIMIT $2) first
        WHERE o.bucket = first.bucket AND o.member_id = first.member_id AND o.seq = first.seq
        RETURNING o.member_id, o.seq`,
      [buckets, limit],
    );
    return this.facts(
      tx,
      taken.map(({ member_id: memberId, seq }) => ({ memberId, seq })),
    );
  }

  /** The postings at some addresses; who is not there is left out. */
  async postings(addresses: readonly RowAddress[]): Promise<ToldPosting[]> {
    if (addresses.length === 0) return [];
    const rows = await this.dataSource.query<(PostingRow & { moved: string })[]>(
      `SELECT ${postingColumns},
              (SELECT coalesce(sum(CASE WHEN e.credit = 'points' THEN e.amount ELSE 0 END
                                 - CASE WHEN e.debit = 'points' THEN e.amount ELSE 0 END), 0)
                 FROM entries e WHERE e.bucket = p.bucket AND e.member_id = p.member_id
                                  AND e.seq = p.seq) AS moved
         FROM unnest($1::smallint[], $2::uuid[], $3::integer[]) AS u (bucket, member_id, seq)
         JOIN postings p USING (bucket, member_id, seq)`,
      columnsOf(addresses),
    );
    return rows.map((row) => ({ ...toPosting(row), points: Number(row.moved) }));
  }

  /** What was recorded in a stretch of time, in that order, behind a place. */
  async recorded(
    { from, to }: { from: Date; to: Date },
    after: Place | undefined,
    limit: number,
  ): Promise<(Happened & Place)[]> {
    const rows = await this.dataSource.query<(HappenedRow & { micros: string })[]>(
      `SELECT p.member_id, p.seq, p.kind, p.effects->'standing' AS standing,
              (extract(epoch FROM p.recorded_at) * 1000000)::bigint AS micros
         FROM postings p
        WHERE p.recorded_at >= $1 AND p.recorded_at < $2
          AND ($3::bigint IS NULL
               OR (p.recorded_at, p.member_id, p.seq)
                > ('epoch'::timestamptz + $3::bigint * interval '1 microsecond', $4::uuid, $5::integer))
        ORDER BY p.recorded_at, p.member_id, p.seq LIMIT $6`,
      [from, to, after?.recordedAt ?? null, after?.memberId ?? null, after?.seq ?? null, limit],
    );
    return rows.map((row) => ({ ...toHappened(row), recordedAt: row.micros }));
  }

  /** What is to be known of postings to say which events they are. */
  async facts(tx: EntityManager, addresses: readonly RowAddress[]): Promise<Happened[]> {
    if (addresses.length === 0) return [];
    const rows = await tx.query<HappenedRow[]>(
      `SELECT u.member_id, u.seq, p.kind, p.effects->'standing' AS standing
         FROM unnest($1::smallint[], $2::uuid[], $3::integer[]) AS u (bucket, member_id, seq)
         LEFT JOIN postings p USING (bucket, member_id, seq)`,
      columnsOf(addresses),
    );
    return rows.filter(({ seq, kind }) => seq === 0 || kind !== null).map(toHappened);
  }
}

function columnsOf(addresses: readonly RowAddress[]): unknown[] {
  const keys = addresses.map(({ memberId }) => ({ bucket: bucketOf(memberId), memberId }));
  return [...memberColumns(keys), addresses.map(({ seq }) => seq)];
}
