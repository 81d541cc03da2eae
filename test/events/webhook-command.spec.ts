import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import pg from 'pg';
import { describeError } from '../../src/cli/output.js';
import { webhookCommand } from '../../src/cli/webhook.command.js';
import { makeSigningKey } from '../../src/platform/config/signing-key.js';
import { freshDatabase, type FreshDatabase } from '../support/database.js';
import { secrets } from '../support/server.js';

let folder: string;
let database: FreshDatabase;
const before = { ...process.env };

beforeAll(async () => {
  folder = await mkdtemp(join(process.env['TEST_FOLDER'] ?? tmpdir(), 'webhooks-'));
  database = await freshDatabase();
  Object.assign(process.env, {
    ...secrets,
    HEADS_KEY: makeSigningKey(),
    DATABASE_URL: database.serverUrl,
    DATABASE_OWNER_URL: database.ownerUrl,
    DATA_DIR: folder,
    LOG_LEVEL: 'error',
  });
});
afterAll(async () => {
  process.env = before;
  await database.drop();
  await rm(folder, { recursive: true, force: true });
});

interface Ended {
  code: number;
  stdout: string;
  stderr: string;
}

/** In this process, as `fealty` runs it: what it prints, and the code it ends with. */
async function webhook(...args: string[]): Promise<Ended> {
  const said = { stdout: '', stderr: '' };
  const spies = (['stdout', 'stderr'] as const).map((stream) =>
    jest.spyOn(process[stream], 'write').mockImplementation((text) => {
      said[stream] += String(text);
      return true;
    }),
  );
  try {
    await webhookCommand().parseAsync(args, { from: 'user' });
    return { code: 0, ...said };
  } catch (error) {
    const { text, exitCode } = describeError(error);
    return { code: exitCode, ...said, stderr: `${text}\n` };
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
}

async function rows(statement: string): Promise<object[]> {
  const client = new pg.Client(database.ownerUrl);
  await client.connect();
  try {
    return (await client.query<object>(statement)).rows;
  } finally {
    await client.end();
  }
}

it('K12: fealty webhook adds an endpoint, rotates its secret, and sends again; each secret is shown once', async () => {
  const url = 'https://hooks.example.com/fealty';
  const added = await webhook(
    'add',
    url,
    '--types',
    'points.accrued,tier.changed',
    '--description',
    'Till',
  );
  const unknown = await webhook('add', url, '--types', 'points.accrued,points.flown');
  const inside = await webhook('add', 'https://127.0.0.1/hooks');
  expect(added).toMatchObject({ code: 0, stderr: '' });
  const [, id = '', secret = ''] = /^(\S{36}) {2}(whsec_\S+)\n$/.exec(added.stdout) ?? [];
  expect(secret).not.toBe('');
  expect([unknown.code, unknown.stdout]).toEqual([2, '']);
  expect(unknown.stderr).toContain('there is no type "points.flown"');
  expect([inside.code, inside.stderr]).toEqual([1, expect.stringContaining('address_not_allowed')]);

  const day = ['--from', '2026-01-01T00:00:00Z', '--to', '2026-01-02T00:00:00Z'];
  const rotated = await webhook('rotate', id, '--overlap-hours', '0');
  const wrongly = await webhook('rotate', id, '--overlap-hours', '169');
  const again = await webhook('replay', id, ...day);
  const neither = await webhook('replay', id);
  expect(rotated).toMatchObject({ code: 0, stderr: 'the one before is good until now\n' });
  expect(rotated.stdout).toMatch(/^whsec_\S+\n$/);
  expect(rotated.stdout).not.toContain(secret);
  expect(wrongly.code).toBe(2);
  expect(again).toMatchObject({ code: 0, stdout: '0 events are on their way\n' });
  expect([neither.code, neither.stderr]).toEqual([1, expect.stringContaining('exactly_one')]);

  const listed = await webhook('list');
  const log = await webhook('log', id, '--state', 'given_up');
  const nobody = await webhook('log', '0a1b2c3d-0000-4000-8000-00000000000f');
  expect(listed.stdout).toBe(`${id}  enabled  ${url}  2 types  last success never\n`);
  expect(listed.stdout).not.toContain('whsec');
  expect(log).toEqual({ code: 0, stdout: '', stderr: '' });
  expect([nobody.code, nobody.stderr]).toEqual([1, 'not_found: There is no such endpoint.\n']);
  const audited = await rows('SELECT DISTINCT actor, action FROM audit_log ORDER BY action');
  expect(audited).toEqual(
    ['webhook.created', 'webhook.secret_changed', 'webhook.sent_again'].map((action) => ({
      ...{ actor: 'cli', action },
    })),
  );
});
