import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { LeasesQueries, type Fences } from '../sending/leases.queries.js';
import { DeliveriesQueries } from './deliveries.queries.js';

/** Keeps the log of deliveries within its days. */
@Injectable()
export class Forgetting {
  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(LeasesQueries) private readonly leases: LeasesQueries,
    @Inject(DeliveriesQueries) private readonly deliveries: DeliveriesQueries,
  ) {}

  /** A bounded number of rows; returns how many. */
  async run(fences: Fences): Promise<number> {
    return this.dataSource.transaction(async (tx) => {
      const standing = await this.leases.standing(tx, fences);
      const ended = await this.deliveries.forget(tx, [...standing]);
      return ended + (await this.deliveries.forgetRemoved(tx));
    });
  }
}
