/** Figures in the sentences of findings. */
import { currencyDigits } from '../programmes/laws/currency.js';

/** What says in which currency a programme counts. */
export interface Counting {
  identity: { currency: string };
}

/** An amount of minor units, rounded to whole ones: 1,234.50 GBP. */
export function money({ identity }: Counting, minor: number): string {
  const digits = currencyDigits(identity.currency) ?? 2;
  const major = Math.round(minor) / 10 ** digits;
  const figure = new Intl.NumberFormat('en-GB', {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  }).format(major);
  return `${figure} ${identity.currency}`;
}

/** A share as a percentage with at most one decimal. */
export const percent = (share: number): string => `${figure(share * 100, 1)} %`;

/** A number with at most so many decimals. */
export const figure = (value: number, decimals = 0): string =>
  new Intl.NumberFormat('en-GB', { maximumFractionDigits: decimals }).format(value);
