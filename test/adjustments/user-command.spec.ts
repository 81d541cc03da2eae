import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freshDatabase, type FreshDatabase } from '../support/database.js';

const compiled = fileURLToPath(new URL('../../dist/src/cli/fealty.js', import.meta.url));

let folder: string;
let database: FreshDatabase;

beforeAll(async () => {
  folder = await mkdtemp(join(process.env['TEST_FOLDER'] ?? tmpdir(), 'users-'));
  database = await freshDatabase();
});
afterAll(async () => {
  await database.drop();
  await rm(folder, { recursive: true, force: true });
});

interface Ended {
  code: number | string | null;
  stdout: string;
  stderr: string;
}

async function fealty(...args: string[]): Promise<Ended> {
  const env = {
    PATH: process.env['PATH'],
    DATABASE_URL: database.serverUrl,
    DATABASE_OWNER_URL: database.ownerUrl,
    DATA_DIR: folder,
    LOG_LEVEL: 'error',
  };
  return new Promise((resolve) => {
    execFile(process.execPath, [compiled, ...args], { env }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : (error.code ?? null), stdout, stderr });
    });
  });
}

async function enrolled(): Promise<string> {
  const consent = ['--consent-text', 'terms-1', '--consent-act', 'signed_form'];
  const where = ['--consent-channel', 'store', '--consent-at', '2026-01-05T10:00:00+00:00'];
  const { stdout } = await fealty('member', 'enrol', '--retailer', 'shop', ...consent, ...where);
  return stdout.trim();
}

describe('fealty user', () => {
  it('A12, K1: links staff to their membership, lists both, and refuses unknown members', async () => {
    const member = await enrolled();
    const create = ['user', 'create', '--role', 'agent'];
    const nobody = '00000000-0000-4000-8000-000000000000';
    const refused = await fealty(...create, '--name', 'nils', '--member', nobody);
    expect([refused.code, refused.stdout]).toEqual([1, '']);
    expect(refused.stderr).toContain('unknown_member');
    const made = await fealty(...create, '--name', 'maria', '--member', member);
    expect([made.code, made.stdout]).toEqual([0, expect.stringMatching(/^fealtyu_\w+\n$/)]);
    const later = await fealty(...create, '--name', 'otto');
    const [, otto = ''] = /User ([0-9a-f-]{36})\./.exec(later.stderr) ?? [];
    expect((await fealty('user', 'link', otto, member)).code).toBe(0);
    const { stdout } = await fealty('user', 'list');
    const rows = stdout.trimEnd().split('\n');
    expect(rows.map((row) => row.split(/ {2,}/).slice(1))).toEqual([
      ['name', 'role', 'state', 'member'],
      ['maria', 'agent', 'active', member],
      ['otto', 'agent', 'active', member],
    ]);
    expect(stdout).not.toContain(made.stdout.trim());
    // Six processes, one after the other.
  }, 120_000);
});
