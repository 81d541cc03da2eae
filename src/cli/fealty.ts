#!/usr/bin/env -S node --max-semi-space-size=32
import 'reflect-metadata';
import { Command, CommanderError } from 'commander';
import { describeError, exitCodes } from './output.js';

/** Each is read when it is asked for: all of them together take a second. */
const commands: Readonly<Record<string, () => Promise<Command>>> = {
  serve: async () => (await import('./serve.command.js')).serveCommand(),
  migrate: async () => (await import('./migrate.command.js')).migrateCommand(),
  programme: async () => (await import('./programme/programme.command.js')).programmeCommand(),
  audit: async () => (await import('./audit/audit.command.js')).auditCommand(),
  key: async () => (await import('./key.command.js')).keyCommand(),
  user: async () => (await import('./user.command.js')).userCommand(),
  member: async () => (await import('./member.command.js')).memberCommand(),
  list: async () => (await import('./list.command.js')).listCommand(),
  coupon: async () => (await import('./coupon.command.js')).couponCommand(),
  import: async () => (await import('./import/import.command.js')).importCommand(),
  verify: async () => (await import('./proof/verify.command.js')).verifyCommand(),
  rebuild: async () => (await import('./proof/rebuild.command.js')).rebuildCommand(),
  heads: async () => (await import('./proof/heads.command.js')).headsCommand(),
  export: async () => (await import('./proof/export.command.js')).exportCommand(),
  settlement: async () => (await import('./settlement.command.js')).settlementCommand(),
  job: async () => (await import('./job.command.js')).jobCommand(),
  monitors: async () => (await import('./audit/monitors.command.js')).monitorsCommand(),
  webhook: async () => (await import('./webhook.command.js')).webhookCommand(),
  credits: async () => (await import('./settlement.command.js')).creditsCommand(),
  seed: async () => (await import('./demo/seed.command.js')).seedCommand(),
  trial: async () => (await import('./trial/trial.command.js')).trialCommand(),
};

const program = new Command('fealty')
  .description(
    'A loyalty programme engine that cannot be configured into rewarding the wrong thing.',
  )
  .version('0.1.0')
  // So that a command may have a --version of its own.
  .enablePositionalOptions()
  .showHelpAfterError('(add --help for the options and examples)')
  .addHelpText(
    'after',
    `
Without DATABASE_URL every command uses an embedded PostgreSQL below DATA_DIR (default .data).

Exit codes: 0 done, 1 refused or a difference found, 2 wrong use, 3 database out of reach.

Examples:
  $ fealty serve
  $ fealty programme publish programme.json
  $ fealty audit programme.json
  $ fealty programme plan programme.json --url https://loyalty.example.com
  $ fealty key create --retailer shop
  $ fealty import purchases.ndjson --retailer shop --dry-run
  $ fealty verify`,
  );

const [, , name = ''] = process.argv;
const asked = Object.hasOwn(commands, name) ? [commands[name]] : Object.values(commands);
for (const load of asked) if (load !== undefined) program.addCommand(await load());

/** What wrong use ends with; `plan` says 2 for changes, so there it is 1. */
let usageCode: number = exitCodes.usage;

/** The library ends the process with 1 on wrong use; ours is another, so it has to throw instead. */
function throwOnWrongUse(command: Command): void {
  command.exitOverride((error) => {
    if (command.name() === 'plan') usageCode = exitCodes.refused;
    throw error;
  });
  command.commands.forEach(throwOnWrongUse);
}
throwOnWrongUse(program);

// Whoever reads may stop, as `head` does; there is nobody to say more to.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit(exitCodes.done);
  });
}

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode === 0 ? exitCodes.done : usageCode;
  } else {
    const { text, exitCode } = describeError(error);
    process.stderr.write(`${text}\n`);
    process.exitCode = exitCode;
  }
}
