import { Command, Option } from 'commander';
import { roles, type Role } from '../access/permissions.js';
import { UsersService } from '../access/users.service.js';
import { commandSettings } from '../platform/config/environment.js';
import { withEngine } from './foundation.launcher.js';

export function userCommand(): Command {
  const command = new Command('user').description('create and disable staff users');
  command
    .command('create')
    .description('create a user; the bearer token is shown once and only its digest is kept')
    .requiredOption('--name <name>', 'who it is')
    .addOption(new Option('--role <role>', 'what they may do').choices(roles).makeOptionMandatory())
    .addHelpText(
      'after',
      `
Example:
  $ fealty user create --name maria --role marketer`,
    )
    .action(({ name, role }: { name: string; role: Role }) =>
      withEngine(commandSettings(), async (engine) => {
        const { token, userId } = await engine
          .get(UsersService)
          .create({ name, role, createdBy: 'cli' });
        process.stdout.write(`${token}\n`);
        process.stderr.write(`User ${userId}. The token is not shown again.\n`);
      }),
    );
  command
    .command('disable <userId>')
    .description('end a user and their token')
    .action((userId: string) =>
      withEngine(commandSettings(), async (engine) => {
        await engine.get(UsersService).disable(userId, 'cli');
        process.stdout.write(`User ${userId} is disabled.\n`);
      }),
    );
  return command;
}
