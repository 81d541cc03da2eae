import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';

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
  const document = SwaggerModule.createDocument(app, options, {
    operationIdFactory: (controller, method) =>
      `${controller.replace(/Controller$/, '')}_${method}`,
  });
  return withProblems(document);
}

const methods = ['get', 'put', 'post', 'delete', 'patch'] as const;

/** Every operation may answer with a problem, and every request class refuses unknown fields. */
function withProblems(document: OpenAPIObject): OpenAPIObject {
  for (const path of Object.values(document.paths)) {
    for (const method of methods) {
      const operation = path[method];
      if (operation !== undefined) operation.responses['default'] ??= problemResponse;
    }
  }
  const components = (document.components ??= {});
  for (const schema of Object.values(components.schemas ?? {})) {
    if ('properties' in schema) schema.additionalProperties ??= false;
  }
  components.schemas = { ...components.schemas, Problem: problemSchema };
  return document;
}

const text = { type: 'string' };
const problemSchema = {
  type: 'object',
  description: 'RFC 9457 problem details.',
  required: ['type', 'title', 'status', 'code', 'detail', 'requestId'],
  properties: {
    type: text,
    title: text,
    status: { type: 'integer' },
    code: { type: 'string', description: 'Stable; meant for programs.' },
    detail: text,
    requestId: text,
    errors: {
      type: 'array',
      items: {
        type: 'object',
        required: ['pointer', 'code', 'detail'],
        properties: { pointer: text, code: text, detail: text },
      },
    },
  },
};
const problemResponse = {
  description: 'The request was refused, or something went wrong.',
  content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
};
