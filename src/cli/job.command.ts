import { Command } from 'commander';
import { JobDesk } from '../jobs/desk/job-desk.service.js';
import { foreseenView, jobRunView, jobView } from '../jobs/desk/jobs.views.js';
import { commandSettings } from '../platform/config/environment.js';
import { withEngine } from './foundation.launcher.js';
import { instantOf, table } from './output.js';

/** Lines of a dry run read at once. */
const PAGE = 200;

interface RunOptions {
  asOf?: string;
  dryRun?: boolean;
}

export function jobCommand(): Command {
  const job = new Command('job').description('look after what runs by itself');
  job.addCommand(listCommand()).addCommand(runCommand());
  for (const action of ['pause', 'resume'] as const) job.addCommand(switchCommand(action));
  return job;
}

function listCommand(): Command {
  return new Command('list').description('print the jobs, and when each is due').action(() =>
    withDesk(async (desk) => {
      const rows = (await desk.list()).map(jobView).map((each) => {
        const { name, schedule, state, lateSeconds, nextAt, lastRun } = each;
        const done = lastRun === null ? 'never ran' : `did ${String(lastRun.done)}`;
        const late = lateSeconds > 0 ? `late by ${String(lateSeconds)} s` : 'in time';
        return [name, schedule, state, late, done, `next ${nextAt ?? 'with a programme'}`];
      });
      print(table(rows));
    }),
  );
}

function runCommand(): Command {
  return new Command('run')
    .description('run a job now, and wait until it is done')
    .argument('<name>', 'one of `fealty job list`')
    .option('--as-of <instant>', 'do what was due by then, such as 2026-06-01T00:00:00Z')
    .option('--dry-run', 'print what it would do and to whom, and do nothing')
    .addHelpText(
      'after',
      `
Servers that run jobs help with it. A dry run may be as of a time to come.

Examples:
  $ fealty job run tier-reviews
  $ fealty job run tier-reviews --as-of 2026-12-31T23:59:59Z --dry-run`,
    )
    .action((name: string, { asOf, dryRun }: RunOptions) => {
      const instant = instantOf('--as-of', asOf);
      return withDesk(async (desk) => {
        if (dryRun === true) return foresee(desk, name, instant);
        const { done, failures } = jobRunView(await desk.runThrough(name, instant, 'cli'));
        const failed =
          failures > 0 ? `, ${String(failures)} parts failed and were tried again` : '';
        print(`${name} did ${String(done)}${failed}`);
      });
    });
}

function switchCommand(action: 'pause' | 'resume'): Command {
  const does = action === 'pause' ? 'start no more runs of a job' : 'let a paused job go on';
  return new Command(action)
    .description(does)
    .argument('<name>', 'one of `fealty job list`')
    .action((name: string) =>
      withDesk(async (desk) => {
        const { state } = jobView(await desk[action](name, 'cli'));
        print(`${name} is ${state}`);
      }),
    );
}

async function foresee(desk: JobDesk, name: string, asOf: number | undefined): Promise<void> {
  let cursor: string | undefined;
  do {
    const page = await desk.foresee(name, asOf, { cursor, limit: PAGE });
    for (const item of foreseenView(page).items) print(JSON.stringify(item));
    cursor = page.next;
  } while (cursor !== undefined);
}

const print = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

const withDesk = (work: (desk: JobDesk) => Promise<void>): Promise<void> =>
  withEngine(commandSettings(), (engine) => work(engine.get(JobDesk)));
