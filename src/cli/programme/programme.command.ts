import { readFile } from 'node:fs/promises';
import { Command } from 'commander';
import { table } from '../output.js';
import { addPilotEnds, addPlan, addPull, addPush } from './promotion.command.js';

export function programmeCommand(): Command {
  const command = new Command('programme').description(
    'pull, plan, push, publish and list programme versions',
  );
  command
    .command('publish <file>')
    .description('check a programme document and publish it as the next immutable version')
    .option('--effective-at <time>', 'RFC 3339 instant; now plus five seconds when left out')
    .addHelpText(
      'after',
      `
The first version may start in the past; a later one starts at least five seconds ahead.
Faults are listed with their JSON pointers, and nothing is published.

Examples:
  $ fealty programme publish programme.json
  $ fealty programme publish programme.json --effective-at 2027-01-01T00:00:00+00:00`,
    )
    .action(async (file: string, options: { effectiveAt?: string }) => {
      const document: unknown = JSON.parse(await readFile(file, 'utf8'));
      const { publishLocal } = await import('./local.launcher.js');
      const { published, version } = await publishLocal(document, options);
      const what = published ? 'Published version' : 'Nothing changed since version';
      const from = version.effectiveAt.toISOString();
      process.stdout.write(`${what} ${String(version.no)}, in force from ${from}.\n`);
    });
  command
    .command('versions')
    .description('list the published versions')
    .action(async () => {
      const { localVersions } = await import('./local.launcher.js');
      const rows = (await localVersions()).map(({ no, effectiveAt, publishedBy }) => [
        no,
        effectiveAt.toISOString(),
        publishedBy,
      ]);
      process.stdout.write(`${table([['no', 'in force from', 'published by'], ...rows])}\n`);
    });
  addPull(command);
  addPlan(command);
  addPush(command);
  addPilotEnds(command);
  return command;
}
