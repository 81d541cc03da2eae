import { bought, checkLedger, readTotals } from '../measures/invariants.js';
import type { LoadResult } from '../load/task.js';
import type { Outcome } from '../measures/outcome.js';
import { seriesOf } from '../measures/rounds.js';
import type { Stage } from '../stage/stage.js';
import { CONNECTIONS } from './accruals.js';

/** Every request on one member, beside the same number spread over all members. */
export async function hotMember({ admin, load, options }: Stage): Promise<Outcome> {
  const before = await readTotals(admin);
  const results: LoadResult[] = [];
  const run = async (seconds: number, onlyMember?: number): Promise<number> => {
    const result = await load({
      kind: 'accrue',
      connections: CONNECTIONS,
      seconds,
      ...(onlyMember === undefined ? {} : { onlyMember }),
    });
    results.push(result);
    return result.inTime / result.seconds;
  };
  const seconds = options.seconds / 2;
  await run(seconds / 2, 0);
  const { ours, anchor } = await seriesOf(options.rounds, {
    ours: () => run(seconds, 0),
    anchor: () => run(seconds),
  });
  await checkLedger(admin, before, bought(results));
  return {
    comparisons: [
      {
        name: 'accruals, all on one member',
        unit: '/s',
        ours,
        anchorName: 'uniform',
        anchor,
        goal: { kind: 'least', value: 0.9 },
      },
    ],
    notes: [],
  };
}
