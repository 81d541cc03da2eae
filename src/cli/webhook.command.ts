import { Command, Option } from 'commander';
import { choosableTypes, type EventType } from '../events/catalogue.js';
import { deliveryStates, type DeliveryState } from '../events/deliveries/deliveries.requests.js';
import { DeliveriesService } from '../events/deliveries/deliveries.service.js';
import { OVERLAP_HOURS_MAX } from '../events/endpoints/endpoints.requests.js';
import { EndpointsService } from '../events/endpoints/endpoints.service.js';
import { endpointView } from '../events/endpoints/endpoints.views.js';
import { commandSettings } from '../platform/config/environment.js';
import { withEngine } from './foundation.launcher.js';
import { instantOf, table, UsageError } from './output.js';

const BY = 'cli';
/** Lines of a log that are read at once. */
const PAGE = 200;

export function webhookCommand(): Command {
  return new Command('webhook')
    .description('look after the endpoints that events are sent to')
    .addCommand(listCommand())
    .addCommand(addCommand())
    .addCommand(rotateCommand())
    .addCommand(logCommand())
    .addCommand(replayCommand());
}

function listCommand(): Command {
  return new Command('list').description('print the endpoints, and how it goes').action(() =>
    withEngine(commandSettings(), async (engine) => {
      const endpoints = (await engine.get(EndpointsService).list()).map(endpointView);
      const rows = endpoints.map((each) => {
        const { id, url, types, state, disabledBecause, lastSuccessAt, failures } = each;
        const because = disabledBecause === null ? state : `${state} (${disabledBecause})`;
        const wants = types.length === 1 ? (types[0] ?? '') : `${String(types.length)} types`;
        const failed = `${String(failures)} failures: ${each.lastProblem ?? ''}`;
        const last = `last success ${lastSuccessAt ?? 'never'}`;
        return [id, because, url, wants, failures === 0 ? last : `${failed}, ${last}`];
      });
      if (rows.length > 0) print(table(rows));
    }),
  );
}

function addCommand(): Command {
  return new Command('add')
    .description('add an endpoint, and print its id and its secret, this once')
    .argument('<url>', 'where events are posted to; https only')
    .option('--types <list>', 'types of events, with commas between them; all when left out')
    .option('--description <text>', 'what it is, for colleagues')
    .addHelpText('after', `\nTypes: ${choosableTypes.join(', ')}`)
    .action((url: string, { types, description }: { types?: string; description?: string }) => {
      const wanted = typesOf(types);
      return withEngine(commandSettings(), async (engine) => {
        const described = description === undefined ? {} : { description };
        const asked = { url, types: wanted, ...described };
        const { endpoint, secret } = await engine.get(EndpointsService).create(asked, BY);
        print(`${endpoint.id}  ${secret}`);
      });
    });
}

function rotateCommand(): Command {
  return new Command('rotate')
    .description('make a new secret of an endpoint, and print it, this once')
    .argument('<id>', 'one of `fealty webhook list`')
    .option(
      '--overlap-hours <hours>',
      'hours for which the one before is signed with as well',
      '24',
    )
    .action((id: string, { overlapHours }: { overlapHours: string }) => {
      const hours = Number(overlapHours);
      if (!/^\d{1,3}$/.test(overlapHours) || hours > OVERLAP_HOURS_MAX) {
        throw new UsageError(`--overlap-hours is a number from 0 to ${String(OVERLAP_HOURS_MAX)}`);
      }
      return withEngine(commandSettings(), async (engine) => {
        const made = await engine.get(EndpointsService).newSecret(id, hours, BY);
        print(made.secret);
        const until = made.oldSecretUntil?.toISOString();
        process.stderr.write(`the one before is good until ${until ?? 'now'}\n`);
      });
    });
}

function logCommand(): Command {
  return new Command('log')
    .description('print what was sent to an endpoint, newest first')
    .argument('<id>', 'one of `fealty webhook list`')
    .addOption(new Option('--state <state>', 'only those').choices(deliveryStates))
    .option('--limit <number>', 'deliveries at most', '50')
    .action((id: string, { state, limit }: { state?: DeliveryState; limit: string }) => {
      const most = Number(limit);
      if (!/^[1-9]\d{0,6}$/.test(limit)) throw new UsageError('--limit is a number from 1 on');
      return withEngine(commandSettings(), (engine) => {
        return printLog(engine.get(DeliveriesService), id, { state, most });
      });
    });
}

/** A page at a time, so that a long log needs little memory. */
async function printLog(
  deliveries: DeliveriesService,
  id: string,
  { state, most }: { state: DeliveryState | undefined; most: number },
): Promise<void> {
  let [left, cursor]: [number, string | null] = [most, null];
  do {
    const page = await deliveries.page(id, {
      ...(state !== undefined && { state }),
      ...(cursor !== null && { cursor }),
      limit: String(Math.min(left, PAGE)),
    });
    const rows = page.items.map((each) => {
      const { event, type, tries, attempts, madeAt } = each;
      const last = attempts.at(-1);
      const answer = last?.problem ?? (last?.status === undefined ? '' : String(last.status));
      return [madeAt, event, type, each.state, `${String(tries)} tries`, answer];
    });
    if (rows.length > 0) print(table(rows));
    left -= page.items.length;
    cursor = page.next;
  } while (cursor !== null && left > 0);
}

interface ReplayOptions {
  event?: string;
  from?: string;
  to?: string;
}

function replayCommand(): Command {
  return new Command('replay')
    .description('send events to an endpoint once more')
    .argument('<id>', 'one of `fealty webhook list`')
    .option('--event <id>', 'one event')
    .option('--from <instant>', 'all that was recorded from then on, such as 2026-06-01T00:00:00Z')
    .option('--to <instant>', 'and before then')
    .addHelpText(
      'after',
      `
Running servers send them.

Examples:
  $ fealty webhook replay 0b9d... --event evp_...
  $ fealty webhook replay 0b9d... --from 2026-06-01T00:00:00Z --to 2026-06-02T00:00:00Z`,
    )
    .action((id: string, { event, from, to }: ReplayOptions) => {
      for (const [name, text] of Object.entries({ from, to })) instantOf(`--${name}`, text);
      const asked = {
        ...(event !== undefined && { event }),
        ...(from !== undefined && { from }),
        ...(to !== undefined && { to }),
      };
      return withEngine(commandSettings(), async (engine) => {
        const deliveries = engine.get(DeliveriesService);
        let cursor: string | null = null;
        let sent = 0;
        do {
          const from: string | null = cursor;
          const page = { ...asked, ...(from !== null && { cursor: from }) };
          const { events, next } = await deliveries.again(id, page, BY);
          sent += events;
          cursor = next;
        } while (cursor !== null);
        print(`${String(sent)} events are on their way`);
      });
    });
}

function typesOf(list: string | undefined): EventType[] {
  const all: readonly EventType[] = choosableTypes;
  if (list === undefined) return [...all];
  return [...new Set(list.split(','))].map((name) => {
    const type = all.find((each) => each === name.trim());
    if (type === undefined) throw new UsageError(`--types: there is no type "${name.trim()}"`);
    return type;
  });
}

const print = (line: string): void => {
  process.stdout.write(`${line}\n`);
};
