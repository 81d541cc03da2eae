import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { AuditService } from '../../access/audit.service.js';
import { OutboxQueries } from '../../ledger/outbox/outbox.queries.js';
import { Secrets } from '../../platform/config/secrets.js';
import { DISABLED_AFTER_MS, restAfter } from '../sending/retry.js';
import { WebhookEndpoint } from './endpoint.entity.js';
import { sealingKey, unseal } from './secret.js';

/** An endpoint that is sent to now, and how much of it at once. */
export interface Target {
  id: string;
  url: string;
  types: ReadonlySet<string>;
  /** Opened; the newest first. */
  secrets: string[];
  failures: number;
}

/** What a turn has shown of an endpoint. */
export interface Health {
  endpoint: string;
  successes: number;
  failures: number;
  /** The last problem, where there was one. */
  problem: string | undefined;
  /** It said that it is gone for good. */
  isGone: boolean;
}

const READER = 'webhooks';
/** Successes are noted no oftener, so that a busy endpoint's row is not written all the time. */
const NOTED_SECONDS = 10;

/** Endpoints as the sender sees them: whom to send to, and how it went. */
@Injectable()
export class EndpointsQueries {
  private readonly key: Uint8Array;

  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(Secrets) secrets: Secrets,
    @Inject(AuditService) private readonly audit: AuditService,
    @Inject(OutboxQueries) private readonly outbox: OutboxQueries,
  ) {
    this.key = sealingKey(secrets.handle);
  }

  /** Those that may be sent to now; one that rests is left out. */
  async targets(): Promise<Target[]> {
    const rows = await this.dataSource.query<
      { id: string; url: string; types: string[]; failures: number; sealed: Buffer[] }[]
    >(
      `SELECT id, url, types, failures,
              CASE WHEN old_secret_until > clock_timestamp() THEN ARRAY[secret, old_secret]
                   ELSE ARRAY[secret] END AS sealed
         FROM webhook_endpoints
        WHERE state = 'enabled' AND coalesce(rests_until, 'epoch') <= clock_timestamp()`,
    );
    return rows.flatMap(({ id, url, types, failures, sealed }) => {
      const secrets = sealed.flatMap((each) => unseal(this.key, id, each) ?? []);
      // Sealed by a server whose secret is lost: it waits for a new one, and no other waits for it.
      if (secrets.length === 0) return [];
      return [{ id, url, failures, secrets, types: new Set(types) }];
    });
  }

  /** Which types the enabled ones want, as committed by now. */
  async wanted(tx: EntityManager): Promise<{ id: string; types: Set<string> }[]> {
    const rows = await tx.query<{ id: string; types: string[] }[]>(
      `SELECT id, types FROM webhook_endpoints WHERE state = 'enabled' ORDER BY id`,
    );
    return rows.map(({ id, types }) => ({ id, types: new Set(types) }));
  }

  /** For how many seconds each enabled one has taken nothing; 0 = it does. */
  async failing(): Promise<{ id: string; seconds: number }[]> {
    return this.dataSource.query<{ id: string; seconds: number }[]>(
      `SELECT id, coalesce(extract(epoch FROM clock_timestamp() - failing_since), 0)::float8 AS seconds
         FROM webhook_endpoints WHERE state = 'enabled' ORDER BY id`,
    );
  }

  /** Notes how it went, lets who fails rest, and disables who is gone or has failed for days. */
  async note(tx: EntityManager, { endpoint, ...health }: Health): Promise<void> {
    if (health.successes > 0) {
      await tx.query(
        `UPDATE webhook_endpoints SET failures = 0, failing_since = NULL, rests_until = NULL,
                last_success_at = clock_timestamp()
          WHERE id = $1 AND (failures > 0 OR last_success_at IS NULL
                 OR last_success_at < clock_timestamp() - make_interval(secs => $2))`,
        [endpoint, NOTED_SECONDS],
      );
    }
    if (health.failures === 0) return;
    const [rows] = await tx.query<[{ failures: number; failing: string }[], number]>(
      `UPDATE webhook_endpoints
          SET failures = failures + $2, failing_since = coalesce(failing_since, clock_timestamp()),
              last_failure_at = clock_timestamp(), last_problem = $3
        WHERE id = $1 AND state = 'enabled'
        RETURNING failures,
          extract(epoch FROM clock_timestamp() - failing_since) * 1000 AS failing`,
      [endpoint, health.failures, health.problem ?? null],
    );
    const [row] = rows;
    if (row === undefined) return;
    if (health.isGone) await this.disable(tx, endpoint, 'gone');
    else if (Number(row.failing) > DISABLED_AFTER_MS) await this.disable(tx, endpoint, 'failing');
    else if (restAfter(row.failures) > 0) {
      await tx.query(
        `UPDATE webhook_endpoints
            SET rests_until = clock_timestamp() + $2 * interval '1 millisecond' WHERE id = $1`,
        [endpoint, restAfter(row.failures)],
      );
    }
  }

  /** Whether the outbox is filled follows from whether anybody is enabled. */
  async followReaders(tx: EntityManager): Promise<void> {
    const enabled = await tx.countBy(WebhookEndpoint, { state: 'enabled' });
    if (enabled > 0) await this.outbox.listen(tx, READER);
    else await this.outbox.stopListening(tx, READER);
  }

  private async disable(tx: EntityManager, id: string, because: 'gone' | 'failing'): Promise<void> {
    // Whoever enables or disables queues here, so that the last to count sees what is.
    await lockEndpoints(tx);
    await tx.update(WebhookEndpoint, { id }, { state: 'disabled', disabledBecause: because });
    await this.followReaders(tx);
    const what = { actor: 'system', action: 'webhook.disabled', subject: `webhook/${id}` };
    await this.audit.record(tx, { ...what, details: { because } });
  }
}

/** One change of who is enabled at a time. */
export async function lockEndpoints(tx: EntityManager): Promise<void> {
  await tx.query(`SELECT pg_advisory_xact_lock(hashtext('fealty:webhook-endpoints'))`);
}
