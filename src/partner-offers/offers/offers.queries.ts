import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { bucketOf } from '../../ledger/address.js';

/** A pause of an offer that has not ended. */
export interface OpenPause {
  offer: string;
  pausedAt: Date;
  reason: string;
}

/** Activations and pauses of offers, beside those that decisions read. */
@Injectable()
export class OffersQueries {
  constructor(@Inject(DataSource) private readonly dataSource: DataSource) {}

  async now(): Promise<number> {
    const [row] = await this.dataSource.query<{ now: Date }[]>('SELECT programme_now() AS now');
    if (row === undefined) throw new Error('invariant: the database tells the time');
    return row.now.getTime();
  }

  /** Activates once; the first instant stands. */
  async activate(memberId: string, offer: string): Promise<void> {
    await this.dataSource.query(
      `INSERT INTO offer_activations (bucket, member_id, offer, activated_at)
       VALUES ($1, $2, $3, (SELECT programme_now())) ON CONFLICT DO NOTHING`,
      [bucketOf(memberId), memberId, offer],
    );
  }

  /** Members who have activated an offer. */
  async activated(offer: string): Promise<number> {
    const [row] = await this.dataSource.query<{ count: number }[]>(
      'SELECT count(*)::int AS count FROM offer_activations WHERE offer = $1',
      [offer],
    );
    return row?.count ?? 0;
  }

  /** Codes of offers that are paused, or that somebody let go on since an instant. */
  async leftAlone(since: number): Promise<Set<string>> {
    const rows = await this.dataSource.query<{ offer: string }[]>(
      'SELECT DISTINCT offer FROM offer_pauses WHERE resumed_at IS NULL OR resumed_at >= $1',
      [new Date(since)],
    );
    return new Set(rows.map(({ offer }) => offer));
  }

  async openPauses(): Promise<OpenPause[]> {
    return this.dataSource.query<OpenPause[]>(
      `SELECT offer, paused_at AS "pausedAt", reason FROM offer_pauses WHERE resumed_at IS NULL`,
    );
  }

  /** Whether it was not paused already. Whoever pauses or resumes an offer queues at its lock. */
  async pause(tx: EntityManager, offer: string, reason: string, by: string): Promise<boolean> {
    await this.lock(tx, offer);
    const rows = await tx.query<unknown[]>(
      `INSERT INTO offer_pauses (offer, n, paused_at, paused_by, reason)
       SELECT $1, coalesce(max(n), 0) + 1, (SELECT programme_now()), $3, $2
         FROM offer_pauses WHERE offer = $1
       HAVING count(*) = count(resumed_at) RETURNING n`,
      [offer, reason, by],
    );
    return rows.length > 0;
  }

  /** Whether it was paused. */
  async resume(tx: EntityManager, offer: string, by: string): Promise<boolean> {
    await this.lock(tx, offer);
    const [rows] = await tx.query<[unknown[], number]>(
      `UPDATE offer_pauses SET resumed_at = (SELECT programme_now()), resumed_by = $2
        WHERE offer = $1 AND resumed_at IS NULL RETURNING n`,
      [offer, by],
    );
    return rows.length > 0;
  }

  private async lock(tx: EntityManager, offer: string): Promise<void> {
    await tx.query('SELECT pg_advisory_xact_lock(hashtext($1))', [`fealty:offer:${offer}`]);
  }
}
