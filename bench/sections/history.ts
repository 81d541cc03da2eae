import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Outcome } from '../measures/outcome.js';
import type { Options } from '../stage/options.js';

const run = promisify(execFile);
const compiled = fileURLToPath(new URL('history-process.js', import.meta.url));

/** What one replay took; memory in MiB. */
interface Taken {
  seconds: number;
  processor: number;
  bought: number;
  decided: number;
  postings: number;
  before: number;
  after: number;
}

/**
 * A year of members under two programmes, in a process that does nothing else. Purchases are counted by
 * the processor time of that process, garbage collection included, so that a busy machine tells the same.
 */
export async function history({ rounds }: Options): Promise<Outcome> {
  const all: Taken[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const { stdout } = await run(process.execPath, [compiled]);
    all.push(JSON.parse(stdout) as Taken);
  }
  const load = (await readFile('/proc/loadavg', 'utf8').catch(() => 'not known')).trim();
  return {
    comparisons: [
      {
        name: 'purchases replayed, a second of processor',
        unit: '/s',
        ours: all.map(({ decided, processor }) => decided / processor),
        anchorName: undefined,
        anchor: [],
        goal: { kind: 'least', value: 20_000, stretch: 50_000 },
      },
    ],
    notes: [
      ...all.map(
        ({ seconds, processor, bought, decided, postings, before, after }) =>
          `history: ${String(bought)} purchases in ${String(postings)} postings, ` +
          `${String(decided)} decisions of purchases under two programmes: ` +
          `${seconds.toFixed(2)} s, ${processor.toFixed(2)} s of processor; ` +
          `${String(before)} MiB before, ${String(after)} MiB after`,
      ),
      `load of the machine: ${load}`,
    ],
  };
}
