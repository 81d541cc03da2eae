import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const CLI = fileURLToPath(new URL('../../src/cli/fealty.js', import.meta.url));

export type Environment = Readonly<Record<string, string | undefined>>;

/** Runs one `fealty` command to its end and returns what it printed. */
export async function fealty(args: readonly string[], environment: Environment): Promise<string> {
  const child = spawn(process.execPath, [CLI, ...args], {
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  let errors = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new Error(`fealty ${args.join(' ')} failed: ${errors}${output}`);
  return output;
}

/** One serving process. */
export interface Engine {
  pid: number;
  port: number;
  stop(): Promise<void>;
}

/** As `npm start` and the command itself have it: room for what lives as long as a batch. */
const YOUNG = '--max-semi-space-size=32';

/** Starts `fealty serve` on a free port; `nodeOptions` go to node, such as `--cpu-prof`. */
export async function startEngine(
  environment: Environment,
  nodeOptions: readonly string[],
): Promise<Engine> {
  const child = spawn(process.execPath, [YOUNG, ...nodeOptions, CLI, 'serve', '--port', '0'], {
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const port = await portOf(child);
  return {
    pid: child.pid ?? 0,
    port,
    stop: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      await ended;
    },
  };
}

async function portOf(child: ChildProcess): Promise<number> {
  if (child.stdout === null) throw new Error('the output of the engine is piped');
  for await (const line of createInterface(child.stdout)) {
    const port = /serves http:\/\/[^:]+:(\d+)/.exec(line)?.[1];
    if (port === undefined) continue;
    child.stdout.resume();
    return Number(port);
  }
  throw new Error('the engine ended before it served');
}
