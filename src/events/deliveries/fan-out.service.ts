import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { bucketOf } from '../../ledger/address.js';
import { OutboxQueries, type Happened } from '../../ledger/outbox/outbox.queries.js';
import { eventsOf, type Wanting } from '../catalogue.js';
import { EndpointsQueries } from '../endpoints/endpoints.queries.js';
import { eventId } from '../event-id.js';
import { LeasesQueries, type Fences } from '../sending/leases.queries.js';
import { DeliveriesQueries, type NewDelivery } from './deliveries.queries.js';

/** Postings taken out of the outbox in one transaction. */
const TAKEN_AT_ONCE = 1_000;

/** One delivery for each event of what happened and each endpoint that wants it. */
export function deliveriesOf(
  happened: readonly Happened[],
  endpoints: readonly Wanting[],
): NewDelivery[] {
  return happened.flatMap((each) => {
    const { memberId, seq } = each;
    const at = { bucket: bucketOf(memberId), stream: memberId, seq };
    return eventsOf(each).flatMap(({ n, type }) =>
      endpoints
        .filter(({ types }) => types.has(type))
        .map(({ id }) => ({ ...at, endpoint: id, n, type, event: eventId({ memberId, seq, n }) })),
    );
  });
}

/** Turns what is in the outbox into deliveries: both in one transaction, so that none is lost. */
@Injectable()
export class FanOut {
  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(OutboxQueries) private readonly outbox: OutboxQueries,
    @Inject(EndpointsQueries) private readonly endpoints: EndpointsQueries,
    @Inject(DeliveriesQueries) private readonly deliveries: DeliveriesQueries,
    @Inject(LeasesQueries) private readonly leases: LeasesQueries,
  ) {}

  /** Whether more may be there. */
  async run(fences: Fences): Promise<boolean> {
    if (await this.outbox.isEmpty([...fences.keys()])) return false;
    return this.dataSource.transaction(async (tx) => {
      const standing = await this.leases.standing(tx, fences);
      const taken = await this.outbox.take(tx, [...standing], TAKEN_AT_ONCE);
      if (taken.length === 0) return false;
      // Read after the rows were taken: whoever listened before a posting was recorded is seen.
      const endpoints = await this.endpoints.wanted(tx);
      await this.deliveries.add(tx, deliveriesOf(taken, endpoints));
      return taken.length === TAKEN_AT_ONCE;
    });
  }
}
