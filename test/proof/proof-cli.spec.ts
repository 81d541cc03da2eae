import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { bucketOf } from '../../src/ledger/address.js';
import { dayAfter, dayOf, startOfDay } from '../../src/ledger/proof/head.js';
import { makeSigningKey } from '../../src/platform/config/signing-key.js';
import { startEngine, type Engine } from '../ledger/engine.js';
import { secrets } from '../support/server.js';
import { forge, rewrite } from './forger.js';
import { live } from './history.js';

const run = promisify(execFile);
const compiled = fileURLToPath(new URL('../../dist/src/cli/fealty.js', import.meta.url));
/** Yesterday is closed some minutes after midnight. */
const daysAgo = (days: number): string => dayAfter(dayOf(Date.now() - 300_000), -days);

let engine: Engine;
let folder: string;
let member: string;
const key = makeSigningKey();

beforeAll(async () => {
  engine = await startEngine();
  folder = await mkdtemp(join(tmpdir(), 'fealty-proof-'));
  [member = ''] = await live(engine, 2);
  // Versions were published today, which is when nothing of two days ago can have been decided.
  await forge(engine.admin, () =>
    engine.admin.query(
      `UPDATE programme_versions SET published_at = published_at - interval '9 days';
       UPDATE audit_log SET details = jsonb_set(details::jsonb, '{publishedAt}', to_jsonb(to_char(
         ((details->>'publishedAt')::timestamptz - interval '9 days') AT TIME ZONE 'UTC',
         'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')))
        WHERE action = 'programme.published'`,
    ),
  );
  await moveBack();
});
afterAll(async () => {
  await engine.close();
  await rm(folder, { recursive: true });
});

/** The first postings of the member happened two days ago. */
const moveBack = (actor = 'key/test'): Promise<void> =>
  rewrite(engine.admin, member, ({ seq, recordedAt }) => ({
    recordedAt: seq <= 4 ? startOfDay(daysAgo(2)) + seq : recordedAt,
    actor: seq === 3 ? actor : 'key/test',
  }));

const fealty = (...args: string[]): ReturnType<typeof at> => at(undefined, ...args);

async function at(url?: string, ...args: string[]): Promise<{ code: number; out: string }> {
  return run(process.execPath, [compiled, ...args], {
    env: {
      PATH: process.env['PATH'],
      TZ: 'Pacific/Auckland',
      DATABASE_URL: url ?? engine.database.serverUrl,
      DATABASE_OWNER_URL: url ?? engine.database.ownerUrl,
      DATA_DIR: folder,
      HEADS_KEY: key,
      ...secrets,
    },
    maxBuffer: 1 << 26,
  }).then(
    ({ stdout }) => ({ code: 0, out: stdout }),
    (error: unknown) => {
      const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
      return { code, out: stdout + stderr };
    },
  );
}

describe('the command line', () => {
  it('K1: exits 3 where the database is out of reach from the start', async () => {
    const nowhere = 'postgres://nobody@127.0.0.1:1/nothing';
    const { code, out } = await at(nowhere, 'verify');
    expect(out).toContain('unavailable: connect ECONNREFUSED');
    expect(code).toBe(3);
  }, 60_000);

  it('L9, K1: makes heads, of days that are over', async () => {
    expect((await fealty('heads', '--day', '2026-02-30')).code).toBe(2);
    const future = await fealty('heads', '--day', '2999-01-01');
    expect([future.code, future.out]).toEqual([1, expect.stringContaining('is not over yet')]);
    const made = [daysAgo(2), daysAgo(1)].map((day) => `Made the heads of ${day}.\n`).join('');
    expect(await fealty('heads')).toEqual({ code: 0, out: made });
    expect((await fealty('heads', '--day', daysAgo(2))).out).toBe('No day was without heads.\n');
    expect((await fealty('heads', 'export', '--to', join(folder, 'out'))).code).toBe(0);
    expect(await readdir(join(folder, 'out'))).toHaveLength(2);
  });

  it('L9, K2: writes an export that the independent verifier takes', async () => {
    const { out: publicKey } = await fealty('heads', 'key');
    const { out } = await fealty('export', 'ledger', '--bucket', String(bucketOf(member)));
    await writeFile(join(folder, 'postings.ndjson'), out);
    const { stdout } = await run(process.execPath, [
      ...['docs/verify-heads.mjs', publicKey.trim(), join(folder, 'postings.ndjson')],
      ...[join(folder, 'out'), String(bucketOf(member))],
    ]);
    expect(stdout).toMatch(/^\d+ postings, 0 faults; as signed up to the end of \S+\.\n$/);
    expect((await fealty('export', 'ledger', '--bucket', '64')).code).toBe(2);
  });

  it('L9, L10, K1: finds no difference where there is none, and says until when it vouches', async () => {
    const verified = await fealty('verify', '--heads', join(folder, 'out'));
    expect([verified.code, verified.out]).toEqual([0, expect.stringContaining('no difference.')]);
    expect(verified.out).toContain(
      `By 128 heads kept elsewhere this ledger is as it was signed up to the end of ${daysAgo(1)}`,
    );
    const rebuilt = await fealty('rebuild', '--check');
    expect(rebuilt).toEqual({
      code: 0,
      out: expect.stringMatching(/^2 members, \d+ postings: no difference\.\n$/),
    });
    expect((await fealty('rebuild')).code).toBe(2);
  });

  it('L9, K1: names the day from which a history was hashed anew, and exits 1', async () => {
    await moveBack('key/forged');
    const { code, out } = await fealty('verify', '--heads', join(folder, 'out'), '--json');
    await moveBack();
    expect(code).toBe(1);
    expect(JSON.parse(out)).toMatchObject({
      differences: [],
      heads: {
        vouchedUntil: null,
        differences: [
          { day: daysAgo(2), what: 'root', where: `heads-${daysAgo(2)}.json` },
          { day: daysAgo(2), what: 'root', where: 'daily_heads' },
        ],
      },
    });
  });

  it('L10, K1: names table, row, column, what is stored and what was recomputed, and exits 1', async () => {
    await engine.rows(
      'UPDATE lots SET remaining = remaining - 1 WHERE member_id = $1 AND seq = 2',
      [member],
    );
    const { code, out } = await fealty('rebuild', '--check');
    expect(code).toBe(1);
    const row = `${String(bucketOf(member))}/${member}/2/0`;
    expect(out).toMatch(
      new RegExp(`^lots ${row}  remaining: stored \\d+, recomputed \\d+\n.*: 1 differences\\.\n$`),
    );
  });
});
