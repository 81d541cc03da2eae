import { setTimeout as pause } from 'node:timers/promises';
import { aPurchase, Api, expected } from '../support/api.js';
import { apiProgramme, deploy, type Deployment } from '../support/server.js';
import { receive, until, verified, type Answer, type Receiver } from './receiver.js';

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
  const { items } = expected(await staff.get<{ items: { id: string }[] }>('/v1/webhooks'), 200);
  for (const { id } of items) await staff.send('DELETE', `/v1/webhooks/${id}`, undefined);
  await receiver.close();
});

const everyPosting = ['member.enrolled', 'points.accrued', 'points.held', 'points.released'];

async function listening(types: string[] = everyPosting): Promise<{ id: string; secret: string }> {
  const body = { url: receiver.url, types };
  return expected(await staff.post<{ id: string; secret: string }>('/v1/webhooks', body), 201);
}

interface Delivery {
  event: string;
  state: string;
  tries: number;
  attempts: { status: number | null; problem: string | null }[];
}

const logOf = async (id: string, query = ''): Promise<Delivery[]> =>
  expected(await staff.get<{ items: Delivery[] }>(`/v1/webhooks/${id}/deliveries${query}`), 200)
    .items;

/** Lets what waits for its next try be due at once. */
const hurry = async (): Promise<unknown> =>
  deployment.sql(`UPDATE deliveries SET next_at = now() WHERE state = 'due' AND next_at > now()`);

describe('events', () => {
  it('E1: come once for each posting, in the order of the member, and verify as they are', async () => {
    const { secret } = await listening();
    const member = await shop.enrol();
    for (let n = 0; n < 3; n += 1) expected(await shop.purchase(aPurchase(member)), 201);
    await until(() => receiver.arrived.length >= 4);
    const seen = receiver.arrived.map(({ event }) => [event.type, event.data['number']]);
    expect(seen).toEqual([
      ['member.enrolled', undefined],
      ['points.accrued', 1],
      ['points.accrued', 2],
      ['points.accrued', 3],
    ]);
    expect(new Set(receiver.arrived.map(({ id }) => id)).size).toBe(4);
    for (const each of receiver.arrived) expect(verified(secret, each)).toEqual(each.event);
    const [, accrued] = receiver.arrived;
    expect(accrued?.event.data).toMatchObject({ member, points: 100, retailer: 'shop' });
  });

  it('E4: of a refused request there are none', async () => {
    await listening();
    const member = await shop.enrol();
    const refused = await shop.post('/v1/redemptions', {
      member: { id: member },
      reward: 'voucher',
    });
    expect(refused.status).toBe(422);
    expected(await shop.purchase(aPurchase(member)), 201);
    await until(() => receiver.arrived.length >= 2);
    expect(receiver.arrived.map(({ event }) => event.data['number'])).toEqual([undefined, 2]);
  });

  it('E3: while nobody listens nothing is kept for them', async () => {
    const member = await shop.enrol();
    expected(await shop.purchase(aPurchase(member)), 201);
    expect(await deployment.sql('SELECT FROM outbox')).toEqual([]);
    await listening();
    expected(await shop.purchase(aPurchase(member)), 201);
    await until(() => receiver.arrived.length >= 1);
    expect(receiver.arrived.map(({ event }) => event.data['number'])).toEqual([2]);
  });
});

describe('faults of a receiver', () => {
  it('E2: nothing is lost and the order of a member is kept, whatever it answers', async () => {
    const { id, secret } = await listening(['points.accrued']);
    const faults: Answer[] = ['500', '302', 'cut', 'reset', '429', 'encoded', 'slow', 'long'];
    const tries = new Map<string, { nth: number; fault: Answer }>();
    receiver.answering = ({ id: event }) => {
      const known = tries.get(event);
      const fault = known?.fault ?? faults[(tries.size + 1) % faults.length] ?? 'take';
      const nth = known === undefined ? 0 : known.nth + 1;
      tries.set(event, { nth, fault });
      // A kept connection that is cut is taken for a stale one, and a new one is tried at once.
      return nth === 0 || (nth === 1 && fault === 'reset') ? fault : 'take';
    };
    const members = [await shop.enrol(), await shop.enrol(), await shop.enrol()];
    for (let n = 0; n < 8; n += 1) {
      for (const member of members) expected(await shop.purchase(aPurchase(member)), 201);
    }
    await until(async () => {
      await hurry();
      return (await logOf(id, '?state=delivered&limit=200')).length === 24;
    });
    for (const each of receiver.arrived) expect(verified(secret, each)).toEqual(each.event);
    for (const member of members) {
      const taken = receiver.arrived
        .filter(({ event }) => event.data['member'] === member)
        .map(({ event }) => Number(event.data['number']));
      expect([...new Set(taken)]).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
      // Again means at once again: nothing younger came in between.
      expect(taken).toEqual([...taken].sort((a, b) => a - b));
    }
    const twice = (await logOf(id, '?limit=200')).filter(({ tries: n }) => n > 1);
    const problems = twice.map(({ attempts }) => attempts[0]?.problem);
    expect(new Set(problems)).toEqual(
      new Set(['status_500', 'status_302', 'status_429', 'answer_cut', 'connection_cut']),
    );
  });

  it('E2: an encoded answer, a long one and a slow one are taken by their status', async () => {
    const { id } = await listening(['points.accrued']);
    const answers: Answer[] = ['encoded', 'long', 'slow'];
    receiver.answering = () => answers[receiver.arrived.length] ?? 'take';
    const member = await shop.enrol();
    for (let n = 0; n < 3; n += 1) expected(await shop.purchase(aPurchase(member)), 201);
    await until(async () => (await logOf(id, '?state=delivered')).length === 3);
    expect(receiver.arrived.map(({ answer }) => answer)).toEqual(answers);
  });

  it('E6: whoever answers 410 is disabled, and goes on where it was when enabled again', async () => {
    const { id } = await listening(['points.accrued']);
    receiver.answering = () => '410';
    const member = await shop.enrol();
    expected(await shop.purchase(aPurchase(member)), 201);
    const state = async (): Promise<{ state: string; disabledBecause: string | null }> =>
      expected(await staff.get(`/v1/webhooks/${id}`), 200);
    await until(async () => (await state()).state === 'disabled');
    expect(await state()).toMatchObject({ disabledBecause: 'gone' });
    receiver.answering = () => 'take';
    const enabled = JSON.stringify({ state: 'enabled' });
    expected(await staff.send('PATCH', `/v1/webhooks/${id}`, enabled), 200);
    await until(async () => {
      await hurry();
      return receiver.arrived.some(({ answer }) => answer === 'take');
    });
  });

  it('E6: an endpoint that fails is only probed, and another one does not notice', async () => {
    const other = await receive();
    try {
      const { id } = await listening(['points.accrued']);
      const body = { url: other.url, types: ['points.accrued'] };
      expected(await staff.post('/v1/webhooks', body), 201);
      receiver.answering = () => '500';
      for (let n = 0; n < 30; n += 1) {
        expected(await shop.purchase(aPurchase(await shop.enrol())), 201);
      }
      await until(() => other.arrived.length === 30);
      await until(async () => {
        const { failures } = expected(
          await staff.get<{ failures: number }>(`/v1/webhooks/${id}`),
          200,
        );
        return failures >= 10;
      });
      const before = receiver.arrived.length;
      await hurry();
      await pause(1_500);
      expect(receiver.arrived.length - before).toBeLessThanOrEqual(4);
    } finally {
      await other.close();
    }
  });
});

describe('secrets', () => {
  it('E7: a new one is signed with beside the old one until the overlap ends', async () => {
    const { id, secret } = await listening(['points.accrued']);
    const changed = expected(
      await staff.post<{ secret: string }>(`/v1/webhooks/${id}/secret`, { overlapHours: 1 }),
      201,
    );
    const member = await shop.enrol();
    expected(await shop.purchase(aPurchase(member)), 201);
    await until(() => receiver.arrived.length === 1);
    for (const each of receiver.arrived) {
      expect(verified(secret, each)).toEqual(verified(changed.secret, each));
    }
    await deployment.sql('UPDATE webhook_endpoints SET old_secret_until = now() WHERE id = $1', [
      id,
    ]);
    expected(await shop.purchase(aPurchase(member)), 201);
    await until(() => receiver.arrived.length === 2);
    const [, second] = receiver.arrived;
    if (second === undefined) throw new Error('It has arrived.');
    expect(verified(changed.secret, second)).toEqual(second.event);
    expect(() => verified(secret, second)).toThrow();
  });

  it('E7: the database and the answers do not hold them', async () => {
    const { id, secret } = await listening();
    const kept = JSON.stringify(await deployment.sql('SELECT * FROM webhook_endpoints'));
    const raw = Buffer.from(secret.slice('whsec_'.length), 'base64');
    expect(kept).not.toContain(secret);
    expect(kept).not.toContain(JSON.stringify(raw).slice(20, -2));
    expect(JSON.stringify((await staff.get(`/v1/webhooks/${id}`)).body)).not.toContain('whsec_');
    const log = JSON.stringify(await deployment.sql('SELECT details FROM audit_log'));
    expect(log).not.toContain('whsec_');
  });
});

describe('sending again', () => {
  it('E8: an event by its id comes again under the same id, and says the same', async () => {
    const { id } = await listening(['points.accrued']);
    const member = await shop.enrol();
    expected(await shop.purchase(aPurchase(member)), 201);
    await until(() => receiver.arrived.length === 1);
    const event = receiver.arrived[0]?.id ?? '';
    await until(async () => (await logOf(id, '?state=delivered')).length === 1);
    expected(await staff.post(`/v1/webhooks/${id}/replays`, { event }), 202);
    await until(() => receiver.arrived.length === 2);
    expect(receiver.arrived[1]?.text).toBe(receiver.arrived[0]?.text);
    expect(receiver.arrived[1]?.id).toBe(event);
    const forged = `${event.slice(0, 8)}${event[8] === 'A' ? 'B' : 'A'}${event.slice(9)}`;
    expect((await staff.post(`/v1/webhooks/${id}/replays`, { event: forged })).status).toBe(404);
  });

  it('E8: a stretch of time brings what was never sent, in the order of each member', async () => {
    const from = new Date().toISOString();
    const members = [await shop.enrol(), await shop.enrol()];
    for (let n = 0; n < 3; n += 1) {
      for (const member of members) expected(await shop.purchase(aPurchase(member)), 201);
    }
    const to = new Date(Date.now() + 1_000).toISOString();
    const { id } = await listening(['member.enrolled', 'points.accrued']);
    let cursor: string | undefined;
    let events = 0;
    do {
      const body = { from, to, ...(cursor !== undefined && { cursor }) };
      const answer = expected(
        await staff.post<{ events: number; next: string | null }>(
          `/v1/webhooks/${id}/replays`,
          body,
        ),
        202,
      );
      events += answer.events;
      cursor = answer.next ?? undefined;
    } while (cursor !== undefined);
    expect(events).toBe(8);
    await until(() => receiver.arrived.length === 8);
    for (const member of members) {
      const numbers = receiver.arrived
        .filter(({ event }) => event.data['member'] === member)
        .map(({ event }) => event.data['number']);
      expect(numbers).toEqual([undefined, 1, 2, 3]);
    }
  });
});

describe('what happens to the programme', () => {
  it('E5: is told once, with a test event in between', async () => {
    const types = ['programme.published', 'offer.paused'];
    const { id, secret } = await listening(types);
    const tried = expected(await staff.post<{ event: string }>(`/v1/webhooks/${id}/test`, {}), 202);
    const publication = {
      document: apiProgramme({ thanks: ['Thanks.'] }),
      effectiveAt: '2099-01-01T00:00:00Z',
    };
    expected(await staff.post('/v1/programme/versions', publication), 201);
    await until(() => receiver.arrived.length >= 2);
    await pause(2_500);
    const seen = receiver.arrived.map(({ event }) => event.type).sort();
    expect(seen).toEqual(['programme.published', 'webhook.test']);
    expect(receiver.arrived.map((each) => each.id)).toContain(tried.event);
    for (const each of receiver.arrived) expect(verified(secret, each)).toEqual(each.event);
    const published = receiver.arrived.find(({ event }) => event.type === 'programme.published');
    expect(published?.event.data).toMatchObject({ version: 2 });
  });
});
