import { Command, Option } from 'commander';
import { roles, type Role } from '../access/permissions.js';
import { UsersService } from '../access/users.service.js';
import { commandSettings } from '../platform/config/environment.js';
import { MembersService } from '../members/members.service.js';
import { withEngine } from './foundation.launcher.js';
import { table } from './output.js';

interface CreateOptions {
  name: string;
  role: Role;
  member?: string;
}

export function userCommand(): Command {
  const command = new Command('user').description('create, link, list and disable staff users');
  addCreate(command);
  addList(command);
  command
    .command('link <userId> <memberId>')
    .description("say which membership is a user's own; they adjust no points of it from then on")
    .action((userId: string, memberId: string) =>
      withEngine(commandSettings(), async (engine) => {
        await engine.get(MembersService).membership(memberId);
        await engine.get(UsersService).link(userId, memberId, 'cli');
        process.stdout.write(`User ${userId} is member ${memberId}.\n`);
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

function addCreate(command: Command): void {
  command
    .command('create')
    .description('create a user; the bearer token is shown once and only its digest is kept')
    .requiredOption('--name <name>', 'who it is')
    .addOption(new Option('--role <role>', 'what they may do').choices(roles).makeOptionMandatory())
    .option('--member <id>', 'their own membership, whose points they must not adjust')
    .addHelpText(
      'after',
      `
Example:
  $ fealty user create --name maria --role marketer`,
    )
    .action(({ name, role, member }: CreateOptions) =>
      withEngine(commandSettings(), async (engine) => {
        if (member !== undefined) await engine.get(MembersService).membership(member);
        const { token, userId } = await engine
          .get(UsersService)
          .create({ name, role, memberId: member, createdBy: 'cli' });
        process.stdout.write(`${token}\n`);
        process.stderr.write(`User ${userId}. The token is not shown again.\n`);
      }),
    );
}

function addList(command: Command): void {
  command
    .command('list')
    .description('list users without their tokens')
    .action(() =>
      withEngine(commandSettings(), async (engine) => {
        const users = await engine.get(UsersService).list();
        const rows = users.map(({ id, name, role, disabledAt, memberId }) => [
          id,
          name,
          role,
          disabledAt === null ? 'active' : 'disabled',
          memberId ?? '',
        ]);
        process.stdout.write(`${table([['user', 'name', 'role', 'state', 'member'], ...rows])}\n`);
      }),
    );
}
