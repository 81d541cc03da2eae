import { UsualWay } from '../anchors/usual.js';
import { bought, checkLedger, readTotals } from '../measures/invariants.js';
import type { LoadResult } from '../load/task.js';
import type { Outcome } from '../measures/outcome.js';
import { seriesOf } from '../measures/rounds.js';
import type { Stage } from '../stage/stage.js';
import { CONNECTIONS } from './accruals.js';

const MEMBERS_MAX = 100_000;

/** Single accruals beside the same done with entity saves in one transaction per request. */
export async function usualWay({ admin, load, options, usualUrl }: Stage): Promise<Outcome> {
  const before = await readTotals(admin);
  const usual = await UsualWay.prepare(usualUrl, Math.min(options.members, MEMBERS_MAX));
  const results: LoadResult[] = [];
  const seconds = options.seconds / 2;
  try {
    await inParallel(CONNECTIONS, seconds / 4, () => usual.accrue());
    const { ours, anchor } = await seriesOf(options.rounds, {
      ours: async () => {
        const result = await load({ kind: 'accrue', connections: CONNECTIONS, seconds });
        results.push(result);
        return result.inTime / result.seconds;
      },
      anchor: () => inParallel(CONNECTIONS, seconds, () => usual.accrue()),
    });
    await checkLedger(admin, before, bought(results));
    return {
      comparisons: [
        {
          name: 'accruals beside the usual way',
          unit: '/s',
          ours,
          anchorName: 'TypeORM transaction',
          anchor,
          goal: { kind: 'least', value: 15 },
        },
      ],
      notes: [],
    };
  } finally {
    await usual.close();
  }
}

/** Keeps `width` pieces of work under way for a time; returns how many a second were done until the last. */
export async function inParallel(
  width: number,
  seconds: number,
  work: () => Promise<void>,
): Promise<number> {
  const started = performance.now();
  const deadline = started + seconds * 1_000;
  let done = 0;
  const worker = async (): Promise<void> => {
    while (performance.now() < deadline) {
      await work();
      done += 1;
    }
  };
  await Promise.all(Array.from({ length: width }, worker));
  return (done * 1_000) / (performance.now() - started);
}
