import { randomUUID } from 'node:crypto';
import { isUtf8 } from 'node:buffer';
import { STATUS_CODES, type IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { DomainError } from './domain-error.js';
import { mediaTypeOf, parseJson, patchMedia } from './json.js';
import type { ProblemFilter } from './problem.filter.js';
import { problemReply } from './problem.js';

declare module 'fastify' {
  interface FastifyRequest {
    bodyTimer: NodeJS.Timeout | undefined;
  }
}

const BODY_MAX = 256 * 1024;
/** Milliseconds. A bulk upload may last, so the time to send a body is limited per JSON request. */
const times = { headers: 15_000, check: 5_000, body: 15_000, idle: 120_000, keepAlive: 72_000 };

/** What every answer says unless its route says otherwise. */
const headers = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'strict-transport-security': 'max-age=31536000; includeSubDomains',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
};

const usual = Object.entries(headers);

const json = ['application/json'];
const ndjson = ['application/x-ndjson'];
const table = ['text/csv'];
const withBody = new Set(['POST', 'PUT', 'PATCH', 'DELETE', 'QUERY']);

/** Fastify behind Nest, set so that only bodies we understand are read at all. */
export function fastifyAdapter(
  filter: ProblemFilter,
  trustProxy: readonly string[],
): FastifyAdapter {
  const adapter = new FastifyAdapter({
    logger: false,
    bodyLimit: BODY_MAX,
    trustProxy: trustProxy.length === 0 ? false : [...trustProxy],
    requestIdHeader: false,
    genReqId: requestIdOf,
    onProtoPoisoning: 'error',
    onConstructorPoisoning: 'error',
    connectionTimeout: times.idle,
    keepAliveTimeout: times.keepAlive,
    http: { headersTimeout: times.headers, connectionsCheckingInterval: times.check },
    // What arrives while closing is still answered, and its connection then closed.
    return503OnClosing: false,
    routerOptions: { maxParamLength: 200 },
    // Nest middleware is not used: it sees other paths than the router does.
    skipMiddie: true,
    frameworkErrors: (error: Error, request: FastifyRequest, reply: FastifyReply) => {
      void reply.header('x-request-id', request.id).headers(headers);
      filter.answer(error, request.id, reply);
    },
    clientErrorHandler: answerRaw,
  });
  prepare(adapter.getInstance<FastifyInstance>());
  return adapter;
}

/** The caller's own id when it is 1 to 64 visible ASCII characters. */
function requestIdOf(request: { headers: IncomingMessage['headers'] }): string {
  const given = request.headers['x-request-id'];
  return typeof given === 'string' && /^[\x21-\x7e]{1,64}$/.test(given) ? given : randomUUID();
}

function prepare(server: FastifyInstance): void {
  server.decorateRequest('bodyTimer', undefined);
  server.addHook('onRequest', (request, reply, done) => {
    void reply.header('x-request-id', request.id);
    for (const [name, value] of usual) void reply.header(name, value);
    const refusal = refusalUnread(request);
    if (refusal === undefined) {
      limitBodyTime(request, reply);
      done();
      return;
    }
    // The rest of the body is not waited for.
    void reply.header('connection', 'close');
    done(refusal);
  });
  server.addHook('onResponse', (request, _reply, done) => {
    clearTimeout(request.bodyTimer);
    done();
  });
  server.removeAllContentTypeParsers();
  server.addContentTypeParser(
    [...json, ...patchMedia],
    { parseAs: 'buffer', bodyLimit: BODY_MAX },
    (request, body: Buffer, done) => {
      clearTimeout(request.bodyTimer);
      try {
        done(null, bodyOf(body));
      } catch (error) {
        done(error as DomainError, undefined);
      }
    },
  );
  server.addContentTypeParser([...ndjson, ...table], (_request, payload, done) => {
    done(null, payload);
  });
}

/** Judged by the headers alone, before a byte of the body is parsed. */
function refusalUnread(request: FastifyRequest): DomainError | undefined {
  const { headers, method } = request;
  const encoding = headers['content-encoding'];
  if (encoding !== undefined && encoding.toLowerCase() !== 'identity') {
    return new DomainError('unsupported_encoding', 'Send the body without a content encoding.');
  }
  const type = headers['content-type'];
  if (type === undefined || request.is404 || !withBody.has(method)) return undefined;
  const { ndjson: isStream, csv, media = json } = request.routeOptions.config;
  const streams = csv === true ? [...ndjson, ...table] : ndjson;
  const wanted = isStream === true ? streams : media;
  if (wanted.includes(mediaTypeOf(type) ?? '')) return undefined;
  return new DomainError(
    'unsupported_media_type',
    `The content type must be ${wanted.join(' or ')}.`,
  );
}

function limitBodyTime(request: FastifyRequest, reply: FastifyReply): void {
  if (request.headers['content-type'] === undefined) return;
  if (request.routeOptions.config.ndjson === true) return;
  request.bodyTimer = setTimeout(() => {
    void reply.header('connection', 'close');
    void reply.send(new DomainError('request_timeout', 'The body took too long to arrive.'));
  }, times.body);
}

function bodyOf(bytes: Buffer): unknown {
  // An action without fields, such as releasing a redemption, may be sent with an empty body.
  if (bytes.length === 0) return undefined;
  if (!isUtf8(bytes)) throw new DomainError('invalid_json', 'The body is not UTF-8.');
  return parseJson(bytes.toString('utf8'));
}

/** Errors before there is a request: Node could not read its head. */
function answerRaw(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const refusal =
    error.code === 'ERR_HTTP_REQUEST_TIMEOUT'
      ? new DomainError('request_timeout', 'The request took too long to arrive.')
      : new DomainError('invalid_request', 'The request is not valid HTTP.');
  const reply = problemReply(refusal, randomUUID());
  const fields = {
    ...headers,
    ...reply.headers,
    'content-length': Buffer.byteLength(reply.body),
    connection: 'close',
  };
  const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}\r\n`);
  const status = `HTTP/1.1 ${reply.status} ${STATUS_CODES[reply.status] ?? ''}\r\n`;
  socket.end(`${status}${lines.join('')}\r\n${reply.body}`);
}
