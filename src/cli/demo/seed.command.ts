import { Command } from 'commander';
import { commandSettings } from '../../platform/config/environment.js';
import { seedDemo } from './demo.launcher.js';
import { withEngine } from '../foundation.launcher.js';

export function seedCommand(): Command {
  return new Command('seed')
    .description('fill an empty database with the demo programme, members and purchases')
    .requiredOption('--demo', 'the demo programme; nothing happens when a programme is published')
    .addHelpText('after', '\nExample:\n  $ fealty seed --demo')
    .action(() =>
      withEngine(commandSettings(), (engine, { settings }) =>
        seedDemo(engine, settings.dataDir, (line) => process.stdout.write(`${line}\n`)),
      ),
    );
}
