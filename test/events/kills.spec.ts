/** `npm run torture -- webhooks` sends 100,000 events and kills 12 times. */
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import pg from 'pg';
import { eventsOf } from '../../src/events/catalogue.js';
import { eventId } from '../../src/events/event-id.js';
import { BulkStream } from '../api/bulk-stream.js';
import { aPurchase, Api, expected } from '../support/api.js';
import { drawsOf } from '../support/purchases.js';
import { deploy, startServer, type Deployment, type RunningServer } from '../support/server.js';
import { receive, until, verified, type Answer, type Receiver } from './receiver.js';

const number = (name: string, fallback: number): number => Number(process.env[name] ?? fallback);

const purchases = number('WEBHOOKS_EVENTS', 1_500);
const kills = number('WEBHOOKS_KILLS', 3);
const seed = number('WEBHOOKS_SEED', Math.floor(Math.random() * 1_000_000));
const members = Math.max(40, Math.min(Math.floor(purchases / 40), 2_000));
const LINES = 250;
const SENDERS = 2;
/** Longer than a lease. */
const STOPPED_MS = 20_000;
const MINUTE_MS = 60_000;

jest.setTimeout((6 + purchases / 1_500) * MINUTE_MS);

const say = (line: string): void => {
  process.stdout.write(`  ${line}\n`);
};
/** Answers after which the sender takes an event for delivered. */
const takes: readonly string[] = ['take', 'encoded', 'slow', 'long'];
const faults: Answer[] = ['500', '302', 'cut', 'reset', '429', 'encoded', 'slow', 'long'];

interface Posted {
  member_id: string;
  seq: number;
  kind: string;
  standing: (string | null)[] | null;
}

describe(`${purchases} purchases, told through ${kills} kills to a receiver with faults`, () => {
  const draw = drawsOf(seed);
  const senders: RunningServer[] = [];
  let deployment: Deployment;
  let receiver: Receiver;
  let secret = '';
  const unverified: string[] = [];
  let wanted: Set<string>;
  let killed = 0;
  /** Senders that were stopped; they go on sending when they are woken. */
  const sleeping: RunningServer[] = [];

  const startSender = async (): Promise<RunningServer> =>
    startServer({ database: deployment.database, env: { WEBHOOKS_TO_LOOPBACK: 'on' } });

  /** Sends lines until each is booked: a connection that is cut rolls back what it was writing. */
  async function book(shop: Api, lines: readonly object[]): Promise<void> {
    let open = [...lines];
    while (open.length > 0) {
      const text = open.map((line) => JSON.stringify(line)).join('\n');
      const stream = new BulkStream(shop);
      stream.end(text);
      const answers = await stream.rest();
      open = open.filter((_, index) => (answers[index]?.status ?? 503) >= 500);
    }
  }

  /** Postings whose transaction ends before its commit, as a database that fails makes them. */
  async function breakWrites(): Promise<void> {
    await deployment.sql(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE datname = current_database() AND application_name = 'fealty-lane'`,
    );
  }

  beforeAll(async () => {
    say(`WEBHOOKS_SEED=${seed} WEBHOOKS_EVENTS=${purchases} WEBHOOKS_KILLS=${kills}`);
    deployment = await deploy({
      env: { JOBS: 'off', LOG_LEVEL: 'silent', WEBHOOKS_TO_LOOPBACK: 'on' },
    });
    const url = deployment.servers[0]?.url ?? '';
    const shop = new Api(url, deployment.credentials.shop);
    const staff = new Api(url, deployment.credentials.staff);
    receiver = await receive();
    receiver.answering = (each) => {
      // At once, as receivers do: five minutes later the library takes none any more.
      if (!isVerified(secret, each)) unverified.push(each.id);
      return draw() < 0.9 ? 'take' : (faults[Math.floor(draw() * faults.length)] ?? 'take');
    };
    const types = ['member.enrolled', 'points.accrued', 'tier.changed'];
    const body = { url: receiver.url, types };
    ({ secret } = expected(await staff.post<{ secret: string }>('/v1/webhooks', body), 201));
    for (let n = 0; n < SENDERS; n += 1) senders.push(await startSender());

    const ids: string[] = [];
    while (ids.length < members) {
      const some = Array.from({ length: Math.min(10, members - ids.length) }, () => shop.enrol());
      ids.push(...(await Promise.all(some)));
    }
    const begun = Date.now();
    const killAt = Array.from({ length: kills }, (_, n) => ((n + draw()) / kills) * purchases);
    // What waits for its next try is tried at once: three days pass in a second.
    const time = new AbortController();
    const hurrying = hurry(deployment.database.adminUrl, time.signal);
    try {
      for (let booked = 0; booked < purchases; booked += LINES) {
        const lines = Array.from({ length: Math.min(LINES, purchases - booked) }, () => ({
          ...aPurchase(ids[Math.floor(draw() * ids.length)] ?? '', {
            amount: 100 + Math.floor(draw() * 90_000),
          }),
          idempotencyKey: randomUUID(),
        }));
        const booking = book(shop, lines);
        if (draw() < 0.3) await breakWrites();
        await booking;
        if ((killAt[killed] ?? Infinity) >= booked + LINES) continue;
        const victim = senders.shift();
        // One in three is only stopped for longer than its leases last, and wakes up to find them gone.
        if (victim !== undefined && killed % 3 === 1) {
          process.kill(victim.pid, 'SIGSTOP');
          sleeping.push(victim);
          setTimeout(() => process.kill(victim.pid, 'SIGCONT'), STOPPED_MS);
        } else await victim?.kill();
        killed += 1;
        senders.push(await startSender());
        if (draw() < 0.5) await receiver.down(1_000);
      }
      await until(
        async () => {
          const [open] = await deployment.sql<{ count: number }>(
            `SELECT (SELECT count(*) FROM outbox)::int
                + (SELECT count(*) FROM deliveries WHERE state <> 'delivered')::int AS count`,
          );
          return open?.count === 0;
        },
        (3 + purchases / 3_000) * MINUTE_MS,
      );
    } finally {
      time.abort();
      await hurrying;
    }
    const rows = await deployment.sql<Posted>(
      `SELECT member_id, seq, kind, effects->'standing' AS standing FROM postings
        UNION ALL SELECT member_id, 0, NULL, NULL FROM members`,
    );
    wanted = new Set(
      rows.flatMap(({ member_id: memberId, seq, kind, standing }) =>
        eventsOf({
          ...{ memberId, seq, kind },
          tiers:
            standing === null ? undefined : { before: standing[4] ?? '', after: standing[0] ?? '' },
        })
          .filter(({ type }) => types.includes(type))
          .map(({ n }) => eventId({ memberId, seq, n })),
      ),
    );
    const seconds = (Date.now() - begun) / 1_000;
    say(
      `${seconds.toFixed(1)} s, ${killed} kills, ${wanted.size} events, ` +
        `${receiver.arrived.length} requests: ${JSON.stringify(tally(receiver))}`,
    );
  });

  afterAll(async () => {
    await Promise.all([...senders, ...sleeping].map((sender) => sender.stop()));
    await receiver.close();
    await deployment.close();
  });

  const taken = (): Receiver['arrived'] =>
    receiver.arrived.filter(({ answer }) => takes.includes(answer));

  it('E2: none is lost', () => {
    expect(wanted.size).toBeGreaterThanOrEqual(purchases + members);
    const had = new Set(taken().map(({ id }) => id));
    expect([...wanted].filter((id) => !had.has(id))).toEqual([]);
    expect(killed).toBe(kills);
  });

  it('E1: none is a phantom: each tells of a posting that is there', () => {
    expect(receiver.arrived.map(({ id }) => id).filter((id) => !wanted.has(id))).toEqual([]);
  });

  it('E1: of each member they come in order, those that come again left aside', () => {
    const last = new Map<string, number>();
    const seen = new Set<string>();
    const disordered: string[] = [];
    for (const { id, event } of receiver.arrived) {
      if (seen.has(id)) continue;
      seen.add(id);
      const member = String(event.data['member']);
      const place = placeOf(event);
      if (place <= (last.get(member) ?? -1)) disordered.push(id);
      last.set(member, place);
    }
    expect(disordered).toEqual([]);
  });

  it('E7: each verifies with the library as it is, and says the same whenever it comes', () => {
    expect(unverified).toEqual([]);
    const texts = new Map<string, string>();
    for (const each of receiver.arrived) {
      expect(texts.get(each.id) ?? each.text).toBe(each.text);
      texts.set(each.id, each.text);
    }
  });

  it('E1: and the ledger is as it was', async () => {
    expect((await deployment.verify()).differences).toEqual([]);
    expect(await deployment.rebuild()).toEqual([]);
  });
});

function isVerified(secret: string, each: Receiver['arrived'][number]): boolean {
  try {
    return JSON.stringify(verified(secret, each)) === JSON.stringify(each.event);
  } catch {
    // The library says no by throwing, whatever it does not like.
    return false;
  }
}

/** Once a second what waits for its next try is tried at once, until told to stop. */
async function hurry(url: string, signal: AbortSignal): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  while (!signal.aborted) {
    await client.query(
      `UPDATE deliveries SET next_at = now() WHERE state = 'due' AND next_at > now();
       UPDATE webhook_endpoints SET rests_until = NULL`,
    );
    // Being told to stop is the only way in which this fails.
    await pause(1_000, undefined, { signal }).catch(() => undefined);
  }
  await client.end();
}

/** Of one posting the change of tier comes second. */
function placeOf({ type, data }: Receiver['arrived'][number]['event']): number {
  if (type === 'member.enrolled') return 0;
  const isPosting = type === 'points.accrued';
  const posting = String(data['posting']);
  const seq = Buffer.from(posting.slice('pst_'.length), 'base64url').readUInt32BE(16);
  return seq * 2 + (isPosting ? 0 : 1);
}

function tally({ arrived }: Receiver): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { answer } of arrived) counts[answer] = (counts[answer] ?? 0) + 1;
  return counts;
}
