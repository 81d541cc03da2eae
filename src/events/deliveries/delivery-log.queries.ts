import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { DeliveryState } from './deliveries.requests.js';
import type { LoggedDelivery } from './deliveries.views.js';

/** Where a page of the log ends. */
export interface LogPlace {
  /** Microseconds since 1970, as text. */
  madeAt: string;
  event: string;
}

/** The deliveries of an endpoint as staff read them. */
@Injectable()
export class DeliveryLogQueries {
  constructor(@Inject(DataSource) private readonly dataSource: DataSource) {}

  /** The newest behind a place. */
  async page(
    endpoint: string,
    state: DeliveryState | undefined,
    after: LogPlace | undefined,
    limit: number,
  ): Promise<(LoggedDelivery & { micros: string })[]> {
    return this.dataSource.query<(LoggedDelivery & { micros: string })[]>(
      `SELECT event, type, state, made_at, next_at, ended_at, tries, attempts,
              (extract(epoch FROM made_at) * 1000000)::bigint AS micros
         FROM deliveries
        WHERE endpoint = $1 AND ($2::text IS NULL OR state = $2)
          AND ($3::bigint IS NULL OR (made_at, event)
               < ('epoch'::timestamptz + $3::bigint * interval '1 microsecond', $4::text))
        ORDER BY made_at DESC, event DESC LIMIT $5`,
      [endpoint, state ?? null, after?.madeAt ?? null, after?.event ?? null, limit],
    );
  }
}
