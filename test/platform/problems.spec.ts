import { Body, Controller, Get, Inject, Post, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { Public, Requires } from '../../src/access/requires.decorator.js';
import { refusalOf } from '../../src/platform/http/problem.filter.js';
import { ProbeApp } from './probe-app.js';

const probe = new ProbeApp();

beforeAll(async () => probe.start());
afterAll(async () => probe.stop());

describe('problems', () => {
  it.each([
    'Client has encountered a connection error and is not queryable',
    'Query runner already released. Cannot run queries anymore.',
    'Client was closed and is not queryable',
    'Connection terminated unexpectedly',
  ])('H9: a connection that was lost is no fault of ours: %s', (message) => {
    expect(refusalOf(new Error(message)).code).toBe('unavailable');
  });

  it('H9: a refusal is a problem document with its details', async () => {
    const { status, body, headers } = await probe.get('/probe/fail/domain', {
      'x-request-id': 'r-1',
    });
    expect(status).toBe(422);
    expect(headers['content-type']).toBe('application/problem+json; charset=utf-8');
    expect(body).toEqual({
      type: '/problems/insufficient_points',
      title: 'Insufficient points',
      status: 422,
      code: 'insufficient_points',
      detail: 'Too few.',
      requestId: 'r-1',
      available: 3,
    });
  });

  it.each([
    ['/nowhere', 404, 'not_found'],
    ['/probe', 404, 'not_found'],
    ['/%zz', 400, 'invalid_request'],
    [`/probe/fail/${'x'.repeat(500)}`, 404, 'not_found'],
    ['/probe/fail/%00', 404, 'not_found'],
    ['/probe/fail/query?limit=11', 400, 'invalid_request'],
    ['/probe/fail/query?limit=1&limit=2', 400, 'invalid_request'],
    ['/probe/fail/query?__proto__=1', 400, 'invalid_request'],
    ['/probe/closed', 401, 'unauthenticated'],
    ['//probe/closed', 404, 'not_found'],
    ['/probe/%63losed', 401, 'unauthenticated'],
    ['/probe/closed%2f', 404, 'not_found'],
    ['/PROBE/closed', 404, 'not_found'],
  ])('H9: GET %.40s is answered %i %s, as a problem', async (url, status, code) => {
    const { body, headers } = await probe.get(url);
    expect(body).toMatchObject({ type: `/problems/${code}`, status, code });
    expect(body['requestId']).toBe(headers['x-request-id']);
    expect(headers['content-type']).toBe('application/problem+json; charset=utf-8');
  });

  it('H9: what passes by itself says when to come back', async () => {
    for (const how of ['busy', 'database']) {
      const { status, headers } = await probe.get(`/probe/fail/${how}`);
      expect([status, headers['retry-after']]).toEqual([503, '1']);
    }
  });

  it('H10: what nobody foresaw is probe.logged, without parameters, and not told', async () => {
    probe.logged.length = 0;
    const { status, body } = await probe.get('/probe/fail/unexpected');
    expect(status).toBe(500);
    expect(body['code']).toBe('internal_error');
    expect(JSON.stringify(body)).not.toMatch(/SELECT|persons|\.ts|\.js|at /);
    const [line = ''] = probe.logged;
    expect(JSON.parse(line)).toMatchObject({ level: 50, err: { stack: expect.any(String) } });
    expect(line).toContain(body['requestId']);
    expect(line).not.toContain('canary');
  });

  it('H10: a log line is one line, with secrets masked', () => {
    probe.logged.length = 0;
    probe.log.error(
      'Key fealty_test_abcdefghijkl_SECRET of a@b.example\r\n\u001b[31m{"level":60}',
      'Test',
    );
    probe.log.event('error', 'x', { token: 'SECRET', request: { authorization: 'Bearer SECRET' } });
    for (const line of probe.logged) expect(line.trimEnd()).not.toMatch(/\p{Cc}/u);
    expect(probe.logged.join('')).not.toMatch(/SECRET|a@b/);
  });

  it('H11: a request that is no HTTP is answered with a problem too', async () => {
    const reply = await probe.raw('NOT HTTP\r\n\r\n');
    expect(reply).toMatch(/^HTTP\/1.1 400 Bad Request\r\n/);
    expect(reply).toContain('"code":"invalid_request"');
  });

  it('H11: a length and chunks together are refused', async () => {
    const smuggled = `POST /probe HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n`;
    const reply = await probe.raw(
      `${smuggled}Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
    );
    expect(reply).toMatch(/^HTTP\/1.1 400 /);
  });
});

describe('the app as a whole', () => {
  it('H12: a route that does not say who may call it stops the start', async () => {
    @Controller('open')
    class OpenController {
      @Get()
      forgotten(): object {
        return {};
      }

      @Public()
      @Requires('me:read')
      @Get('both')
      twice(): object {
        return {};
      }

      @Public()
      @Post()
      unchecked(@Body() body: object): object {
        return body;
      }
    }
    const start = probe.create(OpenController);
    await expect(start).rejects.toThrow(
      [
        'OpenController.forgotten declares neither a permission nor @Public().',
        'OpenController.twice declares more than one: me:read, public.',
        'OpenController.unchecked takes a body or query without a request class.',
      ].join('\n'),
    );
  });

  it('H12: a permission that nobody would ask for stops the start', async () => {
    @Controller('shut')
    class ShutController {
      @Requires('me:read')
      @Get()
      shut(): object {
        return {};
      }
    }
    const start = probe.createWithoutDoor(ShutController);
    await expect(start).rejects.toThrow('There are routes with permissions, but no door.');
  });

  it('H12: a route beside the controllers stops the start', async () => {
    @Controller('usual')
    class BesideController implements OnModuleInit {
      constructor(@Inject(HttpAdapterHost) private readonly host: HttpAdapterHost) {}

      onModuleInit(): void {
        this.host.httpAdapter.get('/beside', () => undefined);
      }
    }
    await expect(probe.create(BesideController)).rejects.toThrow(
      '/beside is a route of no controller',
    );
  });

  it('H13: health is told without a credential', async () => {
    expect((await probe.get('/health/live')).body).toEqual({ status: 'ok' });
    expect((await probe.get('/health/ready')).body).toMatchObject({ status: 'ok' });
  });

  it('H13: metrics count requests by route, not by path', async () => {
    await probe.get('/probe/fail/domain');
    const { text } = await probe.page('/metrics');
    expect(text).toMatch(
      /fealty_http_request_seconds_count\{method="GET",route="\/probe\/fail\/:how",status="422"\} \d/,
    );
    expect(text).not.toContain('/probe/fail/domain');
    expect(text.match(/^# TYPE fealty_http_request_seconds histogram$/gm)).toHaveLength(1);
    const ofLive = (figure: string, more = ''): number =>
      Number(
        new RegExp(
          `^fealty_http_request_seconds_${figure}\\{${more}method="GET",route="/health/live",status="200"\\} (.*)$`,
          'm',
        ).exec(text)?.[1],
      );
    expect(ofLive('count')).toBeGreaterThan(0);
    expect(ofLive('bucket', 'le="\\+Inf",')).toBe(ofLive('count'));
    expect(ofLive('bucket', 'le="0.001",')).toBeLessThanOrEqual(ofLive('count'));
    expect(ofLive('sum')).toBeGreaterThan(0);
    await probe.get('/nowhere/at/all');
    expect((await probe.page('/metrics')).text).toMatch(
      /fealty_http_request_seconds_count\{method="GET",route="unknown",status="404"\} \d/,
    );
    expect(text).toContain('process_cpu_seconds_total');
  });

  it('H14: the document says of every operation which permission it needs', async () => {
    const { body } = await probe.get('/openapi.json');
    expect(body['openapi']).toBe('3.1.0');
    const paths = body['paths'] as Record<string, Record<string, Record<string, unknown>>>;
    const operations = Object.entries(paths).flatMap(([path, item]) =>
      Object.entries(item).map(([method, operation]) => [`${method} ${path}`, operation] as const),
    );
    const needs = operations.map(([name, operation]) => [name, operation['x-permission']]);
    expect(Object.fromEntries(needs)).toEqual({
      'post /probe': 'public',
      'post /probe/lines': 'public',
      'get /probe/fail/{how}': 'public',
      'get /probe/closed': 'purchases:read',
      'get /v1/keys': 'keys:manage',
      'post /v1/keys': 'keys:manage',
      'delete /v1/keys/{id}': 'keys:manage',
      'get /health/live': 'public',
      'get /health/ready': 'public',
      'get /metrics': 'public',
    });
    expect(paths['/probe/closed']?.['get']).toHaveProperty('security', [{ bearer: [] }]);
  });

  it('H14: request classes appear with their limits', async () => {
    const { body } = await probe.get('/openapi.json');
    expect(body).toHaveProperty('components.schemas.Money', {
      type: 'object',
      properties: {
        amount: { type: 'integer', format: 'int64', minimum: 0, maximum: 1_000_000_000_000 },
      },
      required: ['amount'],
      additionalProperties: false,
    });
    expect(body).toHaveProperty('components.schemas.Probe.required', ['name']);
  });

  it('H14: people read the same at /docs, with scripts of our own only', async () => {
    const { status, headers } = await probe.page('/docs');
    expect([status, headers['content-type']]).toEqual([200, expect.stringContaining('text/html')]);
    const policy = String(headers['content-security-policy']);
    expect(policy).toContain("script-src 'self'");
    expect(policy).not.toContain("default-src 'none'");
    expect((await probe.page('/docs/swagger-ui-bundle.js')).status).toBe(200);
  });
});
