import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { BulkAnswer } from '../../src/accrual/bulk/bulk.service.js';
import { aPurchase, Api } from '../support/api.js';
import { deploy, type Deployment } from '../support/server.js';
import { BulkStream } from './bulk-stream.js';

const TRIES = 50;
const PAUSE_MS = 100;

let deployment: Deployment;

beforeAll(async () => {
  deployment = await deploy({ env: { JOBS: 'off' } });
});

afterAll(async () => deployment.close());

describe('a bulk line whose database is away', () => {
  it('C3: is told to come again as alone, not that something went wrong, and then is booked', async () => {
    const { servers, credentials, database, sql } = deployment;
    const shop = new Api(servers[0]?.url ?? '', credentials.shop);
    const card = 'CARD 1815 1210';
    const member = await shop.enrol({ card });
    const line = (): string => {
      // Named by card, so that the member has to be looked up first.
      const purchase = { ...aPurchase(member), member: { card } };
      return `${JSON.stringify({ ...purchase, idempotencyKey: randomUUID() })}\n`;
    };
    const name = new URL(database.serverUrl).pathname.slice(1);
    const stream = new BulkStream(shop);
    const answerTo = async (text: string): Promise<BulkAnswer | undefined> => {
      await stream.write(text);
      return stream.next();
    };
    try {
      expect(await answerTo(line())).toMatchObject({ line: 1, status: 201 });
      await sql(`ALTER DATABASE ${name} CONNECTION LIMIT 0`);
      await sql(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                  WHERE datname = current_database() AND pid <> pg_backend_pid()`);
      const lost = line();
      const answer = await answerTo(lost);
      expect(answer).toMatchObject({ line: 2, status: 503, problem: { code: 'unavailable' } });
      await sql(`ALTER DATABASE ${name} CONNECTION LIMIT -1`);
      let again = await answerTo(lost);
      for (let tries = 1; tries < TRIES && again?.status === 503; tries++) {
        await pause(PAUSE_MS);
        again = await answerTo(lost);
      }
      expect(again).toMatchObject({ status: 201 });
      stream.end();
      expect(await stream.next()).toBeUndefined();
    } finally {
      stream.hangUp();
    }
  });
});
