import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { accountsOf } from '../../rules/conversions/terms.js';
import { accountOf } from '../../rules/partners/terms.js';

/** Whole points of one kind of posting under one version; negative = given back. */
export interface Flow {
  versionNo: number;
  kind: string;
  points: number;
}

/** From an instant to another one, `until` exclusive, by when postings were recorded. */
export interface Span {
  from: number;
  until: number;
}

interface FlowRow {
  version_no: number;
  kind: string;
  points: string;
}

/** The expression of the index `partner_entries`. */
const partnerOf = `(CASE WHEN e.debit LIKE 'partner:%' THEN e.debit
                         WHEN e.credit LIKE 'partner:%' THEN e.credit END)`;

/** Finds the entries of a partner by their index; $1 its account, $2 and $3 a span of time. */
export const fundedText = `SELECT p.version_no,
              CASE WHEN p.explanation->0->>2 = 'partner_paid' THEN 'awarded' ELSE p.kind END AS kind,
              sum(CASE WHEN e.debit = $1 THEN e.amount ELSE -e.amount END) AS points
         FROM entries e JOIN postings p USING (bucket, member_id, seq)
        WHERE ${partnerOf} = $1 AND p.recorded_at >= $2 AND p.recorded_at < $3
        GROUP BY 1, 2 ORDER BY 1, 2`;

const toFlow = ({ version_no, kind, points }: FlowRow): Flow => ({
  versionNo: version_no,
  kind,
  points: Number(points),
});

/** Sums of what the ledger says of one partner; no row leaves the database. */
@Injectable()
export class PartnerFlowsQueries {
  constructor(@Inject(DataSource) private readonly dataSource: DataSource) {}

  /** Runs readings on one snapshot, so that they fit together. */
  async inSnapshot<T>(work: (tx: EntityManager) => Promise<T>): Promise<T> {
    return this.dataSource.transaction('REPEATABLE READ', work);
  }

  /** Points that the partner pays for, by version and kind of posting. */
  async funded(tx: EntityManager, partner: string, { from, until }: Span): Promise<Flow[]> {
    const rows = await tx.query<FlowRow[]>(fundedText, [
      accountOf(partner),
      new Date(from),
      new Date(until),
    ]);
    return rows.map(toFlow);
  }

  /**
   * Points redeemed at a retailer less those given back; a hold alone is not redeemed, and a voucher
   * is when it is used, by whoever takes it: one that has an end in its effects. A return may give back
   * what was redeemed at several: it tells the points of each in the order of their effects.
   */
  async redeemed(tx: EntityManager, retailer: string, { from, until }: Span): Promise<Flow[]> {
    const rows = await tx.query<FlowRow[]>(
      `SELECT p.version_no, 'redeem' AS kind, sum(r.points) AS points
         FROM postings p CROSS JOIN LATERAL (
              SELECT CASE WHEN e.credit = 'redeemed' THEN e.amount ELSE -e.amount END AS points
                FROM entries e
               WHERE e.bucket = p.bucket AND e.member_id = p.member_id AND e.seq = p.seq
                 AND p.kind <> 'return' AND 'redeemed' IN (e.debit, e.credit)
                 AND p.effects->'redemptions'->0->>1 = $1
                 AND p.effects->'redemptions'->0->>11 IS NULL
               UNION ALL
              SELECT (p.effects->'redemptions'->0->>3)::bigint
               WHERE p.explanation->0->>2 = 'voucher_used'
                 AND p.effects->'redemptions'->0->>12 = $1
               UNION ALL
              SELECT -(told.item->>4)::bigint
                FROM (SELECT item, row_number() OVER (ORDER BY place) AS n
                        FROM json_array_elements(p.explanation) WITH ORDINALITY AS i (item, place)
                       WHERE item->>2 IN ('reward_given_back', 'tender_given_back')) told
               WHERE p.kind = 'return'
                 AND coalesce(p.effects->'redemptions'->(told.n - 1)::int->>12,
                              p.effects->'redemptions'->(told.n - 1)::int->>1) = $1) r
        WHERE p.recorded_at >= $2 AND p.recorded_at < $3 AND p.kind IN ('redeem', 'release', 'return')
        GROUP BY 1 ORDER BY 1`,
      [retailer, new Date(from), new Date(until)],
    );
    return rows.map(toFlow);
  }

  /** Points that became units of the partner's currencies; what is only held is not among them. */
  async converted(tx: EntityManager, partner: string, { from, until }: Span): Promise<Flow[]> {
    const rows = await tx.query<FlowRow[]>(
      `SELECT p.version_no, p.kind, sum(e.amount) AS points
         FROM postings p JOIN entries e USING (bucket, member_id, seq)
        WHERE p.recorded_at >= $2 AND p.recorded_at < $3 AND p.kind = 'redeem'
          AND starts_with(e.credit, $1)
        GROUP BY 1, 2 ORDER BY 1`,
      [accountsOf(partner), new Date(from), new Date(until)],
    );
    return rows.map(toFlow);
  }

  /**
   * The programme's now, and whether no transaction has been writing for so many seconds that it
   * may still record a posting of before them.
   */
  async moment(tx: EntityManager, seconds: number): Promise<{ now: number; isQuiet: boolean }> {
    const rows = await tx.query<{ now: Date; old: boolean }[]>(
      `SELECT programme_now() AS now, EXISTS (
                SELECT FROM pg_stat_activity
                 WHERE datname = current_database() AND backend_xid IS NOT NULL
                   AND xact_start < clock_timestamp() - make_interval(secs => $1)) AS old`,
      [seconds],
    );
    const [row] = rows;
    if (row === undefined) throw new Error('invariant: the database tells the time');
    return { now: row.now.getTime(), isQuiet: !row.old };
  }
}
