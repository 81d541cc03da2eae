import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { planLines } from '../../src/cli/programme/plan-lines.js';
import { spelled } from '../../src/programmes/diff/spelling.js';
import type { ProgrammeDocument } from '../../src/programmes/document.js';
import type { PlanView } from '../../src/programmes/plan/plan.views.js';
import { Api, expected } from '../support/api.js';
import { apiProgramme, deploy, type Deployment } from '../support/server.js';

const compiled = fileURLToPath(new URL('../../dist/src/cli/fealty.js', import.meta.url));

let folder: string;
/** The commands work on its database; the other one is reached by URL. */
let staging: Deployment;
let production: Deployment;
let url: string;

beforeAll(async () => {
  folder = await mkdtemp(join(process.env['TEST_FOLDER'] ?? tmpdir(), 'promotion-'));
  const env = { JOBS: 'off' };
  [staging, production] = await Promise.all([deploy({ env }), deploy({ env })]);
  url = production.servers[0]?.url ?? '';
});

afterAll(async () => {
  await Promise.all([staging.close(), production.close()]);
  await rm(folder, { recursive: true, force: true });
});

interface Ended {
  code: number | string | null;
  stdout: string;
  stderr: string;
}

async function fealty(args: string[], token?: string): Promise<Ended> {
  const env = {
    PATH: process.env['PATH'],
    DATABASE_URL: staging.database.serverUrl,
    DATABASE_OWNER_URL: staging.database.ownerUrl,
    DATA_DIR: folder,
    LOG_LEVEL: 'error',
    AUDIT: 'off',
    ...(token !== undefined && { FEALTY_TOKEN: token }),
  };
  return new Promise((resolve) => {
    const command = [compiled, 'programme', ...args];
    execFile(process.execPath, command, { env, cwd: folder }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : (error.code ?? null), stdout, stderr });
    });
  });
}

/** A file of the programme with a change. */
async function file(change: Partial<ProgrammeDocument> | object): Promise<string> {
  const path = join(folder, 'changed.json');
  await writeFile(path, spelled({ ...apiProgramme(), ...change }));
  return path;
}

const staff = (deployment: Deployment): string => deployment.credentials.staff;
const there = (): string[] => ['--url', url];

const newest = async (): Promise<number | undefined> => {
  const api = new Api(url, staff(production));
  const answer = await api.get<{ items: { version: number }[] }>('/v1/programme/versions');
  return expected(answer, 200).items[0]?.version;
};

describe('fealty programme', () => {
  it('K6, P25: pulls a file in its one spelling, and plans no change of it', async () => {
    const path = join(folder, 'live.json');
    expect(await fealty(['pull', path])).toEqual({ code: 0, stdout: '', stderr: '' });
    const text = await readFile(path, 'utf8');
    expect(text).toBe(spelled(apiProgramme()));
    expect((await fealty(['pull', '--version', '1'])).stdout).toBe(text);
    expect((await fealty(['pull', '--draft', ...there()], staff(production))).stdout).toBe(text);
    const plan = await fealty(['plan', path]);
    expect([plan.code, plan.stdout]).toEqual([
      0,
      expect.stringMatching(/^No changes against version 1 \(.*\)\.\n$/),
    ]);
    // Pulled from one, planned against the other: the two are equal.
    expect((await fealty(['plan', path, ...there()], staff(production))).code).toBe(0);
  }, 120_000);

  it('K6: plans with 2 for changes, 1 for errors, and words, marks and counts', async () => {
    const [blue, silver] = apiProgramme().tiers;
    const changed = await file({
      tiers: [blue, { ...silver, threshold: 90_000 }],
      rewards: apiProgramme().rewards.slice(1),
      returns: { graceDays: 60 },
    });
    const { code, stdout } = await fealty(['plan', changed]);
    expect(code).toBe(2);
    expect(stdout.split('\n').slice(1, 8)).toEqual([
      '',
      '  ~ Tier Silver: threshold goes from 100,000 to 90,000 points.',
      '  - Reward Voucher is removed (price 500 points, value GBP 2.50).',
      '  + Returns added: grace 60 days.',
      '',
      'Plan: 1 to add, 1 to change, 1 to remove.',
      '',
    ]);
    expect(stdout).toContain('Reward Voucher goes: 0 open holds');
    const json = await fealty(['plan', changed, '--json']);
    expect(json.code).toBe(2);
    expect((JSON.parse(json.stdout) as PlanView).changes).toHaveLength(3);
    const perverse = await fealty(['plan', await file({ earningRules: [] })]);
    expect(perverse.code).toBe(1);
    expect(perverse.stdout).toContain('It cannot be published:\n  /earningRules  out_of_bounds');
    await writeFile(join(folder, 'broken.json'), '{"a":1,"a":2}');
    const broken = await fealty(['plan', 'broken.json']);
    expect([broken.code, broken.stderr]).toEqual([1, expect.stringContaining('broken.json')]);
    expect((await fealty(['plan', 'nowhere.json'])).code).toBe(1);
    expect((await fealty(['plan'])).code).toBe(1);
    expect((await fealty(['plan', changed, ...there()])).code).toBe(1);
    expect((await fealty(['pull', 'a', 'b'])).code).toBe(2);
  }, 120_000);

  it('K7: pushes what it has shown to another environment, and asks before', async () => {
    const changed = await file({ returnWindowDays: 14 });
    const asked = await fealty(['push', changed, ...there()], staff(production));
    expect([asked.code, asked.stderr]).toEqual([2, expect.stringContaining('--yes')]);
    expect(asked.stdout).toContain('Return window goes from 30 to 14 days.');
    expect(await newest()).toBe(1);
    const at = '2099-01-01T00:00:00.000Z';
    const pushed = await fealty(
      ['push', changed, '--yes', '--at', at, ...there()],
      staff(production),
    );
    expect([pushed.code, pushed.stderr]).toEqual([0, '']);
    expect(pushed.stdout).toContain(`Published version 2, in force from ${at}.\n`);
    expect(await newest()).toBe(2);
    const again = await fealty(['push', changed, '--yes', ...there()], staff(production));
    expect([again.code, again.stdout]).toEqual([
      0,
      expect.stringMatching(/^No changes against version 2/),
    ]);
    const late = await fealty(['push', await file({}), '--yes', ...there()], staff(production));
    expect([late.code, late.stderr]).toEqual([
      1,
      expect.stringContaining('programme_starts_too_soon'),
    ]);
  }, 120_000);

  it('K7: publishes nothing where another version came after the plan was shown', async () => {
    const before = (await newest()) ?? NaN;
    const api = new Api(url, staff(production));
    // It passes everything on, but is quicker than the one who publishes.
    const between = createServer((request, response) => {
      const pass = async (): Promise<void> => {
        const chunks: Buffer[] = [];
        for await (const chunk of request) chunks.push(chunk as Buffer);
        const path = request.url ?? '';
        if (path.endsWith('/versions')) {
          const document = { ...apiProgramme(), thanks: ['Quicker.'] };
          const effectiveAt = '2099-06-01T00:00:00Z';
          expected(await api.post('/v1/programme/versions', { document, effectiveAt }), 201);
        }
        const answer = await api.send('POST', path, Buffer.concat(chunks).toString());
        response.writeHead(answer.status, { 'content-type': 'application/json' });
        response.end(JSON.stringify(answer.body));
      };
      pass().catch((error: unknown) => response.destroy(error as Error));
    });
    between.listen(0, '127.0.0.1');
    await once(between, 'listening');
    const { port } = between.address() as AddressInfo;
    const there = ['--url', `http://127.0.0.1:${String(port)}`, '--at', '2099-07-01T00:00:00Z'];
    const changed = await file({ returnWindowDays: 3 });
    const pushed = await fealty(['push', changed, '--yes', ...there], staff(production));
    between.close();
    expect([pushed.code, pushed.stderr]).toEqual([1, expect.stringMatching(/^newer_version: /)]);
    expect(await newest()).toBe(before + 1);
  }, 60_000);

  it('K4, K6: works on the database here without a URL', async () => {
    const changed = await file({ returnWindowDays: 3 });
    expect((await fealty(['plan', changed])).code).toBe(2);
    const [pushed, versions] = [
      await fealty(['push', changed, '--yes']),
      await fealty(['versions']),
    ];
    expect(pushed.stdout).toMatch(/\nPublished version 2, in force from .*\.\n$/);
    expect(versions.stdout).toMatch(/\n *2 {2}\S+ {2}cli\n/);
  }, 60_000);

  it('K7: pilots what it pushes, and ends that, here and elsewhere', async () => {
    const changed = await file({ returnWindowDays: 3, thanks: ['Thank you for trying.'] });
    const share = ['--pilot-share', '0.1', '--at', '2099-01-01T00:00:00Z'];
    const here = await fealty(['push', changed, '--yes', ...share]);
    expect(here.stdout).toContain('Published version 3, in force from 2099-01-01T00:00:00.000Z.');
    const both = ['--pilot-share', '0.1', '--pilot-location', 'kiosk'];
    expect((await fealty(['push', await file({}), '--yes', ...both])).stderr).toMatch(
      /^pilot_running|^invalid_request/,
    );
    const given = await fealty(['withdraw', '3', '--at', '2099-01-02T00:00:00Z']);
    expect(given.stdout).toBe('Version 3 is for nobody from 2099-01-02T00:00:00.000Z.\n');
    const { document } = expected(
      await new Api(url, staff(production)).get<{ document: ProgrammeDocument }>(
        `/v1/programme/versions/${String(await newest())}`,
      ),
      200,
    );
    const path = join(folder, 'piloted.json');
    await writeFile(path, spelled({ ...document, thanks: ['Thank you for trying.'] }));
    const places = ['--pilot-location', 'kiosk', 'airport', '--at', '2099-08-01T00:00:00Z'];
    const elsewhere = await fealty(
      ['push', path, '--yes', ...places, ...there()],
      staff(production),
    );
    expect(elsewhere.stderr).toBe('');
    const no = String(await newest());
    const over = await fealty(['promote', no, ...there()], staff(production));
    expect(over.stdout).toBe(`Version ${no} is for all from 2099-08-01T00:00:00.000Z.\n`);
  }, 120_000);

  it('K7: sends its token nowhere in the clear, nor where it is sent on to', async () => {
    const heard: unknown[] = [];
    const server = createServer((request, response) => {
      heard.push(request.headers.authorization);
      response.writeHead(307, { location: `${url}/v1/programme` }).end();
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const port = String((server.address() as AddressInfo).port);
    const token = staff(production);
    for (const odd of ['http://example.com', 'https://example.com/?a']) {
      expect((await fealty(['pull', '--url', odd], token)).code).toBe(2);
    }
    const redirected = await fealty(['pull', '--url', `http://127.0.0.1:${port}`], token);
    expect([redirected.code, redirected.stdout, heard]).toEqual([3, '', [`Bearer ${token}`]]);
    server.close();
    expect((await fealty(['pull', '--url', 'http://127.0.0.1:9'], token)).code).toBe(3);
    const stranger = await fealty(['pull', ...there()], 'fealtyu_nobody');
    expect([stranger.code, stranger.stderr]).toEqual([
      1,
      expect.stringMatching(/^unauthenticated: /),
    ]);
    expect((await fealty(['pull', ...there()])).code).toBe(2);
    expect((await fealty(['pull', '--draft', '--version', '1'])).code).toBe(2);
  }, 120_000);
});

describe('The lines of a plan', () => {
  const change = { kind: 'added', pointer: '/x', says: 'Tier \u001b[2JGold is new: x.' } as const;
  const plan: PlanView = {
    base: 3,
    changes: [
      change,
      { kind: 'removed', pointer: '/y', says: 'Reward Tea is removed (x).' },
      {
        kind: 'moved',
        pointer: '/z',
        from: '/a',
        says: 'Tier Gold moves from place 2 to place 1.',
      },
    ],
    more: 1_200,
    findings: [],
    impact: {
      tiers: {
        members: 1_234,
        byPoints: true,
        points: 1,
        tiers: [
          { code: 'blue', name: 'Blue', members: 1_000, reached: 1_100 },
          { code: 'gold', name: 'Gold', members: 234, reached: 134 },
        ],
        moves: [
          { from: 'blue', to: 'gold', stands: 'gold', members: 1 },
          { from: 'gold', to: 'blue', stands: 'gold', members: 101 },
        ],
      },
      removedRewards: [{ code: 'tea', name: 'Tea', openHolds: 2, points: 600 }],
    },
  };

  it('K6: are plain where nobody can see colours, and nothing in them moves a cursor', () => {
    expect(planLines(plan, 'here', false).split('\n')).toEqual([
      'Changes against version 3 (here).',
      '',
      '  + Tier \ufffd[2JGold is new: x.',
      '  - Reward Tea is removed (x).',
      '  ~ Tier Gold moves from place 2 to place 1.',
      '    and 1,200 more',
      '',
      'Plan: 1 to add, 1 to change, 1 to remove.',
      '',
      '1,234 members; the 1 point they have keep their terms.',
      '  tier  stand in it  will reach it',
      '  Blue         1000           1100',
      '  Gold          234            134',
      '  1 member of Blue will stand in Gold.',
      '  101 members of Gold only reach Blue; in Gold until a review.',
      'Reward Tea goes: 2 open holds (600 points) can still be captured or released.',
    ]);
  });

  it('K6: are coloured on a terminal by what happens', () => {
    const [, , first, second, third] = planLines(plan, 'here', true).split('\n');
    expect(first).toBe('\u001b[32m  + Tier \ufffd[2JGold is new: x.\u001b[39m');
    expect(second?.startsWith('\u001b[31m')).toBe(true);
    expect(third?.startsWith('\u001b[33m')).toBe(true);
  });
});
