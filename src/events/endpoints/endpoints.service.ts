import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { DataSource, In, type EntityManager } from 'typeorm';
import { AuditService } from '../../access/audit.service.js';
import { Secrets } from '../../platform/config/secrets.js';
import { Settings } from '../../platform/config/settings.js';
import { DomainError } from '../../platform/http/domain-error.js';
import { DeliveriesQueries } from '../deliveries/deliveries.queries.js';
import { announcementEventId } from '../event-id.js';
import { faultOfUrl } from '../sending/address.js';
import { WebhookEndpoint } from './endpoint.entity.js';
import { EndpointsQueries, lockEndpoints } from './endpoints.queries.js';
import type { ChangeEndpoint, CreateEndpoint } from './endpoints.requests.js';
import { newSecret, seal, sealingKey } from './secret.js';

/** Each event is sent to each of them. */
const ENDPOINTS_MAX = 20;
const OVERLAP_HOURS = 24;

/** What staff do with endpoints. Each change is in the audit log, without a secret. */
@Injectable()
export class EndpointsService {
  private readonly key: Uint8Array;

  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(Secrets) secrets: Secrets,
    @Inject(Settings) private readonly settings: Settings,
    @Inject(AuditService) private readonly audit: AuditService,
    @Inject(EndpointsQueries) private readonly endpoints: EndpointsQueries,
    @Inject(DeliveriesQueries) private readonly deliveries: DeliveriesQueries,
  ) {
    this.key = sealingKey(secrets.handle);
  }

  async list(): Promise<WebhookEndpoint[]> {
    return this.dataSource.manager.find(WebhookEndpoint, {
      where: { state: In(['enabled', 'disabled']) },
      order: { createdAt: 'ASC', id: 'ASC' },
    });
  }

  async one(id: string, tx: EntityManager = this.dataSource.manager): Promise<WebhookEndpoint> {
    const endpoint = isUuid(id)
      ? await tx.findOneBy(WebhookEndpoint, { id, state: In(['enabled', 'disabled']) })
      : null;
    if (endpoint === null) throw new DomainError('not_found', 'There is no such endpoint.');
    return endpoint;
  }

  /** What happens after the answer is sent to it. */
  async create(
    { url, types, description = '' }: CreateEndpoint,
    by: string,
  ): Promise<{ endpoint: WebhookEndpoint; secret: string }> {
    this.refuseUrl(url);
    const id = randomUUID();
    const secret = newSecret();
    return this.dataSource.transaction(async (tx) => {
      await lockEndpoints(tx);
      const there = await tx.countBy(WebhookEndpoint, { state: In(['enabled', 'disabled']) });
      if (there >= ENDPOINTS_MAX) {
        const detail = `There are ${String(ENDPOINTS_MAX)} endpoints; more there may not be.`;
        throw new DomainError('too_many_endpoints', detail);
      }
      await tx.query(
        `INSERT INTO webhook_endpoints
           (id, url, description, types, state, secret, created_at, created_by, failures)
         VALUES ($1, $2, $3, $4, 'enabled', $5, clock_timestamp(), $6, 0)`,
        [id, url, description, types, seal(this.key, id, secret), by],
      );
      await this.endpoints.followReaders(tx);
      await this.record(tx, by, 'webhook.created', id, { url, types });
      return { endpoint: await this.one(id, tx), secret };
    });
  }

  async change(id: string, change: ChangeEndpoint, by: string): Promise<WebhookEndpoint> {
    if (change.url !== undefined) this.refuseUrl(change.url);
    return this.dataSource.transaction(async (tx) => {
      await lockEndpoints(tx);
      const before = await this.one(id, tx);
      const { url = before.url, types, description, state = before.state } = change;
      const isEnabled = state === 'enabled' && before.state === 'disabled';
      const isDisabled = state === 'disabled' && before.state === 'enabled';
      await tx.update(
        WebhookEndpoint,
        { id },
        {
          url,
          state,
          ...(types !== undefined && { types }),
          ...(description !== undefined && { description }),
          // It starts with a clean record, or it would be disabled again at its first failure.
          ...(isEnabled && { disabledBecause: null, failures: 0, failingSince: null }),
          ...(isEnabled && { restsUntil: null }),
          ...(isDisabled && { disabledBecause: 'staff' }),
        },
      );
      await this.endpoints.followReaders(tx);
      await this.record(tx, by, 'webhook.changed', id, { url, types, description, state });
      return this.one(id, tx);
    });
  }

  /** Nothing is sent to it any more; the sender forgets what it was sent. */
  async remove(id: string, by: string): Promise<void> {
    await this.dataSource.transaction(async (tx) => {
      await lockEndpoints(tx);
      await this.one(id, tx);
      await tx.query(
        `UPDATE webhook_endpoints SET state = 'removed',
                disabled_because = coalesce(disabled_because, 'staff') WHERE id = $1`,
        [id],
      );
      await this.endpoints.followReaders(tx);
      await this.record(tx, by, 'webhook.removed', id, {});
    });
  }

  /** A new secret; until the overlap ends, whoever knows the one before can verify as well. */
  async newSecret(
    id: string,
    overlapHours = OVERLAP_HOURS,
    by: string,
  ): Promise<{ secret: string; oldSecretUntil: Date | null }> {
    const secret = newSecret();
    return this.dataSource.transaction(async (tx) => {
      await lockEndpoints(tx);
      await this.one(id, tx);
      await tx.query(
        `UPDATE webhook_endpoints
            SET old_secret = CASE WHEN $3 > 0 THEN secret END, secret = $2,
                old_secret_until = CASE WHEN $3 > 0
                  THEN clock_timestamp() + make_interval(hours => $3) END
          WHERE id = $1`,
        [id, seal(this.key, id, secret), overlapHours],
      );
      await this.record(tx, by, 'webhook.secret_changed', id, { overlapHours });
      const { oldSecretUntil } = await this.one(id, tx);
      return { secret, oldSecretUntil };
    });
  }

  /** Sends an event that says nothing; what became of it is among the deliveries. */
  async tryOut(id: string): Promise<string> {
    const { state } = await this.one(id);
    if (state !== 'enabled') throw new DomainError('endpoint_disabled', 'It is disabled.');
    const stream = `test/${randomUUID()}`;
    const event = announcementEventId(stream);
    await this.dataSource.transaction((tx) =>
      this.deliveries.add(tx, [
        { bucket: 0, endpoint: id, stream, seq: 0, n: 0, event, type: 'webhook.test' },
      ]),
    );
    return event;
  }

  private refuseUrl(url: string): void {
    const detail = faultOfUrl(url, this.settings.webhooksToLoopback);
    if (detail === undefined) return;
    throw new DomainError('invalid_request', 'Events cannot be sent there.', {}, [
      { pointer: '/url', code: 'address_not_allowed', detail },
    ]);
  }

  private async record(
    tx: EntityManager,
    actor: string,
    action: string,
    id: string,
    details: Readonly<Record<string, unknown>>,
  ): Promise<void> {
    await this.audit.record(tx, { actor, action, subject: `webhook/${id}`, details });
  }
}

const isUuid = (text: string): boolean =>
  /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text);
