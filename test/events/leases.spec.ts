import { randomUUID } from 'node:crypto';
import type { INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { DataSource } from 'typeorm';
import { AppModule } from '../../src/app.module.js';
import {
  DeliveriesQueries,
  type DueDelivery,
} from '../../src/events/deliveries/deliveries.queries.js';
import { FanOut } from '../../src/events/deliveries/fan-out.service.js';
import { Forgetting } from '../../src/events/deliveries/forgetting.service.js';
import { LeasesQueries, type Fences } from '../../src/events/sending/leases.queries.js';
import { Outcomes } from '../../src/events/sending/outcomes.service.js';
import { OutboxQueries } from '../../src/ledger/outbox/outbox.queries.js';
import { Secrets } from '../../src/platform/config/secrets.js';
import { parseSettings } from '../../src/platform/config/settings.js';
import { freshDatabase, type FreshDatabase } from '../support/database.js';
import { secrets } from '../support/server.js';

let database: FreshDatabase;
let context: INestApplicationContext;
let leases: LeasesQueries;
let dataSource: DataSource;

beforeEach(async () => {
  database = await freshDatabase();
  context = await NestFactory.createApplicationContext(
    AppModule.on({
      settings: parseSettings({ LOG_LEVEL: 'error', JOBS: 'off' }),
      secrets: new Secrets(secrets.HANDLE_SECRET, secrets.TOKEN_SECRET),
      databaseUrl: database.serverUrl,
    }),
    { logger: false },
  );
  leases = context.get(LeasesQueries);
  dataSource = context.get(DataSource);
});
afterEach(async () => {
  await context.close();
  await database.drop();
});

const none: Fences = new Map();
const lapse = (): Promise<unknown> => dataSource.query(`UPDATE event_leases SET until = now()`);

/** A delivery that is due, of an endpoint that need not be there. */
async function due(): Promise<DueDelivery> {
  const endpoint = randomUUID();
  const key = { bucket: 7, endpoint, stream: 'test/x', seq: 0, n: 0, event: 'evp_x' };
  const queries = context.get(DeliveriesQueries);
  await dataSource.transaction((tx) => queries.add(tx, [{ ...key, type: 'webhook.test' }]));
  const [found] = await queries.due(dataSource.manager, endpoint, [7], 1);
  if (found === undefined) throw new Error('It is due.');
  return found;
}

const attempt = { at: '2026-01-01T00:00:00.000Z', ms: 1, status: 204, problem: null };

describe('leases', () => {
  it('E11: are shared by all who are there, and free as soon as one lets go', async () => {
    const [first, second] = [randomUUID(), randomUUID()];
    const before = await leases.renew(first, none);
    expect(before.size).toBe(64);
    expect((await leases.renew(second, none)).size).toBe(0);
    const kept = await leases.renew(first, before);
    expect(kept.size).toBe(32);
    const taken = await leases.renew(second, none);
    expect(taken.size).toBe(32);
    expect([...kept.keys()].filter((bucket) => taken.has(bucket))).toEqual([]);
    await leases.release(first, kept);
    expect((await leases.renew(second, taken)).size).toBe(64);
  });

  it('E11: of one that says nothing pass to others with a higher fence, and its own falls', async () => {
    const [paused, other] = [randomUUID(), randomUUID()];
    const before = await leases.renew(paused, none);
    await lapse();
    const after = await leases.renew(other, none);
    for (const [bucket, fence] of after) {
      expect(BigInt(fence)).toBeGreaterThan(BigInt(before.get(bucket) ?? 0));
    }
    await dataSource.transaction(async (tx) => {
      expect([...(await leases.standing(tx, before))].filter((each) => after.has(each))).toEqual(
        [],
      );
      expect((await leases.standing(tx, after)).size).toBe(after.size);
    });
  });

  it('E19: of a clock that was set back since are free at once, and so is the share of who is gone', async () => {
    await leases.renew(randomUUID(), none);
    await dataSource.query(`UPDATE event_leases SET until = until + interval '1 hour'`);
    await dataSource.query(`UPDATE event_senders SET seen_at = seen_at + interval '1 hour'`);
    expect((await leases.renew(randomUUID(), none)).size).toBe(64);
  });

  it('E11: whoever lost one neither empties the outbox nor ends a delivery', async () => {
    const [paused, other] = [randomUUID(), randomUUID()];
    const before = await leases.renew(paused, none);
    const delivery = await due();
    const memberId = '07000000-0000-4000-8000-000000000000';
    await dataSource.query('INSERT INTO outbox VALUES (7, $1, 0)', [memberId]);
    await lapse();
    const after = await leases.renew(other, none);
    await context.get(FanOut).run(before);
    const fence = before.get(7) ?? '';
    const outcomes = context.get(Outcomes);
    await outcomes.write([{ delivery, fence, attempt, retryAfter: undefined }]);
    const stateOf = (): Promise<unknown> =>
      dataSource.query(
        'SELECT state, tries, (SELECT count(*)::int FROM outbox) AS left FROM deliveries',
      );
    expect(await stateOf()).toEqual([{ state: 'due', tries: 0, left: 1 }]);
    await context.get(FanOut).run(after);
    await outcomes.write([{ delivery, fence: after.get(7) ?? '', attempt, retryAfter: undefined }]);
    expect(await stateOf()).toEqual([{ state: 'delivered', tries: 1, left: 0 }]);
  });

  it('E11: the same outcome twice counts once', async () => {
    const fences = await leases.renew(randomUUID(), none);
    const delivery = await due();
    const failed = { ...attempt, status: 500, problem: 'status_500' };
    const outcome = {
      delivery,
      fence: fences.get(7) ?? '',
      attempt: failed,
      retryAfter: undefined,
    };
    for (let n = 0; n < 2; n += 1) await context.get(Outcomes).write([outcome]);
    expect(await dataSource.query('SELECT state, tries FROM deliveries')).toEqual([
      { state: 'due', tries: 1 },
    ]);
  });
});

describe('the outbox', () => {
  it('E2: keeps what a transaction takes that does not commit', async () => {
    const memberId = '07000000-0000-4000-8000-000000000000';
    await dataSource.query('INSERT INTO outbox VALUES (7, $1, 0)', [memberId]);
    const broken = dataSource.transaction(async (tx) => {
      expect(await context.get(OutboxQueries).take(tx, [7], 10)).toHaveLength(1);
      throw new Error('killed');
    });
    await expect(broken).rejects.toThrow('killed');
    expect(await dataSource.query('SELECT seq FROM outbox')).toEqual([{ seq: 0 }]);
  });

  it('E1: of a stream at most one delivery is due, whoever adds to it', async () => {
    const endpoint = randomUUID();
    const queries = context.get(DeliveriesQueries);
    const key = { bucket: 7, endpoint, stream: 'm', event: 'e', type: 'points.accrued' };
    for (const seqs of [[3, 2], [5], [1, 4]]) {
      const rows = seqs.flatMap((seq) => [1, 0].map((n) => ({ ...key, seq, n })));
      await dataSource.transaction((tx) => queries.add(tx, rows));
    }
    const order: string[] = [];
    for (;;) {
      const found = await queries.due(dataSource.manager, endpoint, [7], 10);
      expect(found.length).toBeLessThanOrEqual(1);
      const [delivery] = found;
      if (delivery === undefined) break;
      order.push(`${delivery.seq}.${delivery.n}`);
      await dataSource.transaction((tx) =>
        queries.settle(tx, [{ delivery, attempt, wait: undefined }]),
      );
    }
    // The one that was due when younger ones came stays the first.
    expect(order).toEqual(['2.0', '1.0', '1.1', '2.1', '3.0', '3.1', '4.0', '4.1', '5.0', '5.1']);
  });
});

describe('the log', () => {
  it('E2: forgets what ended long ago, in its time, and nothing that is still to be sent', async () => {
    const fences = await leases.renew(randomUUID(), none);
    const endpoint = randomUUID();
    const rows = [
      ['delivered', 6],
      ['delivered', 8],
      ['given_up', 29],
      ['given_up', 31],
      ['due', 400],
    ] as const;
    for (const [index, [state, days]] of rows.entries()) {
      await dataSource.query(
        `INSERT INTO deliveries (bucket, endpoint, stream, seq, n, event, type, state, tries,
                                 made_at, next_at, ended_at, attempts)
         VALUES (7, $1, 'm', $2, 0, 'e', 'points.accrued', $3::text, 0, now(), now(),
                 CASE WHEN $3::text = 'due' THEN NULL ELSE now() - make_interval(days => $4) END,
                 '[]')`,
        [endpoint, index, state, days],
      );
    }
    expect(await context.get(Forgetting).run(fences)).toBe(false);
    const left = await dataSource.query<{ seq: number }[]>(
      'SELECT seq FROM deliveries ORDER BY seq',
    );
    expect(left.map(({ seq }) => seq)).toEqual([0, 2, 4]);
  });
});
