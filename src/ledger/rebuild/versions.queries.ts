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
   * or is missing; and every posting decided by a version that was not published yet, had not
   * begun when it was recorded or happened, or is not there.
   */
  async check(): Promise<RowDifference[]> {
    const runner = this.dataSource.createQueryRunner();
    try {
      const differences = await inSnapshot(runner, () => checkDocuments(runner));
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

async function checkPostings(runner: QueryRunner, bucket: number): Promise<RowDifference[]> {
  return runner.manager.query<RowDifference[]>(
    `SELECT 'postings' AS "table", concat_ws('/', p.bucket, p.member_id, p.seq) AS row,
            'version_no' AS column, p.version_no::text AS stored,
            CASE WHEN v.no IS NULL THEN 'a version that is there'
                 ELSE 'a version in force then' END AS recomputed
       FROM postings p LEFT JOIN programme_versions v ON v.no = p.version_no
      WHERE p.bucket = $1
        AND (v.no IS NULL OR v.published_at > p.recorded_at
             OR v.effective_at > greatest(p.occurred_at, p.recorded_at))
      ORDER BY p.member_id, p.seq LIMIT $2`,
    [bucket, NAMED_MAX],
  );
}
