import { Command, Option } from 'commander';
import { consentActs, consentChannels, EnrolMember } from '../members/members.requests.js';
import { MembersService } from '../members/members.service.js';
import { commandSettings } from '../platform/config/environment.js';
import { validated } from '../platform/http/shape.reader.js';
import { withEngine } from './foundation.launcher.js';

interface EnrolOptions {
  retailer: string;
  card?: string;
  email?: string;
  phone?: string;
  name?: string;
  consentText?: string;
  consentAct?: string;
  consentChannel?: string;
  consentAt?: string;
}

export function memberCommand(): Command {
  const command = new Command('member').description('enrol members');
  command
    .command('enrol')
    .description("enrol a member by the member's own recorded act")
    .requiredOption('--retailer <code>', 'where the member enrolled')
    .option('--card <number>', 'card number; one is made when left out')
    .option('--email <address>')
    .option('--phone <number>')
    .option('--name <name>')
    .option('--consent-text <version>', 'which text the member agreed to')
    .addOption(new Option('--consent-act <act>', 'how the member agreed').choices(consentActs))
    .addOption(new Option('--consent-channel <channel>', 'where').choices(consentChannels))
    .option('--consent-at <time>', 'when, as an RFC 3339 instant')
    .addHelpText(
      'after',
      `
Example:
  $ fealty member enrol --retailer shop --consent-text terms-2026-01 --consent-act signed_form \\
      --consent-channel store --consent-at 2026-11-02T10:15:00+00:00`,
    )
    .action((options: EnrolOptions) =>
      withEngine(commandSettings(), async (engine) => {
        const request = validated(EnrolMember, enrolment(options));
        const { id, card } = await engine
          .get(MembersService)
          .enrol(request, `r/${options.retailer}`);
        process.stdout.write(`${id}\n`);
        process.stderr.write(`Enrolled with card ${card}.\n`);
      }),
    );
  return command;
}

function enrolment(options: EnrolOptions): object {
  const { card, email, phone, name, consentText, consentAct, consentChannel, consentAt } = options;
  const given = Object.entries({ card, email, phone, name }).filter(
    ([, value]) => value !== undefined,
  );
  const consent = {
    textVersion: consentText,
    act: consentAct,
    channel: consentChannel,
    at: consentAt,
  };
  const hasConsent = Object.values(consent).some((value) => value !== undefined);
  return { ...Object.fromEntries(given), ...(hasConsent ? { consent } : {}) };
}
