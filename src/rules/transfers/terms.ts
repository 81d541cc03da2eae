/** How members give points to each other, and what of it is counted. */
import { periodStart } from '../period.js';
import type { Counter } from '../outcome.js';
import { counterKey } from '../state.js';

/** All points are whole ones; limits are inclusive. */
export interface TransferTerms {
  /** The fewest points given at a time. */
  minimumPoints: number;
  /** Points that the giver pays on top of each transfer; 0 = none. */
  fee: number;
  /** The most one member gives on a local day, and in a calendar year. */
  perDay: number;
  perYear: number;
  /** The most one member receives in a calendar year. */
  receivedPerYear: number;
  /** Between two transfers by the same giver. */
  coolDownMs: number;
  /** Points younger than this are not given. */
  lotAgeMs: number;
  /** Whether points that no purchase earned may be given too. */
  bonusPoints: boolean;
}

const GIVEN = ':transfers/given';
const GIVEN_YEAR = ':transfers/given-year';
const RECEIVED_YEAR = ':transfers/received-year';
const LAST = ':transfers/last';

/** Where the transfers of one instant are counted, by the keys of a member's counters. */
export interface TransferKeys {
  day: string;
  year: string;
  received: string;
  last: string;
}

export function transferKeys(timeZone: string, at: number): TransferKeys {
  const year = periodStart(timeZone, at, 'year');
  return {
    day: counterKey(GIVEN, periodStart(timeZone, at, 'day')),
    year: counterKey(GIVEN_YEAR, year),
    received: counterKey(RECEIVED_YEAR, year),
    last: counterKey(LAST, 0),
  };
}

/** What must be read of giver and receiver before a transfer is decided. */
export function transferCounters(timeZone: string, at: number): Counter[] {
  const { day, year, received, last } = transferKeys(timeZone, at);
  return [day, year, received, last].map((key) => counterOf(key, 0));
}

/** A counter by the key it has among a member's counters. */
export function counterOf(key: string, used: number): Counter {
  const cut = key.lastIndexOf('@');
  return { counter: key.slice(0, cut), periodStart: Number(key.slice(cut + 1)), used };
}
