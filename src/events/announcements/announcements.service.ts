import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { DeliveriesQueries, type NewDelivery } from '../deliveries/deliveries.queries.js';
import type { Wanting } from '../catalogue.js';
import { EndpointsQueries } from '../endpoints/endpoints.queries.js';
import { announcementEventId } from '../event-id.js';
import { LeasesQueries, type Fences } from '../sending/leases.queries.js';
import { AnnouncementsQueries, type Announcement } from './announcements.queries.js';

/** Announcements have no member; one bucket sends them. */
export const ANNOUNCING_BUCKET = 0;

const STREAM = 'programme/';

/** The announcement a stream is, or undefined when it is none. */
export const announcementOf = (stream: string): string | undefined =>
  stream.startsWith(STREAM) ? stream.slice(STREAM.length) : undefined;

export function announcing(
  announcements: readonly Announcement[],
  endpoints: readonly Wanting[],
): NewDelivery[] {
  return announcements.flatMap(({ id, type }) =>
    endpoints
      .filter(({ types }) => types.has(type))
      .map((endpoint) => ({
        bucket: ANNOUNCING_BUCKET,
        endpoint: endpoint.id,
        stream: `${STREAM}${id}`,
        seq: 0,
        n: 0,
        event: announcementEventId(id),
        type,
      })),
  );
}

/** Tells what happens to the programme: each in a stream of its own, since no order is promised. */
@Injectable()
export class Announcements {
  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(LeasesQueries) private readonly leases: LeasesQueries,
    @Inject(AnnouncementsQueries) private readonly announcements: AnnouncementsQueries,
    @Inject(EndpointsQueries) private readonly endpoints: EndpointsQueries,
    @Inject(DeliveriesQueries) private readonly deliveries: DeliveriesQueries,
  ) {}

  /** Returns how many were new; only who has the bucket for them looks. */
  async run(fences: Fences): Promise<number> {
    const fence = fences.get(ANNOUNCING_BUCKET);
    if (fence === undefined) return 0;
    return this.dataSource.transaction(async (tx) => {
      const standing = await this.leases.standing(tx, new Map([[ANNOUNCING_BUCKET, fence]]));
      if (standing.size === 0) return 0;
      const announced = await this.announcements.announce(tx);
      if (announced.length === 0) return 0;
      const endpoints = await this.endpoints.wanted(tx);
      await this.deliveries.add(tx, announcing(announced, endpoints));
      return announced.length;
    });
  }
}
