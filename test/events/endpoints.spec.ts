import { TRIES_MAX } from '../../src/events/sending/retry.js';
import { aPurchase, Api, expected } from '../support/api.js';
import { deploy, type Deployment } from '../support/server.js';
import { receive, until, type Receiver } from './receiver.js';

let deployment: Deployment;
let shop: Api;
let staff: Api;
let receiver: Receiver;

beforeAll(async () => {
  deployment = await deploy({ env: { WEBHOOKS_TO_LOOPBACK: 'on' } });
  const url = deployment.servers[0]?.url ?? '';
  shop = new Api(url, deployment.credentials.shop);
  staff = new Api(url, deployment.credentials.staff);
});
afterAll(async () => {
  await deployment.close();
  expect(deployment.complaints()).toBe('');
});
beforeEach(async () => {
  receiver = await receive();
});
afterEach(async () => {
  await deployment.sql(
    `UPDATE webhook_endpoints SET state = 'removed', disabled_because = 'staff'`,
  );
  await receiver.close();
});

const accrued = ['member.enrolled', 'points.accrued'];
const listen = async (types = accrued): Promise<string> =>
  expected(await staff.post<{ id: string }>('/v1/webhooks', { url: receiver.url, types }), 201).id;

/** Days pass for what waits for its next try. */
const hurry = async (): Promise<unknown> =>
  deployment.sql(
    `UPDATE deliveries SET next_at = now() WHERE state = 'due';
     UPDATE webhook_endpoints SET rests_until = NULL`,
  );

describe('a message that nobody takes', () => {
  it('E2: is given up after its last try; the next one of the member goes on, and it can be had', async () => {
    const id = await listen(['points.accrued']);
    const member = await shop.enrol();
    receiver.answering = ({ event }) => (event.data['number'] === 1 ? '500' : 'take');
    for (let n = 0; n < 2; n += 1) expected(await shop.purchase(aPurchase(member)), 201);
    const numbers = (): unknown[] => receiver.arrived.map(({ event }) => event.data['number']);
    await until(async () => {
      await hurry();
      return numbers().includes(2);
    }, 60_000);
    expect(numbers()).toEqual([...Array.from({ length: TRIES_MAX }, () => 1), 2]);
    const page = await staff.get<{ items: { event: string; attempts: object[] }[] }>(
      `/v1/webhooks/${id}/deliveries?state=given_up`,
    );
    const [givenUp] = expected(page, 200).items;
    expect(givenUp?.attempts).toHaveLength(TRIES_MAX);
    receiver.answering = () => 'take';
    const again = { event: givenUp?.event };
    expected(await staff.post(`/v1/webhooks/${id}/replays`, again), 202);
    await until(() => numbers().length === TRIES_MAX + 2);
    expect(numbers().at(-1)).toBe(1);
  });

  it('E6: nor anything else for five days disables the endpoint, and says so', async () => {
    const id = await listen(['points.accrued']);
    receiver.answering = () => '500';
    expected(await shop.purchase(aPurchase(await shop.enrol())), 201);
    await until(() => receiver.arrived.length === 1);
    await until(async () => {
      await deployment.sql(
        `UPDATE webhook_endpoints SET failing_since = now() - interval '121 hours'
          WHERE failures > 0`,
      );
      await hurry();
      const { body } = await staff.get<{ state: string }>(`/v1/webhooks/${id}`);
      return body.state === 'disabled';
    });
    expect((await staff.get(`/v1/webhooks/${id}`)).body).toMatchObject({
      disabledBecause: 'failing',
    });
    const [said] = await deployment.sql<{ subject: string; actor: string }>(
      `SELECT subject, actor FROM audit_log WHERE action = 'webhook.disabled'`,
    );
    expect(said).toEqual({ subject: `webhook/${id}`, actor: 'system' });
    expect(await deployment.sql('SELECT FROM outbox_readers')).toEqual([]);
    const { status } = await staff.post(`/v1/webhooks/${id}/test`, {});
    expect(status).toBe(409);
  });
});

describe('an endpoint that is made', () => {
  it('E3: while purchases are booked hears all that were sent after its answer', async () => {
    const member = await shop.enrol();
    const bookings: { at: number; number: Promise<number> }[] = [];
    const book = (): void => {
      const number = shop
        .purchase(aPurchase(member))
        .then((answer) => numberOf(expected(answer, 201).posting));
      bookings.push({ at: performance.now(), number });
    };
    const booking = setInterval(book, 5);
    try {
      await until(() => bookings.length > 20);
      await listen();
      const answered = performance.now();
      const before = bookings.length;
      await until(() => bookings.length > before + 40);
      clearInterval(booking);
      const after = bookings.filter(({ at }) => at > answered).map(({ number }) => number);
      const wanted = await Promise.all(after);
      expect(wanted.length).toBeGreaterThan(20);
      await Promise.all(bookings.map(({ number }) => number));
      const heard = (): number[] =>
        receiver.arrived.map(({ event }) => Number(event.data['number']));
      await until(() => wanted.every((each) => heard().includes(each)));
      expect(heard()).toEqual([...heard()].sort((a, b) => a - b));
    } finally {
      clearInterval(booking);
    }
  });

  it('E9: hears ids and figures, and nothing by which a person is known', async () => {
    await listen();
    const person = {
      ...{ name: 'Canary Person', card: 'CANARY-4711', email: 'canary@home.example' },
      phone: '+44 20 7946 0958',
    };
    const member = await shop.enrol(person);
    const purchase = aPurchase(member, { reference: 'canary-reference' });
    expected(await shop.purchase({ ...purchase, location: 'canary-till' }), 201);
    await until(() => receiver.arrived.length === 2);
    const heard = receiver.arrived.map(({ text }) => text).join('\n');
    expect(heard).toContain(member);
    for (const word of [/canary/i, /4711/, /7946/, /home\.example/])
      expect(heard).not.toMatch(word);
  });

  it('E6: whose secret cannot be read any more waits for a new one, and no other waits for it', async () => {
    const other = await receive();
    const id = await listen(['points.accrued']);
    const body = { url: other.url, types: ['points.accrued'] };
    expected(await staff.post('/v1/webhooks', body), 201);
    await deployment.sql(`UPDATE webhook_endpoints SET secret = '\\x00' || secret WHERE id = $1`, [
      id,
    ]);
    expected(await shop.purchase(aPurchase(await shop.enrol())), 201);
    await until(() => other.arrived.length === 1);
    expect(receiver.arrived).toEqual([]);
    expected(await staff.post(`/v1/webhooks/${id}/secret`, {}), 201);
    await until(() => receiver.arrived.length === 1);
    await other.close();
  });

  it('E10: leads nowhere but out, however it is given or changed', async () => {
    const id = await listen();
    for (const url of ['https://10.0.0.1/', 'http://example.com/', 'ftp://example.com/', 'x']) {
      const made = await staff.post<{ errors: object[] }>('/v1/webhooks', { url, types: accrued });
      expect(made.status).toBe(400);
      const changed = await staff.send('PATCH', `/v1/webhooks/${id}`, JSON.stringify({ url }));
      expect([changed.status, made.body.errors]).toMatchObject([400, [{ pointer: '/url' }]]);
    }
    expect((await staff.get(`/v1/webhooks/${id}`)).body).toMatchObject({ url: receiver.url });
    expect((await shop.get('/v1/webhooks')).status).toBe(403);
  });
});

/** The number of a posting, out of its public id. */
const numberOf = (posting: string | null): number =>
  Buffer.from((posting ?? '').slice('pst_'.length), 'base64url').readUInt32BE(16);
