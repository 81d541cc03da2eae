import { Command } from 'commander';
import { BUCKETS } from '../ledger/address.js';
import { VerifyService } from '../ledger/verify.service.js';
import { commandSettings } from '../platform/config/environment.js';
import { withEngine } from './foundation.launcher.js';
import { exitCodes } from './output.js';
import { Progress } from './progress.writer.js';

export function verifyCommand(): Command {
  return new Command('verify')
    .description('recompute every balance from entries and lots, and name any difference')
    .option('--json', 'print one JSON object')
    .addHelpText('after', '\nExits 1 when anything differs.\n\nExample:\n  $ fealty verify')
    .action(({ json }: { json?: boolean }) =>
      withEngine(commandSettings(), async (engine) => {
        const progress = new Progress('verifying', BUCKETS, 'buckets');
        const found = await engine.get(VerifyService).verify((done) => {
          progress.update(done);
        });
        progress.stop();
        const { members, postings, points, differences } = found;
        if (json === true) {
          process.stdout.write(`${JSON.stringify(found)}\n`);
        } else {
          for (const { memberId, what, stored, recomputed } of differences) {
            process.stdout.write(
              `${memberId}  ${what}: stored ${stored}, recomputed ${recomputed}\n`,
            );
          }
          process.stdout.write(
            `${String(members)} members, ${String(postings)} postings, ${String(points)} points: ` +
              `${differences.length === 0 ? 'no difference' : `${String(differences.length)} differences`}.\n`,
          );
        }
        if (differences.length > 0) process.exitCode = exitCodes.refused;
      }),
    );
}
