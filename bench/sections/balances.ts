import type { Outcome } from '../measures/outcome.js';
import { seriesOf } from '../measures/rounds.js';
import type { Stage } from '../stage/stage.js';
import { CONNECTIONS } from './accruals.js';

/** Balance reads over HTTP, uniform over all members, beside `pgbench -S`. */
export async function balances({ load, pgbench, options }: Stage): Promise<Outcome> {
  const seconds = options.seconds / 2;
  const run = async (time: number): Promise<number> => {
    const result = await load({ kind: 'balance', connections: CONNECTIONS, seconds: time });
    return result.inTime / result.seconds;
  };
  await run(seconds / 2);
  const { ours, anchor } = await seriesOf(options.rounds, {
    ours: () => run(seconds),
    anchor: async () => (await pgbench?.select(seconds))?.perSecond,
  });
  return {
    comparisons: [
      {
        name: `balances, ${CONNECTIONS} connections`,
        unit: '/s',
        ours,
        anchorName: 'pgbench -S',
        anchor,
        goal: { kind: 'least', value: 0.6 },
      },
    ],
    notes: [],
  };
}
