import type { OpenAPIObject } from '@nestjs/swagger';
import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { eventTypeNames, eventTypes } from '../../src/events/catalogue.js';
import { parseHeads } from '../../src/ledger/proof/heads-file.js';
import { offers } from '../api/offers-story.js';
import { aPurchase, Api, expected } from '../support/api.js';
import { apiProgramme, deploy, type Deployment } from '../support/server.js';
import { receive, until, type Arrived, type Receiver } from './receiver.js';

let deployment: Deployment;
let shop: Api;
let staff: Api;
let receiver: Receiver;
let document: OpenAPIObject;

beforeAll(async () => {
  const programme = apiProgramme({ offers });
  deployment = await deploy({ programme, env: { WEBHOOKS_TO_LOOPBACK: 'on' } });
  const url = deployment.servers[0]?.url ?? '';
  shop = new Api(url, deployment.credentials.shop);
  staff = new Api(url, deployment.credentials.staff);
  document = expected(await staff.get<OpenAPIObject>('/openapi.json'), 200);
  receiver = await receive();
  const types = eventTypeNames.filter((type) => type !== 'webhook.test');
  const { id } = expected(
    await staff.post<{ id: string }>('/v1/webhooks', { url: receiver.url, types }),
    201,
  );
  expected(await staff.post(`/v1/webhooks/${id}/test`, {}), 202);
});
afterAll(async () => {
  await deployment.close();
  await receiver.close();
  expect(deployment.complaints()).toBe('');
});

const heard = (type: string): Arrived[] =>
  receiver.arrived.filter(({ event }) => event.type === type);

describe('what happens to the programme', () => {
  it('E5: a pause of an offer and its end are told, each once', async () => {
    const [offer] = offers;
    const at = `/v1/offers/${offer?.code ?? ''}`;
    expect((await staff.post(`${at}/pause`, { reason: 'Too dear.' })).status).toBeLessThan(300);
    await until(() => heard('offer.paused').length === 1);
    expect((await staff.post(`${at}/resume`, { reason: 'Paid.' })).status).toBeLessThan(300);
    await until(() => heard('offer.resumed').length === 1);
    expect(heard('offer.paused')[0]?.event.data).toMatchObject({ offer: offer?.code });
    expect(heard('offer.paused')[0]?.text).not.toContain('Too dear');
  });

  it('E5, W8: what a monitor began to alert about is told, once, without members', async () => {
    await deployment.sql(
      `INSERT INTO monitor_results (day, monitor, subject, threshold, as_of, made_at, version_no,
                                    hits, total, baseline, most, state, since, examples)
       SELECT d::date, 'split', 'rule/visit', 0, d, d, 1, 40, 90, 0.1, 0.2, 'alerting', '2026-06-01',
              ARRAY[gen_random_uuid()]
         FROM unnest(ARRAY['2026-06-01', '2026-06-02']::timestamptz[]) AS d`,
    );
    await until(() => heard('monitor.alerted').length === 1);
    const about = { monitor: 'split', subject: 'rule/visit', day: '2026-06-01', version: 1 };
    expect(heard('monitor.alerted')[0]?.event.data).toEqual({ ...about, hits: 40, total: 90 });
  });

  it('E5: the heads of a day leave the house whole, as the file of that day', async () => {
    await deployment.sql(
      `INSERT INTO daily_heads (bucket, day, root, previous, members, public_key, signature)
       SELECT bucket, '2026-01-01', '\\x01', '\\x02', 3, '\\x04', '\\x05'
         FROM generate_series(0, 63) AS bucket`,
    );
    await until(() => heard('heads.signed').length === 1);
    const claims = parseHeads('heard', JSON.stringify(heard('heads.signed')[0]?.event.data));
    expect(claims).toHaveLength(64);
    expect(claims[63]?.head).toMatchObject({
      bucket: 63,
      day: '2026-01-01',
      members: 3,
      root: '01',
    });
  });
});

describe('the catalogue', () => {
  it('E4: is in the document, with a line for each type', () => {
    const webhooks = document.webhooks ?? {};
    expect(Object.keys(webhooks)).toEqual(eventTypeNames);
    for (const type of eventTypeNames) {
      expect(webhooks[type]?.post?.summary).toBe(eventTypes[type]);
    }
  });

  it('E4: shows every field of what is sent', async () => {
    const member = await shop.enrol();
    await shop.give(member, 10_000);
    const hold = await shop.hold(member);
    expect(hold).toBeDefined();
    expected(await shop.purchase(aPurchase(member, { amount: 200_000 })), 201);
    const types = ['member.enrolled', 'points.accrued', 'points.held', 'tier.changed'];
    await until(() => types.every((type) => heard(type).length > 0));
    await until(() => heard('programme.published').length + heard('webhook.test').length >= 1);
    const ajv = new Ajv2020({ strict: false, allErrors: true });
    formats.default(ajv);
    const components = closed(document.components);
    for (const { event } of receiver.arrived) {
      const body = document.webhooks?.[event.type]?.post?.requestBody as {
        content: Record<string, { schema: object }>;
      };
      const schema = closed(body.content['application/json']?.schema) as object;
      const validate = ajv.compile({ ...schema, components });
      expect([event, validate(event), validate.errors]).toEqual([event, true, null]);
    }
  });
});

/** A schema that allows no field it does not name. */
function closed(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(closed);
  if (typeof node !== 'object' || node === null) return node;
  const parts = Object.entries(node).map(([word, part]) => [word, closed(part)] as const);
  return {
    ...('properties' in node && { additionalProperties: false }),
    ...Object.fromEntries(parts),
  };
}
