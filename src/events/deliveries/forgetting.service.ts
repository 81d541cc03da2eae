import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { LeasesQueries, type Fences } from '../sending/leases.queries.js';
import { DeliveriesQueries, FORGOTTEN_AT_ONCE } from './deliveries.queries.js';

/** Keeps the log of deliveries within its days. */
@Injectable()
export class Forgetting {
  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(LeasesQueries) private readonly leases: LeasesQueries,
    @Inject(DeliveriesQueries) private readonly deliveries: DeliveriesQueries,
  ) {}

  /** A bounded number of rows; whether there may be more. */
  async run(fences: Fences): Promise<boolean> {
    return this.dataSource.transaction(async (tx) => {
      const standing = await this.leases.standing(tx, fences);
      const ended = await this.deliveries.forget(tx, [...standing]);
      const removed = await this.deliveries.forgetRemoved(tx);
      return Math.max(ended, removed) >= FORGOTTEN_AT_ONCE;
    });
  }
}
