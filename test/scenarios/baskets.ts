/** What is bought in a scenario, as the core reads it. */
import type { Groups } from '../../src/rules/offers/member-offers.js';
import type { Purchase, PurchaseLine, Traits } from '../../src/rules/purchase.js';

export type Basket = Record<string, number | string | LineWords | LineWords[]>;

interface LineWords {
  /** Major units. */
  amount: number | string;
  quantity?: number;
  tax?: number | string;
  sku?: string;
  brand?: string;
  description?: string;
  merchantCategoryCode?: string;
}

/** What a step says of a purchase or an activity. */
export interface Happens {
  /** Amounts by category. */
  buys?: Basket;
  /** A kind of activity. */
  does?: string;
  /** What a meter shows, by its category. */
  reads?: Record<string, number>;
  /** What the activity is about, in major units. */
  worth?: number;
  location?: string;
  channel?: string;
  retailer?: string;
  /** Amounts by kind of tender. */
  paidBy?: Record<string, number | string>;
  /** What the engine knows of the member then. */
  traits?: Traits;
  /** What the retailer says the member is of. */
  groups?: Groups;
  /** Uploaded lists that the member is on then. */
  lists?: string[];
  /** What is drawn for surprises, from 0 to just below 1, by their codes. */
  luck?: Record<string, number>;
}

export function purchaseOf({
  buys = {},
  does,
  reads,
  worth,
  paidBy = {},
  ...step
}: Happens): Purchase {
  const lines = Object.entries(buys).flatMap(([category, words]) =>
    (Array.isArray(words) ? words : [words]).map((line) => lineOf(category, line)),
  );
  const tenders = Object.entries(paidBy).map(([kind, amount]) => ({ kind, amount: minor(amount) }));
  const { location, channel, retailer = 'shop', traits } = step;
  const [category, reading] = Object.entries(reads ?? {})[0] ?? [];
  const kind = reads === undefined ? does : 'meter_reading';
  const value = minor(worth ?? 0);
  const activity = kind === undefined ? undefined : { kind, value, category, reading };
  return { lines, tenders, location, channel, retailer, traits, activity };
}

function lineOf(category: string, words: number | string | LineWords): PurchaseLine {
  const line = typeof words === 'object' ? words : { amount: words };
  const { amount, tax = 0, quantity = 1, ...rest } = line;
  return { category, quantity, amount: minor(amount), tax: minor(tax), ...rest };
}

/** Pence of pounds. */
export function minor(amount: number | string): number {
  const pence = Math.round(Number(amount) * 100);
  if (Math.abs(pence - Number(amount) * 100) > 1e-6) throw new Error(`${amount} is no money.`);
  return pence;
}
