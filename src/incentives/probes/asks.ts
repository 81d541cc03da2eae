/** What one rule asks of the circumstances, and what several do at once. */
import type { Condition, EarningRule } from '../../programmes/document.js';
import type { Programme } from '../../rules/programme.js';
import type { Circumstances } from '../world/step.js';
import type { Domain, Turn } from './domain.js';
import { isTime } from './times.js';

type Key = keyof Circumstances;

/** Values that will do, the first of which is taken, by what they are values of. */
export type Asks = ReadonlyMap<Key, readonly unknown[]>;

/** Of these as much as any rule asks for will do for all of them. */
const least: ReadonlySet<Key> = new Set(['pieces', 'silentDays']);

/** What a rule asks for, and when of all instants of a domain it may pay; undefined = never. */
export function asksOf(
  { timeZone, offers }: Programme,
  { instants }: Domain,
  { id, when = [] }: EarningRule,
): Asks | undefined {
  const offer = [...offers.values()].find(({ code }) => code === id);
  const { from = -Infinity, until = Infinity } = offer ?? {};
  const open = instants.filter((at) => from <= at && at < until && isTime(timeZone, when, at));
  if (open.length === 0) return undefined;
  const times: Asks = open.length === instants.length ? new Map() : new Map([['at', open]]);
  return when.reduce<Asks | undefined>((asks, each) => asks && together(asks, asked(each)), times);
}

/** What both ask for; undefined = it cannot be. */
export function together(one: Asks, other: Asks): Asks | undefined {
  const both = new Map(one);
  for (const [key, values] of other) {
    const known = both.get(key);
    const next =
      known === undefined
        ? values
        : least.has(key)
          ? [Math.max(Number(known[0]), Number(values[0]))]
          : known.filter((value) => values.includes(value));
    if (next.length === 0) return undefined;
    both.set(key, next);
  }
  return both;
}

/**
 * The circumstances that the conditions of one rule ask for, as far as they say. Rules that ask for a
 * stage come with its days of silence in its place.
 */
export const askedBy = (conditions: readonly Condition[]): Turn =>
  conditions.reduce<Turn>((turn, condition) => ({ ...turn, ...turnOf(asked(condition)) }), {});

export const turnOf = (asks: Asks): Turn =>
  Object.fromEntries([...asks].map(([key, [value]]) => [key, value]));

function asked(condition: Condition): Asks {
  switch (condition.kind) {
    case 'location':
      return new Map([['location', condition.locations]]);
    case 'channel':
      return new Map([['channel', condition.channels]]);
    case 'retailer':
      return new Map([['retailer', condition.retailers]]);
    case 'tender':
      return new Map([['tender', condition.tenders]]);
    case 'sku':
      return new Map([['sku', condition.skus]]);
    case 'brand':
      return new Map([['brand', condition.brands]]);
    case 'persona':
      return new Map([['persona', condition.personas]]);
    case 'quantity':
      return new Map([['pieces', [condition.minimum]]]);
    case 'birthday_month':
      return new Map([['birthday', [true]]]);
    case 'segment':
      return new Map([['segments', [true]]]);
    case 'nth_purchase':
      return new Map([['ordinal', condition.numbers]]);
    case 'lapsed':
      return new Map([['silentDays', [condition.days]]]);
    case 'category':
    case 'first_in_category':
    case 'amount':
    case 'activity':
    case 'stage':
    case 'tier':
    case 'weekday':
    case 'time_of_day':
      return new Map();
  }
}
