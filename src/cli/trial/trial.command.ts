import { Command } from 'commander';
import { commandSettings } from '../../platform/config/environment.js';
import type { Settings } from '../../platform/config/settings.js';
import { withEngine } from '../foundation.launcher.js';
import { exitCodes, table } from '../output.js';
import type { Answer } from './online-retail.js';
import { survey, type Survey } from './online-retail.reader.js';
import { runTrial, type TrialReport } from './trial.launcher.js';

export function trialCommand(): Command {
  return new Command('trial')
    .description('import the public "Online Retail" file and recompute every balance on its own')
    .argument('<csv>', 'the file as CSV, with its heading')
    .addHelpText(
      'after',
      `
The file is UCI's "Online Retail" (CC BY 4.0), whole or cut. It gets a programme, a retailer and its
customers as members; its invoices are imported, and each customer's points are compared with those
of a recomputation that shares no code with the engine. Run again, it books nothing twice.

A trial wants a database of its own: the embedded one in .data/trial, unless DATA_DIR or
DATABASE_URL names another.

Exits 1 when a purchase was refused or anything differs.

Example:
  $ fealty trial online-retail.csv`,
    )
    .action(async (file: string) => {
      const found = await survey(file);
      const report = await withEngine(ownSettings(), (engine) => runTrial(engine, file, found));
      process.stdout.write(`${[describe(found, report), ...report.differences].join('\n')}\n`);
      if (!isClean(report)) process.exitCode = exitCodes.refused;
    });
}

/** The demo lives in the default folder, and no trial can join it there. */
function ownSettings(): Settings {
  const given = commandSettings();
  const nothing = commandSettings({ DATA_DIR: undefined });
  return given.databaseUrl === undefined && given.dataDir === nothing.dataDir
    ? commandSettings({ DATA_DIR: `${given.dataDir}/trial` })
    : given;
}

function isClean({ refused, differences, verification }: TrialReport): boolean {
  return refused.size === 0 && differences.length === 0 && verification.differences.length === 0;
}

const answerTexts: Record<Answer, readonly [what: string, answer: string]> = {
  cancellation: ['  cancellation lines', 'not purchases, counted'],
  withoutCustomer: ['  lines without a customer', 'nobody to accrue to'],
  withoutQuantity: ['  lines of quantity 0 or less', 'corrections of stock, counted'],
  negativePrice: ['  lines of a negative price', 'corrections of accounts, counted'],
  purchase: ['  purchase lines', 'imported'],
};

function describe(found: Survey, report: TrialReport): string {
  const { members, postings, points, differences } = report.verification;
  const verdict = differences.length === 0 ? 'clean' : `${differences.length} differences`;
  const lines = (Object.keys(answerTexts) as Answer[]).map((answer) => {
    const [what, text] = answerTexts[answer];
    return [what, found.answers[answer], text];
  });
  const others = [...found.others]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([code, count]) => [`    ${code}`, count, 'no goods, earn nothing']);
  const refused = [...report.refused].map(([code, count]) => [`    ${code}`, count]);
  const refusals = [...report.refused.values()].reduce((sum, count) => sum + count, 0);
  const rows = table([
    ['lines', found.lines],
    ...lines,
    ...others,
    ['customers', found.customers.size],
    ['  enrolled', report.enrolled],
    ['  members already', found.customers.size - report.enrolled],
    ['purchases', found.purchases],
    ['  booked', report.booked],
    ['  already booked', report.replayed],
    ['  refused', refusals],
    ...refused,
    ['points recomputed', Number(report.points)],
    ['differences', report.differences.length],
  ]);
  return `${rows}\nverify: ${members} members, ${postings} postings, ${points} points: ${verdict}.`;
}
