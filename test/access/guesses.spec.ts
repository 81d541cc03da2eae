import { Controller, Module, Param, Post } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { TypeOrmModule } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { AccessModule } from '../../src/access/access.module.js';
import { LimitsGuesses } from '../../src/access/guesses/guesses.decorator.js';
import { KeysService } from '../../src/access/keys.service.js';
import { MemberTokensService } from '../../src/access/member-tokens.service.js';
import { Requires } from '../../src/access/requires.decorator.js';
import { Secrets } from '../../src/platform/config/secrets.js';
import { parseSettings, Settings } from '../../src/platform/config/settings.js';
import { servingOptions } from '../../src/platform/database/data-source.js';
import { DomainError } from '../../src/platform/http/domain-error.js';
import { createHttpApp } from '../../src/platform/http/http.launcher.js';
import { Metrics } from '../../src/platform/health/metrics.service.js';
import { Log } from '../../src/platform/logging/log.service.js';
import { PlatformModule } from '../../src/platform/platform.module.js';
import { Guesses } from '../../src/platform/throttle/guesses.service.js';
import { TurnedAway } from '../../src/platform/throttle/turned-away.service.js';
import { freshDatabase, type FreshDatabase } from '../support/database.js';

const RIGHT = 'FOUND';
const asked: string[] = [];

@Controller('probe')
class ProbeController {
  @Requires('redemptions:write')
  @LimitsGuesses('vouchers', 'not_found')
  @Post('vouchers/:code')
  use(@Param('code') code: string): object {
    return answerTo(code);
  }

  @Requires('me:redeem')
  @LimitsGuesses('vouchers', 'not_found')
  @Post('own/:code')
  useOwn(@Param('code') code: string): object {
    return answerTo(code);
  }
}

function answerTo(code: string): object {
  asked.push(code);
  if (code === 'spent') throw new DomainError('redemption_already_captured', 'Used before.');
  if (code !== RIGHT) throw new DomainError('not_found', 'There is no such voucher.');
  return { code };
}

const secrets = new Secrets('h'.repeat(40), 't'.repeat(40));
const member = '0a1b2c3d-0000-4000-8000-000000000000';

/** A replica: the guard and two routes, on a database of its own or a shared one. */
interface Replica {
  app: NestFastifyApplication;
  call(url: string, bearer: string, from: string, forwarded?: string): Promise<Called>;
}

interface Called {
  status: number;
  code: unknown;
  headers: Record<string, unknown>;
}

async function replica(url: string, environment: Record<string, string> = {}): Promise<Replica> {
  const settings = parseSettings({ LOG_LEVEL: 'error', GUESSES_VOUCHERS: '3/60', ...environment });
  const app = await createHttpApp(rootOn(url, settings), settings);
  return {
    app,
    call: async (path, bearer, from, forwarded) => {
      const headers = {
        authorization: `Bearer ${bearer}`,
        ...(forwarded !== undefined && { 'x-forwarded-for': forwarded }),
      };
      const reply = await app.inject({ method: 'POST', url: path, headers, remoteAddress: from });
      const { code } = reply.json<{ code?: unknown }>();
      return { status: reply.statusCode, code, headers: reply.headers };
    },
  };
}

function rootOn(url: string, settings: Settings): new () => object {
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

let database: FreshDatabase;
let one: Replica;
let two: Replica;
let key: string;

beforeAll(async () => {
  database = await freshDatabase();
  one = await replica(database.serverUrl);
  two = await replica(database.serverUrl);
  const made = { retailer: 'shop', retailerKind: 'own', createdBy: 'test' } as const;
  key = (await one.app.get(KeysService).create({ ...made, scopes: ['all'] })).key;
});
afterAll(async () => {
  await one.app.close();
  await two.app.close();
  await database.drop();
});
beforeEach(() => {
  asked.length = 0;
});

const statusesOf = async (
  codes: readonly string[],
  send: (code: string) => Promise<Called>,
): Promise<number[]> => {
  const statuses: number[] = [];
  for (const code of codes) statuses.push((await send(code)).status);
  return statuses;
};

describe('a route that can be guessed at', () => {
  it('A14: answers wrong guesses as ever until they are too many, and then is not asked', async () => {
    const codes = ['a', RIGHT, 'spent', 'b', 'c', 'd', RIGHT];
    const statuses = await statusesOf(codes, async (code) =>
      one.call(`/probe/vouchers/${code}`, key, '203.0.113.1'),
    );
    expect(statuses).toEqual([404, 201, 422, 404, 404, 429, 429]);
    expect(asked).toEqual(codes.slice(0, 5));
    const limited = await one.call(`/probe/vouchers/${RIGHT}`, key, '203.0.113.1');
    expect(limited.code).toBe('rate_limited');
    expect(limited.headers).toMatchObject({
      'retry-after': expect.stringMatching(/^(?:5\d|60)$/),
      'ratelimit-policy': '"vouchers";q=3;w=60',
    });
    // The other replica learns of it by its own count of the next wrong one.
    const there = await statusesOf(['e', RIGHT], async (code) =>
      two.call(`/probe/vouchers/${code}`, key, '203.0.113.1'),
    );
    expect(there).toEqual([429, 429]);
    expect(asked.at(-1)).toBe('e');
    const elsewhere = await one.call(`/probe/vouchers/${RIGHT}`, key, '203.0.113.2');
    expect(elsewhere.status).toBe(201);
  });

  it('A14: many at once are heard a few at a time, and right ones among them all', async () => {
    const many = async (code: (n: number) => string, from: string): Promise<number[]> =>
      Promise.all(
        Array.from({ length: 60 }, async (_, n) => {
          const { status } = await one.call(`/probe/vouchers/${code(n)}`, key, from);
          return status;
        }),
      );
    const wrong = await many((n) => `burst-${String(n)}`, '203.0.113.41');
    // Two more may have begun before the third was counted, and no more than that.
    expect(asked.length).toBeGreaterThanOrEqual(3);
    expect(asked.length).toBeLessThanOrEqual(5);
    expect(wrong.filter((status) => status === 404)).toHaveLength(3);
    expect(wrong.filter((status) => status === 429)).toHaveLength(57);
    expect(new Set(await many(() => RIGHT, '203.0.113.42'))).toEqual(new Set([201]));
  });

  it('A14: counts of members are their own, whatever token they come with', async () => {
    const tokens = one.app.get(MemberTokensService);
    const mint = async (memberId: string): Promise<string> => {
      const asking = { memberId, retailer: 'shop', scopes: ['me:redeem'], ttlSeconds: 60 } as const;
      return (await tokens.mint(asking)).token;
    };
    const guess = async (code: string): Promise<Called> =>
      one.call(`/probe/own/${code}`, await mint(member), '203.0.113.1');
    const codes = Array.from({ length: 12 }, (_, n) => `own-${String(n)}`);
    const statuses = await statusesOf(codes, guess);
    expect(statuses).toEqual([...codes.slice(0, 10).map(() => 404), 429, 429]);
    const another = await mint(member.replace(/^0a/, '0b'));
    expect((await one.call(`/probe/own/${RIGHT}`, another, '203.0.113.1')).status).toBe(201);
  });

  it('H19: a client cannot say where it comes from, unless a proxy that is trusted does', async () => {
    const forged = ['203.0.113.21', '203.0.113.22', '203.0.113.23', '203.0.113.24'];
    const statuses = await statusesOf(forged, async (address) =>
      one.call('/probe/vouchers/x', key, '198.51.100.7', address),
    );
    expect(statuses).toEqual([404, 404, 404, 429]);
    const behind = await replica(database.serverUrl, { TRUST_PROXY: '10.0.0.0/8' });
    try {
      const by = async (proxy: string, claimed: string): Promise<number> =>
        (await behind.call('/probe/vouchers/x', key, proxy, claimed)).status;
      expect(await by('198.51.100.7', '203.0.113.31')).toBe(429);
      // The last address before the proxy counts, not what the client put in front of it.
      expect(await by('10.1.2.3', '203.0.113.31')).toBe(404);
      expect(await by('10.1.2.3', '203.0.113.32, 203.0.113.31')).toBe(404);
      expect(await by('10.1.2.3', '203.0.113.33, 203.0.113.31')).toBe(404);
      expect(await by('10.9.9.9', '203.0.113.34, 203.0.113.31')).toBe(429);
    } finally {
      await behind.app.close();
    }
  });
});

describe('without its database', () => {
  it('H18: right guesses ask nothing of it, and wrong ones are counted by the process alone', async () => {
    const own = await freshDatabase();
    const alone = await replica(own.serverUrl);
    try {
      const dataSource = alone.app.get(DataSource);
      await dataSource.query('SELECT 1');
      await own.drop();
      const logged: string[] = [];
      const log = new Log(
        { logLevel: 'info' },
        { write: (line: string) => void logged.push(line) },
      );
      const metrics = new Metrics();
      const settings = alone.app.get(Settings);
      const turnedAway = new TurnedAway(metrics, log);
      const guesses = new Guesses(dataSource, settings, secrets, log, turnedAway);
      const guesser = {
        kind: 'retailer',
        id: 'r/shop',
        actor: 'key/1',
        from: '203.0.113.9',
      } as const;
      const attempt = async (guess: () => Promise<string>): Promise<string> =>
        guesses.attempt('vouchers', guesser, () => true, guess);
      const wrong = async (): Promise<string> =>
        attempt(() => Promise.reject(new DomainError('not_found', 'No.'))).catch(
          (error: unknown) => (error instanceof DomainError ? error.code : String(error)),
        );
      expect(await attempt(() => Promise.resolve('right'))).toBe('right');
      expect(logged).toEqual([]);
      expect([await wrong(), await wrong(), await wrong(), await wrong(), await wrong()]).toEqual([
        ...['not_found', 'not_found', 'not_found', 'rate_limited', 'rate_limited'],
      ]);
      // One line of each, which names the limit and nobody.
      const told = logged.map((line) => JSON.parse(line) as Record<string, unknown>);
      expect(told.map(({ msg, limit }) => [msg, limit])).toEqual([
        ['Wrong guesses are counted by this process alone', 'vouchers'],
        ['Callers are turned away', 'vouchers'],
      ]);
      expect(logged.join('')).not.toMatch(/203\.0\.113|key\/1|shop/);
      expect(await metrics.registry.metrics()).toContain(
        'fealty_rate_limited_total{limit="vouchers"} 2',
      );
    } finally {
      await alone.app.close();
    }
  });

  it('H18: the command line may guess as it likes', async () => {
    const guesses = one.app.get(Guesses);
    const till = { kind: 'retailer', id: 'r/shop', actor: 'cli/import' } as const;
    for (let n = 0; n < 5; n += 1) {
      const guess = guesses.attempt(
        'vouchers',
        till,
        () => true,
        () => Promise.reject(new Error()),
      );
      await expect(guess).rejects.not.toThrow(DomainError);
    }
  });
});
