import { Command } from 'commander';
import { commandSettings } from '../../platform/config/environment.js';
import { MonitorsDesk } from '../../monitors/monitors-desk.service.js';
import { withEngine } from '../foundation.launcher.js';
import { printable, table } from '../output.js';

interface Options {
  json?: boolean;
  alerting?: boolean;
}

const words = { too_few: 'too few', normal: 'normal', alerting: 'ALERT' } as const;

export function monitorsCommand(): Command {
  return new Command('monitors')
    .description('print what members and staff did more of than is normal, as of the last night')
    .option('--json', 'print every field')
    .option('--alerting', 'print only what alerts')
    .addHelpText(
      'after',
      `
The job of the same name measures: \`fealty job run monitors\` does so now.

Examples:
  $ fealty monitors
  $ fealty monitors --alerting --json`,
    )
    .action(({ json, alerting }: Options) =>
      withEngine(commandSettings(), async (engine) => {
        const wanted = alerting === true ? { state: 'alerting' } : {};
        const items = await engine.get(MonitorsDesk).latest(wanted);
        process.stdout.write(
          `${json === true ? JSON.stringify({ items }, null, 2) : toldOf(items)}\n`,
        );
      }),
    );
}

function toldOf(items: Awaited<ReturnType<MonitorsDesk['latest']>>): string {
  if (items.length === 0) return 'Nothing was measured yet, or nothing alerts.';
  const rows = items.map(({ state, monitor, subject, since, says }) => [
    words[state as keyof typeof words],
    monitor,
    printable(subject.key),
    since === null ? '' : `since ${since}`,
    printable(says),
  ]);
  return table(rows);
}
