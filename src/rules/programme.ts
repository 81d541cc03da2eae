/**
 * A published programme version as the core reads it: every rate parsed to integer millionths,
 * every look-up a Map. `programmes/compile.ts` makes it from the document; nothing changes it.
 */
import type { CapPeriod } from './period.js';

export type Treatment = 'earns' | 'excluded' | 'cash_like' | 'metered' | 'regulated' | 'harmful';

export interface Category {
  code: string;
  name: string;
  treatment: Treatment;
}

/** Points in proportion to eligible spend: `rate` millionths of a point per major unit. */
export interface PerAmountRule {
  kind: 'per_amount';
  id: string;
  name: string;
  rate: bigint;
  /** Earns on these categories only; undefined = on every earning line no other rule names. */
  categories: ReadonlySet<string> | undefined;
}

/** A fixed number of points per purchase, so it carries minimum value, cap and cool-down. */
export interface PerPurchaseRule {
  kind: 'per_purchase';
  id: string;
  name: string;
  points: number;
  /** Eligible spend in minor units from which the rule applies (inclusive). */
  minimumMinor: number;
  cap: { period: CapPeriod; points: number };
  coolDownMs: number;
}

export type EarningRule = PerAmountRule | PerPurchaseRule;

export interface Tier {
  code: string;
  name: string;
  /** Whole qualifying points from which the tier is reached (inclusive). */
  threshold: number;
  /** Millionths; 1_000_000n = no bonus. Never below 1. */
  multiplier: bigint;
}

export type Expiry = { kind: 'none' } | { kind: 'rolling'; months: number };

export type RewardKind = 'product' | 'discount_voucher' | 'experience' | 'donation' | 'status_perk';

export interface Reward {
  code: string;
  name: string;
  kind: RewardKind;
  points: number;
  valueMinor: number;
  /** Index into `tiers`; 0 = everybody. */
  minimumTier: number;
  /** Lower prices for lots accrued before `until`, as long as they are honoured; both exclusive. */
  formerPrices: readonly { points: number; until: number; honouredUntil: number }[];
  /** The shared limit of which each one given out uses 1. */
  stock: string | undefined;
  /** Whether a captured one is on its way until it is delivered. */
  delivered: boolean;
  /** Instants between which it can be had, `until` exclusive. */
  from: number;
  until: number;
}

/** What a redemption of points as tender is called where a reward's code would stand. */
export const TENDER = ':tender';

/** How points pay for a part of a purchase. */
export interface Tender {
  /** Millionths of a minor unit per point. */
  rate: bigint;
  minimumPoints: number;
  /** Points are paid in multiples of these. */
  step: number;
  /** Millionths of the purchase that points may pay at most. */
  maximumShare: bigint;
}

/** What staff may adjust by hand. Limits count whole points, given and taken ones summed. */
export interface StaffLimits {
  reasons: ReadonlyMap<string, { code: string; name: string }>;
  /** Of one staff user in any 24 hours (inclusive). */
  perStaffPerDay: number;
  /** For one member in any 24 hours, by all staff together (inclusive). */
  perMemberPerDay: number;
  /** More points than these need a second person. */
  fourEyesAbove: number;
}

export interface Programme {
  no: number;
  effectiveAt: number;
  code: string;
  name: string;
  currency: string;
  /** Digits of the currency's minor unit: 2 for GBP, 0 for JPY. */
  currencyDigits: number;
  timeZone: string;
  pointName: { one: string; other: string };
  thanks: readonly string[];
  categories: ReadonlyMap<string, Category>;
  /** Whether a line's tax is part of what earns. */
  taxEarns: boolean;
  /** Tender kinds that never earn, so that points and stored value do not earn twice. */
  excludedTenders: ReadonlySet<string>;
  rules: readonly EarningRule[];
  /** Ascending by threshold; the first has threshold 0. */
  tiers: readonly [Tier, ...Tier[]];
  expiry: Expiry;
  returnWindowDays: number;
  rewards: ReadonlyMap<string, Reward>;
  /** Undefined = points do not pay. */
  tender: Tender | undefined;
  holdMs: number;
  /** Days that given back points stay, whose own expiry has passed meanwhile. */
  returnGraceDays: number;
  late: { windowDays: number; older: 'flag' | 'refuse' };
  purchasesBeforeEnrolment: boolean;
  /** Totals of the shared limits, by id: whole numbers of pieces, points or minor units. */
  limits: ReadonlyMap<string, number>;
  staff: StaffLimits;
}
