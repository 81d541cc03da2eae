import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type QueryRunner } from 'typeorm';
import { bodyHash } from '../../platform/http/canonical.js';
import { BUCKETS } from '../address.js';
import { compareRows, type RowDifference } from './compare.js';
import { inSnapshot, spell } from './stored.reader.js';
import { timeText, type TextRow } from './text-row.js';

/** Postings of one bucket that are named at most; more of them tell no more. */
const NAMED_MAX = 1_000;

interface Published {
  no: string;
  actor: string;
  digest: string;
  effectiveAt: string;
  publishedAt: string | null;
}

/** Programme versions held against what the audit log says of their publishing, and postings. */
@Injectable()
export class VersionsQueries {
  constructor(@Inject(DataSource) private readonly dataSource: DataSource) {}

  /**
   * Every version whose document is not what its digest says, that was not published as it stands,
   * or is missing; every pilot that is not as it was published or ended; and every posting decided by
   * a version that was not published yet, had not begun when it was recorded or happened, is not
   * there, or was in or outside of a pilot that the member is not.
   */
  async check(): Promise<RowDifference[]> {
    const runner = this.dataSource.createQueryRunner();
    try {
      const differences = await inSnapshot(runner, async () => [
        ...(await checkDocuments(runner)),
        ...(await checkPilots(runner)),
      ]);
      for (let bucket = 0; bucket < BUCKETS; bucket++) {
        differences.push(...(await inSnapshot(runner, () => checkPostings(runner, bucket))));
      }
      return differences;
    } finally {
      await runner.release();
    }
  }
}

async function checkDocuments(runner: QueryRunner): Promise<RowDifference[]> {
  const time = 'timestamp with time zone';
  const stored = await runner.manager.query<TextRow[]>(
    `SELECT t.no::text AS no, t.document::text AS document, encode(t.digest, 'hex') AS digest,
            ${spell('effective_at', time)} AS effective_at,
            ${spell('published_at', time)} AS published_at, t.published_by
       FROM programme_versions t ORDER BY t.no`,
  );
  const published = await runner.manager.query<Published[]>(
    `SELECT substring(subject FROM '[0-9]+$') AS no, actor, details->>'digest' AS digest,
            details->>'effectiveAt' AS "effectiveAt", details->>'publishedAt' AS "publishedAt"
       FROM audit_log WHERE action = 'programme.published'`,
  );
  const rowOf = new Map(stored.map((row) => [row['no'], row]));
  const rows = published.map((record): TextRow => {
    const row = rowOf.get(record.no);
    const document: unknown = JSON.parse(row?.['document'] ?? 'null');
    return {
      no: record.no,
      document: JSON.stringify(document),
      digest: record.digest,
      effective_at: timeText(Date.parse(record.effectiveAt)),
      // Earlier records did not say it.
      published_at:
        record.publishedAt === null
          ? (row?.['published_at'] ?? null)
          : timeText(Date.parse(record.publishedAt)),
      published_by: record.actor,
    };
  });
  return [
    ...compareRows({ table: 'programme_versions', key: ['no'], rows }, stored),
    ...stored.flatMap(forgedDocument),
  ];
}

function forgedDocument({ no, document, digest }: TextRow): RowDifference[] {
  const recomputed = bodyHash(JSON.parse(document ?? 'null'));
  if (recomputed === digest) return [];
  const place = { table: 'programme_versions', row: no ?? '', column: 'document' };
  return [{ ...place, stored: `digest ${digest ?? ''}`, recomputed: `digest ${recomputed}` }];
}

/** Pilots and their ends, held against the audit log, each as one text. */
async function checkPilots(runner: QueryRunner): Promise<RowDifference[]> {
  const stored = await runner.manager.query<TextRow[]>(
    `SELECT t.version_no::text AS no, t.share::text AS share, to_json(t.locations)::text AS locations,
            t.outcome, ${spell('ends_at', 'timestamp with time zone')} AS ends_at, t.decided_by
       FROM (SELECT p.*, e.outcome, e.effective_at AS ends_at, e.decided_by
               FROM programme_pilots p
               LEFT JOIN programme_pilot_ends e ON e.version_no = p.version_no) t
      ORDER BY t.version_no`,
  );
  const told = await runner.manager.query<
    {
      no: string;
      share: string | null;
      locations: string | null;
      outcome: string | null;
      endsAt: string | null;
      by: string | null;
    }[]
  >(
    `SELECT substring(a.subject FROM '[0-9]+$') AS no, a.details->'pilot'->>'share' AS share,
            (a.details->'pilot'->'locations')::text AS locations,
            substring(e.action FROM 'promoted|withdrawn') AS outcome,
            e.details->>'effectiveAt' AS "endsAt", e.actor AS by
       FROM audit_log a
       LEFT JOIN audit_log e ON e.subject = a.subject
        AND e.action IN ('programme.pilot_promoted', 'programme.pilot_withdrawn')
      WHERE a.action = 'programme.published' AND a.details->'pilot' IS NOT NULL`,
  );
  const rows = told.map(({ no, share, locations, outcome, endsAt, by }): TextRow => ({
    no,
    share,
    outcome,
    decided_by: by,
    locations: locations === null ? null : JSON.stringify(JSON.parse(locations)),
    ends_at: endsAt === null ? null : timeText(Date.parse(endsAt)),
  }));
  return compareRows({ table: 'programme_pilots', key: ['no'], rows }, stored);
}

/** The draw of `programmes/pilots/pilot.ts`, against the share of the version. */
const isDrawn = (pilot: string): string =>
  `('x' || left(encode(sha256(convert_to(${pilot}.version_no || '/' || p.member_id, 'UTF8')),
     'hex'), 8))::bit(32)::bigint * 1000000 < ${pilot}.share * 4294967296`;

/**
 * Whether an accrual was decided by a pilot after it was withdrawn or for a member outside of its
 * share, or by the version beside it for a member inside. Where it happened may be erased.
 */
const isMisplaced = `
  ((pilot.version_no IS NOT NULL AND e.outcome IS DISTINCT FROM 'promoted'
    AND p.occurred_at >= e.effective_at)
   OR (pilot.share IS NOT NULL AND (e.effective_at IS NULL OR p.occurred_at < e.effective_at)
       AND NOT ${isDrawn('pilot')})
   OR EXISTS (SELECT FROM programme_pilots o
                JOIN programme_versions ov ON ov.no = o.version_no
                LEFT JOIN programme_pilot_ends oe ON oe.version_no = o.version_no
               WHERE o.version_no > p.version_no AND p.occurred_at >= ov.effective_at
                 AND p.recorded_at >= ov.published_at
                 AND (oe.effective_at IS NULL OR p.occurred_at < oe.effective_at)
                 AND ${isDrawn('o')}))`;

async function checkPostings(runner: QueryRunner, bucket: number): Promise<RowDifference[]> {
  return runner.manager.query<RowDifference[]>(
    `SELECT 'postings' AS "table", concat_ws('/', p.bucket, p.member_id, p.seq) AS row,
            'version_no' AS column, p.version_no::text AS stored,
            CASE WHEN v.no IS NULL THEN 'a version that is there'
                 ELSE 'a version in force then' END AS recomputed
       FROM postings p LEFT JOIN programme_versions v ON v.no = p.version_no
       LEFT JOIN programme_pilots pilot ON pilot.version_no = p.version_no
       LEFT JOIN programme_pilot_ends e ON e.version_no = p.version_no
      WHERE p.bucket = $1
        AND (v.no IS NULL OR v.published_at > p.recorded_at
             OR v.effective_at > greatest(p.occurred_at, p.recorded_at)
             OR (p.kind = 'accrue' AND ${isMisplaced}))
      ORDER BY p.member_id, p.seq LIMIT $2`,
    [bucket, NAMED_MAX],
  );
}
