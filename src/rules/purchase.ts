/** What a member did, as the core reads it. Money is in minor units. */
import type { Groups, OfferStandings } from './offers/member-offers.js';

export interface PurchaseLine {
  category: string;
  quantity: number;
  /** What the member pays for the line, in minor units, discounts already taken off. */
  amount: number;
  /** Tax contained in `amount`, in minor units. */
  tax: number;
  sku?: string | undefined;
  brand?: string | undefined;
  description?: string | undefined;
  merchantCategoryCode?: string | undefined;
}

export interface Purchase {
  lines: readonly PurchaseLine[];
  /** How it was paid; empty = by tenders that earn. */
  tenders: readonly { kind: string; amount: number }[];
  merchantCategoryCode?: string | undefined;
  location?: string | undefined;
  channel?: string | undefined;
  /** Code of the retailer that posted it. */
  retailer?: string | undefined;
  /** What was done instead, where it is no purchase. */
  activity?: Activity | undefined;
  /** What the engine knew of the member when it was decided. */
  traits?: Traits | undefined;
}

/** Something a member does that is no purchase. */
export interface Activity {
  kind: string;
  /** Minor units that were deposited, or what else the kind is about. */
  value?: number | undefined;
  /** What a meter reading is about, and the whole units on the meter. */
  category?: string | undefined;
  reading?: number | undefined;
}

/** What a member says of themselves. */
export interface Profile {
  /** Code of one of the programme's personas. */
  persona: string | undefined;
  /** 1 to 12. */
  birthMonth: number | undefined;
  /** Codes of what the programme lets members like. */
  preferences: readonly string[];
}

export interface Traits {
  /** How the member stands with offers that ask for something, or are paused, by their codes. */
  offers?: OfferStandings | undefined;
  segments?: readonly string[] | undefined;
  groups?: Groups | undefined;
  persona?: string | undefined;
  /** 1 to 12. */
  birthMonth?: number | undefined;
}
