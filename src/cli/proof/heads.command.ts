import { Command, InvalidArgumentError } from 'commander';
import { HeadsFolder } from '../../ledger/proof/heads-folder.writer.js';
import { HeadsService } from '../../ledger/proof/heads.service.js';
import { isDay } from '../../ledger/proof/head.js';
import { commandSettings } from '../../platform/config/environment.js';
import { withEngine } from '../foundation.launcher.js';

export function headsCommand(): Command {
  const command = new Command('heads')
    .description('make the signed heads of days that are over and have none')
    .option('--day <date>', 'up to this UTC day; the last closed one when left out', toDay)
    .addHelpText(
      'after',
      `
A scheduled job makes them as well, some minutes after midnight UTC. A day that is not over yet
gets none. Days without a head before the one asked for are made too, as each names the last.

Examples:
  $ fealty heads
  $ fealty heads --day 2026-11-26
  $ fealty heads export --to /mnt/elsewhere
  $ fealty heads key`,
    )
    .action(({ day }: { day?: string }) =>
      withEngine(commandSettings(), async (engine) => {
        const heads = engine.get(HeadsService);
        const closed = await heads.lastClosedDay();
        if (day !== undefined && day > closed) {
          throw new Error(`${day} is not over yet; the last closed day is ${closed}.`);
        }
        const made = await heads.catchUp(day);
        for (const each of made) process.stdout.write(`Made the heads of ${each}.\n`);
        if (made.length === 0) process.stdout.write('No day was without heads.\n');
      }),
    );
  command.addCommand(exportCommand());
  command.addCommand(keyCommand());
  return command;
}

function exportCommand(): Command {
  return new Command('export')
    .description('write the heads of every day as a file, unless the folder has it')
    .requiredOption('--to <folder>', 'made when missing; files in it are never replaced')
    .action(({ to }: { to: string }) =>
      withEngine(commandSettings(), async (engine) => {
        const days = await engine.get(HeadsFolder).writeMissing(to);
        for (const day of days) process.stdout.write(`Wrote the heads of ${day}.\n`);
        if (days.length === 0) process.stdout.write('Every day was there.\n');
      }),
    );
}

function keyCommand(): Command {
  return new Command('key')
    .description('print the public key that new heads are signed with')
    .action(() =>
      withEngine(commandSettings(), (engine) => {
        process.stdout.write(`${engine.get(HeadsService).publicKey()}\n`);
        return Promise.resolve();
      }),
    );
}

function toDay(text: string): string {
  if (isDay(text)) return text;
  throw new InvalidArgumentError('It must be a day such as 2026-11-26.');
}
