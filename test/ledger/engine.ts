import { randomUUID } from 'node:crypto';
import type { INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { getDataSourceToken } from '@nestjs/typeorm';
import pg from 'pg';
import type { DataSource } from 'typeorm';
import { AppModule } from '../../src/app.module.js';
import { KeptConnection } from '../../src/ledger/batch/connection.service.js';
import type {
  AccountFacts,
  Command,
  Decision,
  Moment,
  Posted,
  Result,
  Tx,
} from '../../src/ledger/command.js';
import { LedgerService } from '../../src/ledger/ledger.service.js';
import { VerifyService } from '../../src/ledger/verify.service.js';
import { memberFacts } from '../../src/members/member-facts.queries.js';
import type { ConsentGiven } from '../../src/members/members.requests.js';
import { MembersService } from '../../src/members/members.service.js';
import { Secrets } from '../../src/platform/config/secrets.js';
import { parseSettings } from '../../src/platform/config/settings.js';
import { makeSigningKey, parseSigningKey } from '../../src/platform/config/signing-key.js';
import { LANES } from '../../src/platform/database/data-source.js';
import type { Statement } from '../../src/platform/database/statement.js';
import { DomainError } from '../../src/platform/http/domain-error.js';
import { act, type Action } from '../../src/rules/act.js';
import type { Programme } from '../../src/rules/programme.js';
import { countersNeeded } from '../../src/rules/earning/counters.js';
import { isStale } from '../../src/rules/spending/settle.js';
import type { State } from '../../src/rules/state.js';
import { freshDatabase, type FreshDatabase } from '../support/database.js';
import { anAccrual, aPurchase } from '../support/state.js';
import { spendable } from './history.js';

/** The whole engine on a database of its own, and a superuser who may look and meddle. */
export interface Engine {
  context: INestApplicationContext;
  database: FreshDatabase;
  ledger: LedgerService;
  verify: VerifyService;
  admin: pg.Client;
  /** Enrols somebody, without points. */
  enrol(): Promise<string>;
  rows<Row extends object>(query: string, values?: unknown[]): Promise<Row[]>;
  close(): Promise<void>;
}

/**
 * Starts one; a single lane unless told otherwise, so that what comes together goes together. On a
 * database it is given it is a second replica, which leaves the database behind when it closes.
 */
export async function startEngine(
  environment: Record<string, string> = {},
  shared?: FreshDatabase,
): Promise<Engine> {
  const database = shared ?? (await freshDatabase());
  const settings = parseSettings({
    LOG_LEVEL: 'silent',
    JOBS: 'off',
    AUDIT: 'off',
    LEDGER_LANES: '1',
    DATABASE_POOL: '4',
    ...environment,
  });
  const heads = parseSigningKey(makeSigningKey());
  const secrets = new Secrets('h'.repeat(40), 't'.repeat(40), heads);
  const context = await NestFactory.createApplicationContext(
    AppModule.on({ settings, secrets, databaseUrl: database.serverUrl }),
    { logger: false, abortOnError: false },
  );
  const admin = await connected(database.adminUrl);
  const members = context.get(MembersService);
  const consent: ConsentGiven = {
    textVersion: '1',
    act: 'ticked_box',
    channel: 'web',
    at: '2026-01-01T00:00:00Z',
  };
  return {
    context,
    database,
    ledger: context.get(LedgerService),
    verify: context.get(VerifyService),
    admin,
    enrol: async () => (await members.enrol({ consent }, 'test')).id,
    rows: async <Row extends object>(query: string, values: unknown[] = []) =>
      (await admin.query<Row>(query, values)).rows,
    close: async () => {
      await admin.end();
      await context.close();
      if (shared === undefined) await database.drop();
    },
  };
}

/**
 * Hands every statement of the lanes to `listen`, which sends it or not. To be called before the
 * first command, as a lane keeps the connection it has.
 */
export function overhear(
  { context }: Engine,
  listen: (text: string, send: () => Promise<unknown>) => Promise<unknown>,
): void {
  const lanes = context.get<DataSource>(getDataSourceToken(LANES));
  const open = Reflect.get(KeptConnection.prototype, 'tx');
  KeptConnection.prototype.tx = async function (this: KeptConnection): Promise<Tx> {
    const tx = await open.call(this);
    if (Reflect.get(this, 'dataSource') !== lanes) return tx;
    return {
      query: <Row extends object>(statement: Statement | string) => {
        const text = typeof statement === 'string' ? statement : statement.text;
        return listen(text, () => tx.query(statement)) as Promise<Result<Row>>;
      },
    };
  };
}

/**
 * Submits commands that all go in one batch: a dry run goes ahead of them, and while it is under
 * way they gather. What happened to each is told in their order.
 */
export async function inOneBatch(
  { ledger }: Engine,
  opener: Command,
  commands: readonly Command[],
): Promise<PromiseSettledResult<Posted>[]> {
  const ahead = ledger.submit({ ...opener, dryRun: true });
  const settled = await Promise.allSettled(commands.map((each) => ledger.submit(each)));
  await ahead;
  return settled;
}

/** The code a command was refused with, `posted`, `replayed`, or the message of its fault. */
export function outcomeOf(result: PromiseSettledResult<Posted>): string {
  if (result.status === 'fulfilled') return result.value.replayed ? 'replayed' : 'posted';
  const reason: unknown = result.reason;
  if (reason instanceof DomainError) return reason.code;
  return reason instanceof Error ? reason.message : String(reason);
}

/** A connection of its own; dropping the database ends it without a word. */
export async function connected(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

export interface Asked {
  programme?: Programme;
  /** An idempotency key; without one a new one. */
  key?: string;
  body?: string;
  reference?: string;
  dryRun?: boolean;
  /** When it happened, in milliseconds before the database's now. */
  ago?: number;
}

const hexOf = (text: string): string => Buffer.from(text).toString('hex');

/** A command that decides one action at the database's now, as the features make them. */
export function command(
  memberId: string,
  operation: string,
  actionAt: (now: number) => Action,
  asked: Asked = {},
): Command {
  const programme = asked.programme ?? spendable();
  return {
    memberIds: [memberId],
    caller: 'r/shop',
    operation,
    actor: 'key/test',
    requestId: 'request',
    ...(asked.dryRun !== true && {
      idempotency: { key: asked.key ?? randomUUID(), bodyHash: hexOf(asked.body ?? 'body') },
    }),
    ...(asked.reference !== undefined && {
      reference: { retailer: 'shop', hmac: hexOf(asked.reference) },
    }),
    dryRun: asked.dryRun === true,
    needs: (account: AccountFacts, { now }: Moment) => {
      const action = actionAt(now);
      return {
        spending: action.kind !== 'accrue' || isStale(account, now),
        counters: action.kind === 'accrue' ? countersNeeded(programme, now, action.purchase) : [],
        facts: [memberFacts],
        subjects: 'redemption' in action ? [action.redemption] : [],
      };
    },
    decide: (state: State, { now }: Moment): Decision => ({
      outcome: act(programme, state, actionAt(now)),
      owned: [],
    }),
  };
}

/** A purchase of `pence` in honest goods: a point for each pound, and 20 more above 20 pounds. */
export const purchase = (memberId: string, pence: number, asked: Asked = {}): Command =>
  command(
    memberId,
    'purchase',
    (now) => anAccrual(aPurchase([pence]), { at: now, occurredAt: now - (asked.ago ?? 0) }),
    asked,
  );

/** A hold of 40 points. */
export const hold = (memberId: string, asked: Asked = {}): Command =>
  command(memberId, 'hold', (at) => ({ kind: 'hold', at, retailer: 'shop', reward: 'cup' }), asked);

export const capture = (memberId: string, redemption: number, asked: Asked = {}): Command =>
  command(memberId, 'capture', (at) => ({ kind: 'capture', at, redemption }), asked);

export const release = (memberId: string, redemption: number, asked: Asked = {}): Command =>
  command(memberId, 'release', (at) => ({ kind: 'release', at, redemption }), asked);
