/** How many are let through in how many seconds, counted from the first. */
export interface Rate {
  count: number;
  seconds: number;
}

/**
 * What each caller may ask of one replica. `people` are members and staff, who read and write at the
 * pace of people; `public` counts by client address what needs no credential, or shows none that
 * counts. `bulk` counts streams, not lines: those wait for the ledger instead.
 */
export const routeRates = {
  reads: '50000/1',
  writes: '10000/1',
  people: '1000/1',
  bulk: '1000/10',
  heavy: '600/60',
  public: '1000/1',
} as const;

/** What may be guessed wrongly of all replicas together; `ByPeople` is for members and staff. */
export const guessRates = {
  credential: '10/900',
  address: '100/900',
  lookups: '6000/600',
  lookupsByPeople: '100/600',
  vouchers: '100/60',
  vouchersByPeople: '10/3600',
} as const;

export type RouteClass = keyof typeof routeRates;
export type GuessKind = keyof typeof guessRates;

export type Rates<Name extends string> = Readonly<Record<Name, Rate | undefined>>;

const COUNT_MAX = 1_000_000;

/** A rate as settings spell it, such as `5000/1`; undefined when it is none. */
export function parseRate(text: string, secondsMax: number): Rate | undefined {
  const [, count, seconds] = /^([1-9]\d{0,6})\/([1-9]\d{0,4})$/.exec(text) ?? [];
  const rate = { count: Number(count), seconds: Number(seconds) };
  return rate.count <= COUNT_MAX && rate.seconds <= secondsMax ? rate : undefined;
}

/** `lookupsByPeople` as a setting spells it. */
export const settingName = (prefix: string, name: string): string =>
  `${prefix}_${name.replaceAll(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`;
