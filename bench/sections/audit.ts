import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Outcome } from '../measures/outcome.js';
import type { Options } from '../stage/options.js';

const run = promisify(execFile);
const compiled = fileURLToPath(new URL('audit-process.js', import.meta.url));

/** What one audit took; memory in MiB, of the process with its thread. */
interface Taken {
  seconds: number;
  processor: number;
  before: number;
  peak: number;
  status: string;
  reasons: string[];
  columns: number;
  steps: number;
  acts: number;
  findings: string[];
}

/** The audit of a large programme, in a thread of a process that does nothing else. */
export async function audit({ rounds }: Options): Promise<Outcome> {
  const all: Taken[] = [];
  for (let round = 0; round < rounds; round++) {
    const { stdout } = await run(process.execPath, [compiled]);
    all.push(JSON.parse(stdout) as Taken);
  }
  const of = (
    name: string,
    unit: string,
    ours: number[],
    value: number,
  ): Outcome['comparisons'] => [
    { name, unit, ours, anchorName: undefined, anchor: [], goal: { kind: 'most', value } },
  ];
  const [last] = all.slice(-1);
  return {
    comparisons: [
      ...of(
        'audit of a large programme',
        's',
        all.map(({ seconds }) => seconds),
        10,
      ),
      ...of(
        'its memory, node itself included',
        'MiB',
        all.map(({ peak }) => peak),
        300,
      ),
    ],
    notes: all
      .map(
        ({ seconds, processor, before, peak }) =>
          `audit: ${seconds.toFixed(2)} s, ${processor.toFixed(2)} s of processor; ` +
          `${String(before)} MiB before, ${String(peak)} MiB at most`,
      )
      .concat(
        last === undefined
          ? []
          : [
              `${last.status}, ${String(last.findings.length)} findings, ${String(last.acts)} acts, ` +
                `${String(last.columns)} columns, ${String(last.steps)} random steps`,
              ...last.reasons,
            ],
      ),
  };
}
