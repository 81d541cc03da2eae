import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

const run = promisify(execFile);

/** The shell blocks of a document, in order. */
async function blocksOf(path: string): Promise<string[]> {
  const text = await readFile(path, 'utf8');
  return [...text.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map(([, block]) => block ?? '');
}

/** What `npm start` runs, without the build that this test run has already done. */
async function startCommand(): Promise<string[]> {
  const { scripts } = JSON.parse(await readFile('package.json', 'utf8')) as {
    scripts: { start: string };
  };
  return scripts.start.replace(/^exec node /, '').split(' ');
}

describe('the README', () => {
  let folder = '';
  let server: ChildProcess;
  let url = '';
  let output = '';

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'fealty-readme-'));
    // Run by root, PostgreSQL works as another user, who must be able to enter.
    await chmod(folder, 0o755);
    server = spawn(process.execPath, await startCommand(), {
      env: { PATH: process.env['PATH'], PORT: '0', DATA_DIR: folder, LOG_LEVEL: 'error' },
    });
    const said = { text: '' };
    server.stderr?.on('data', (chunk: Buffer) => (said.text += chunk.toString()));
    url = await new Promise<string>((resolve, reject) => {
      server.stdout?.on('data', (chunk: Buffer) => {
        said.text += chunk.toString();
        const found = /Fealty serves (http:\S+) on/.exec(said.text);
        if (found?.[1] !== undefined) resolve(found[1]);
      });
      server.on('exit', () => {
        reject(new Error(`The server ended early:\n${said.text}`));
      });
    });
    const [install, ...blocks] = await blocksOf('README.md');
    expect(install?.trim()).toBe('npm ci && npm start');
    // `npm cit` is what runs this test, and the refused programme exits 1 on purpose.
    const script = blocks
      .filter((block) => block.trim() !== 'npm cit')
      .map((block, index) => `echo "== ${String(index)}"\n${block}`)
      .join('\n')
      .replace('http://127.0.0.1:3000', url)
      .replaceAll('.data/', `${folder}/`);
    const { stdout } = await run('bash', ['-c', `set -o pipefail\n${script}\ntrue`], {
      env: { PATH: process.env['PATH'], DATA_DIR: folder },
    });
    output = stdout;
  }, 120_000);

  afterAll(async () => {
    if (server.exitCode === null) {
      server.kill('SIGTERM');
      await once(server, 'exit');
    }
    await rm(folder, { recursive: true, force: true });
  });

  const answers = (): Record<string, unknown>[] =>
    output
      .split('\n')
      .join('')
      .split(/(?<=\})(?=\{)|== \d+/)
      .map((text) => text.replace(/^[^{]*/, '').replace(/[^}]*$/, ''))
      .filter((text) => text.startsWith('{'))
      .map((text) => JSON.parse(text) as Record<string, unknown>);

  it('starts a server that answers every one of its commands', () => {
    const problems = answers().filter((answer) => 'status' in answer && 'code' in answer);
    expect(problems).toEqual([]);
    expect(output).toMatch(/[0-9a-f]{8}-[0-9a-f]{4}-4/);
  });

  it('previews and accrues the same points, and says that the gift card line earned none', () => {
    const [preview, balance, explanation] = answers();
    const why = preview?.['why'] as { code: string; line: number; detail: string }[];
    expect(why).toContainEqual(expect.objectContaining({ code: 'label_contradicted', line: 2 }));
    expect(explanation?.['why']).toEqual(why);
    expect(balance).toMatchObject({ available: 0, pending: preview?.['points'] });
  });

  it('says what taking back one of two roses would cost', () => {
    const [, , , back] = answers();
    expect(back).toMatchObject({ posting: null, lines: [{ line: 0, quantity: 1, amount: 1_500 }] });
    expect(Number(back?.['points'])).toBeLessThan(0);
  });

  it('quotes, holds and captures a reward', () => {
    const [, , , , quote, capture] = answers();
    expect(quote).toMatchObject({ accepted: true, reward: { code: 'coffee' } });
    expect(capture).toMatchObject({ state: 'captured', reward: { code: 'coffee' } });
  });

  it('moves the time ahead, and the pending points are there to spend', () => {
    const [preview, , , , , , moved, balance] = answers();
    expect(Date.parse(String(moved?.['now']))).toBeGreaterThan(Date.now() + 39 * 86_400_000);
    expect(Number(moved?.['aheadMs'])).toBeGreaterThan(39 * 86_400_000);
    expect(balance).toMatchObject({ available: preview?.['points'], pending: 0 });
  });
});
