import { Command } from 'commander';
import { BUCKETS } from '../../ledger/address.js';
import { RebuildService } from '../../ledger/rebuild/rebuild.service.js';
import { commandSettings } from '../../platform/config/environment.js';
import { withEngine } from '../foundation.launcher.js';
import { exitCodes } from '../output.js';
import { rowLine } from './row-line.js';
import { Progress } from '../progress.writer.js';

export function rebuildCommand(): Command {
  return new Command('rebuild')
    .description('recompute every column that follows from postings and entries, and compare')
    .requiredOption('--check', 'compare only; nothing is written')
    .option('--json', 'print one JSON object')
    .addHelpText(
      'after',
      `
Exits 1 when anything differs. A row that is recomputed from a posting which itself does not fit
is marked: see to the posting first.

Example:
  $ fealty rebuild --check`,
    )
    .action(({ json }: { json?: boolean }) =>
      withEngine(commandSettings(), async (engine) => {
        const progress = new Progress('rebuilding', BUCKETS, 'buckets');
        const found = await engine.get(RebuildService).check((done) => {
          progress.update(done);
        });
        progress.stop();
        const { members, postings, differences } = found;
        const lines = differences.map(rowLine);
        const count = differences.length;
        const summary =
          `${String(members)} members, ${String(postings)} postings: ` +
          `${count === 0 ? 'no difference' : `${String(count)} differences`}.`;
        process.stdout.write(
          json === true ? `${JSON.stringify(found)}\n` : `${[...lines, summary].join('\n')}\n`,
        );
        if (count > 0) process.exitCode = exitCodes.refused;
      }),
    );
}
