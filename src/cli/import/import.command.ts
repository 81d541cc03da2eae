import { Command } from 'commander';
import { commandSettings } from '../../platform/config/environment.js';
import { withEngine } from '../foundation.launcher.js';
import { importPurchases, type ImportReport } from './import.reader.js';
import { exitCodes, table } from '../output.js';

interface ImportOptions {
  retailer: string;
  dryRun?: boolean;
  errors?: string;
}

export function importCommand(): Command {
  return new Command('import')
    .description('import purchases from an NDJSON file, one purchase a line')
    .argument('<file>', 'lines as POST /v1/purchases takes them')
    .requiredOption('--retailer <code>', 'the retailer that posts them')
    .option('--dry-run', 'check and decide every line, and write nothing')
    .option(
      '--errors <file>',
      'where refused lines go; when left out <file>.errors.ndjson, or <file>.dry-run.ndjson',
    )
    .addHelpText(
      'after',
      `
A line without "idempotencyKey" gets one from its reference, so the same file can be imported
again without booking anything twice. An import that was stopped, however rudely, goes on where
it was when the same command is run again. Lines are booked in the order of the file.

Exits 1 when lines were refused, 3 when the database was away for a minute.

Examples:
  $ fealty import purchases.ndjson --retailer shop --dry-run
  $ fealty import purchases.ndjson --retailer shop`,
    )
    .action((file: string, options: ImportOptions) =>
      withEngine(commandSettings(), async (engine) => {
        const report = await importPurchases(engine, {
          file,
          retailer: options.retailer,
          dryRun: options.dryRun === true,
          errorsFile: options.errors ?? errorsBeside(file, options.dryRun === true),
        });
        process.stdout.write(`${describe(report)}\n`);
        if (report.refused + report.refusedBefore > 0) process.exitCode = exitCodes.refused;
      }),
    );
}

/** A dry run leaves alone what an import that was stopped has written. */
function errorsBeside(file: string, isDryRun: boolean): string {
  return `${file}.${isDryRun ? 'dry-run' : 'errors'}.ndjson`;
}

function describe(report: ImportReport): string {
  const rows: (string | number)[][] = [
    ['lines', report.lines],
    [report.dryRun ? 'would book' : 'booked', report.booked],
    ['already booked', report.replayed],
    ['refused', report.refused],
    ['points', report.points],
  ];
  const codes = [...report.codes].map(([code, count]) => [`  ${code}`, count]);
  rows.splice(4, 0, ...codes);
  if (report.resumedAt > 0) {
    rows.unshift(
      ['resumed after line', report.resumedAt],
      ['refused before', report.refusedBefore],
    );
  }
  return table(rows);
}
