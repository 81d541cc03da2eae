import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { AuditService } from '../../access/audit.service.js';
import { DomainError } from '../../platform/http/domain-error.js';
import { EndpointsService } from '../endpoints/endpoints.service.js';
import { cursorOf, parseCursor } from './cursor.js';
import type { DeliveriesPage, SendAgain } from './deliveries.requests.js';
import { deliveryView, type DeliveriesPageView, type SentAgainView } from './deliveries.views.js';
import { DeliveryLogQueries } from './delivery-log.queries.js';
import { Replays, type SentAgain } from './replays.service.js';

const PAGE = 50;

/** The log of an endpoint, and sending again what is in it or not. */
@Injectable()
export class DeliveriesService {
  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(EndpointsService) private readonly endpoints: EndpointsService,
    @Inject(DeliveryLogQueries) private readonly log: DeliveryLogQueries,
    @Inject(Replays) private readonly replays: Replays,
    @Inject(AuditService) private readonly audit: AuditService,
  ) {}

  async page(id: string, { state, cursor, limit }: DeliveriesPage): Promise<DeliveriesPageView> {
    const endpoint = await this.endpoints.one(id);
    const [madeAt, event] = parseCursor(cursor, [/^\d{1,18}$/, /^.{1,80}$/]) ?? [];
    const after = madeAt === undefined || event === undefined ? undefined : { madeAt, event };
    const wanted = Number(limit ?? PAGE);
    const rows = await this.log.page(endpoint.id, state, after, wanted + 1);
    const items = rows.slice(0, wanted);
    const last = rows.length > wanted ? items.at(-1) : undefined;
    return {
      items: items.map(deliveryView),
      next: last === undefined ? null : cursorOf([last.micros, last.event]),
    };
  }

  /** Sends again to an endpoint that is enabled. */
  async again(id: string, asked: SendAgain, actor: string): Promise<SentAgainView> {
    const endpoint = await this.endpoints.one(id);
    if (endpoint.state !== 'enabled') {
      throw new DomainError('endpoint_disabled', 'The endpoint is disabled.');
    }
    const { events, next = null } = await this.replay(
      { id: endpoint.id, types: new Set(endpoint.types) },
      asked,
    );
    const subject = `webhook/${endpoint.id}`;
    const { event, from, to } = asked;
    const details = { event, from, to, events };
    await this.audit.record(this.dataSource.manager, {
      actor,
      action: 'webhook.sent_again',
      subject,
      details,
    });
    return { events, next };
  }

  private async replay(
    endpoint: { id: string; types: ReadonlySet<string> },
    { event, from, to, cursor }: SendAgain,
  ): Promise<SentAgain> {
    const isRange = from !== undefined && to !== undefined;
    if (event !== undefined && from === undefined && to === undefined && cursor === undefined) {
      return this.replays.one(endpoint.id, event);
    }
    if (event !== undefined || !isRange) {
      throw new DomainError('invalid_request', 'Name an event, or from when until when.', {}, [
        { pointer: '', code: 'exactly_one', detail: 'Give event, or from and to.' },
      ]);
    }
    const stretch = { from: new Date(from), to: new Date(to) };
    if (stretch.from >= stretch.to) {
      throw new DomainError('invalid_request', 'It ends before it begins.', {}, [
        { pointer: '/to', code: 'before_from', detail: 'Must be after `from`.' },
      ]);
    }
    return this.replays.range(endpoint, stretch, cursor);
  }
}
