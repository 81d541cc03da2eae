import { Command, InvalidArgumentError, Option } from 'commander';
import { KeysService } from '../access/keys.service.js';
import { isRetailerScope, retailerScopes, type RetailerScope } from '../access/permissions.js';
import { commandSettings } from '../platform/config/environment.js';
import { withEngine } from './foundation.launcher.js';
import { table } from './output.js';

interface CreateOptions {
  retailer: string;
  kind?: 'own' | 'franchise' | 'partner' | 'agent';
  name?: string;
  scopes?: readonly RetailerScope[];
}

/** Scopes by name; `all` is every scope a retailer may have. */
function scopesFrom(list: string): readonly RetailerScope[] {
  if (list === 'all') return retailerScopes;
  return list.split(',').map((name) => {
    if (isRetailerScope(name)) return name;
    throw new InvalidArgumentError(`Scopes are ${retailerScopes.join(', ')}.`);
  });
}

export function keyCommand(): Command {
  const command = new Command('key').description('create, list and revoke retailer API keys');
  addCreate(command);
  addList(command);
  addRevoke(command);
  return command;
}

function addCreate(command: Command): void {
  command
    .command('create')
    .description('create a key; it is shown once and only its digest is kept')
    .requiredOption('--retailer <code>', 'the retailer, made when it does not exist yet')
    .addOption(
      new Option('--kind <kind>', 'kind of a new retailer').choices([
        'own',
        'franchise',
        'partner',
        'agent',
      ]),
    )
    .option('--name <name>', 'name of a new retailer')
    .option('--scopes <list>', 'comma-separated, or "all"; accrual only when left out', scopesFrom)
    .addHelpText(
      'after',
      `
Examples:
  $ fealty key create --retailer shop
  $ fealty key create --retailer shop --kind own --scopes all`,
    )
    .action(({ retailer, kind, name, scopes }: CreateOptions) =>
      withEngine(commandSettings(), async (engine) => {
        const { key, keyId } = await engine.get(KeysService).create({
          retailer,
          ...(kind === undefined ? {} : { retailerKind: kind }),
          ...(name === undefined ? {} : { retailerName: name }),
          ...(scopes === undefined ? {} : { scopes }),
          createdBy: 'cli',
        });
        process.stdout.write(`${key}\n`);
        process.stderr.write(`Key ${keyId} of ${retailer}. It is not shown again.\n`);
      }),
    );
}

function addList(command: Command): void {
  command
    .command('list')
    .description('list keys without their secrets')
    .action(() =>
      withEngine(commandSettings(), async (engine) => {
        const keys = await engine.get(KeysService).list();
        const rows = keys.map(({ id, retailer, scopes, revokedAt }) => [
          id,
          retailer,
          revokedAt === null ? 'live' : 'revoked',
          scopes.join(','),
        ]);
        process.stdout.write(`${table([['key', 'retailer', 'state', 'scopes'], ...rows])}\n`);
      }),
    );
}

function addRevoke(command: Command): void {
  command
    .command('revoke <keyId>')
    .description('end a key on every replica within a second')
    .action((keyId: string) =>
      withEngine(commandSettings(), async (engine) => {
        await engine.get(KeysService).revoke(keyId, 'cli');
        process.stdout.write(`Key ${keyId} is revoked.\n`);
      }),
    );
}
