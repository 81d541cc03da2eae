import { randomUUID } from 'node:crypto';
import { aPurchase, Api, expected, problem, type Answer } from '../support/api.js';
import { deploy, type Deployment } from '../support/server.js';

let deployment: Deployment;
let shop: Api;
let corner: Api;
let member: string;

beforeAll(async () => {
  deployment = await deploy({ env: { JOBS: 'off' } });
  shop = new Api(deployment.servers[0]?.url ?? '', deployment.credentials.shop);
  corner = shop.as(deployment.credentials.corner);
});

beforeEach(async () => {
  member = await shop.enrol();
});

afterAll(async () => {
  const complaints = deployment.complaints();
  await deployment.close();
  expect(complaints).toBe('');
});

const isReplay = ({ headers }: Answer): boolean => headers.get('idempotency-replayed') === 'true';

const postings = async (): Promise<number | undefined> =>
  (
    await deployment.sql<{ version: number }>('SELECT version FROM accounts WHERE member_id = $1', [
      member,
    ])
  )[0]?.version;

/** One line to the bulk route, and its one answer. */
async function bulkLine(line: object): Promise<Record<string, unknown>> {
  const headers = { 'content-type': 'application/x-ndjson' };
  const sent = await shop.send<Record<string, unknown>>(
    'POST',
    '/v1/purchases/bulk',
    `${JSON.stringify(line)}\n`,
    { headers },
  );
  return expected(sent, 200);
}

describe('the same body', () => {
  it('L5: the order of fields and the spacing of the JSON do not matter', async () => {
    const purchase = aPurchase(member);
    const key = randomUUID();
    const first = await shop.purchase(purchase, { key });
    const [line] = purchase.lines;
    const turned = JSON.stringify(
      {
        lines: [Object.fromEntries(Object.entries(line ?? {}).reverse())],
        total: { currency: 'GBP', amount: purchase.total.amount },
        occurredAt: purchase.occurredAt,
        reference: purchase.reference,
        member: purchase.member,
      },
      undefined,
      4,
    );
    const again = await shop.send('POST', '/v1/purchases', turned, { key });
    expect(again.body).toEqual(first.body);
    expect(isReplay(again)).toBe(true);
  });

  it('L5: characters escaped in JSON are the characters themselves', async () => {
    const purchase = aPurchase(member, { reference: `caf\u00e9-${member}` });
    const key = randomUUID();
    const first = await shop.purchase(purchase, { key });
    const escaped = JSON.stringify(purchase).replace('\u00e9', '\\u00e9');
    const again = await shop.send('POST', '/v1/purchases', escaped, { key });
    expect(again.body).toEqual(first.body);
  });
});

describe('the same key with another request', () => {
  it('L5: is refused when the body is another one', async () => {
    const key = randomUUID();
    const purchase = aPurchase(member);
    await shop.purchase(purchase, { key });
    for (const other of [
      aPurchase(member),
      { ...purchase, location: 'east' },
      { ...purchase, occurredAt: purchase.occurredAt.replace('Z', '+00:00') },
      { ...purchase, member: { id: await shop.enrol() } },
    ]) {
      const answer = await shop.purchase(other, { key });
      expect([answer.status, problem(answer).code]).toEqual([422, 'idempotency_key_reused']);
      expect(isReplay(answer)).toBe(false);
    }
    expect(await postings()).toBe(1);
  });

  it('L5: a refused reuse leaves the other purchase free to be booked', async () => {
    const key = randomUUID();
    await shop.purchase(aPurchase(member), { key });
    const other = aPurchase(member);
    expect((await shop.purchase(other, { key })).status).toBe(422);
    expect((await shop.purchase(other)).status).toBe(201);
  });

  it('L5: is the same request by another key of the same retailer', async () => {
    const key = randomUUID();
    const purchase = aPurchase(member);
    const first = await shop.purchase(purchase, { key });
    const again = await shop.as(deployment.credentials.till).purchase(purchase, { key });
    expect(again.body).toEqual(first.body);
    expect(isReplay(again)).toBe(true);
  });

  it('L5: is independent for another operation', async () => {
    const key = randomUUID();
    await shop.give(member, 500);
    const held = expected(await shop.hold(member, { key }), 201);
    expected(await shop.end('release', held.id, { key }), 200);
    expected(await shop.purchase(aPurchase(member), { key }), 201);
  });

  it("L5: a member's own keys are apart from the retailer's", async () => {
    const key = randomUUID();
    await shop.give(member, 1_000);
    const byShop = expected(await shop.hold(member, { key }), 201);
    const own = await shop.asMember(member);
    const byMember = await own.post<{ id: string }>(
      '/v1/me/redemptions',
      { reward: 'voucher' },
      { key },
    );
    expect(expected(byMember, 201).id).not.toBe(byShop.id);
  });
});

describe('requests that were not done', () => {
  it('L5: a refused purchase gives its reference back, but not its key', async () => {
    const key = randomUUID();
    const early = aPurchase(member, { at: '2019-06-01T12:00:00Z' });
    const refused = await shop.purchase(early, { key });
    expect(problem(refused).code).toBe('before_programme_start');
    const right = { ...early, occurredAt: aPurchase(member).occurredAt };
    expect(problem(await shop.purchase(right, { key })).code).toBe('idempotency_key_reused');
    expect((await shop.purchase(right)).status).toBe(201);
    expect(isReplay(await shop.purchase(early, { key }))).toBe(true);
  });

  it('L5: a duplicate names the purchase that has the reference', async () => {
    const purchase = aPurchase(member);
    const first = expected(await shop.purchase(purchase), 201);
    const second = await shop.purchase(purchase);
    expect(second.body).toMatchObject({ code: 'duplicate_reference', purchase: first.purchase });
    expect((await corner.purchase(purchase)).status).toBe(201);
  });
});

describe('bulk lines', () => {
  it('C3: a line and a single request share their keys, whichever comes first', async () => {
    const [key, otherKey] = [randomUUID(), randomUUID()];
    const [purchase, other] = [aPurchase(member), aPurchase(member)];
    const single = expected(await shop.purchase(purchase, { key }), 201);
    const line = await bulkLine({ ...purchase, idempotencyKey: key });
    expect(line).toMatchObject({ status: 201, replayed: true, posting: single.posting });
    const first = await bulkLine({ ...other, idempotencyKey: otherKey });
    const again = await shop.purchase(other, { key: otherKey });
    expect(again.body.posting).toBe(first['posting']);
    expect(isReplay(again)).toBe(true);
    expect(await postings()).toBe(2);
  });

  it('C3: a line with the key of another single request is refused', async () => {
    const key = randomUUID();
    await shop.purchase(aPurchase(member), { key });
    const line = await bulkLine({ ...aPurchase(member), idempotencyKey: key });
    expect(line).toMatchObject({ status: 422, problem: { code: 'idempotency_key_reused' } });
  });
});

describe('how a key is written', () => {
  it.each([
    ['missing', '', 'idempotency_key_missing'],
    ['with a space in it', 'a b', 'idempotency_key_invalid'],
    ['longer than 255 characters', 'k'.repeat(256), 'idempotency_key_invalid'],
    ['not ASCII', 'caf\u00e9', 'idempotency_key_invalid'],
    ['an empty string', '""', 'idempotency_key_invalid'],
    ['half quoted', '"abc', 'idempotency_key_invalid'],
    ['quoted with a quote inside', '"a"b"', 'idempotency_key_invalid'],
    ['quoted with a parameter', '"abc";v=1', 'idempotency_key_invalid'],
    ['a tab', 'a\tb', 'idempotency_key_invalid'],
  ])('L5: a key that is %s is a bad request', async (_, header, code) => {
    const headers = { 'idempotency-key': header };
    const text = JSON.stringify(aPurchase(member));
    const answer = await shop.send('POST', '/v1/purchases', text, { headers });
    expect([answer.status, problem(answer).code]).toEqual([400, code]);
    expect(await postings()).toBe(0);
  });

  it('L5: a key may be quoted, as structured fields are, or bare', async () => {
    const key = randomUUID();
    const purchase = aPurchase(member);
    const first = await shop.purchase(purchase, { key: `"${key}"` });
    const again = await shop.purchase(purchase, { key });
    expect([first.status, isReplay(again)]).toEqual([201, true]);
    const escaped = aPurchase(member);
    expected(await shop.purchase(escaped, { key: `"${key}\\"\\\\"` }), 201);
    expect(isReplay(await shop.purchase(escaped, { key: `${key}"\\` }))).toBe(true);
  });

  it('L5: two keys in one request are a bad request', async () => {
    const text = JSON.stringify(aPurchase(member));
    const headers = new Headers({ 'idempotency-key': 'a' });
    headers.append('idempotency-key', 'b');
    const answer = await shop.send('POST', '/v1/purchases', text, {
      headers: Object.fromEntries(headers),
    });
    expect([answer.status, problem(answer).code]).toEqual([400, 'idempotency_key_invalid']);
  });
});
