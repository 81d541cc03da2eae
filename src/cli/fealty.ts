#!/usr/bin/env node
import 'reflect-metadata';
import { Command, CommanderError } from 'commander';
import { auditCommand } from './audit/audit.command.js';
import { couponCommand } from './coupon.command.js';
import { importCommand } from './import/import.command.js';
import { jobCommand } from './job.command.js';
import { keyCommand } from './key.command.js';
import { listCommand } from './list.command.js';
import { memberCommand } from './member.command.js';
import { migrateCommand } from './migrate.command.js';
import { describeError, exitCodes } from './output.js';
import { programmeCommand } from './programme/programme.command.js';
import { exportCommand } from './proof/export.command.js';
import { headsCommand } from './proof/heads.command.js';
import { rebuildCommand } from './proof/rebuild.command.js';
import { verifyCommand } from './proof/verify.command.js';
import { seedCommand } from './demo/seed.command.js';
import { serveCommand } from './serve.command.js';
import { trialCommand } from './trial/trial.command.js';
import { creditsCommand, settlementCommand } from './settlement.command.js';
import { userCommand } from './user.command.js';

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

for (const command of [
  serveCommand(),
  migrateCommand(),
  programmeCommand(),
  auditCommand(),
  keyCommand(),
  userCommand(),
  memberCommand(),
  listCommand(),
  couponCommand(),
  importCommand(),
  verifyCommand(),
  rebuildCommand(),
  headsCommand(),
  exportCommand(),
  settlementCommand(),
  jobCommand(),
  creditsCommand(),
  seedCommand(),
  trialCommand(),
]) {
  program.addCommand(command);
}

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
