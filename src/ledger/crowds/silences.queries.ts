import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { bucketOf, memberColumns } from '../address.js';
import { isTimeout } from '../ledger.queries.js';
import type { MemberRows } from './crowds.queries.js';

/** What the account says of a member who may be silent. */
export interface Heard {
  /** Milliseconds; null = no event yet. */
  heardAt: number | null;
  points: number;
  held: number;
  owed: number;
}

/** A stage that comes of silence: who did nothing since `before`, in milliseconds, is in it or beyond. */
export interface StageSince {
  stage: string;
  before: number;
}

export interface StageCount {
  stage: string;
  members: number;
  /** Points they have, held ones included. */
  points: number;
}

/** When members last did something, of many at once. */
@Injectable()
export class SilencesQueries {
  constructor(@Inject(DataSource) private readonly dataSource: DataSource) {}

  async heard(memberIds: readonly string[]): Promise<Map<string, Heard>> {
    if (memberIds.length === 0) return new Map();
    const rows = await this.dataSource.query<
      { member_id: string; heard_at: Date | null; points: string; held: string; owed: string }[]
    >(
      `SELECT a.member_id, a.heard_at, a.points, a.held, a.owed
         FROM unnest($1::smallint[], $2::uuid[]) AS u (bucket, member_id)
         JOIN accounts a USING (bucket, member_id)`,
      memberColumns(memberIds.map((memberId) => ({ bucket: bucketOf(memberId), memberId }))),
    );
    return new Map(
      rows.map(({ member_id, heard_at, points, held, owed }) => [
        member_id,
        {
          heardAt: heard_at?.getTime() ?? null,
          points: Number(points),
          held: Number(held),
          owed: Number(owed),
        },
      ]),
    );
  }

  /**
   * Members of some rows by their stage. The rows are `bucket`, `member_id`, `acted_at` (the last act
   * that the account does not know of) and `is_closed`. Undefined = it took longer than allowed.
   */
  async count(
    rows: MemberRows,
    stages: readonly StageSince[],
    withinMs: number,
  ): Promise<StageCount[] | undefined> {
    const stage = stageOf(stages, rows);
    return this.within<StageCount>(
      `SELECT ${stage} AS stage, count(*)::int AS members,
              coalesce(sum(a.points + a.held), 0)::float8 AS points
         FROM (${rows.text}) m JOIN accounts a ON a.bucket = m.bucket AND a.member_id = m.member_id
        GROUP BY 1`,
      rows,
      withinMs,
    );
  }

  /** Ids of those in one stage, by bucket and id. */
  async list(
    rows: MemberRows,
    stages: readonly StageSince[],
    { stage, limit }: { stage: string; limit: number },
    withinMs: number,
  ): Promise<string[] | undefined> {
    const found = await this.within<{ id: string }>(
      `SELECT m.member_id AS id
         FROM (${rows.text}) m JOIN accounts a ON a.bucket = m.bucket AND a.member_id = m.member_id
        WHERE ${stageOf(stages, rows)} = ${rows.parameters.add(stage)}::text
        ORDER BY m.bucket, m.member_id LIMIT ${rows.parameters.add(limit)}`,
      rows,
      withinMs,
    );
    return found?.map(({ id }) => id);
  }

  private async within<Row>(
    text: string,
    { parameters }: MemberRows,
    withinMs: number,
  ): Promise<Row[] | undefined> {
    return this.dataSource
      .transaction(async (tx) => {
        await tx.query(`SET LOCAL statement_timeout = ${String(Math.max(1, Math.ceil(withinMs)))}`);
        return tx.query<Row[]>(text, parameters.values);
      })
      .catch((error: unknown) => {
        if (isTimeout(error)) return undefined;
        throw error;
      });
  }
}

/** The last stage that the silence of `m` and `a` has come to; closing takes a posting as well. */
function stageOf(stages: readonly StageSince[], { parameters }: MemberRows): string {
  const cases = stages.toReversed().map(({ stage, before }) => {
    const posted = stage === 'closed' ? 'm.is_closed AND ' : '';
    const since = `${parameters.add(new Date(before))}::timestamptz`;
    return `WHEN ${posted}greatest(m.acted_at, a.heard_at) < ${since}
            THEN ${parameters.add(stage)}::text`;
  });
  return cases.length === 0 ? `'active'::text` : `CASE ${cases.join(' ')} ELSE 'active' END`;
}
