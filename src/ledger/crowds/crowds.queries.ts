import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { Parameters } from '../../platform/database/parameters.js';
import { isTimeout } from '../ledger.queries.js';
import { conditionOf, type AccountTest } from './account-test.queries.js';

/**
 * A statement's part that yields members, as rows of `bucket`, `member_id` and for each crowd a
 * flag `f0`, `f1`, ...: what the ledger does not know of them.
 */
export interface MemberRows {
  text: string;
  parameters: Parameters;
}

/** What the ledger knows of the members of each crowd. */
export type CrowdTests = readonly (readonly AccountTest[])[];

/** Members counted and listed by what the ledger and others know of them. */
@Injectable()
export class CrowdsQueries {
  constructor(@Inject(DataSource) private readonly dataSource: DataSource) {}

  /** All members of the rows, and those of each crowd. Undefined = it took longer than allowed. */
  async count(
    rows: MemberRows,
    crowds: CrowdTests,
    withinMs: number,
  ): Promise<{ all: number; crowds: number[] } | undefined> {
    const counts = crowds.map(
      (tests, place) => `count(*) FILTER (WHERE ${among(place, tests, rows.parameters)})::int`,
    );
    const list = counts.length === 0 ? `'{}'::int[]` : `array[${counts.join(', ')}]`;
    const found = await this.within<{ all: number; crowds: number[] }>(
      `SELECT count(*)::int AS "all", ${list} AS crowds
         FROM (${rows.text}) m JOIN accounts a ON a.bucket = m.bucket AND a.member_id = m.member_id`,
      rows.parameters,
      withinMs,
    );
    return found?.[0];
  }

  /** Ids of the members of one crowd, by bucket and id. Undefined = it took longer than allowed. */
  async list(
    rows: MemberRows,
    tests: readonly AccountTest[],
    limit: number,
    withinMs: number,
  ): Promise<string[] | undefined> {
    const found = await this.within<{ id: string }>(
      `SELECT m.member_id AS id
         FROM (${rows.text}) m JOIN accounts a ON a.bucket = m.bucket AND a.member_id = m.member_id
        WHERE ${among(0, tests, rows.parameters)}
        ORDER BY m.bucket, m.member_id LIMIT ${rows.parameters.add(limit)}`,
      rows.parameters,
      withinMs,
    );
    return found?.map(({ id }) => id);
  }

  private async within<Row>(
    text: string,
    { values }: Parameters,
    withinMs: number,
  ): Promise<Row[] | undefined> {
    return this.dataSource
      .transaction(async (tx) => {
        await tx.query(`SET LOCAL statement_timeout = ${String(Math.max(1, Math.ceil(withinMs)))}`);
        return tx.query<Row[]>(text, values);
      })
      .catch((error: unknown) => {
        if (isTimeout(error)) return undefined;
        throw error;
      });
  }
}

const among = (place: number, tests: readonly AccountTest[], parameters: Parameters): string =>
  [`m.f${String(place)}`, ...tests.map((test) => conditionOf(test, parameters))].join(' AND ');
