import { RequestMethod } from '@nestjs/common';
import { METHOD_METADATA, PATH_METADATA } from '@nestjs/common/internal';
import { DiscoveryService, MetadataScanner, ModulesContainer, NestFactory } from '@nestjs/core';
import type { OpenAPIObject } from '@nestjs/swagger';
import { permissions } from '../../src/access/permissions.js';
import { AppModule } from '../../src/app.module.js';
import { Secrets } from '../../src/platform/config/secrets.js';
import { parseSettings } from '../../src/platform/config/settings.js';
import { PUBLIC, accessOf } from '../../src/platform/http/route.decorator.js';
import { aPurchase, Api, consent, daysAgo, expected, type LedgerPageView } from '../support/api.js';
import { apiProgramme, deploy, secrets, type Deployment } from '../support/server.js';
import { openOffice, type Office } from '../support/staff.js';
import { adjustmentStory } from './adjustment-story.js';
import { draftStory } from './programme-story.js';
import { offers, offersStory } from './offers-story.js';
import { jobStory } from './job-story.js';
import { tierStory } from './tier-story.js';
import { partners, partnerStory } from './partner-story.js';
import { Contract, contentOf, partsOf, routesOf, Watched } from './openapi-contract.js';
import { payingStory, storyProgramme } from './openapi-contract.js';
import { conversionStory } from './conversion-story.js';
import { contactStory, noticeStory, webhookStory } from './webhook-story.js';
import { couponStory } from './coupon-story.js';
import { choices, ownStory } from './own-stories.js';

let deployment: Deployment;
let document: OpenAPIObject;
let shop: Watched;
let office: Office;
beforeAll(async () => {
  const env = { JOBS: 'off', TEST_CLOCK: 'on', GUESSES_LOOKUPS_BY_PEOPLE: '1/60' };
  deployment = await deploy({
    programme: { ...storyProgramme(), ...choices, partners, offers },
    env,
  });
  const url = deployment.servers[0]?.url ?? '';
  document = expected(await new Api(url).get<OpenAPIObject>('/openapi.json'), 200);
  shop = new Watched(url, deployment.credentials.shop, new Contract(document));
  office = await openOffice(deployment);
});

afterAll(async () => {
  await office.close();
  await deployment.close();
  expect(deployment.complaints()).toBe('');
});

interface ObjectSchema {
  properties: Record<string, object>;
  required: string[];
}

const schemaIn = (given: OpenAPIObject, name: string): ObjectSchema =>
  given.components?.schemas?.[name] as ObjectSchema;

/** Every route the controllers declare, and who may call it, without asking Swagger. */
async function declaredRoutes(): Promise<Record<string, string | undefined>> {
  const engine = await NestFactory.createApplicationContext(
    AppModule.on({
      settings: parseSettings({ LOG_LEVEL: 'error', JOBS: 'off', TEST_CLOCK: 'on' }),
      secrets: new Secrets(secrets.HANDLE_SECRET, secrets.TOKEN_SECRET),
      databaseUrl: deployment.database.serverUrl,
    }),
    { logger: false, abortOnError: false },
  );
  try {
    const controllers = new DiscoveryService(engine.get(ModulesContainer)).getControllers();
    const routes = controllers.flatMap(({ metatype }) => {
      const controller = metatype as { prototype: Record<string, object> };
      const at = Reflect.getMetadata(PATH_METADATA, controller) as string;
      return new MetadataScanner().getAllMethodNames(controller.prototype).flatMap((name) => {
        const handler = controller.prototype[name] ?? {};
        const path = Reflect.getMetadata(PATH_METADATA, handler) as string | undefined;
        if (path === undefined) return [];
        const method = Reflect.getMetadata(METHOD_METADATA, handler) as RequestMethod;
        const whole = `/${at}/${path}`.replaceAll(/\/+/g, '/').replaceAll(/:(\w+)/g, '{$1}');
        const route = `${RequestMethod[method]} ${whole.replace(/(?<=.)\/$/, '')}`;
        return [[route, accessOf(handler)[0]] as const];
      });
    });
    return Object.fromEntries(routes);
  } finally {
    await engine.close();
  }
}

describe('the document', () => {
  it('H14: is OpenAPI 3.1 whose references lead somewhere', () => {
    expect(document.openapi).toBe('3.1.0');
    expect(document.info).toMatchObject({ title: 'Fealty', version: '1' });
    expect(document.components?.securitySchemes).toHaveProperty('bearer.scheme', 'bearer');
    const lost = partsOf(document).flatMap((part) => {
      if (!('$ref' in part)) return [];
      const [, kind = '', name = ''] =
        /^#\/components\/(schemas|responses)\/(\w+)$/.exec(String(part.$ref)) ?? [];
      const parts = (document.components as Record<string, object | undefined>)[kind];
      return parts === undefined || !(name in parts) ? [part.$ref] : [];
    });
    expect(lost).toEqual([]);
    // A keyword of 3.0 that 3.1 no longer knows.
    expect(partsOf(document).filter((part) => 'nullable' in part)).toEqual([]);
  });

  it('H14: holds every route of the app and who may call it, and no other', async () => {
    const documented = routesOf(document).map(({ name, operation }) => [
      name,
      (operation as { 'x-permission'?: string })['x-permission'],
    ]);
    const declared = await declaredRoutes();
    expect(Object.fromEntries(documented)).toEqual(declared);
    expect([PUBLIC, ...permissions]).toEqual(
      expect.arrayContaining([...new Set(Object.values(declared))]),
    );
  });

  it('H14: names every operation, says in a line what it does, and what it needs', () => {
    const routes = routesOf(document);
    const ids = routes.map(({ operation }) => operation.operationId ?? '');
    expect(new Set(ids).size).toBe(routes.length);
    expect(ids.filter((id) => !/^[A-Z]\w+_[a-z]\w*$/.test(id))).toEqual([]);
    const faulty = routes.filter(({ name, operation }) => {
      const { summary = '', parameters = [], security } = operation;
      const inPath = parameters.flatMap((each) =>
        'in' in each && each.in === 'path' && each.required === true ? [each.name] : [],
      );
      const variables = [...name.matchAll(/\{(\w+)\}/g)].map(([, variable]) => variable);
      const isPublic = (operation as { 'x-permission'?: string })['x-permission'] === PUBLIC;
      return (
        !/^[A-Z].{10,90}\.$/.test(summary) ||
        JSON.stringify(inPath) !== JSON.stringify(variables) ||
        JSON.stringify(security) !== (isPublic ? undefined : '[{"bearer":[]}]')
      );
    });
    expect(faulty.map(({ name }) => name)).toEqual([]);
  });

  it('H14: gives every operation a success with a schema, and a default problem', () => {
    const faulty = routesOf(document).filter(({ operation: { responses } }) => {
      const successes = Object.entries(responses).filter(([status]) => /^2\d\d$/.test(status));
      const bare = successes.filter(([status, response]) => {
        const schemas = Object.values(contentOf(response)).map(({ schema }) => schema ?? {});
        return status !== '204' && !schemas.some((each) => '$ref' in each || 'type' in each);
      });
      const failure = contentOf(responses.default)['application/problem+json']?.schema;
      return successes.length === 0 || bare.length > 0 || failure === undefined;
    });
    expect(faulty.map(({ name }) => name)).toEqual([]);
  });

  it('H14: documents bulk as lines in and lines out', () => {
    const { requestBody, responses } = document.paths['/v1/purchases/bulk']?.post ?? {};
    const lines = (name: string): object => ({
      'application/x-ndjson': { schema: { $ref: `#/components/schemas/${name}` } },
    });
    expect(contentOf(requestBody)).toEqual(lines('BulkLine'));
    expect(contentOf(responses?.['200'])).toEqual(lines('BulkAnswer'));
  });
});

async function staffStory(): Promise<void> {
  const staff = shop.as(deployment.credentials.staff);
  const programme = apiProgramme({ thanks: ['Thank you again.'] });
  const publication = { document: programme, effectiveAt: '2099-01-01T00:00:00Z' };
  for (const path of ['', '/versions', '/versions/1', '/versions/2']) {
    await staff.get(`/v1/programme${path}`);
  }
  expected(await staff.post('/v1/programme/versions', publication), 201);
  expected(await staff.post('/v1/programme/versions', publication), 200);
  const soon = { ...publication, document: apiProgramme(), effectiveAt: daysAgo(0) };
  await staff.post('/v1/programme/versions', soon);
  await staff.post('/v1/programme/versions', { document: { thanks: 7 } });
  await draftStory(staff);
  // Nothing is audited on publishing here, so one of the audits asked for stands for it.
  await deployment.sql(
    "INSERT INTO version_audits SELECT 1, id FROM programme_audits WHERE state = 'done' LIMIT 1",
  );
  expected(await staff.get('/v1/programme/versions/1/audit'), 200);
  await jobStory(staff, shop, deployment);
  const expiring = { retailer: 'kiosk', expiresAt: '2099-01-01T00:00:00Z' };
  const { id } = expected(await staff.post<{ id: string }>('/v1/keys', expiring), 201);
  expected(await staff.send('DELETE', `/v1/keys/${id}`, undefined), 204);
  expected(await staff.get('/v1/keys'), 200);
  await shop.get('/v1/keys');
  const { now } = expected(await staff.get<{ now: string }>('/v1/test-clock'), 200);
  expected(await staff.send('PUT', '/v1/test-clock', JSON.stringify({ now: daysAgo(-0.01) })), 200);
  await staff.send('PUT', '/v1/test-clock', JSON.stringify({ now }));
  await shop.as('nobody').get('/v1/keys');
  expected(await shop.as('nobody').get('/v1/heads/key'), 200);
  for (const card of ['CARD-0000', 'CARD-0001']) await staff.post('/v1/members/find', { card });
  expected(await shop.get('/health/live'), 200);
  expected(await shop.get('/health/ready'), 200);
  expect(await shop.lines('GET', '/metrics')).not.toEqual([]);
}

async function purchaseStory(): Promise<string> {
  const card = 'CARD-4711';
  const member = await shop.enrol({ card, name: 'Ada' });
  await shop.post('/v1/members', { card, consent: consent() });
  await shop.post('/v1/members', { name: 'No consent' });
  expected(await shop.post('/v1/members/find', { card }), 200);
  await shop.post('/v1/members/find', { card: 'CARD-0000' });
  const basket = {
    ...aPurchase(member, { at: daysAgo(1) }),
    lines: [
      { id: 'a', category: 'garden', quantity: 2, amount: 6_000, tax: 1_000, sku: 'S1' },
      { category: 'gift_cards', quantity: 1, amount: 3_000 },
      { category: 'unheard_of', quantity: 1, amount: 1_000, description: 'Late payment fee' },
    ],
    tenders: [
      { kind: 'card', amount: 9_000 },
      { kind: 'points', amount: 1_000 },
    ],
    location: 'till-4',
    channel: 'store',
    merchantCategoryCode: '5261',
  };
  expected(await shop.post('/v1/purchases/preview', basket), 200);
  const { purchase } = expected(await shop.purchase(basket, { key: 'basket' }), 201);
  expected(await shop.purchase(basket, { key: 'basket' }), 201);
  expected(await shop.get(`/v1/purchases/${String(purchase)}`), 200);
  await shop.get('/v1/purchases/pur_none');
  const visit = { member: { id: member }, reference: 'v1', occurredAt: daysAgo(1), kind: 'visit' };
  expected(await shop.post('/v1/activities', visit), 201);
  const reading = {
    ...visit,
    kind: 'meter_reading',
    category: 'power',
    reading: 7,
    reference: 'm1',
  };
  expected(await shop.post('/v1/activities', reading), 201);
  await shop.post('/v1/activities', { ...reading, reading: 6, reference: 'm2' });
  const { body } = await shop.post<{ purchase: string }>('/v1/activities', { ...visit, value: 1 });
  expected(await shop.get(`/v1/purchases/${body.purchase}`), 200);
  const refused = [
    { ...basket, reference: 'another' },
    { ...basket, unknown: true },
    { ...basket, total: { amount: 1, currency: 'GBP' } },
    aPurchase(member, { at: '2099-01-01T00:00:00Z' }),
    aPurchase(member, { at: daysAgo(100) }),
    aPurchase(member, { at: '2019-01-01T00:00:00Z' }),
    aPurchase(member, { amount: 1_000_000_000_000, category: 'garden' }),
    aPurchase('00000000-0000-4000-8000-000000000000'),
  ];
  for (const body of refused) await shop.post('/v1/purchases', body, { key: 'basket' });
  for (const body of [basket, ...refused]) await shop.post('/v1/purchases', body);
  await shop.post('/v1/purchases', basket, { key: 'not one' });
  await shop.post('/v1/purchases', basket, { headers: { 'idempotency-key': '' } });
  await shop.post('/v1/purchases', basket, { headers: { 'content-type': 'text/plain' } });
  await shop.post('/v1/purchases', basket, { headers: { 'content-encoding': 'gzip' } });
  await shop.send('POST', '/v1/purchases', '{');
  await shop.send('POST', '/v1/purchases', ' '.repeat(300_000));
  await returnStory(String(purchase), member);
  const lines = [
    { ...aPurchase(member), idempotencyKey: 'l1' },
    { ...basket, idempotencyKey: 'basket' },
    ...refused.map((body, index) => ({ ...body, idempotencyKey: `r${index}` })),
  ];
  const text = lines.map((line) => JSON.stringify(line)).join('\n');
  expect(await shop.lines('POST', '/v1/purchases/bulk', text)).toHaveLength(lines.length);
  return member;
}

async function returnStory(purchase: string, member: string): Promise<void> {
  const at = `/v1/purchases/${purchase}/returns`;
  const occurredAt = daysAgo(0);
  const { member: _, ...exchange } = aPurchase(member, { at: occurredAt });
  const whole = { occurredAt, exchange };
  expected(
    await shop.post(`${at}/preview`, { occurredAt, lines: [{ line: 'a', quantity: 1 }] }),
    200,
  );
  expected(await shop.post(at, { occurredAt, lines: [{ line: 'a', amount: 100 }] }), 201);
  for (const key of ['whole', 'whole', 'again']) await shop.post(at, whole, { key });
  await shop.post(at, { occurredAt, lines: [{ line: 'a', quantity: 9 }] });
  await shop.post(at, { occurredAt, redemptions: ['rdm_none'] });
  await shop.post('/v1/purchases/ref%3Anone/returns', { occurredAt });
}

/** What a member, or whoever may see them, reads: `at` is where the member is, `postings` theirs. */
async function readingStory(reader: Watched, at: string, postings: string): Promise<void> {
  for (const path of ['', '/balance', '/standing']) {
    expected(await reader.get(`${at}${path}`), 200);
  }
  await reader.get(`${at}/balance?asOf=${encodeURIComponent(daysAgo(0))}`);
  await reader.get(`${at}/balance?asOf=2099-01-01T00:00:00Z`);
  const page = await reader.get<LedgerPageView>(`${at}/ledger?limit=1`);
  const { next } = expected(page, 200);
  const rest = await reader.get<LedgerPageView>(`${at}/ledger?cursor=${next ?? ''}`);
  for (const { id } of expected(rest, 200).postings) {
    expected(await reader.get(`${postings}/${id}/explanation`), 200);
  }
  await reader.get(`${at}/ledger?cursor=other`);
  await reader.get(`${postings}/pst_none/explanation`);
}

async function redemptionStory(buyer: Watched, at: string, member: object): Promise<void> {
  expected(await buyer.get(`${at}/rewards`), 200);
  for (const reward of ['voucher', 'visit', 'nothing']) {
    await buyer.post(`${at}/redemptions/quote`, { ...member, reward });
    await buyer.post(`${at}/redemptions`, { ...member, reward });
  }
  const hold = async (): Promise<string> => {
    const answer = await buyer.post<{ id: string }>(`${at}/redemptions`, {
      ...member,
      reward: 'voucher',
    });
    return `/redemptions/${expected(answer, 201).id}`;
  };
  const first = await hold();
  expected(await buyer.get(`${at}${first}`), 200);
  for (const key of ['once', 'once', 'again']) {
    await buyer.send('POST', `${at}${first}/release`, '', { key });
  }
  const second = await hold();
  for (const key of ['a', 'b']) await shop.send('POST', `/v1${second}/capture`, '', { key });
  for (const state of ['sent', 'sent']) await shop.post(`/v1${second}/delivery`, { state });
  await buyer.send('POST', `${at}${second}/release`, '');
  await buyer.get(`${at}/redemptions/rdm_none`);
}

describe('every answer is as documented', () => {
  it('H15: in a story over every route, problems included', async () => {
    await staffStory();
    const member = await purchaseStory();
    await shop.hold(member);
    await shop.hold(member, {}, 'visit');
    await shop.give(member, 120_000);
    const { staff, corner } = deployment.credentials;
    await adjustmentStory(shop, office, staff, member);
    await partnerStory(shop.as(staff), shop.as(corner), member);
    await conversionStory(shop, shop.as(corner), shop.as(staff));
    await webhookStory(shop.as(staff), shop);
    await tierStory(shop, shop.as(staff), office, member);
    const own = await shop.asMember(member);
    const manager = shop.as((await office.hire('manager')).credential ?? '');
    await offersStory(own, shop, manager, member);
    await payingStory(shop, member);
    await couponStory(own, shop, shop.as(staff), member);
    await ownStory(own, shop, staff, member);
    await contactStory(own, shop.as(staff), member);
    await noticeStory(shop, member, deployment.sql);
    await redemptionStory(shop, '/v1', { member: { id: member } });
    await redemptionStory(own, '/v1/me', {});
    await readingStory(shop, `/v1/members/${member}`, '/v1/postings');
    await readingStory(own, '/v1/me', '/v1/me/postings');
    await shop.as(deployment.credentials.till).get(`/v1/members/${member}`);
    await shop.get('/v1/members/nobody');

    const successes = routesOf(document).flatMap(({ operation: { operationId = '', responses } }) =>
      Object.keys(responses).flatMap((status) =>
        /^2\d\d$/.test(status) ? [`${operationId} ${status}`] : [],
      ),
    );
    expect(successes.filter((each) => !shop.contract.seen.has(each))).toEqual([]);
    const problems = shop.kept.filter(({ status }) => status >= 400);
    const told = new Set(problems.flatMap(({ body }) => Object.keys(body as object)));
    expect([...told].sort()).toEqual(Object.keys(schemaIn(document, 'Problem').properties).sort());
  }, 300_000);

  const forget = (schema: ObjectSchema, field: string): void => {
    Reflect.deleteProperty(schema.properties, field);
    schema.required = schema.required.filter((each) => each !== field);
  };
  const demand = (schema: ObjectSchema, field: string): void => {
    schema.properties[field] = { type: 'string' };
    schema.required = [...new Set([...schema.required, field])];
  };
  const changes: [string, (changed: OpenAPIObject) => unknown][] = [
    ['a field', (changed) => forget(schemaIn(changed, 'AccrualView'), 'thanks')],
    ['a field of a part', (changed) => forget(schemaIn(changed, 'NamedView'), 'name')],
    ['a field of a problem', (changed) => forget(schemaIn(changed, 'Problem'), 'missing')],
    ['null', (changed) => demand(schemaIn(changed, 'AccrualView'), 'posting')],
    ['a number', (changed) => demand(schemaIn(changed, 'BalanceFigures'), 'held')],
    ['a status', (changed) => delete changed.paths['/v1/purchases']?.post?.responses['201']],
    ['a missing field', (changed) => demand(schemaIn(changed, 'StandingView'), 'mood')],
  ];

  it.each(changes)('H15: and a document that is wrong about %s is found out', async (_, change) => {
    const member = await shop.enrol();
    const answers = shop.kept.length;
    await shop.post('/v1/purchases/preview', aPurchase(member));
    await shop.give(member, 10);
    await shop.hold(member);
    const given = shop.kept.slice(answers);
    const changed = structuredClone(document);
    change(changed);
    const judge = (contract: Contract): unknown[] =>
      given.flatMap((answer) => contract.fault(answer) ?? []);
    expect(judge(new Contract(document))).toEqual([]);
    expect(judge(new Contract(changed))).not.toEqual([]);
  });
});
