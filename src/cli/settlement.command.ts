import { Command, Option } from 'commander';
import { pageOf } from '../partner-offers/settlement/page.js';
import { formats, type Format } from '../partner-offers/settlement/settlement.requests.js';
import { SettlementService } from '../partner-offers/settlement/settlement.service.js';
import { settlementView } from '../partner-offers/settlement/settlement.views.js';
import { columns, csvOf, rowsOf } from '../partner-offers/settlement/table.js';
import { commandSettings } from '../platform/config/environment.js';
import { withEngine } from './foundation.launcher.js';

export function settlementCommand(): Command {
  return new Command('settlement')
    .description('print what a partner and the programme owe each other for a month')
    .argument('<partner>', 'code of the partner')
    .argument('<month>', 'such as 2026-06, in the time zone of the programme')
    .addOption(new Option('--format <format>', 'how it is printed').choices(formats).default('csv'))
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
        const everything = { retailer: undefined };
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
