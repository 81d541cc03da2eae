import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { ProbeApp, json } from './probe-app.js';

const probe = new ProbeApp();

beforeAll(async () => probe.start());
afterAll(async () => probe.stop());

describe('bodies', () => {
  it.each([
    'application/json',
    'application/json; charset=utf-8',
    'Application/JSON;charset=UTF-8',
  ])('H1: %s is JSON', async (type) => {
    const { status, body } = await probe.post({ ...json, 'content-type': type }, '{"name":"x"}');
    expect(status).toBe(201);
    expect(body).toMatchObject({ body: { name: 'x' }, key: 'k-1' });
  });

  it.each([
    'application/json garbage',
    'application/json\ta',
    ' application/json',
    'application/json; charset=latin1',
    'application/json, text/plain',
    'application/jsonx',
    'application/problem+json',
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/x-ndjson',
  ])('H1: %j is not, and its body is not read', async (type) => {
    const { status, body } = await probe.post({ ...json, 'content-type': type }, '{"name":"x"}');
    expect([status, body['code']]).toEqual([415, 'unsupported_media_type']);
  });

  it('H1: a body without a content type is refused', async () => {
    const reply = await probe.raw('POST /probe HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}');
    expect(reply).toMatch(/^HTTP\/1.1 415 /);
    expect(reply).toContain('"code":"unsupported_media_type"');
  });

  it.each(['gzip', 'br', 'deflate', 'zstd', 'x', 'identity, gzip'])(
    'H2: content encoding %s is refused unread',
    async (encoding) => {
      const { status, body, headers } = await probe.post(
        { ...json, 'content-encoding': encoding },
        '{}',
      );
      expect([status, body['code']]).toEqual([415, 'unsupported_encoding']);
      expect(headers['connection']).toBe('close');
    },
  );

  it('H2: identity is no encoding', async () => {
    const headers = { ...json, 'content-encoding': 'identity' };
    expect((await probe.post(headers, '{"name":"x"}')).status).toBe(201);
  });

  it('H3: an NDJSON route gets the stream, of any length, and nothing else', async () => {
    const large = 'x'.repeat(1_000_000);
    const headers = { 'content-type': 'application/x-ndjson' };
    expect((await probe.post(headers, large, '/probe/lines')).body).toEqual({ bytes: 1_000_000 });
    expect((await probe.post(json, '{}', '/probe/lines')).status).toBe(415);
  });

  it.each([
    ['half of it', '{"name":'],
    ['a field twice', '{"name":"x","name":"y"}'],
    ['__proto__', '{"name":"x","__proto__":{"admin":true}}'],
    ['constructor', '{"name":"x","constructor":{"prototype":{"admin":true}}}'],
  ])('H4: %s is invalid JSON', async (_, text) => {
    const { status, body } = await probe.post(json, text);
    expect([status, body['code']]).toEqual([400, 'invalid_json']);
  });

  it('H4: bytes that are not UTF-8 are invalid JSON', async () => {
    const payload = Buffer.concat([
      Buffer.from('{"name":"'),
      Buffer.from([0xff]),
      Buffer.from('"}'),
    ]);
    const { body } = await probe.post(json, payload);
    expect(body).toMatchObject({ status: 400, code: 'invalid_json' });
  });

  it('H5: a body above 256 KiB is refused', async () => {
    const { status, body } = await probe.post(json, JSON.stringify({ name: 'x'.repeat(262_144) }));
    expect([status, body['code']]).toEqual([413, 'payload_too_large']);
  });

  it('H6: faults name their fields by JSON pointers', async () => {
    const { status, body } = await probe.post(json, '{"name":"x","money":{"amount":"1"},"id":1}');
    expect(status).toBe(400);
    expect(body).toMatchObject({
      code: 'invalid_request',
      errors: [
        { pointer: '/id', code: 'unknown_field' },
        { pointer: '/money/amount', code: 'is_integer' },
      ],
    });
    expect((await probe.post(json, '')).body).toMatchObject({ errors: [{ pointer: '' }] });
  });
});

describe('headers', () => {
  it.each([
    ['k', 'k'],
    ['"quoted"', 'quoted'],
    [String.raw`"a\"b\\c"`, String.raw`a"b\c`],
    ['~'.repeat(255), '~'.repeat(255)],
  ])('H7: the idempotency key %.20s is taken', async (header, key) => {
    const { body } = await probe.post({ ...json, 'idempotency-key': header }, '{"name":"x"}');
    expect(body['key']).toBe(key);
  });

  it.each(['a b', 'x'.repeat(256), '"', '"a', '""', 'a, b', 'é', '"a"b"', '\u0001'])(
    'H7: the idempotency key %.20j is not',
    async (header) => {
      const { body } = await probe.post({ ...json, 'idempotency-key': header }, '{"name":"x"}');
      expect(body).toMatchObject({ status: 400, code: 'idempotency_key_invalid' });
    },
  );

  it('H7: without one the request is refused', async () => {
    const { body } = await probe.post({ 'content-type': 'application/json' }, '{"name":"x"}');
    expect(body).toMatchObject({ status: 400, code: 'idempotency_key_missing' });
  });

  it('H8: a request keeps its own id, or gets one', async () => {
    const own = await probe.get('/health/live', { 'x-request-id': 'till-7/42' });
    expect(own.headers['x-request-id']).toBe('till-7/42');
    for (const bad of ['a b', 'x'.repeat(65), 'é', '']) {
      const { headers } = await probe.get('/health/live', { 'x-request-id': bad });
      expect(headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
    }
  });

  it('H8: every answer forbids what a browser could do with it, and names no software', async () => {
    for (const url of ['/health/live', '/nowhere', '/probe/closed', '/%zz']) {
      const { headers } = await probe.get(url);
      expect(headers).toMatchObject({
        'x-content-type-options': 'nosniff',
        'cache-control': 'no-store',
        'content-security-policy': expect.stringContaining("default-src 'none'"),
      });
      expect(headers).not.toHaveProperty('x-powered-by');
      expect(headers).not.toHaveProperty('server');
    }
  });
});

describe('stopping', () => {
  it('H16: answers what has begun, and lets no connection live on', async () => {
    const app = await probe.create();
    await app.listen(0, '127.0.0.1');
    const { port, hostname } = new URL(await app.getUrl());
    const socket = connect(Number(port), hostname);
    const body = '{"name":"x"}';
    const head = `POST /probe HTTP/1.1\r\nHost: x\r\nIdempotency-Key: k\r\n`;
    socket.write(`${head}Content-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n`);
    await once(socket, 'connect');
    await pause(100);
    const started = performance.now();
    const closed = app.close();
    await pause(100);
    let reply = '';
    socket.on('data', (chunk: Buffer) => (reply += chunk.toString()));
    socket.write(body);
    await Promise.all([closed, once(socket, 'close')]);
    expect(reply).toMatch(/^HTTP\/1.1 201 /);
    expect(reply.toLowerCase()).toContain('connection: close');
    expect(performance.now() - started).toBeLessThan(5_000);
    socket.destroy();
  });

  it('H16: waits ten seconds at most for who has said nothing', async () => {
    const app = await probe.create();
    await app.listen(0, '127.0.0.1');
    const { port, hostname } = new URL(await app.getUrl());
    const silent = connect(Number(port), hostname);
    await once(silent, 'connect');
    const busy = connect(Number(port), hostname);
    busy.write('POST /probe HTTP/1.1\r\nHost: x\r\n');
    await pause(100);
    const started = performance.now();
    await Promise.all([app.close(), once(silent, 'close'), once(busy, 'close')]);
    expect(performance.now() - started).toBeLessThan(13_000);
  });
});
