import { setTimeout as pause } from 'node:timers/promises';
import { Controller, Get, Module, type Type } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { TypeOrmModule } from '@nestjs/typeorm';
import { SignJWT, UnsecuredJWT } from 'jose';
import { DataSource } from 'typeorm';
import { AccessModule } from '../../src/access/access.module.js';
import { CalledBy } from '../../src/access/caller.decorator.js';
import type { Caller } from '../../src/access/caller.js';
import { checksum, newKey, newUserToken } from '../../src/access/credentials/credential.js';
import { KeysService } from '../../src/access/keys.service.js';
import { MemberTokensService } from '../../src/access/member-tokens.service.js';
import { Requires } from '../../src/access/requires.decorator.js';
import { UsersService } from '../../src/access/users.service.js';
import { Secrets } from '../../src/platform/config/secrets.js';
import { parseSettings } from '../../src/platform/config/settings.js';
import { servingOptions } from '../../src/platform/database/data-source.js';
import { createHttpApp } from '../../src/platform/http/http.launcher.js';
import { PlatformModule } from '../../src/platform/platform.module.js';
import { freshDatabase, type FreshDatabase } from '../support/database.js';

@Controller('probe')
class ProbeController {
  @Requires('purchases:write')
  @Get('write')
  write(@CalledBy() caller: Caller): object {
    return { ...caller, permissions: [...caller.permissions] };
  }

  @Requires('me:read')
  @Get('me')
  me(@CalledBy() caller: Caller): object {
    return { ...caller, permissions: [...caller.permissions] };
  }
}

describe('the guard', () => {
  const member = '0a1b2c3d-0000-4000-8000-000000000000';
  const secrets = new Secrets('h'.repeat(40), 't'.repeat(40));
  let database: FreshDatabase;
  let app: NestFastifyApplication;
  let keys: KeysService;
  let users: UsersService;
  let tokens: MemberTokensService;
  let dataSource: DataSource;

  beforeAll(async () => {
    database = await freshDatabase();
    const settings = parseSettings({ LOG_LEVEL: 'error' });
    app = await createHttpApp(rootOn(database.serverUrl), settings);
    keys = app.get(KeysService);
    users = app.get(UsersService);
    tokens = app.get(MemberTokensService);
    dataSource = app.get(DataSource);
  });

  afterAll(async () => {
    await app.close();
    await database.drop();
  });

  function rootOn(url: string): Type {
    const settings = parseSettings({ LOG_LEVEL: 'error' });
    @Module({
      imports: [
        PlatformModule.with(settings, secrets),
        TypeOrmModule.forRoot({ ...servingOptions({ url, poolMax: 4 }), autoLoadEntities: true }),
        AccessModule,
      ],
      controllers: [ProbeController],
    })
    class Root {}
    return Root;
  }

  async function call(
    authorization: string | undefined,
    url = '/probe/write',
    method: 'GET' | 'POST' | 'DELETE' = 'GET',
    payload?: object,
  ): Promise<{ status: number; body: Record<string, unknown>; challenge: unknown }> {
    const headers = authorization === undefined ? {} : { authorization };
    const reply = await app.inject({ method, url, headers, ...(payload && { payload }) });
    const body = reply.payload === '' ? {} : reply.json<Record<string, unknown>>();
    return { status: reply.statusCode, body, challenge: reply.headers['www-authenticate'] };
  }

  const forShop = { retailer: 'shop', createdBy: 'test' };

  it('A5: a key opens what its scopes say, and nothing else', async () => {
    const { key, keyId } = await keys.create(forShop);
    const { status, body } = await call(`Bearer ${key}`);
    expect(status).toBe(200);
    expect(body).toEqual({
      kind: 'retailer',
      id: 'r/shop',
      retailer: 'shop',
      retailerKind: 'partner',
      actor: `key/${keyId}`,
      permissions: ['purchases:write', 'purchases:read', 'returns:write'],
      from: '127.0.0.1',
    });
    const other = await call(`bearer ${key}`, '/probe/me');
    expect([other.status, other.body['code']]).toEqual([403, 'forbidden']);
  });

  it('A5: no credential, or one that does not count, is challenged', async () => {
    const { key } = await keys.create(forShop);
    const stranger = newKey('test').text;
    const forged = signedBy(key.slice(0, 25) + stranger.slice(25, -6));
    const expired = await keys.create({ ...forShop, expiresAt: '2020-01-01T00:00:00Z' });
    for (const header of [
      undefined,
      '',
      key,
      `Basic ${key}`,
      'Bearer ',
      `Bearer  ${key}`,
      `Bearer ${key} `,
      `Bearer ${stranger}`,
      `Bearer ${forged}`,
      `Bearer ${newUserToken().text}`,
      `Bearer ${expired.key}`,
      'Bearer eyJhbGciOiJub25lIn0.e30.',
    ]) {
      const { status, body, challenge } = await call(header);
      expect([header, status, body['code'], challenge]).toEqual([
        header,
        401,
        'unauthenticated',
        'Bearer',
      ]);
    }
  });

  it('A6: a revoked key is refused within a second, however busy it is', async () => {
    const { key, keyId } = await keys.create(forShop);
    expect((await call(`Bearer ${key}`)).status).toBe(200);
    await keys.revoke(keyId, 'test');
    const revokedAt = performance.now();
    let lastSuccess = revokedAt;
    while (performance.now() - revokedAt < 1_200) {
      if ((await call(`Bearer ${key}`)).status === 200) lastSuccess = performance.now();
      await pause(5);
    }
    expect(lastSuccess - revokedAt).toBeLessThan(1_000);
  });

  it('A6: a disabled user is refused within a second too', async () => {
    const { token, userId } = await users.create({ name: 'Mo', role: 'owner', createdBy: 'test' });
    expect((await call(`Bearer ${token}`, '/v1/keys')).status).toBe(200);
    expect((await call(`Bearer ${token}`)).status).toBe(403);
    await users.disable(userId, 'test');
    await pause(600);
    expect((await call(`Bearer ${token}`, '/v1/keys')).status).toBe(401);
  });

  it('A7: when a key was last used is known to the minute, and written once in it', async () => {
    const { key, keyId } = await keys.create(forShop);
    const used = async (): Promise<Date | null | undefined> =>
      (await keys.list()).find(({ id }) => id === keyId)?.lastUsedAt;
    expect(await used()).toBeNull();
    await call(`Bearer ${key}`);
    let first = await used();
    while (first === null) {
      await pause(10);
      first = await used();
    }
    await call(`Bearer ${key}`);
    await pause(50);
    expect(await used()).toEqual(first);
  });

  it('A8: a member token speaks for one member, through one retailer, for minutes', async () => {
    const minted = await tokens.mint({
      memberId: member,
      retailer: 'shop',
      scopes: ['me:read'],
      ttlSeconds: 60,
    });
    const lives = Date.parse(minted.expiresAt) - Date.now();
    expect(lives).toBeGreaterThan(55_000);
    expect(lives).toBeLessThanOrEqual(60_000);
    const { body } = await call(`Bearer ${minted.token}`, '/probe/me');
    expect(body).toMatchObject({
      kind: 'member',
      id: `m/${member}`,
      memberId: member,
      retailer: 'shop',
      actor: expect.stringMatching(/^member\/[0-9a-f-]{36}$/),
      permissions: ['me:read'],
    });
    expect((await call(`Bearer ${minted.token}`)).status).toBe(403);
    const long = { memberId: member, retailer: 'shop', scopes: [], ttlSeconds: 901 };
    await expect(tokens.mint(long)).rejects.toThrow('1 to 900 seconds');
  });

  it('A8: a token that is not exactly ours is refused', async () => {
    const key = new TextEncoder().encode(secrets.token);
    const now = Math.floor(Date.now() / 1_000);
    const claims = { scope: 'me:read', rtl: 'shop' };
    const usual = (): SignJWT =>
      new SignJWT(claims)
        .setProtectedHeader({ alg: 'HS256' })
        .setIssuer('fealty')
        .setAudience('fealty')
        .setSubject(member)
        .setJti('x')
        .setIssuedAt(now)
        .setExpirationTime(now + 60);
    const good = await tokens.mint({
      memberId: member,
      retailer: 'shop',
      scopes: ['me:read'],
      ttlSeconds: 60,
    });
    const [header, payload] = good.token.split('.');
    const refused = [
      // The secret itself is not the key, or a token of another use of it would pass.
      await usual().sign(key),
      new UnsecuredJWT(claims).setIssuer('fealty').setAudience('fealty').encode(),
      `${String(header)}.${String(payload)}.`,
      `${good.token.slice(0, -2)}AA`,
    ];
    for (const token of refused) expect(await tokens.verify(token)).toBeUndefined();
    expect(await tokens.verify(good.token)).toBeDefined();
  });

  it('A9: only own retailers may mint tokens, and a retailer keeps its kind', async () => {
    const own = { retailer: 'house', retailerKind: 'own', createdBy: 'test' } as const;
    await expect(keys.create({ ...own, scopes: ['all'] })).resolves.toBeDefined();
    const scopes = ['tokens:mint'];
    await expect(
      keys.create({ retailer: 'house', scopes, createdBy: 'test' }),
    ).resolves.toBeDefined();
    const partner = { retailer: 'partner', createdBy: 'test', scopes };
    await expect(keys.create(partner)).rejects.toMatchObject({ code: 'forbidden' });
    const counted = await dataSource.query<unknown[]>(
      `SELECT FROM retailers WHERE code = 'partner'`,
    );
    expect(counted).toEqual([]);
    const odd = { ...partner, scopes: ['keys:manage'] };
    await expect(keys.create(odd)).rejects.toMatchObject({ code: 'invalid_request' });
  });

  it('A10: keys are managed over HTTP, and a secret is shown once', async () => {
    const { token } = await users.create({ name: 'Ada', role: 'admin', createdBy: 'test' });
    const admin = `Bearer ${token}`;
    const created = await call(admin, '/v1/keys', 'POST', { retailer: 'corner' });
    expect(created.status).toBe(201);
    const { id, key } = created.body as { id: string; key: string };
    expect((await call(`Bearer ${key}`)).status).toBe(200);
    const listed = await call(admin, '/v1/keys');
    expect(listed.body['items']).toContainEqual(
      expect.objectContaining({ id, retailer: 'corner', revokedAt: null }),
    );
    expect(JSON.stringify(listed.body)).not.toContain(key.slice(-49, -6));
    expect((await call(admin, `/v1/keys/${id}`, 'DELETE')).status).toBe(204);
    expect((await call(admin, `/v1/keys/${id}`, 'DELETE')).status).toBe(204);
    expect((await call(admin, '/v1/keys/nobody', 'DELETE')).status).toBe(404);
    const bad = await call(admin, '/v1/keys', 'POST', { retailer: 'UPPER', createdBy: 'me' });
    expect(bad.body['errors']).toEqual([
      expect.objectContaining({ pointer: '/createdBy', code: 'unknown_field' }),
      expect.objectContaining({ pointer: '/retailer', code: 'has_pattern' }),
    ]);
  });

  it('A11: every change of access is in the audit log, and no secret is anywhere', async () => {
    const { key, keyId } = await keys.create({ ...forShop, createdBy: 'user/7' });
    await keys.revoke(keyId, 'user/8');
    await keys.revoke(keyId, 'user/9');
    const entries = await dataSource.query<unknown[]>(
      'SELECT actor, action FROM audit_log WHERE subject = $1 ORDER BY at',
      [`key/${keyId}`],
    );
    expect(entries).toEqual([
      { actor: 'user/7', action: 'key.created' },
      { actor: 'user/8', action: 'key.revoked' },
    ]);
    const everything = await dataSource.query<unknown[]>(
      `SELECT k::text FROM api_keys k UNION ALL SELECT u::text FROM users u
       UNION ALL SELECT a::text FROM audit_log a`,
    );
    expect(JSON.stringify(everything)).not.toContain(key.slice(-49, -6));
  });

  it('A12: a user is linked to their membership once, and the link is on record', async () => {
    const made = { role: 'agent', createdBy: 'test' } as const;
    const free = await users.create({ ...made, name: 'Free' });
    const linked = await users.create({ ...made, name: 'Linked', memberId: member });
    await users.link(free.userId, member, 'user/7');
    for (const { userId } of [free, linked]) {
      await expect(users.link(userId, member, 'test')).rejects.toMatchObject({ code: 'not_found' });
    }
    const listed = (await users.list()).filter(({ id }) =>
      [free, linked].some((u) => u.userId === id),
    );
    expect(listed.map(({ name, memberId }) => [name, memberId])).toEqual([
      ['Free', member],
      ['Linked', member],
    ]);
    const [entry] = await dataSource.query<unknown[]>(
      `SELECT actor, details FROM audit_log WHERE action = 'user.linked'`,
    );
    expect(entry).toEqual({ actor: 'user/7', details: { memberId: member } });
  });

  it('A11: a name is used once', async () => {
    await users.create({ name: 'Once', role: 'viewer', createdBy: 'test' });
    await expect(
      users.create({ name: 'Once', role: 'owner', createdBy: 'test' }),
    ).rejects.toMatchObject({ code: 'invalid_request' });
  });
});

const signedBy = (body: string): string => `${body}${checksum(body)}`;
