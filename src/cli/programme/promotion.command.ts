import { writeFile } from 'node:fs/promises';
import { createInterface } from 'node:readline/promises';
import { InvalidArgumentError, type Command } from 'commander';
import { wantsNoColour } from '../../platform/config/environment.js';
import { spelled } from '../../programmes/diff/spelling.js';
import { describeError, exitCodes, UsageError } from '../output.js';
import type { PlanView } from '../../programmes/plan/plan.views.js';
import type { Environment } from './environment.js';
import { documentIn } from './document-file.reader.js';
import { planLines } from './plan-lines.js';
import { remoteEnvironment } from './remote.launcher.js';

/** As infrastructure tools say it: 0 is no change, 2 is changes, and 1 an error. */
const CHANGES = 2;

const urlOption = [
  '--url <url>',
  'another environment, opened by the staff token in FEALTY_TOKEN; without it the database here',
] as const;

export function addPull(command: Command): void {
  command
    .command('pull [file]')
    .description('write a document to a file, or to stdout: the live one, unless told otherwise')
    .option('--draft', 'the draft')
    .option('--version <no>', 'a version by its number', versionNo)
    .option(...urlOption)
    .action(async (file: string | undefined, options: PullOptions) => {
      if (options.draft === true && options.version !== undefined) {
        throw new UsageError('--draft and --version are two documents; name one.');
      }
      const which = options.draft === true ? 'draft' : (options.version ?? 'live');
      const document = await withEnvironment(options.url, (environment) => environment.pull(which));
      if (file === undefined) process.stdout.write(spelled(document));
      else await writeFile(file, spelled(document));
    });
}

interface PullOptions {
  draft?: true;
  version?: number;
  url?: string;
}

function versionNo(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('Versions are numbered from 1.');
}

export function addPlan(command: Command): void {
  command
    .command('plan <file>')
    .description('say what publishing a document would change, and for how many members')
    .option('--json', 'as JSON')
    .option(...urlOption)
    .addHelpText(
      'after',
      `
Nothing is written. Exit codes: 0 no change, 2 changes, anything else an error, or a document that
cannot be published.

Examples:
  $ fealty programme pull programme.json
  $ fealty programme plan programme.json
  $ FEALTY_TOKEN=... fealty programme plan programme.json --url https://loyalty.example.com`,
    )
    .action(async (file: string, options: { json?: true; url?: string }) => {
      try {
        const document = await documentIn(file);
        await withEnvironment(options.url, async (environment) => {
          const plan = await environment.plan(document);
          const text = options.json ? JSON.stringify(plan, undefined, 2) : shown(plan, environment);
          process.stdout.write(`${text}\n`);
          if (plan.findings.length > 0) process.exitCode = exitCodes.refused;
          else if (plan.changes.length > 0) process.exitCode = CHANGES;
        });
      } catch (error) {
        const { text, exitCode } = describeError(error);
        process.stderr.write(`${text}\n`);
        process.exitCode = exitCode === exitCodes.usage ? exitCodes.refused : exitCode;
      }
    });
}

interface PushOptions {
  at?: string;
  pilotShare?: string;
  pilotLocation?: string[];
  yes?: true;
  url?: string;
}

export function addPush(command: Command): void {
  command
    .command('push <file>')
    .description('show the plan, ask, and publish the document as the next version')
    .option('--at <time>', 'RFC 3339 instant at which it starts; as soon as it may when left out')
    .option('--pilot-share <share>', 'for this part of members first, such as 0.1')
    .option('--pilot-location <location...>', 'for what happens at these locations first')
    .option('--yes', 'do not ask')
    .option(...urlOption)
    .addHelpText(
      'after',
      `
What is published is what was shown: if somebody publishes in between, nothing is.

With --pilot-share or --pilot-location the version is for some first; "fealty programme promote" and
"withdraw" end that.

Promotion from one environment to another:
  $ FEALTY_TOKEN=$STAGING fealty programme pull programme.json --url https://staging.example.com
  $ FEALTY_TOKEN=$PRODUCTION fealty programme push programme.json --url https://loyalty.example.com`,
    )
    .action(async (file: string, options: PushOptions) => {
      const document = await documentIn(file);
      await withEnvironment(options.url, async (environment) => {
        const plan = await environment.plan(document);
        process.stdout.write(`${shown(plan, environment)}\n`);
        if (plan.findings.length > 0) process.exitCode = exitCodes.refused;
        else if (plan.changes.length > 0) await publish(environment, document, plan, options);
      });
    });
}

async function publish(
  environment: Environment,
  document: object,
  { base }: PlanView,
  { at, yes, pilotShare: share, pilotLocation: locations }: PushOptions,
): Promise<void> {
  if (yes !== true && !(await isWanted(environment))) {
    process.stderr.write('Nothing was published.\n');
    process.exitCode = exitCodes.refused;
    return;
  }
  const { published, version, effectiveAt } = await environment.push(document, {
    after: base ?? 0,
    effectiveAt: at,
    ...(share !== undefined && { pilot: { share } }),
    ...(locations !== undefined && { pilot: { locations, ...(share !== undefined && { share }) } }),
  });
  const what = published ? 'Published version' : 'Nothing changed since version';
  process.stdout.write(`${what} ${version}, in force from ${effectiveAt}.\n`);
}

async function isWanted({ name }: Environment): Promise<boolean> {
  if (!process.stdin.isTTY) {
    throw new UsageError('There is nobody to ask: publish with --yes.');
  }
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return (await terminal.question(`Publish to ${name}? Only "yes" is a yes: `)) === 'yes';
  } finally {
    terminal.close();
  }
}

const shown = (plan: PlanView, { name }: Environment): string =>
  planLines(plan, name, process.stdout.isTTY && !wantsNoColour());

/** How a pilot ends: its version is for all, or for nobody. */
export function addPilotEnds(command: Command): void {
  const ends = { promote: 'for all', withdraw: 'for nobody' } as const;
  for (const how of ['promote', 'withdraw'] as const) {
    command
      .command(`${how} <no>`)
      .description(`end a pilot: its version is ${ends[how]} from then on`)
      .option('--at <time>', 'RFC 3339 instant; now plus five seconds when left out')
      .option(...urlOption)
      .action(async (no: string, { at, url }: { at?: string; url?: string }) => {
        const number = versionNo(no);
        const { end } = await withEnvironment(url, (to) => to.end(number, how, at));
        const from = end?.effectiveAt ?? '';
        process.stdout.write(`Version ${String(number)} is ${ends[how]} from ${from}.\n`);
      });
  }
}

/**
 * Works on the environment at a URL, or without one on the database of the settings. The engine is
 * read only for the latter: it takes longer than the call.
 */
async function withEnvironment<T>(
  url: string | undefined,
  work: (environment: Environment) => Promise<T>,
): Promise<T> {
  if (url !== undefined) return work(remoteEnvironment(url));
  const { withLocal } = await import('./local.launcher.js');
  return withLocal(work);
}
