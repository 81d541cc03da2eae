/**
 * Currencies of partners: what points are turned into them, and they into points, and how much of
 * it one member may. What is turned is always a whole number on both sides, so nothing is rounded.
 */
import type { Counter } from '../outcome.js';
import { periodStart } from '../period.js';
import { MILLION } from '../points.js';
import { counterKey } from '../state.js';
import { counterOf } from '../transfers/terms.js';

/** So many of one side are so many of the other one. */
export interface Rate {
  give: number;
  get: number;
}

/** The most points of one member, fees included (inclusive). */
export interface ConversionLimits {
  day: number;
  year: number;
  lifetime: number;
}

/** Gives points, gets units. */
export interface OutTerms extends Rate {
  /** Whole points on top of each conversion. */
  fee: number;
  /** Millionths of the points, on top of that. */
  feeShare: bigint;
  minimumPoints: number;
  /** Points are converted in multiples of these. */
  step: number;
  limits: ConversionLimits;
  coolDownMs: number;
  /** How long the partner has to confirm. */
  answerMs: number;
  /** Whether points that no purchase earned are converted too. */
  bonusPoints: boolean;
}

/** Gives units, gets points. */
export interface InTerms extends Rate {
  minimumUnits: number;
  /** Units are converted in multiples of these. */
  step: number;
  limits: ConversionLimits;
}

export interface ForeignCurrency {
  code: string;
  name: string;
  /** Code of the partner whose currency it is. */
  partner: string;
  /** Undefined = points are not turned into it. */
  out: OutTerms | undefined;
  /** Undefined = it is not turned into points. */
  in: InTerms | undefined;
}

/** What so much is turned into; exact in whole steps. */
export function turned({ give, get }: Rate, amount: number): number {
  return Number((BigInt(amount) * BigInt(get)) / BigInt(give));
}

/** What was turned into so much. */
export const before = ({ give, get }: Rate, got: number): number =>
  turned({ give: get, get: give }, got);

/** Whole points on top of what is converted, rounded up. */
export function feeOf(
  { fee, feeShare }: Pick<OutTerms, 'fee' | 'feeShare'>,
  points: number,
): number {
  return fee + Number((BigInt(points) * feeShare + MILLION - 1n) / MILLION);
}

/** What a redemption is called that waits to become units of a currency. */
const PREFIX = ':to/';

export const rewardOf = (currency: string): string => `${PREFIX}${currency}`;

/** Code of the currency that a redemption becomes; undefined = it is no conversion. */
export const currencyOf = (reward: string): string | undefined =>
  reward.startsWith(PREFIX) ? reward.slice(PREFIX.length) : undefined;

/** Units of a currency as an explanation tells them: `300 miles`. */
export const told = (units: number, currency: string): string => `${String(units)} ${currency}`;

type Owned = Pick<ForeignCurrency, 'partner' | 'code'>;

/** Where points go that became units of a currency. */
export const accountOf = ({ partner, code }: Owned): `currency:${string}` =>
  `${accountsOf(partner)}${code}`;

/** What the accounts of all currencies of a partner begin with. */
export const accountsOf = (partner: string): `currency:${string}` => `currency:${partner}/`;

export type Way = 'out' | 'in';

/** Where what a member converts is counted, by the keys of a member's counters. */
export interface ConversionKeys {
  day: string;
  year: string;
  lifetime: string;
  last: string;
}

export function conversionKeys(
  currency: string,
  way: Way,
  timeZone: string,
  at: number,
): ConversionKeys {
  const name = `:${way}/${currency}`;
  return {
    day: counterKey(`${name}/day`, periodStart(timeZone, at, 'day')),
    year: counterKey(`${name}/year`, periodStart(timeZone, at, 'year')),
    lifetime: counterKey(`${name}/lifetime`, 0),
    last: counterKey(`${name}/last`, 0),
  };
}

/** What must be read of a member before a conversion is decided. */
export function conversionCounters(keys: ConversionKeys): Counter[] {
  return Object.values(keys).map((key: string) => counterOf(key, 0));
}

/** Counters once so many points more are converted at an instant. */
export function counted(
  counters: ReadonlyMap<string, number>,
  { day, year, lifetime, last }: ConversionKeys,
  points: number,
  at: number,
): ReadonlyMap<string, number> {
  const used = (key: string): number => (counters.get(key) ?? 0) + points;
  return new Map([
    [day, used(day)],
    [year, used(year)],
    [lifetime, used(lifetime)],
    [last, at],
  ]);
}

/** The first limit that so many points more would pass; `open` are under way already. */
export function overLimit(
  counters: ReadonlyMap<string, number>,
  keys: ConversionKeys,
  limits: ConversionLimits,
  { asked, open }: { asked: number; open: number },
): { limit: number; used: number; asked: number } | undefined {
  for (const period of ['day', 'year', 'lifetime'] as const) {
    const used = (counters.get(keys[period]) ?? 0) + open;
    const limit = limits[period];
    if (used + asked > limit) return { limit, used, asked };
  }
  return undefined;
}
