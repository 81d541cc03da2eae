import { createReadStream } from 'node:fs';
import { Command } from 'commander';
import { listLines } from '../partner-offers/lists/list-lines.reader.js';
import { listCode } from '../partner-offers/lists/lists.requests.js';
import { ListsService } from '../partner-offers/lists/lists.service.js';
import { commandSettings } from '../platform/config/environment.js';
import { withEngine } from './foundation.launcher.js';
import { exitCodes, table } from './output.js';

/** Who replaced a list from here; there is no user to name. */
const shell = { id: 'cli', actor: 'cli' };

export function listCommand(): Command {
  const command = new Command('list').description('lists of members that offers are for');
  addReplace(command);
  addShow(command);
  addRemove(command);
  return command;
}

function addReplace(command: Command): void {
  command
    .command('replace')
    .description('replace a list by that of a file, as a whole or not at all')
    .argument('<list>', 'code of the list, as offers name it')
    .argument('<file>', 'lines of JSON, or .csv with a column "card" or "member"')
    .addHelpText(
      'after',
      `
Lines that name no active member are printed to stderr; the others are the list. Of a table only
the column "card" (or "member", for ids) is read.

Exits 1 when lines were refused, or the list stays as it was.

Examples:
  $ fealty list replace spring-invites invited.ndjson
  $ fealty list replace spring-invites invited.csv`,
    )
    .action((list: string, file: string) =>
      withEngine(commandSettings(), async (engine) => {
        const format = file.toLowerCase().endsWith('.csv') ? 'csv' : 'ndjson';
        const lines = listLines(createReadStream(file), format);
        const uploaded = await engine
          .get(ListsService)
          .replace(listCode(list), lines, shell, async (refused) => {
            for (const { line, code, detail } of refused) {
              process.stderr.write(`${file}:${String(line)}: ${code}: ${detail}\n`);
            }
            return Promise.resolve();
          });
        const { members, refused } = uploaded;
        const rows = [
          ['lines', uploaded.lines],
          ['members', members],
          ['refused', refused],
        ];
        process.stdout.write(`${table(rows)}\n`);
        if (refused > 0) process.exitCode = exitCodes.refused;
      }),
    );
}

function addShow(command: Command): void {
  command
    .command('show')
    .description('show the lists there are')
    .action(() =>
      withEngine(commandSettings(), async (engine) => {
        const lists = await engine.get(ListsService).all();
        const rows = lists.map(({ list, members, replacedAt, replacedBy }) => [
          ...[list, members, replacedAt.toISOString(), replacedBy],
        ]);
        process.stdout.write(`${table([['list', 'members', 'since', 'by'], ...rows])}\n`);
      }),
    );
}

function addRemove(command: Command): void {
  command
    .command('remove <list>')
    .description('take a list away: nobody is on it any more')
    .action((list: string) =>
      withEngine(commandSettings(), (engine) =>
        engine.get(ListsService).remove(listCode(list), shell),
      ),
    );
}
