/** Shapes of what the reference model is given and keeps: types alone, nothing that decides. */

/** What the model reads of a programme, as it is published. */
export interface Terms {
  identity: { timeZone: string };
  categories: { code: string; treatment: string }[];
  earningBasis: { tax: string; excludedTenders: string[] };
  earningRules: (PerAmount | PerPurchase)[];
  tiers: { code: string; threshold: number; multiplier: string }[];
  expiry: { kind: string; months?: number };
  returnWindowDays: number;
  rewards: { code: string; points: number; minimumTier?: string }[];
  redemption: { holdMinutes: number };
  lateEvents: { windowDays: number; older: string };
  returns?: { graceDays: number };
  staff?: { perStaffPerDay: number; perMemberPerDay: number };
  purchasesBeforeEnrolment: boolean;
}

interface PerAmount {
  kind: 'per_amount';
  id: string;
  rate: string;
  categories?: string[];
}

export interface PerPurchase {
  kind: 'per_purchase';
  id: string;
  points: number;
  minimumAmount: number;
  cap: { period: 'day' | 'week' | 'month' | 'year' | 'lifetime'; points: number };
  coolDownHours: number;
}

/** Terms that are in force from an instant on. */
export interface Version {
  from: number;
  document: Terms;
}

/** Amounts are minor units of a currency of two digits. */
export interface Basket {
  lines: readonly { category: string; quantity: number; amount: number; tax: number }[];
  tenders: readonly { kind: string; amount: number }[];
}

/** Pieces and money of one line. */
export interface Back {
  line: number;
  quantity: number;
  amount: number;
}

/** A line asked back whole, by pieces, by money, or by both. */
export type AskedBack = Pick<Back, 'line'> & Partial<Back>;

/** What points are for: a purchase by its number, or undefined for a gift of staff. */
export interface Origin {
  of: number | undefined;
  at: number;
  /** From when on its points are available, and it is too late to bring it back. */
  until: number;
  terms: Terms;
}

/** A purchase or a return that was accepted; `of` is the purchase it is or is about. */
export interface Event extends Origin {
  id: number;
  of: number;
  /** In the order of events: when it occurred, or arrived where that decides (R14). */
  place: number;
  basket: Basket;
  back: Back[];
}

/** A purchase with all that came back of it. */
export interface Purchase extends Event {
  /** Billionths by what earned them. */
  items: Map<string, bigint>;
  points: number;
  /** The tier held before it, and the one it was decided at. */
  held: string;
  tier: string;
}

export interface Hold {
  id: number;
  ends: number;
  state: 'held' | 'captured' | 'released' | 'expired' | 'returned';
  /** The purchase it was used on. */
  usedOn: number | undefined;
}

/** What a hold takes of a lot becomes a lot of its own. */
export interface Lot {
  /** Its place among lots that are equal in all else. */
  no: number;
  of: number | undefined;
  accrued: number;
  from: number;
  expires: number;
  left: number;
  hold: Hold | undefined;
}
