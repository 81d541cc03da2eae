import { once } from 'node:events';
import { Command, InvalidArgumentError } from 'commander';
import { BUCKETS } from '../../ledger/address.js';
import { LedgerExport } from '../../ledger/proof/ledger-export.reader.js';
import { commandSettings } from '../../platform/config/environment.js';
import { withEngine } from '../foundation.launcher.js';

export function exportCommand(): Command {
  const command = new Command('export').description('write data out for others to read');
  command
    .command('ledger')
    .description('every posting as a line of JSON, for docs/verify-heads.mjs')
    .option('--bucket <number>', 'one bucket, 0 to 63; all when left out', toBucket)
    .addHelpText('after', '\nExample:\n  $ fealty export ledger > postings.ndjson')
    .action(({ bucket }: { bucket?: number }) =>
      withEngine(commandSettings(), async (engine) => {
        for await (const line of engine.get(LedgerExport).lines(bucket)) {
          if (!process.stdout.write(line)) await once(process.stdout, 'drain');
        }
      }),
    );
  return command;
}

function toBucket(text: string): number {
  const bucket = /^\d{1,2}$/.test(text) ? Number(text) : NaN;
  if (bucket < BUCKETS) return bucket;
  throw new InvalidArgumentError(`It must be a whole number from 0 to ${String(BUCKETS - 1)}.`);
}
