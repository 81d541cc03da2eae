import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';

/** Something that happened to the programme: told under an id that says what. */
export interface Announcement {
  /** Such as `version/3`. */
  id: string;
  type: string;
  at: Date;
  data: object;
}

/**
 * What the programme has and nobody has been told. It is found by what is not announced yet, and by
 * no number or time read last, so that a transaction that commits late is not passed over. The
 * tables are small: versions, pauses, freezes, settled months, alerts, and days with heads.
 */
const sources = [
  `SELECT 'version/' || no AS id, 'programme.published' AS type, published_at AS at,
          json_build_object('version', no, 'effectiveAt', to_json(effective_at)) AS data
     FROM programme_versions`,
  `SELECT 'pause/' || offer || '/' || n, 'offer.paused', paused_at,
          json_build_object('offer', offer, 'at', to_json(paused_at))
     FROM offer_pauses`,
  `SELECT 'resume/' || offer || '/' || n, 'offer.resumed', resumed_at,
          json_build_object('offer', offer, 'at', to_json(resumed_at))
     FROM offer_pauses WHERE resumed_at IS NOT NULL`,
  `SELECT 'freeze/' || member_id || '/' || n, 'spending.frozen', frozen_at,
          json_build_object('member', member_id, 'at', to_json(frozen_at), 'found', found)
     FROM spending_freezes`,
  `SELECT 'unfreeze/' || member_id || '/' || n, 'spending.unfrozen', lifted_at,
          json_build_object('member', member_id, 'at', to_json(lifted_at), 'found', found)
     FROM spending_freezes WHERE lifted_at IS NOT NULL`,
  `SELECT 'settlement/' || partner || '/' || period, 'settlement.ready', made_at,
          json_build_object('partner', partner, 'period', period, 'currency', currency,
                            'balance', balance)
     FROM partner_statements`,
  `SELECT 'alert/' || monitor || '/' || subject || '/' || threshold || '/' || day,
          'monitor.alerted', made_at,
          json_build_object('monitor', monitor, 'subject', subject, 'day', day,
                            'version', version_no, 'hits', hits, 'total', total)
     FROM monitor_results WHERE since = day`,
  `SELECT 'heads/' || day, 'heads.signed', clock_timestamp(), json_build_object('day', day)
     FROM daily_heads WHERE bucket = 0`,
];

/** The table of announcements. */
@Injectable()
export class AnnouncementsQueries {
  /** Announces what is not; returns it. */
  async announce(tx: EntityManager): Promise<Announcement[]> {
    return tx.query<Announcement[]>(
      `INSERT INTO announcements (id, type, at, data)
       SELECT id, type, at, data FROM (${sources.join(' UNION ALL ')}) found
        WHERE NOT EXISTS (SELECT FROM announcements a WHERE a.id = found.id)
       ON CONFLICT DO NOTHING RETURNING id, type, at, data`,
    );
  }

  async byIds(tx: Pick<EntityManager, 'query'>, ids: readonly string[]): Promise<Announcement[]> {
    if (ids.length === 0) return [];
    return tx.query<Announcement[]>(
      'SELECT id, type, at, data FROM announcements WHERE id = ANY ($1::text[])',
      [ids],
    );
  }

  /** All of a stretch of time. */
  async between(tx: Pick<EntityManager, 'query'>, from: Date, to: Date): Promise<Announcement[]> {
    return tx.query<Announcement[]>(
      'SELECT id, type, at, data FROM announcements WHERE at >= $1 AND at < $2 ORDER BY at, id',
      [from, to],
    );
  }
}
