/** What a programme is held against: what its owner declared, or what is assumed instead. */
import { MILLION, parseRate } from '../rules/points.js';
import { currencyDigits } from '../programmes/laws/currency.js';
import type { ProgrammeDocument } from '../programmes/document.js';

export interface Bounds {
  /** Shares of a purchase, 0 to below 1. */
  giveback: number;
  stacked: number;
  /** Minor units. */
  allowance: number;
  largestBasket: number;
  accounts: number;
  /** Minor units that half of the members spend in a month at least; undefined = not known. */
  medianSpend: number | undefined;
  /** The part of their price for which goods are sold on, by category. */
  resale: ReadonlyMap<string, number>;
  /** Categories of which more is not worth its price. */
  waste: ReadonlySet<string>;
  /** Whether the owner has declared it. */
  declared: boolean;
}

/** Amounts in major units. */
const assumed = {
  giveback: 0.1,
  stacked: 0.25,
  allowance: 50,
  largestBasket: 1_000,
  accounts: 3,
} as const;

export function boundsOf({ bounds, identity }: ProgrammeDocument): Bounds {
  const major = 10 ** (currencyDigits(identity.currency) ?? 2);
  const nothing = { medianSpend: undefined, resale: new Map<string, number>() };
  if (bounds === undefined) {
    const { allowance, largestBasket, ...rest } = assumed;
    const amounts = { allowance: allowance * major, largestBasket: largestBasket * major };
    return { ...rest, ...amounts, ...nothing, waste: new Set(), declared: false };
  }
  const { categories = [] } = bounds;
  return {
    giveback: share(bounds.giveback),
    stacked: share(bounds.stacked),
    allowance: bounds.allowance,
    largestBasket: bounds.largestBasket,
    accounts: bounds.accounts,
    medianSpend: bounds.monthlySpend?.median,
    resale: new Map(categories.map(({ code, resale = '0' }) => [code, share(resale)])),
    waste: new Set(categories.filter(({ useful = '1' }) => share(useful) < 0.5).map(codeOf)),
    declared: true,
  };
}

const share = (text: string): number => Number(parseRate(text) ?? 0n) / Number(MILLION);

const codeOf = ({ code }: { code: string }): string => code;
