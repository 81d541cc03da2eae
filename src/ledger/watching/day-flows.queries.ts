import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

/** Whole points of a local day. */
export interface DayFlow {
  /** As `2026-06-30`. */
  day: string;
  issued: number;
  expired: number;
}

/** Whether points come from an account into the programme, whoever pays for them. */
const isSource = (account: string): string =>
  `(${account} IN ('issued', 'adjusted', 'bought') OR ${account} LIKE 'partner:%')`;

/** Points issued, and gone by expiry, day by day; what was given back or came back is taken off. */
@Injectable()
export class DayFlowsQueries {
  constructor(@Inject(DataSource) private readonly dataSource: DataSource) {}

  /**
   * By when postings were recorded, from an instant to another one, `until` exclusive; days without
   * any are not told. Throws when it takes longer than allowed.
   */
  async read(
    { from, until }: { from: number; until: number },
    zone: string,
    withinMs: number,
  ): Promise<DayFlow[]> {
    return this.dataSource.transaction(async (tx) => {
      await tx.query(`SET LOCAL statement_timeout = ${String(Math.ceil(withinMs))}`);
      const rows = await tx.query<{ day: string; issued: string; expired: string }[]>(
        `SELECT (p.recorded_at AT TIME ZONE $3)::date::text AS day,
                sum(CASE WHEN ${isSource('e.debit')} = ${isSource('e.credit')} THEN 0
                         WHEN ${isSource('e.debit')} THEN e.amount ELSE -e.amount END) AS issued,
                sum(CASE WHEN e.credit = 'expired' THEN e.amount
                         WHEN e.debit = 'expired' THEN -e.amount ELSE 0 END) AS expired
           FROM postings p JOIN entries e USING (bucket, member_id, seq)
          WHERE p.recorded_at >= $1 AND p.recorded_at < $2 GROUP BY 1`,
        [new Date(from), new Date(until), zone],
      );
      return rows.map(({ day, issued, expired }) => ({
        day,
        issued: Number(issued),
        expired: Number(expired),
      }));
    });
  }
}
