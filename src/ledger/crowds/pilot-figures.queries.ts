import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { isTimeout } from '../ledger.queries.js';

export interface Side {
  /** Members with a purchase. */
  members: number;
  purchases: number;
  /** Billionths of these purchases, returns and corrections of them taken off. */
  billionths: bigint;
}

export interface PilotFigures {
  inside: Side;
  outside: Side;
}

interface Row {
  inside: boolean;
  members: number;
  purchases: number;
  billionths: string;
}

/** Tills may run ahead of the database, so an event may be recorded this much before it occurs. */
const AHEAD_MS = 300_000;

const nothing: Side = { members: 0, purchases: 0, billionths: 0n };

/** What was bought while a version was piloted: decided by it, and by the one beside it. */
@Injectable()
export class PilotFiguresQueries {
  constructor(@Inject(DataSource) private readonly dataSource: DataSource) {}

  /** Instants in milliseconds, `until` exclusive. Undefined = it took longer than allowed. */
  async of(
    { no, from, until }: { no: number; from: number; until: number | undefined },
    withinMs: number,
  ): Promise<PilotFigures | undefined> {
    return this.dataSource
      .transaction(async (tx) => {
        await tx.query(`SET LOCAL statement_timeout = ${String(withinMs)}`);
        const rows = await tx.query<Row[]>(
          `SELECT p.version_no = $1 AS inside, count(DISTINCT p.member_id)::int AS members,
                  count(*)::int AS purchases, sum(p.billionths + coalesce(later.sum, 0)) AS billionths
             FROM postings p
             LEFT JOIN LATERAL (
               SELECT sum(r.billionths) FROM postings r
                WHERE r.bucket = p.bucket AND r.member_id = p.member_id AND r.subject_seq = p.seq
                  AND r.kind IN ('return', 'correct')) later ON true
            WHERE p.kind = 'accrue' AND p.operation <> 'activity' AND p.recorded_at >= $2
              AND p.occurred_at >= $3 AND ($4::timestamptz IS NULL OR p.occurred_at < $4)
            GROUP BY 1`,
          [
            no,
            new Date(from - AHEAD_MS),
            new Date(from),
            until === undefined ? null : new Date(until),
          ],
        );
        return { inside: sideOf(rows, true), outside: sideOf(rows, false) };
      })
      .catch((error: unknown) => {
        if (isTimeout(error)) return undefined;
        throw error;
      });
  }
}

function sideOf(rows: readonly Row[], inside: boolean): Side {
  const row = rows.find((each) => each.inside === inside);
  if (row === undefined) return nothing;
  const { members, purchases, billionths } = row;
  return { members, purchases, billionths: BigInt(billionths) };
}
