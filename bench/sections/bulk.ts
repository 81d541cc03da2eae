import { bought, checkLedger, readTotals } from '../measures/invariants.js';
import type { LoadResult } from '../load/task.js';
import type { Outcome } from '../measures/outcome.js';
import { seriesOf } from '../measures/rounds.js';
import type { Stage } from '../stage/stage.js';

const CONNECTIONS = 4;
const LINES = 1_000;

/** Purchases as NDJSON beside pgbench. */
export async function bulk(stage: Stage): Promise<Outcome> {
  const { admin, load, pgbench, options } = stage;
  const before = await readTotals(admin);
  const results: LoadResult[] = [];
  const run = async (seconds: number): Promise<number> => {
    const result = await load({
      kind: 'bulk',
      connections: CONNECTIONS,
      bulkLines: LINES,
      seconds,
    });
    results.push(result);
    // A request is long beside the time measured, so the last ones count with their time.
    return result.acknowledged / result.elapsed;
  };
  await run(options.seconds / 4);
  const seconds = options.seconds / 2;
  const { ours, anchor } = await seriesOf(options.rounds, {
    ours: () => run(seconds),
    anchor: async () => (await pgbench?.tpcb(seconds))?.perSecond,
  });
  await checkLedger(admin, before, bought(results));
  return {
    comparisons: [
      {
        name: `bulk, ${CONNECTIONS} x ${LINES} lines`,
        unit: '/s',
        ours,
        anchorName: 'TPC-B-like',
        anchor,
        goal: { kind: 'least', value: 5 },
      },
    ],
    notes: [],
  };
}
