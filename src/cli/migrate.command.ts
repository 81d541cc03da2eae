import { Command } from 'commander';
import { settingsFromEnvironment } from '../platform/config/environment.js';
import { layFoundation } from './foundation.launcher.js';

export function migrateCommand(): Command {
  return new Command('migrate')
    .description('bring the database schema up to date and grant the server role its rights')
    .addHelpText(
      'after',
      `
Example:
  $ DATABASE_OWNER_URL=postgres://owner:...@db/fealty DATABASE_URL=postgres://server:...@db/fealty fealty migrate`,
    )
    .action(async () => {
      const lines: string[] = [];
      const foundation = await layFoundation(settingsFromEnvironment(), {
        migrate: true,
        log: (line) => lines.push(line),
      });
      await foundation.close();
      const done = lines.filter((line) => line.startsWith('migrated'));
      process.stdout.write(
        `${done.length === 0 ? 'The schema is up to date.' : done.join('\n')}\n`,
      );
    });
}
