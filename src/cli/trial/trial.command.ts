import { Command, InvalidArgumentError } from 'commander';
import { commandSettings } from '../../platform/config/environment.js';
import type { Settings } from '../../platform/config/settings.js';
import { withEngine } from '../foundation.launcher.js';
import { exitCodes, table } from '../output.js';
import { withCancellations } from './cancelled.writer.js';
import type { Answer } from './online-retail.js';
import { survey, type Survey } from './online-retail.reader.js';
import type { ReturnsReport } from './returns.launcher.js';
import { runTrial, type TrialReport } from './trial.launcher.js';

export function trialCommand(): Command {
  return new Command('trial')
    .description('import the public "Online Retail" file and recompute every balance on its own')
    .argument('<csv>', 'the file as CSV, with its heading')
    .option('--cancellations <number>', 'add so many generated partial cancellations first', whole)
    .option('--seed <number>', 'which ones are generated', whole, 1)
    .addHelpText(
      'after',
      `
The file is UCI's "Online Retail" (CC BY 4.0), whole or cut. It gets a programme, a retailer and its
customers as members; its invoices are imported, its cancellation lines take back the customer's
newest earlier lines of the same article, and each customer's points are compared with those of a
recomputation that shares no code with the engine. Run again, it books nothing twice.

A trial wants a database of its own: the embedded one in .data/trial, unless DATA_DIR or
DATABASE_URL names another.

Exits 1 when a purchase was refused or anything differs.

Example:
  $ fealty trial online-retail.csv
  $ DATA_DIR=.data/trial-1 fealty trial online-retail.csv --cancellations 1000 --seed 1`,
    )
    .action(async (given: string, { cancellations = 0, seed }: TrialOptions) => {
      const settings = ownSettings();
      const file = await prepared(given, settings.dataDir, { count: cancellations, seed });
      const found = await survey(file);
      const report = await withEngine(settings, (engine) => runTrial(engine, file, found));
      process.stdout.write(`${[describe(found, report), ...report.differences].join('\n')}\n`);
      if (!isClean(report)) process.exitCode = exitCodes.refused;
    });
}

interface TrialOptions {
  cancellations?: number;
  seed: number;
}

function whole(text: string): number {
  if (/^\d{1,7}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('It must be a whole number.');
}

/** The file itself, or a copy of it with generated cancellations, which stays beside the data. */
async function prepared(
  file: string,
  folder: string,
  wanted: { count: number; seed: number },
): Promise<string> {
  if (wanted.count === 0) return file;
  const { answers } = await survey(file);
  return withCancellations(file, folder, { ...wanted, lines: answers.purchase });
}

/** The demo lives in the default folder, and no trial can join it there. */
function ownSettings(): Settings {
  const given = commandSettings();
  const nothing = commandSettings({ DATA_DIR: undefined });
  return given.databaseUrl === undefined && given.dataDir === nothing.dataDir
    ? commandSettings({ DATA_DIR: `${given.dataDir}/trial` })
    : given;
}

function isClean({ refused, returns, differences, verification }: TrialReport): boolean {
  const refusals = refused.size + returns.refused.size;
  return refusals + differences.length + verification.differences.length === 0;
}

const answerTexts: Record<Answer, readonly [what: string, answer: string]> = {
  cancellation: ['  cancellation lines', 'taken back where they match'],
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
    ...refusals('refused', report.refused),
    ...returned(report.returns),
    ['points recomputed', Number(report.points)],
    ['differences', report.differences.length],
  ]);
  return `${rows}\nverify: ${members} members, ${postings} postings, ${points} points: ${verdict}.`;
}

function returned(report: ReturnsReport): (string | number)[][] {
  const { matched, inPart, notFound, booked, replayed, refused } = report;
  return [
    ['cancellations matched', matched],
    ['  in part', inPart, 'fewer pieces were left'],
    ['  original_not_found', notFound, 'no earlier line to take back'],
    ['returns', booked + replayed + countOf(refused)],
    ['  returns booked', booked],
    ['  returns already booked', replayed],
    ...refusals('returns refused', refused),
  ];
}

const countOf = (codes: ReadonlyMap<string, number>): number =>
  [...codes.values()].reduce((sum, count) => sum + count, 0);

function refusals(label: string, codes: ReadonlyMap<string, number>): (string | number)[][] {
  const rows = [...codes].map(([code, count]) => [`    ${code}`, count]);
  return [[`  ${label}`, countOf(codes)], ...rows];
}
