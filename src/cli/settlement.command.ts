import { Command, Option } from 'commander';
import { CreditsService } from '../partner-offers/credits/credits.service.js';
import {
  creditColumns,
  creditPage,
  creditRows,
  creditsView,
} from '../partner-offers/credits/credits.views.js';
import { pageOf } from '../partner-offers/settlement/page.js';
import { formats, type Format } from '../partner-offers/settlement/settlement.requests.js';
import { SettlementService } from '../partner-offers/settlement/settlement.service.js';
import { settlementView } from '../partner-offers/settlement/settlement.views.js';
import { columns, csvOf, rowsOf } from '../partner-offers/settlement/table.js';
import { commandSettings } from '../platform/config/environment.js';
import { withEngine } from './foundation.launcher.js';

/** A report of a partner for a month. */
const monthly = (name: string, about: string): Command =>
  new Command(name)
    .description(about)
    .argument('<partner>', 'code of the partner')
    .argument('<month>', 'such as 2026-06, in the time zone of the programme')
    .addOption(
      new Option('--format <format>', 'how it is printed').choices(formats).default('csv'),
    );

const everything = { retailer: undefined };

export function settlementCommand(): Command {
  return monthly('settlement', 'print what a partner and the programme owe each other for a month')
    .addHelpText(
      'after',
      `
A month that is closed always prints the same.

Examples:
  $ fealty settlement wheels 2026-06
  $ fealty settlement wheels 2026-06 --format html > wheels-2026-06.html`,
    )
    .action((partner: string, month: string, { format }: { format: Format }) =>
      withEngine(commandSettings(), async (engine) => {
        const settlement = await engine
          .get(SettlementService)
          .statement(partner, month, everything);
        const view = settlementView(settlement);
        const printed = {
          json: () => `${JSON.stringify(view, null, 2)}\n`,
          csv: () => csvOf([[...columns], ...rowsOf(view)]),
          html: () => pageOf(view, settlement.programme.name),
        };
        process.stdout.write(printed[format]());
      }),
    );
}

export function creditsCommand(): Command {
  return monthly('credits', "print what an agent's sales of a month earned members")
    .addHelpText(
      'after',
      `
A month that is closed always prints the same.

Example:
  $ fealty credits travel 2026-06 --format html > travel-2026-06.html`,
    )
    .action((agent: string, month: string, { format }: { format: Format }) =>
      withEngine(commandSettings(), async (engine) => {
        const report = await engine.get(CreditsService).report(agent, month, everything);
        const view = creditsView(report);
        const printed = {
          json: () => `${JSON.stringify(view, null, 2)}\n`,
          csv: () => csvOf([[...creditColumns], ...creditRows(view)]),
          html: () => creditPage(view, report.programme.name),
        };
        process.stdout.write(printed[format]());
      }),
    );
}
