import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { sarifOf } from '../../src/cli/audit/sarif.js';
import { reportLines } from '../../src/cli/audit/report-lines.js';
import { audit } from '../../src/incentives/audit.js';
import { auditWhole } from '../../src/incentives/linear/proof.js';
import { aProgrammeDocument } from '../support/programme.js';

const run = promisify(execFile);
const compiled = fileURLToPath(new URL('../../dist/src/cli/fealty.js', import.meta.url));
const at = Date.parse('2026-01-01T12:00:00Z');

const greedy = aProgrammeDocument({
  earningRules: [{ kind: 'per_amount', id: 'base', name: 'Base', rate: '20' }],
  tiers: [{ code: 'blue', name: 'Blue', threshold: 0, multiplier: '1' }],
  rewards: [{ code: 'tea', name: 'Tea', points: 100, value: { amount: 100, currency: 'GBP' } }],
});

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fealty-audit-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** Runs the command without any setting, so that no database could be found. */
async function fealty(
  document: object,
  ...options: string[]
): Promise<{ code: number; out: string; err: string }> {
  const file = join(folder, 'programme.json');
  await writeFile(file, JSON.stringify(document));
  return run(process.execPath, [compiled, 'audit', file, ...options], { env: {} }).then(
    ({ stdout, stderr }) => ({ code: 0, out: stdout, err: stderr }),
    (error: unknown) => {
      const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
      return { code, out: stdout, err: stderr };
    },
  );
}

describe('fealty audit', () => {
  it('K10: prints what is found, and ends with 1', async () => {
    const { code, out } = await fealty(greedy, '--at', '2026-01-01T12:00:00Z');
    expect(code).toBe(1);
    expect(out).toBe(`${reportLines(greedy, await auditWhole(greedy, { at }))}\n`);
    expect(out).toContain('Gain: 100.00 GBP, as often as somebody likes (replayed).');
    expect(out).toContain('me buys "garden" for 1,000.00 GBP: +20,000 points by base');
  });

  it('K10: prints that nothing is found, and ends with 0', async () => {
    const rewards = greedy.rewards.map((reward) => ({ ...reward, points: 1_000 }));
    const { code, out } = await fealty({ ...greedy, rewards }, '--json');
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      findings: [],
      bounds: { declared: false },
      proof: { share: 0.1 },
    });
  });

  it('K2: ends quietly when who reads has had enough', async () => {
    const child = spawn(process.execPath, [compiled, 'audit', '--help'], { env: {} });
    child.stdout.destroy();
    const said: Buffer[] = [];
    child.stderr.on('data', (chunk: Buffer) => said.push(chunk));
    const [code] = (await once(child, 'close')) as [number | null];
    expect([code, Buffer.concat(said).toString()]).toEqual([0, '']);
  });

  it('K10: refuses a document that cannot be published, and options that make no sense', async () => {
    const refused = await fealty({ ...greedy, tiers: [] });
    expect(refused).toMatchObject({ code: 1, out: '' });
    expect(refused.err).toContain('/tiers  out_of_bounds');
    expect(await fealty(greedy, '--json', '--sarif')).toMatchObject({ code: 2 });
    expect(await fealty(greedy, '--at', 'tomorrow')).toMatchObject({ code: 2 });
  });

  it('K10: moves no cursor, whatever a document is called', async () => {
    const audited = await auditWhole(greedy, { at });
    const identity = { ...greedy.identity, name: 'Red \u001b[31m' };
    expect(reportLines({ ...greedy, identity }, audited)).not.toContain('\u001b');
  });

  it('tells code hosts the check, the level, the field, and an id that stays', () => {
    const audited = audit(greedy, { at });
    const [found] = audited.findings;
    expect(sarifOf(audited, 'programme.json')).toMatchObject({
      version: '2.1.0',
      runs: [
        {
          tool: { driver: { rules: [{ id: 'GIVEBACK' }] } },
          results: [
            {
              ruleId: 'GIVEBACK',
              level: 'error',
              locations: [
                {
                  physicalLocation: { artifactLocation: { uri: 'programme.json' } },
                  logicalLocations: [{ fullyQualifiedName: '/earningRules/0' }],
                },
              ],
              partialFingerprints: { finding: found?.id },
            },
          ],
        },
      ],
    });
  });
});
