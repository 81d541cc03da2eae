import { Command, InvalidArgumentError } from 'commander';
import { fixesOfAll } from '../../incentives/fixes/together.js';
import { auditWhole } from '../../incentives/linear/proof.js';
import { DomainError } from '../../platform/http/domain-error.js';
import { checkDocument } from '../../programmes/check.js';
import type { ProgrammeDocument } from '../../programmes/document.js';
import { exitCodes, UsageError } from '../output.js';
import { documentIn } from '../programme/document-file.reader.js';
import { historyLines } from './history-lines.js';
import { reportLines } from './report-lines.js';
import { sarifOf } from './sarif.js';

/** Months that are looked back at most. */
const MONTHS_MAX = 60;

interface Options {
  before?: string;
  at?: number;
  json?: true;
  sarif?: true;
  fix?: true;
  history?: number;
  keep?: string;
  adversaries?: true;
}

export function auditCommand(): Command {
  return new Command('audit')
    .description(
      'look for ways to game a programme, before anybody earns from it; needs no database but for --history',
    )
    .argument('<file>', 'a programme document')
    .option('--before <file>', 'the version it follows, to see who would pay for what others get')
    .option(
      '--at <time>',
      'RFC 3339 instant from which on days are looked at; now when left out',
      instant,
    )
    .option(
      '--history <months>',
      'replay what members did in the last months, such as 12m, beside the version in force',
      monthsOf,
    )
    .option('--adversaries', 'with --history: what those who want the most would make of it')
    .option('--keep <file>', 'with --history: keep how far it is, to go on there when run again')
    .option('--fix', 'look for the smallest changes that end each finding')
    .option('--json', 'as JSON, with every step of each witness')
    .option('--sarif', 'as SARIF 2.1.0, for code hosts')
    .addHelpText(
      'after',
      `
Exit codes: 0 nothing found, 1 something found, or a document that cannot be published, 2 wrong use.

Examples:
  $ fealty audit programme.json
  $ fealty audit programme.json --before live.json
  $ fealty audit programme.json --fix
  $ fealty audit programme.json --sarif > audit.sarif
  $ fealty audit programme.json --history 12m`,
    )
    .action(async (file: string, options: Options) => {
      const { before, at = Date.now(), json, sarif, fix } = options;
      if (json === true && sarif === true) throw new UsageError('--json and --sarif: name one.');
      if (options.history !== undefined) return printHistory(file, options.history, options);
      const alone = (['keep', 'adversaries'] as const).find((each) => options[each] !== undefined);
      if (alone !== undefined) throw new UsageError(`--${alone} goes with --history.`);
      const document = await soundDocument(file);
      const earlier = before === undefined ? undefined : await soundDocument(before);
      const looked = { at, before: earlier };
      const audited = await auditWhole(document, looked);
      const { findings } = audited;
      const fixes =
        fix === true
          ? await fixesOfAll({ document, wanted: findings, findings, looked })
          : undefined;
      if (json === true) write({ ...audited, fixes });
      else if (sarif === true) write(sarifOf(audited, file));
      else process.stdout.write(`${reportLines(document, audited, fixes)}\n`);
      if (findings.length > 0) process.exitCode = exitCodes.refused;
    });
}

/** What members did is in a database, so that alone brings up an engine. */
async function printHistory(file: string, months: number, options: Options): Promise<void> {
  const others = (['before', 'at', 'sarif', 'fix'] as const).filter(
    (each) => options[each] !== undefined,
  );
  if (others.length > 0) throw new UsageError(`--history and --${others.join(', --')}: name one.`);
  const document = await soundDocument(file);
  const { replayHistory } = await import('./history.launcher.js');
  const { keep, adversaries = false } = options;
  const found = await replayHistory(document, { months, file: keep, adversaries });
  if (options.json === true) write(found);
  else process.stdout.write(`${historyLines(document, found)}\n`);
}

/** The document in a file; one that breaks a law is refused, as publishing would. */
async function soundDocument(file: string): Promise<ProgrammeDocument> {
  const checked = checkDocument(await documentIn(file));
  if ('document' in checked) return checked.document;
  throw new DomainError('invalid_programme', `${file} cannot be published.`, {}, checked.faults);
}

function instant(text: string): number {
  const at = Date.parse(text);
  if (!Number.isNaN(at)) return at;
  throw new InvalidArgumentError('Not a time as in 2027-01-01T00:00:00Z.');
}

function monthsOf(text: string): number {
  const months = Number(/^(\d{1,2})m$/.exec(text)?.[1] ?? 0);
  if (months >= 1 && months <= MONTHS_MAX) return months;
  throw new InvalidArgumentError(
    `Not a number of months as in 12m; ${String(MONTHS_MAX)}m at most.`,
  );
}

const write = (value: object): void => {
  process.stdout.write(`${JSON.stringify(value, plainly, 2)}\n`);
};

/** Maps and sets as what they hold. */
function plainly(_: string, value: unknown): unknown {
  if (value instanceof Map) return Object.fromEntries(value);
  return value instanceof Set ? [...value] : value;
}
