/** The document at /openapi.json as a contract, and a caller that holds every answer to it. */
import type { OpenAPIObject } from '@nestjs/swagger';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import type { ProgrammeDocument } from '../../src/programmes/document.js';
import { apiProgramme } from '../support/server.js';
import { Api, aPurchase, expected, type Answer, type Sent } from '../support/api.js';
import { handedOut, slip, voucherStory } from './voucher-story.js';

type Operation = NonNullable<OpenAPIObject['paths'][string]['get']>;
type Content = Record<string, { schema?: object }>;

interface Route {
  /** As in `GET /v1/members/{id}`. */
  name: string;
  operation: Operation;
}

interface Given {
  method: string;
  path: string;
  status: number;
  media: string;
  body: unknown;
}

const methods = ['get', 'put', 'post', 'delete', 'patch'] as const;

export const routesOf = (document: OpenAPIObject): Route[] =>
  Object.entries(document.paths).flatMap(([path, item]) =>
    methods.flatMap((method) => {
      const operation = item[method];
      return operation === undefined
        ? []
        : [{ name: `${method.toUpperCase()} ${path}`, operation }];
    }),
  );

export const contentOf = (response: object | undefined): Content =>
  (response as { content?: Content } | undefined)?.content ?? {};

/** Finds the route that a call as `GET /v1/members/4711` is answered by. */
export function finderOf(document: OpenAPIObject): (called: string) => Route | undefined {
  const variables = ({ name }: Route): number => name.split('{').length;
  const routes = routesOf(document)
    .sort((a, b) => variables(a) - variables(b))
    .map((route) => ({
      route,
      pattern: new RegExp(`^${route.name.replaceAll(/\{\w+\}/g, '[^/]+')}$`),
    }));
  return (called) => routes.find(({ pattern }) => pattern.test(called))?.route;
}

/** Whether a route demands an idempotency key, be it in the header or in each of its lines. */
export function isKeyed(document: OpenAPIObject, { operation }: Route): boolean {
  const { parameters = [], requestBody } = operation;
  const schemas = Object.values(contentOf(requestBody)).map(({ schema }) => schema ?? {});
  const required = schemas.flatMap((schema) => {
    const [, name = ''] = /(\w+)$/.exec('$ref' in schema ? String(schema.$ref) : '') ?? [];
    return (
      (document.components?.schemas?.[name] as { required?: string[] } | undefined)?.required ?? []
    );
  });
  return (
    required.includes('idempotencyKey') ||
    parameters.some((each) => 'in' in each && each.name === 'Idempotency-Key' && each.required)
  );
}

/** Every part of a JSON value, itself included. */
export function partsOf(node: unknown): object[] {
  if (typeof node !== 'object' || node === null) return [];
  return [node, ...Object.values(node).flatMap(partsOf)];
}

/** A schema that allows no field it does not name; the document leaves answers open to growth. */
function closed(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(closed);
  if (typeof node !== 'object' || node === null) return node;
  const parts = Object.entries(node).map(([word, part]) => [word, closed(part)] as const);
  return {
    ...('properties' in node && { additionalProperties: false }),
    ...Object.fromEntries(parts),
  };
}

/** Holds answers to a document, more strictly than a caller may: what it does not say is wrong. */
export class Contract {
  /** Operations with the statuses they have answered. */
  readonly seen = new Set<string>();
  private readonly validators = new Map<string, ValidateFunction>();
  private readonly ajv = new Ajv2020({ strict: true, allowUnionTypes: true, allErrors: true });
  private readonly find: (called: string) => Route | undefined;
  private readonly components: unknown;
  private readonly responses: Record<string, object | undefined>;

  constructor(document: OpenAPIObject) {
    formats.default(this.ajv);
    this.ajv.addKeyword('components');
    this.components = closed(document.components);
    this.responses = { ...document.components?.responses };
    this.find = finderOf(document);
  }

  /** What of an answer the document does not say; undefined when it says everything. */
  fault({ method, path, status, media, body }: Given): string | undefined {
    const called = `${method} ${path.replace(/\?.*/, '')}`;
    const operation = this.find(called)?.operation;
    if (operation === undefined) return `${called} is not documented`;
    const { responses, operationId = '' } = operation;
    const response = responses[String(status)] ?? (status < 400 ? undefined : responses.default);
    if (response === undefined) return `${called} answers ${status}, which is not documented`;
    this.seen.add(`${operationId} ${status}`);
    if (status === 204) return undefined;
    const [, shared = ''] =
      /^#\/components\/responses\/(\w+)$/.exec('$ref' in response ? response.$ref : '') ?? [];
    const schema = contentOf(this.responses[shared] ?? response)[media.replace(/;.*/, '')]?.schema;
    if (schema === undefined) return `${called} answers ${status} as ${media}: not documented`;
    const validate = this.validator(schema);
    if (validate(body)) return undefined;
    const faults = this.ajv.errorsText(validate.errors, { dataVar: '' });
    return `${called} answers ${status}:\n${faults}\n${JSON.stringify(body)}`;
  }

  private validator(schema: object): ValidateFunction {
    const text = JSON.stringify(schema);
    const validate =
      this.validators.get(text) ?? this.ajv.compile({ ...schema, components: this.components });
    this.validators.set(text, validate);
    return validate;
  }

  /** Throws unless the document says all there is in an answer. */
  hold(given: Given): void {
    const fault = this.fault(given);
    if (fault !== undefined) throw new Error(fault);
  }
}

/** A caller whose every answer is held to the document, and kept. */
export class Watched extends Api {
  constructor(
    url: string,
    credential: string,
    readonly contract: Contract,
    readonly kept: Given[] = [],
  ) {
    super(url, credential);
  }

  override async asMember(member: string): Promise<Watched> {
    return this.as((await super.asMember(member)).credential ?? '');
  }

  override as(credential: string): Watched {
    return new Watched(this.url, credential, this.contract, this.kept);
  }

  override async send<Body = object>(
    method: string,
    path: string,
    text: string | undefined,
    sent: Sent = {},
  ): Promise<Answer<Body>> {
    const answer = await super.send<Body>(method, path, text, sent);
    const { status, headers, body } = answer;
    const given = { method, path, status, media: headers.get('content-type') ?? '', body };
    this.contract.hold(given);
    this.kept.push(given);
    return answer;
  }

  /** An answer that is not one JSON value: its lines, each held to the document. */
  async lines(
    method: string,
    path: string,
    text?: string,
    type = 'application/x-ndjson',
  ): Promise<string[]> {
    const response = await fetch(`${this.url}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${this.credential ?? ''}`,
        ...(text !== undefined && { 'content-type': type }),
      },
      ...(text !== undefined && { body: text }),
    });
    const { status } = response;
    const media = response.headers.get('content-type') ?? '';
    const lines = (await response.text()).trim().split('\n');
    for (const line of lines) {
      const body: unknown = media.includes('json') ? JSON.parse(line) : line;
      this.contract.hold({ method, path, status, media, body });
    }
    return lines;
  }
}

/** Vouchers, points that pay, and what is said of those that do not. */
export async function payingStory(shop: Watched, member: string): Promise<void> {
  await voucherStory(shop, member);
  const named = { member: { id: member } };
  const total = { amount: 10_000, currency: 'GBP' };
  const pay = (points: number, of = total): Promise<Answer<{ id: string }>> =>
    shop.post('/v1/redemptions', { ...named, tender: { points, total: of } });
  await shop.post('/v1/redemptions', { ...named, reward: 'later' });
  for (const points of [5, 15]) await pay(points);
  await pay(500, { ...total, amount: 10 });
  await shop.post('/v1/redemptions/quote', { ...named, tender: { points: 20, total } });
  const { id } = expected(await pay(20), 201);
  const path = `/v1/redemptions/${id}/capture`;
  for (const amount of [11, 10]) await shop.post(path, { amount: { ...total, amount } });
  await shop.purchase({ ...aPurchase(member), redemptions: [id] });
}

/** A programme in which everything can happen that a problem tells of. */
export function storyProgramme(): ProgrammeDocument {
  const { rewards } = apiProgramme();
  const later = { code: 'later', from: '2090-01-01', until: '2090-12-31' };
  return apiProgramme({
    ...handedOut,
    lateEvents: { windowDays: 90, older: 'refuse' },
    rewards: [
      ...rewards.map((reward) => ({ ...reward, delivered: true, stock: 9 })),
      ...rewards.slice(0, 1).map((reward) => ({ ...reward, ...later })),
      slip,
    ],
    tender: { rate: '0.5', minimumPoints: 10, step: 10, maximumShare: '0.5' },
    returnWindowDays: 14,
    guards: { velocity: [{ counts: 'points', most: 500_000, per: 'day', holdHours: 720 }] },
  });
}
