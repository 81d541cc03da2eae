import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Span } from './partner-flows.queries.js';

/** What the sales of one retailer came to by one kind of posting under one version. */
export interface SalesFlow {
  versionNo: number;
  kind: string;
  /** How many postings of the kind. */
  postings: number;
  /** Exact, in billionths of a point; negative = taken back. */
  billionths: bigint;
}

interface SalesRow {
  version_no: number;
  kind: string;
  postings: string;
  billionths: string;
}

/**
 * Postings about what a retailer sold: $1 its caller, $2 and $3 a span of time. Those of returns and
 * corrections name the sale, whoever caused them. What was done without buying is no sale.
 */
const ofSales = `
  FROM postings p
  LEFT JOIN postings o ON p.kind <> 'accrue' AND o.bucket = p.bucket
   AND o.member_id = p.member_id AND o.seq = p.subject_seq
 WHERE p.recorded_at >= $2 AND p.recorded_at < $3 AND p.kind IN ('accrue', 'return', 'correct')
   AND coalesce(o.kind, p.kind) = 'accrue' AND coalesce(o.caller, p.caller) = $1
   AND coalesce(o.operation, p.operation) <> 'activity'`;

const parameters = (retailer: string, { from, until }: Span): unknown[] => [
  `r/${retailer}`,
  new Date(from),
  new Date(until),
];

/** What a retailer's sales earned members, whoever pays for it; no posting leaves the database. */
@Injectable()
export class SalesFlowsQueries {
  /** By version and kind, in this order. */
  async flows(tx: EntityManager, retailer: string, span: Span): Promise<SalesFlow[]> {
    const rows = await tx.query<SalesRow[]>(
      `SELECT p.version_no, p.kind, count(*) AS postings, sum(p.billionths) AS billionths
         ${ofSales} GROUP BY 1, 2 ORDER BY 1, 2`,
      parameters(retailer, span),
    );
    return rows.map(({ version_no, kind, postings, billionths }) => ({
      versionNo: version_no,
      kind,
      postings: Number(postings),
      billionths: BigInt(billionths),
    }));
  }

  /** How many members bought something. */
  async members(tx: EntityManager, retailer: string, span: Span): Promise<number> {
    const rows = await tx.query<{ members: string }[]>(
      `SELECT count(DISTINCT p.member_id) AS members ${ofSales} AND p.kind = 'accrue'`,
      parameters(retailer, span),
    );
    return Number(rows[0]?.members ?? 0);
  }
}
