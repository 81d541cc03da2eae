import { connect } from 'node:net';
import { publicId } from '../../src/ledger/address.js';
import { newKey } from '../../src/access/credentials/credential.js';
import { aPurchase, Api, expected, problem, type Answer } from '../support/api.js';
import { deploy, type Deployment } from '../support/server.js';
import { arithmetic, numbers, shapes, times } from './bad-purchases.js';
import type { BadRequest, Requests, World } from './bad-purchases.js';
import { access, enrolments, json, lookUps, members, transport } from './bad-calls.js';

let deployment: Deployment;
let shop: Api;
let world: World;

beforeAll(async () => {
  deployment = await deploy({ env: { JOBS: 'off' } });
  shop = new Api(deployment.servers[0]?.url ?? '', deployment.credentials.shop);
  const card = '1815 1210';
  const member = await shop.enrol({ card });
  const otherMember = await shop.enrol();
  const purchase = aPurchase(member, { amount: 200_000 });
  const { posting } = expected(await shop.purchase(purchase), 201);
  const other = await shop.give(otherMember, 1);
  const redemption = await shop.held(member);
  world = {
    member,
    otherMember,
    card,
    reference: purchase.reference,
    redemption,
    posting: posting ?? '',
    otherPosting: other.posting ?? '',
  };
});

afterAll(async () => deployment.close());

const tables = [
  'accounts',
  'postings',
  'entries',
  'lots',
  'request_keys',
  'purchase_references',
  'purchases',
  'redemptions',
  'due',
  'outbox',
  'members',
  'persons',
  'consents',
  'handles',
  'drafts',
  'programme_versions',
  'programme_pilots',
  'programme_pilot_ends',
  'audit_log',
];

/** One digest of everything that a request could have changed. */
async function digest(): Promise<unknown> {
  const parts = tables.map(
    (table) => `(SELECT md5(string_agg(t::text, ',' ORDER BY t::text)) FROM ${table} t) ${table}`,
  );
  return (await deployment.sql(`SELECT ${parts.join(', ')}`))[0];
}

async function send(bad: BadRequest): Promise<Answer> {
  const { path = '/v1/purchases', method = 'POST', headers = {}, as = 'shop' } = bad;
  const { credentials } = deployment;
  const others = { ...credentials, nobody: '', stranger: newKey('test').text };
  const text = bad.text ?? JSON.stringify(bad.change?.(aPurchase(world.member)));
  const api = as === 'nobody' ? new Api(shop.url) : shop.as(others[as]);
  return api.send(method, path, method === 'GET' ? undefined : text, { headers });
}

/** Stands in while titles are made, before there is a server. */
const nowhere = '0a1b2c3d-0000-4000-8000-000000000000';
const blank: World = {
  member: nowhere,
  otherMember: nowhere,
  card: '0000',
  reference: 'x',
  redemption: publicId('rdm', { memberId: nowhere, seq: 1 }),
  posting: publicId('pst', { memberId: nowhere, seq: 1 }),
  otherPosting: publicId('pst', { memberId: nowhere, seq: 2 }),
};

describe.each<[string, Requests]>([
  ['L5: numbers', numbers],
  ['L5: shapes', shapes],
  ['L5: times', times],
  ['C1: arithmetic', arithmetic],
  ['M3: members', members],
  ['M1: enrolments', enrolments],
  ['L5: things that are not there', lookUps],
  ['L5: JSON', json],
  ['L5: transport', transport],
  ['A5: access', access],
])('bad input leaves no trace; %s', (_, requests) => {
  it.each(requests(blank).map(({ what }, index) => [what, index] as const))(
    '%s',
    async (_what, index) => {
      const before = await digest();
      const bad = requests(world)[index];
      if (bad === undefined) throw new Error('the table changed');
      const answer = await send(bad);
      expect(answer).toMatchObject({ status: bad.status, body: { code: bad.code } });
      const said = problem(answer);
      expect(answer.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
      expect(said).toMatchObject({
        type: `/problems/${bad.code}`,
        status: bad.status,
        detail: expect.stringMatching(/\.$/),
        requestId: answer.headers.get('x-request-id'),
      });
      expect(said.errors?.[0]?.pointer).toBe(bad.pointer);
      expect(answer.headers.get('www-authenticate')).toBe(bad.status === 401 ? 'Bearer' : null);
      expect(await digest()).toEqual(before);
    },
  );
});

/** The status of a request written byte by byte, for what a client library would tidy up. */
async function raw(head: string[], body: string): Promise<string> {
  const { hostname, port } = new URL(shop.url);
  const socket = connect(Number(port), hostname);
  const lines = [
    ...head,
    'Host: fealty',
    `Authorization: Bearer ${deployment.credentials.shop}`,
    'Connection: close',
  ];
  socket.write(`${lines.join('\r\n')}\r\n\r\n${body}`);
  const chunks: Buffer[] = [];
  for await (const chunk of socket) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

describe('requests that client libraries do not send', () => {
  const post = 'POST /v1/purchases HTTP/1.1';

  it('L5: white space before a content type is no way around the checks', async () => {
    const before = await digest();
    const body = JSON.stringify({ ...aPurchase(world.member), points: 1_000_000 });
    for (const type of [' application/json', '\tapplication/json', ' \t application/json ']) {
      const length = `Content-Length: ${Buffer.byteLength(body)}`;
      const head = [post, `Content-Type:${type}`, 'Idempotency-Key: k-1', length];
      const answer = await raw(head, body);
      expect(answer).toMatch(/^HTTP\/1\.1 400 /);
      expect(answer).toContain('"pointer":"/points"');
    }
    expect(await digest()).toEqual(before);
  });

  it('L5: a second content type, or one folded into two lines, is refused', async () => {
    const before = await digest();
    const body = JSON.stringify(aPurchase(world.member));
    const length = `Content-Length: ${Buffer.byteLength(body)}`;
    for (const type of [
      ['Content-Type: application/json;', ' charset=utf-16'],
      ['Content-Type: text/plain', 'Content-Type: application/json'],
    ]) {
      const answer = await raw([post, ...type, 'Idempotency-Key: k-1', length], body);
      expect(answer).toMatch(/^HTTP\/1\.1 4\d\d /);
    }
    expect(await digest()).toEqual(before);
  });

  it('L5: a body of two lengths is refused and its connection closed', async () => {
    const before = await digest();
    const body = JSON.stringify(aPurchase(world.member));
    const type = 'Content-Type: application/json';
    for (const lengths of [
      ['Content-Length: 5', `Content-Length: ${Buffer.byteLength(body)}`],
      [`Content-Length: ${Buffer.byteLength(body)}`, 'Transfer-Encoding: chunked'],
    ]) {
      const answer = await raw([post, type, 'Idempotency-Key: k-1', ...lengths], body);
      expect(answer).toMatch(/^HTTP\/1\.1 400 /);
      expect(answer.toLowerCase()).toContain('content-type: application/problem+json');
    }
    expect(await digest()).toEqual(before);
  });
});

describe('after all of that', () => {
  it('L5: a sound purchase is booked, and no request failed unforeseen', async () => {
    expect((await shop.purchase(aPurchase(world.member))).status).toBe(201);
    expect((await deployment.verify()).differences).toEqual([]);
    expect(deployment.complaints()).toBe('');
  });
});
