import { randomUUID } from 'node:crypto';
import type { OpenAPIObject } from '@nestjs/swagger';
import { setTimeout as pause } from 'node:timers/promises';
import { aPurchase, Api, expected } from '../support/api.js';
import { DAY_MS, TestClock } from '../support/clock.js';
import { untilBlocked, whileLocked } from '../support/database.js';
import {
  callersOf,
  contractProgramme,
  send,
  type Callers,
  type Operation,
  type Prepared,
  type Told,
} from '../support/operations/operation.js';
import { keyedWithoutMember, movingNothing, operations } from '../support/operations/table.js';
import { deploy, startServer, type Deployment, type RunningServer } from '../support/server.js';
import { openOffice, type Office } from '../support/staff.js';
import { bulk } from './bulk-stream.js';
import { finderOf, isKeyed, routesOf } from './openapi-contract.js';

const env = { JOBS: 'off', TEST_CLOCK: 'on' };
const AT_ONCE = 8;
/** Two seconds, and what a busy machine adds. */
const IN_FLIGHT_MS = 3_500;

let deployment: Deployment;
let office: Office;
let callers: Callers;
let second: string;
/** A third one, that is stopped in the middle of things. */
let frozen: RunningServer;
/** One that lets each caller do one thing a minute. */
let strict: RunningServer;

beforeAll(async () => {
  deployment = await deploy({ replicas: 3, programme: contractProgramme(), env });
  const [one, two, three] = deployment.servers;
  if (three === undefined) throw new Error('There are three servers.');
  frozen = three;
  office = await openOffice(deployment);
  callers = await callersOf(deployment, office, one?.url ?? '');
  second = two?.url ?? '';
  const limits = { RATE_WRITES: '1/60', RATE_BULK: '1/60', RATE_PEOPLE: '1/60' };
  strict = await startServer({ database: deployment.database, env: { ...env, ...limits } });
});

afterAll(async () => {
  await strict.stop();
  const { differences } = await deployment.verify();
  await office.close();
  await deployment.close();
  expect(differences).toEqual([]);
});

/** Everything the database keeps that a request may change, of one member. */
async function stateOf(member: string): Promise<object[]> {
  return deployment.sql(
    `SELECT a.*, (SELECT count(*)::int FROM postings p WHERE p.member_id = a.member_id) AS postings,
            (SELECT count(*)::int FROM outbox o WHERE o.member_id = a.member_id) AS events,
            (SELECT count(*)::int FROM request_keys k WHERE k.member_id = a.member_id) AS keys,
            (SELECT count(*)::int FROM purchase_references r WHERE r.member_id = a.member_id) AS refs,
            (SELECT json_agg(l ORDER BY seq, n) FROM lots l WHERE l.member_id = a.member_id) AS lots,
            (SELECT json_agg(r ORDER BY seq) FROM redemptions r WHERE r.member_id = a.member_id) AS held,
            (SELECT json_agg(p ORDER BY seq) FROM purchases p WHERE p.member_id = a.member_id) AS bought,
            (SELECT json_agg(q ORDER BY n) FROM approvals q WHERE q.member_id = a.member_id) AS asked,
            (SELECT json_agg(u ORDER BY limit_id, seq) FROM rolling_uses u
              WHERE u.member_id = a.member_id) AS uses
       FROM accounts a WHERE a.member_id = $1`,
    [member],
  );
}

interface Ready extends Prepared {
  operation: Operation;
  key: string;
}

const prepareAll = async (): Promise<Ready[]> =>
  Promise.all(
    operations.map(async (operation) => ({
      operation,
      key: randomUUID(),
      ...(await operation.prepare(callers)),
    })),
  );

/** All operations on their way in one more server, held up before they are decided. */
async function heldUpIn(
  victim: RunningServer,
  ready: readonly Ready[],
  meanwhile: () => void,
): Promise<Promise<Told | undefined>[]> {
  const members = ready.map(({ member }) => member);
  return whileLocked(deployment.database, members, async () => {
    const sent = ready.map(async ({ operation, request, key }) =>
      send(operation, request, key, victim.url).catch(() => undefined),
    );
    await untilBlocked(deployment.database);
    await pause(200);
    meanwhile();
    return sent;
  });
}

describe.each(operations)('the contract: $name', (operation) => {
  let ready: Prepared;
  let key: string;

  beforeEach(async () => {
    ready = await operation.prepare(callers);
    key = randomUUID();
  });

  it('clause 1: a key of 1 to 255 visible characters, or nothing is done', async () => {
    const before = await stateOf(ready.member);
    for (const bad of ['', 'a b', 'caf\u00e9', 'k'.repeat(256), 'tab\there']) {
      const { status, code } = await send(operation, ready.request, bad);
      expect([bad, status]).toEqual([bad, 400]);
      expect(code).toMatch(/^(?:idempotency_key_(?:missing|invalid)|invalid_request)$/);
    }
    expect(await stateOf(ready.member)).toEqual(before);
    const long = `${key}${'~'.repeat(255 - key.length)}`;
    expect((await send(operation, ready.request, long)).status).toBe(operation.status);
  });

  it("clause 2: somebody else's same key is another key, and learns nothing", async () => {
    const mine = await send(operation, ready.request, key);
    const theirs = await send(operation, ready.foreign, key, second);
    expect([mine.status, theirs.status]).toEqual([operation.status, operation.status]);
    expect([mine.replayed, theirs.replayed]).toEqual([false, false]);
    expect(theirs.body).not.toEqual(mine.body);
    const again = await send(operation, ready.foreign, key);
    expect([again.replayed, again.body]).toEqual([true, theirs.body]);
  });

  it('clause 3: again, at any server and any time, gets the same answer and does nothing', async () => {
    const first = await send(operation, ready.request, key);
    expect([first.status, first.replayed]).toEqual([operation.status, false]);
    // Whatever happens to the member in between.
    await callers.shop.give(ready.member, 700);
    const before = await stateOf(ready.member);
    for (const url of [second, callers.shop.url, second]) {
      expect(await send(operation, ready.request, key, url)).toEqual({ ...first, replayed: true });
    }
    expect(await stateOf(ready.member)).toEqual(before);
  });

  it('clause 4: another request under the key is refused, changes nothing, and stays possible', async () => {
    await send(operation, ready.request, key);
    const before = await stateOf(ready.member);
    for (const url of [callers.shop.url, second]) {
      const reused = await send(operation, ready.other, key, url);
      expect([reused.status, reused.code, reused.replayed]).toEqual([
        422,
        'idempotency_key_reused',
        false,
      ]);
    }
    expect(await stateOf(ready.member)).toEqual(before);
    expect((await send(operation, ready.other, randomUUID())).status).toBe(operation.status);
  });

  it('clause 5: many at once, at two servers, are one, and all are told of it', async () => {
    const [before] = (await stateOf(ready.member)) as [{ postings: number; keys: number }];
    const answers = await Promise.all(
      Array.from({ length: 2 * AT_ONCE }, (_, index) =>
        send(operation, ready.request, key, index % 2 === 0 ? second : callers.shop.url),
      ),
    );
    const [first] = answers.filter(({ replayed }) => !replayed);
    expect(first?.status).toBe(operation.status);
    const replayed = answers.filter((each) => each.replayed);
    expect(replayed).toHaveLength(answers.length - 1);
    for (const each of replayed) expect(each.body).toEqual(first?.body);
    expect(await stateOf(ready.member)).toMatchObject([
      { postings: before.postings + (operation.postings ?? 1), keys: before.keys + 1 },
    ]);
  });

  it('clause 5: while another process is answering, 409 within two seconds, and Retry-After', async () => {
    // Unlocked while it cannot go on, the frozen process keeps its transaction and so the key.
    const [sent] = await heldUpIn(frozen, [{ ...ready, operation, key }], () =>
      process.kill(frozen.pid, 'SIGSTOP'),
    );
    try {
      const start = performance.now();
      const { status, code, retryAfter, replayed } = await send(operation, ready.request, key);
      expect(performance.now() - start).toBeLessThan(IN_FLIGHT_MS);
      // A line has a status of its own, but no headers.
      const hint = operation.isLine === true ? null : '1';
      expect([status, code, retryAfter, replayed]).toEqual([409, 'request_in_flight', hint, false]);
    } finally {
      process.kill(frozen.pid, 'SIGCONT');
    }
    const first = await sent;
    expect([first?.status, first?.replayed]).toEqual([operation.status, false]);
    expect(await send(operation, ready.request, key)).toEqual({ ...first, replayed: true });
  });

  it('clause 6: a request that was no request uses up no key', async () => {
    const faults = await operation.faults(ready, callers);
    const before = await stateOf(ready.member);
    for (const [wrong, status, code] of faults) {
      const answer = await send(operation, wrong, key);
      expect([answer.status, answer.code]).toEqual([status, code]);
    }
    const { path, body = {} } = ready.request;
    const text = JSON.stringify(body);
    const nobody = new Api(callers.shop.url, 'nobody');
    const type = operation.isLine === true ? 'application/x-ndjson' : 'application/json';
    const headers = { 'content-type': type, 'idempotency-key': key };
    const zipped = { ...headers, 'content-encoding': 'gzip' };
    const plain = { ...headers, 'content-type': 'text/plain' };
    const { caller } = ready.request;
    const large = ' '.repeat(300_000) + text;
    const statuses = [
      (await nobody.send('POST', path, text, { headers })).status,
      (await callers.auditor.send('POST', path, text, { headers })).status,
      (await caller.send('POST', path, text, { headers: zipped })).status,
      (await caller.send('POST', path, text, { headers: plain })).status,
      operation.isLine === true
        ? 413
        : (await caller.send('POST', path, large, { headers })).status,
    ];
    expect(statuses).toEqual([401, 403, 415, 415, 413]);
    expect(await stateOf(ready.member)).toEqual(before);
    const done = await send(operation, ready.request, key);
    expect([done.status, done.replayed]).toEqual([operation.status, false]);
  });

  it('clause 6: and nor does one that was one too many', async () => {
    const before = await stateOf(ready.member);
    // The first of the minute is let through, and without its key it is no request.
    await send(operation, ready.request, '', strict.url);
    const limited = await send(operation, ready.request, key, strict.url);
    expect([limited.status, limited.code, limited.replayed]).toEqual([429, 'rate_limited', false]);
    expect(Number(limited.retryAfter)).toBeGreaterThanOrEqual(1);
    expect(await stateOf(ready.member)).toEqual(before);
    const done = await send(operation, ready.request, key);
    expect([done.status, done.replayed]).toEqual([operation.status, false]);
  });

  const { refused } = operation;
  if (refused === undefined) return;

  it('clause 7: a refusal is final for its key and says so; a new key may try again', async () => {
    const { request, code, allow } = await refused(callers);
    const first = await send(operation, request, key);
    expect([first.status, first.code, first.replayed]).toEqual([422, code, false]);
    expect(JSON.stringify(first.body)).toContain('use a new key to try again');
    const possible = await allow();
    const again = await send(operation, request, key, second);
    expect(again).toEqual({ ...first, replayed: true });
    const granted = await send(operation, possible, randomUUID());
    expect([granted.status, granted.replayed]).toEqual([operation.status, false]);
  });
});

describe('the contract: all operations', () => {
  it('clause 1: every route that takes a key is held to it, and no other writes points', async () => {
    const answer = await callers.shop.get<OpenAPIObject>('/openapi.json');
    const document = expected(answer, 200);
    const ready = await prepareAll();
    const find = finderOf(document);
    const held = ready.map(({ request }) => find(`POST ${request.path}`)?.name);
    const writing = routesOf(document).filter(({ name }) => !name.startsWith('GET '));
    const [keyed, others] = [true, false].map((is) =>
      writing.filter((route) => isKeyed(document, route) === is).map(({ name }) => name),
    );
    expect([...new Set([...held, ...keyedWithoutMember])].sort()).toEqual(keyed?.sort());
    expect(others?.sort()).toEqual([...movingNothing].sort());
  });

  it('clause 8: a server killed on the way leaves no key behind', async () => {
    const ready = await prepareAll();
    const before = await Promise.all(ready.map(({ member }) => stateOf(member)));
    const victim = await startServer({ database: deployment.database, env });
    const sent = await heldUpIn(victim, ready, () => process.kill(victim.pid, 'SIGKILL'));
    expect(await Promise.all(sent)).toEqual(ready.map(() => undefined));
    await victim.kill();
    for (const [index, { member }] of ready.entries()) {
      expect(await stateOf(member)).toEqual(before[index]);
    }
    for (const { operation, request, key } of ready) {
      const { status, replayed } = await send(operation, request, key);
      expect([operation.name, status, replayed]).toEqual([operation.name, operation.status, false]);
    }
  });

  it('clause 9: a 503 is nobody\u2019s answer: the same key then does it, once', async () => {
    const ready = await prepareAll();
    const lost = await whileLocked(
      deployment.database,
      ready.map(({ member }) => member),
      async () =>
        Promise.all(ready.map(({ operation, request, key }) => send(operation, request, key))),
    );
    lost.forEach(({ status, code }) => expect([status, code]).toEqual([503, 'unavailable']));
    for (const { operation, request, key } of ready) {
      const { status, replayed } = await send(operation, request, key, second);
      expect([status, replayed]).toEqual([operation.status, false]);
      expect((await send(operation, request, key)).replayed).toBe(true);
    }
  });

  it('clause 10: keys and references are kept for ever: ten years later nothing is done twice', async () => {
    const ready = await prepareAll();
    const first = await Promise.all(
      ready.map((each) => send(each.operation, each.request, each.key)),
    );
    const staff = callers.shop.as(deployment.credentials.staff);
    await new TestClock(staff).forward(3_653 * DAY_MS);
    for (const [index, { operation, request, key }] of ready.entries()) {
      expect(await send(operation, request, key)).toEqual({ ...first[index], replayed: true });
    }
    for (const { operation, request, member } of ready) {
      if (operation.refers !== true) continue;
      const before = await stateOf(member);
      const again = await send(operation, request, randomUUID(), second);
      expect([again.status, again.code]).toEqual([409, 'duplicate_reference']);
      expect(JSON.stringify(again.body)).toMatch(/"purchase":"pur_/);
      expect(await stateOf(member)).toEqual(before);
    }
  });

  it('clause 11: each line of a batch has its key and its answer, also when sent again', async () => {
    const member = await callers.shop.enrol();
    const lines = [
      { ...aPurchase(member), idempotencyKey: randomUUID() },
      { ...aPurchase(member, { at: '2019-01-01T00:00:00Z' }), idempotencyKey: randomUUID() },
      { ...aPurchase('0a1b2c3d-0000-4000-8000-00000000000f'), idempotencyKey: randomUUID() },
      { ...aPurchase(member), idempotencyKey: randomUUID() },
    ];
    const [single] = lines;
    const { idempotencyKey = '', ...purchase } = single ?? {};
    const alone = await callers.shop.post('/v1/purchases', purchase, { key: idempotencyKey });
    expect(alone.status).toBe(201);
    const text = lines.map((line) => `${JSON.stringify(line)}\n`).join('');
    const batch = async (url: string): Promise<[number, boolean][]> =>
      (await bulk(callers.shop.at(url), text)).map(({ status, replayed }) => [
        status,
        replayed === true,
      ]);
    expect(await batch(callers.shop.url)).toEqual([
      [201, true],
      [422, false],
      [404, false],
      [201, false],
    ]);
    expect(await batch(second)).toEqual([
      [201, true],
      [422, true],
      [404, false],
      [201, true],
    ]);
  });
});
