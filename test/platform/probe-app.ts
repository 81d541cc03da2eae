import { once } from 'node:events';
import { connect } from 'node:net';
import type { Readable } from 'node:stream';
import { Body, Controller, Get, Module, Param, Post, Query, type Type } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AccessModule } from '../../src/access/access.module.js';
import { Public, Requires } from '../../src/access/requires.decorator.js';
import { Secrets } from '../../src/platform/config/secrets.js';
import { parseSettings } from '../../src/platform/config/settings.js';
import { servingOptions } from '../../src/platform/database/data-source.js';
import { DomainError } from '../../src/platform/http/domain-error.js';
import {
  Minor,
  Nested,
  Optional,
  Text,
  WholeNumber,
} from '../../src/platform/http/field.decorator.js';
import { createHttpApp } from '../../src/platform/http/http.launcher.js';
import { IdempotencyKey, RequestId } from '../../src/platform/http/request.decorator.js';
import { Ndjson } from '../../src/platform/http/route.decorator.js';
import { Log } from '../../src/platform/logging/log.service.js';
import { PlatformModule } from '../../src/platform/platform.module.js';
import { freshDatabase, type FreshDatabase } from '../support/database.js';

class Money {
  @Minor()
  amount: number;
}

class Probe {
  @Text(1, 10)
  name: string;

  @Optional()
  @Nested(() => Money)
  money?: Money;
}

class Page {
  @Optional()
  @WholeNumber(1, 10)
  limit?: number;
}

@Controller('probe')
class ProbeController {
  @Public()
  @Post()
  record(@Body() body: Probe, @IdempotencyKey() key: string, @RequestId() id: string): object {
    return { body, key, id };
  }

  @Public()
  @Post('lines')
  @Ndjson()
  async lines(@Body() body: Readable): Promise<object> {
    let bytes = 0;
    for await (const chunk of body) bytes += (chunk as Buffer).length;
    return { bytes };
  }

  @Public()
  @Get('fail/:how')
  fail(@Param('how') how: string, @Query() page: Page): object {
    if (how === 'domain')
      throw new DomainError('insufficient_points', 'Too few.', { available: 3 });
    if (how === 'busy') throw new DomainError('overloaded', 'Come back.');
    if (how === 'database') throw Object.assign(new Error('no'), { code: '57P01' });
    if (how === 'query') return page;
    throw Object.assign(new Error('SELECT secret FROM persons'), { parameters: ['canary@x.org'] });
  }

  @Requires('purchases:read')
  @Get('closed')
  closed(): object {
    return {};
  }
}

const settings = parseSettings({ LOG_LEVEL: 'error' });

export interface Answer {
  status: number;
  headers: Record<string, unknown>;
  body: Record<string, unknown>;
}

export const json = { 'content-type': 'application/json', 'idempotency-key': 'k-1' };

/** The whole HTTP app around a few routes that do what tests ask for. */
export class ProbeApp {
  readonly logged: string[] = [];
  readonly log = new Log(settings, { write: (line: string) => void this.logged.push(line) });
  private database: FreshDatabase;
  private app: NestFastifyApplication;

  async start(): Promise<void> {
    this.database = await freshDatabase();
    this.app = await this.create(ProbeController);
  }

  async stop(): Promise<void> {
    await this.app.close();
    await this.database.drop();
  }

  /** Another app on the same database, with the routes of the probe unless others are given. */
  async create(...controllers: Type[]): Promise<NestFastifyApplication> {
    return this.build(controllers.length === 0 ? [ProbeController] : controllers, [AccessModule]);
  }

  /** One that nobody watches over. */
  async createWithoutDoor(...controllers: Type[]): Promise<NestFastifyApplication> {
    return this.build(controllers, []);
  }

  private async build(controllers: Type[], modules: Type[]): Promise<NestFastifyApplication> {
    @Module({
      imports: [
        PlatformModule.with(settings, new Secrets('h'.repeat(32), 't'.repeat(32))),
        TypeOrmModule.forRoot({
          ...servingOptions({ url: this.database.serverUrl, poolMax: 3 }),
          autoLoadEntities: true,
        }),
        ...modules,
      ],
      controllers,
    })
    class Root {}
    return createHttpApp(Root, settings, this.log);
  }

  async post(
    headers: Record<string, string>,
    payload: string | Buffer,
    url = '/probe',
  ): Promise<Answer> {
    const reply = await this.app.inject({ method: 'POST', url, headers, payload });
    return { status: reply.statusCode, headers: reply.headers, body: reply.json() };
  }

  async get(url: string, headers: Record<string, string> = {}): Promise<Answer> {
    const reply = await this.app.inject({ method: 'GET', url, headers });
    return { status: reply.statusCode, headers: reply.headers, body: reply.json() };
  }

  async page(url: string): Promise<{ status: number; headers: Answer['headers']; text: string }> {
    const reply = await this.app.inject(url);
    return { status: reply.statusCode, headers: reply.headers, text: reply.payload };
  }

  /** Bytes over a real connection, and what comes back until it closes. */
  async raw(request: string): Promise<string> {
    const server = this.app.getHttpServer();
    if (!server.listening) await this.app.listen(0, '127.0.0.1');
    const { port, hostname } = new URL(await this.app.getUrl());
    const socket = connect(Number(port), hostname);
    await once(socket, 'connect');
    socket.setTimeout(5_000, () => socket.destroy());
    let reply = '';
    socket.on('data', (chunk: Buffer) => {
      reply += chunk.toString();
      if (reply.includes('requestId')) socket.end();
    });
    socket.write(request);
    await once(socket, 'close');
    return reply;
  }
}
