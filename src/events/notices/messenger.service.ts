import { Inject, Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { bucketOf, publicId } from '../../ledger/address.js';
import type { Wanting } from '../catalogue.js';
import { DeliveriesQueries, type Settled } from '../deliveries/deliveries.queries.js';
import { EndpointsQueries } from '../endpoints/endpoints.queries.js';
import { noticeOfStream, noticeStream, type NoticeAddress } from './notice.js';
import { failed, NoticeTriesQueries } from './notice-tries.queries.js';
import { NoticesQueries } from './notices.queries.js';

const TYPE = 'notice.due';

/** Notices go to the messenger of a retailer as events, and its 2xx is the evidence. */
@Injectable()
export class MessengerDesk {
  constructor(
    @Inject(EndpointsQueries) private readonly endpoints: EndpointsQueries,
    @Inject(DeliveriesQueries) private readonly deliveries: DeliveriesQueries,
    @Inject(NoticesQueries) private readonly notices: NoticesQueries,
    @Inject(NoticeTriesQueries) private readonly tries: NoticeTriesQueries,
  ) {}

  /** Endpoints that pass notices on. */
  async listeners(tx: EntityManager): Promise<Wanting[]> {
    return (await this.endpoints.wanted(tx)).filter(({ types }) => types.has(TYPE));
  }

  async send(
    tx: EntityManager,
    notices: readonly NoticeAddress[],
    listeners: readonly Wanting[],
  ): Promise<void> {
    const rows = notices.flatMap((notice) =>
      listeners.map(({ id }) => ({
        bucket: bucketOf(notice.memberId),
        endpoint: id,
        stream: noticeStream(notice),
        seq: 0,
        n: 0,
        type: TYPE,
        event: publicId('ntc', { memberId: notice.memberId, seq: notice.number }),
      })),
    );
    await this.deliveries.addAgain(tx, rows);
  }

  /** What became of deliveries of notices, in the transaction that writes it down. */
  async settle(tx: EntityManager, settled: readonly Settled[]): Promise<void> {
    const told: NoticeAddress[] = [];
    for (const { delivery, attempt, wait } of settled) {
      const notice = noticeOfStream(delivery.stream);
      if (notice === undefined) continue;
      if (attempt.problem === null) told.push(notice);
      else if (wait === undefined) await this.giveUp(tx, notice, attempt.problem);
    }
    await this.notices.tell(tx, told, 'messenger');
  }

  private async giveUp(tx: EntityManager, notice: NoticeAddress, problem: string): Promise<void> {
    const [stored] = await this.notices.byAddress([notice], tx);
    if (stored?.channel !== 'messenger') return;
    await this.tries.end(tx, [failed(notice, stored.tries, 'messenger', problem)]);
  }
}
