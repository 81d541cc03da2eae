import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import { PUBLIC } from '../http/route.decorator.js';
import { OutgoingMessages } from './outgoing.service.js';
import { problemResponse, problemSchema, rateLimitedResponse } from './problem.schema.js';

/** The document at `/openapi.json`, and pages for people at `/docs` if wanted. */
export function serveOpenApi(app: NestFastifyApplication, pages: boolean): void {
  SwaggerModule.setup('docs', app, () => openApiDocument(app), {
    ui: pages,
    raw: ['json'],
    jsonDocumentUrl: 'openapi.json',
  });
}

export function openApiDocument(app: NestFastifyApplication): OpenAPIObject {
  const options = new DocumentBuilder()
    .setTitle('Fealty')
    .setDescription('A points-based loyalty programme engine.')
    .setVersion('1')
    .setOpenAPIVersion('3.1.0')
    .addBearerAuth({ type: 'http', scheme: 'bearer' })
    .build();
  const outgoing = app.get(OutgoingMessages, { strict: false });
  const document = SwaggerModule.createDocument(app, options, {
    extraModels: outgoing.views(),
    operationIdFactory: (controller, method) =>
      `${controller.replace(/Controller$/, '')}_${method}`,
  });
  return { ...completed(document), webhooks: outgoing.webhooks() as OpenAPIObject['paths'] };
}

const methods = ['get', 'put', 'post', 'delete', 'patch'] as const;

/** Every operation may answer with a problem, and every request class refuses unknown fields. */
function completed(document: OpenAPIObject): OpenAPIObject {
  const schemas = { ...document.components?.schemas, Problem: problemSchema };
  const responses = { ...document.components?.responses, RateLimited: rateLimitedResponse };
  document.components = { ...document.components, schemas, responses };
  for (const path of Object.values(document.paths)) {
    for (const method of methods) {
      const operation: Operation | undefined = path[method];
      if (operation === undefined) continue;
      operation.responses['default'] ??= problemResponse;
      operation['x-rate-limit'] ??= limitOf(method, operation['x-permission']);
      if (operation['x-rate-limit'] !== 'none') operation.responses['429'] ??= rateLimited;
      close(operation.requestBody, schemas);
    }
  }
  return document;
}

type Operation = NonNullable<OpenAPIObject['paths'][string]['get']> & {
  'x-permission'?: string;
  'x-rate-limit'?: string;
};

const rateLimited = { $ref: '#/components/responses/RateLimited' };

/** What counts towards no limit of its own counts towards that of its method. */
function limitOf(method: string, permission: string | undefined): string {
  if (permission === PUBLIC) return 'public';
  return method === 'get' ? 'reads' : 'writes';
}

type Schemas = NonNullable<NonNullable<OpenAPIObject['components']>['schemas']>;

/** Answers stay open: a field more is no break, so callers must not be told there is none. */
function close(part: unknown, schemas: Schemas): void {
  const references = JSON.stringify(part ?? null).matchAll(/"#\/components\/schemas\/(\w+)"/g);
  for (const [, name = ''] of references) {
    const schema = schemas[name];
    if (schema === undefined || !('properties' in schema) || 'additionalProperties' in schema) {
      continue;
    }
    schema.additionalProperties = false;
    close(schema, schemas);
  }
}
