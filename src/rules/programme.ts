/**
 * A published programme version as the core reads it: every rate parsed to integer millionths,
 * every look-up a Map. `programmes/compile.ts` makes it from the document; nothing changes it.
 */
import type { EventCondition, LineCondition } from './conditions.js';
import type { StageTerms } from './inactivity/terms.js';
import type { Expiry } from './expiry/terms.js';
import type { Benefit, Ladder, Way } from './ladder.js';
import type { Persona } from './member-conditions/persona.js';
import type { Offers } from './offers/offer.js';
import type { Partners } from './partners/terms.js';
import type { MeteredTerms } from './metered/terms.js';
import type { StaffLimits } from './limits.js';
import type { CapPeriod } from './period.js';
import type { ReferralTerms } from './referrals/terms.js';
import type { SaleTerms } from './sales/terms.js';
import type { ForeignCurrency } from './conversions/terms.js';
import type { TransferTerms } from './transfers/terms.js';
import type { Segments } from './segments/segment.js';
import type { Coupon } from './gifts/coupon.js';
import type { VelocityGuard } from './velocity/withhold.js';
import type { VoucherTerms } from './vouchers.js';

export type Treatment = 'earns' | 'excluded' | 'cash_like' | 'metered' | 'regulated' | 'harmful';

export interface Category {
  code: string;
  name: string;
  treatment: Treatment;
}

/** The most one member gets in a calendar period of the programme, or from one purchase. */
export interface Cap {
  period: CapPeriod | 'purchase';
  points: number;
  /** Counts each location of its own. */
  perLocation: boolean;
}

interface RuleBase {
  id: string;
  name: string;
  /** All must hold. */
  lineConditions: readonly LineCondition[];
  eventConditions: readonly EventCondition[];
  /** Whether its points count towards a tier, and are what multipliers and tiers multiply. */
  qualifies: boolean;
  /** Code of the lane in which it competes. */
  lane: string | undefined;
}

/** Points in proportion to eligible spend: `rate` millionths of a point per major unit. */
export interface PerAmountRule extends RuleBase {
  kind: 'per_amount';
  rate: bigint;
  /** Earns on these categories only; undefined = on every earning line no other rule names. */
  categories: ReadonlySet<string> | undefined;
}

/** Points per piece: `rate` millionths of a point for each that costs enough. */
export interface PerUnitRule extends RuleBase {
  kind: 'per_unit';
  rate: bigint;
  /** Eligible minor units that a piece costs at least (inclusive). */
  minimumUnitMinor: number;
}

/** What qualifying points are multiplied by: `by` millionths, above 1. */
export interface MultiplierRule extends RuleBase {
  kind: 'multiplier';
  by: bigint;
}

/** A fixed number of points per purchase, so it carries minimum value, cap and cool-down. */
export interface PerPurchaseRule extends RuleBase {
  kind: 'per_purchase';
  points: number;
  /** Eligible spend in minor units from which the rule applies (inclusive). */
  minimumMinor: number;
}

/** A fixed number of points by the size of the purchase: those of the highest step it reaches. */
export interface StepsRule extends RuleBase {
  kind: 'steps';
  /** Ascending in both. */
  steps: readonly { minimumMinor: number; points: number }[];
}

/** A fixed number of points for something done that is no purchase. */
export interface PerActivityRule extends RuleBase {
  kind: 'per_activity';
  points: number;
  /** Minor units that the activity must be worth (inclusive); 0 for what has no value. */
  minimumMinor: number;
}

export type EarningRule =
  | PerAmountRule
  | PerUnitRule
  | MultiplierRule
  | PerPurchaseRule
  | StepsRule
  | PerActivityRule
  | (RuleBase & MeteredTerms);

/**
 * Rules that share caps and cool-down: a lane, of which the best rule pays; the basic rates; or a
 * rule alone.
 */
export interface Group {
  /** The rule's id, or the lane's: what its counters are called after. */
  id: string;
  /** Whether only the best of its rules pays, on each line or for the whole purchase. */
  competes: boolean;
  /** `amount` and `multiplier` pay by line, `event` once a purchase. */
  level: 'amount' | 'multiplier' | 'event';
  /** Places in `rules`, ascending. */
  rules: readonly number[];
  caps: readonly Cap[];
  coolDownMs: number;
  /** Whether purchases within the cool-down are one basket instead of having to wait. */
  topsUp: boolean;
}

export interface Tier {
  code: string;
  name: string;
  /** From which the tier is reached (inclusive): whole points, minor units, or days. */
  threshold: number;
  /** Millionths; 1_000_000n = no bonus. Never below 1. */
  multiplier: bigint;
  /** Any one of them will do; the first counts the ladder's own metric. */
  ways: readonly [Way, ...Way[]];
  benefits: readonly Benefit[];
  /** Codes of tiers of earlier versions whose members stand in this one. */
  replaces: readonly string[];
}

/** Kinds of conditions about what is known of the member beside the ledger. */
export type Asked = 'persona' | 'birthday_month';

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
  /** Undefined = it is no voucher. */
  voucher: VoucherTerms | undefined;
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
  /** Every rule is in one group. */
  groups: readonly Group[];
  /** The most one member gets from all rules together. */
  memberCaps: readonly Cap[];
  velocity: readonly VelocityGuard[];
  /** Eligible minor units from which a purchase counts in the order of a member's purchases. */
  countedMinor: number | undefined;
  /** Categories whose first purchase is remembered. */
  firsts: ReadonlySet<string>;
  /** By the places of the rules that they are. */
  offers: Offers;
  /** Days without a purchase that a rule asks for at most; 0 = none does. */
  lapsedDays: number;
  /** What rules ask of members themselves, so that nothing else is read or kept. */
  asks: ReadonlySet<Asked>;
  segments: Segments;
  personas: ReadonlyMap<string, Persona>;
  /** Names of what members may like, by their codes. */
  preferences: ReadonlyMap<string, { code: string; name: string }>;
  /** Ascending by threshold; the first has threshold 0. */
  tiers: readonly [Tier, ...Tier[]];
  ladder: Ladder;
  /** The version before. */
  earlier: Programme | undefined;
  expiry: Expiry;
  returnWindowDays: number;
  /** Ascending by days. */
  inactivity: readonly StageTerms[];
  rewards: ReadonlyMap<string, Reward>;
  /** By their codes. */
  coupons: ReadonlyMap<string, Coupon>;
  /** The most one member gets of all gifts together. */
  giftCaps: readonly Cap[];
  /** Undefined = points do not pay. */
  tender: Tender | undefined;
  holdMs: number;
  /** Days that given back points stay, whose own expiry has passed meanwhile. */
  returnGraceDays: number;
  late: { windowDays: number; older: 'flag' | 'refuse' };
  purchasesBeforeEnrolment: boolean;
  /** Totals of the shared limits, by id: whole numbers of pieces, points or minor units. */
  limits: ReadonlyMap<string, number>;
  /** How many of what a limit counts are one of what people count; 1 where it is not said. */
  grains: ReadonlyMap<string, number>;
  staff: StaffLimits;
  /** Undefined = nobody is paid for friends. */
  referral: ReferralTerms | undefined;
  /** Undefined = points are not sold. */
  pointSales: SaleTerms | undefined;
  /** Undefined = members do not give each other points. */
  transfers: TransferTerms | undefined;
  conversions: ReadonlyMap<string, ForeignCurrency>;
  partners: Partners;
}
