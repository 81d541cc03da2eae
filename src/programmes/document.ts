/** Generated from programme.schema.json by `npm run generate:types`; change that instead. */

/**
 * What machines call a thing, the same in every version: 1 to 32 small letters, digits, - and _.
 */
export type Code = string;
/**
 * What members see. 1 to 100 characters.
 */
export type Name = string;
/**
 * ISO 4217 code; a programme has one currency.
 */
export type Currency = string;
export type EarningRule =
  | PerAmountRule
  | PerUnitRule
  | MultiplierRule
  | PerPurchaseRule
  | StepsRule
  | PerActivityRule
  | MeteredReductionRule;
export type Condition =
  | CategoryCondition
  | SkuCondition
  | BrandCondition
  | FirstInCategoryCondition
  | LocationCondition
  | ChannelCondition
  | RetailerCondition
  | WeekdayCondition
  | TimeOfDayCondition
  | AmountCondition
  | QuantityCondition
  | NthPurchaseCondition
  | TierCondition
  | SegmentCondition
  | PersonaCondition
  | BirthdayMonthCondition
  | TenderCondition
  | ActivityCondition
  | LapsedCondition
  | StageCondition;
/**
 * Minor units (inclusive).
 */
export type MinorUnits = number;
/**
 * What must hold for the rule to apply; all of it. Up to 10.
 *
 * @maxItems 10
 */
export type When = Condition[];
/**
 * What machines call a thing, the same in every version: 1 to 32 small letters, digits, - and _.
 */
export type Code1 = string;
/**
 * Whole points, 1 to 10^9.
 */
export type Points = number;
/**
 * The most one member gets; every cap holds. Up to 10.
 *
 * @maxItems 10
 */
export type Caps = Cap[];
/**
 * Hours after an award during which it does not apply again. Up to 8784, a leap year.
 */
export type CoolDownHours = number;
/**
 * What machines call a thing, the same in every version: 1 to 32 small letters, digits, - and _.
 */
export type Code2 = string;
/**
 * Who pays for the points of the rule, and which share; together 1. Without it, whoever pays where the purchase was made. 1 to 10.
 *
 * @minItems 1
 * @maxItems 10
 */
export type Funders = Funder[];
/**
 * Eligible spend that a piece costs at least, in minor units (inclusive).
 */
export type MinorUnits1 = number;
/**
 * What machines call a thing, the same in every version: 1 to 32 small letters, digits, - and _.
 */
export type Code3 = string;
/**
 * What machines call a thing, the same in every version: 1 to 32 small letters, digits, - and _.
 */
export type Code4 = string;
/**
 * Money in minor units of the programme currency, 0 to 10^12.
 */
export type MinorUnits2 = number;
/**
 * What machines call a thing, the same in every version: 1 to 32 small letters, digits, - and _.
 */
export type Code5 = string;
/**
 * Money in minor units of the programme currency, 0 to 10^12.
 */
export type MinorUnits3 = number;
/**
 * What machines call a thing, the same in every version: 1 to 32 small letters, digits, - and _.
 */
export type Code6 = string;
/**
 * Money in minor units of the programme currency, 0 to 10^12.
 */
export type MinorUnits4 = number;
/**
 * What machines call a thing, the same in every version: 1 to 32 small letters, digits, - and _.
 */
export type Code7 = string;
/**
 * What machines call a thing, the same in every version: 1 to 32 small letters, digits, - and _.
 */
export type Code8 = string;
/**
 * What machines call a thing, the same in every version: 1 to 32 small letters, digits, - and _.
 */
export type Code9 = string;
/**
 * Hours after an award during which it does not apply again. Up to 8784, a leap year.
 */
export type CoolDownHours1 = number;
/**
 * Money in minor units of the programme currency, 0 to 10^12.
 */
export type MinorUnits5 = number;
/**
 * Whom an offer is for.
 */
export type Audience =
  AllAudience | TierAudience | PersonaAudience | SegmentAudience | ListAudience;
/**
 * What it pays, in the ways that rules do. Its points never count towards a tier and are never multiplied.
 */
export type OfferPays =
  PaysPerAmount | PaysPerUnit | PaysMultiplied | PaysPerPurchase | PaysSteps | PaysPerActivity;
/**
 * Money in minor units of the programme currency, 0 to 10^12.
 */
export type MinorUnits6 = number;
/**
 * Money in minor units of the programme currency, 0 to 10^12.
 */
export type MinorUnits7 = number;
/**
 * What machines call a thing, the same in every version: 1 to 32 small letters, digits, - and _.
 */
export type Code10 = string;
/**
 * Whole points, 1 to 10^9.
 */
export type Points1 = number;
/**
 * What an offer is to come to.
 */
export type OfferGoal = UptakeGoal | UpliftGoal | PurchasesGoal;
/**
 * What an offer may not go beyond.
 */
export type Guardrail = ReturnShareGuardrail | CostGuardrail | SlotFullGuardrail;
/**
 * Money in minor units of the programme currency, 0 to 10^12.
 */
export type MinorUnits8 = number;
/**
 * What machines call a thing, the same in every version: 1 to 32 small letters, digits, - and _.
 */
export type Code11 = string;
export type PartnerTerms = PrepaidTerms | PostpaidTerms;
/**
 * What members see. 1 to 100 characters.
 */
export type Name1 = string;
export type Criterion =
  | TierCondition
  | PersonaCondition
  | PreferenceCriterion
  | BirthMonthCriterion
  | EnrolledCriterion
  | EnrolledByCriterion
  | PurchasesCriterion
  | SpendCriterion
  | LastPurchaseCriterion
  | BoughtCriterion
  | BalanceCriterion;
/**
 * Whole days of the programme's clock. 1 to 366.
 */
export type Days = number;
/**
 * The time whose counts decide a tier; it is reviewed at the end of each.
 */
export type Window = LifetimeWindow | RollingWindow | CalendarWindow | AnniversaryWindow;
/**
 * How little may be missing to keep a tier at a review: a share of what keeps it, or a number.
 */
export type NearMiss = NearMissShare | NearMissAmount;
/**
 * When points that were not spent go.
 */
export type Expiry = NoExpiry | RollingExpiry | SilentExpiry;
/**
 * Whole points, 1 to 10^9.
 */
export type Points2 = number;
/**
 * Whole points, 1 to 10^9.
 */
export type Points3 = number;
/**
 * Whole points, 1 to 10^9.
 */
export type Points4 = number;
/**
 * Whole points, 1 to 10^9.
 */
export type Points5 = number;
/**
 * Whole points, 1 to 10^9.
 */
export type Points6 = number;
/**
 * Whole points, 1 to 10^9.
 */
export type Points7 = number;
/**
 * Whole points, 1 to 10^9.
 */
export type Points8 = number;
/**
 * Whole points, 1 to 10^9.
 */
export type Points9 = number;
/**
 * Whole points, 1 to 10^9.
 */
export type Points10 = number;
/**
 * Whole points, 1 to 10^9.
 */
export type Points11 = number;
/**
 * Whole points, 1 to 10^9.
 */
export type Points12 = number;
/**
 * Whole points, 1 to 10^9.
 */
export type Points13 = number;
/**
 * Whole points, 1 to 10^9.
 */
export type Points14 = number;
/**
 * Whole points, 1 to 10^9.
 */
export type Points15 = number;
/**
 * Money in minor units of the programme currency, 0 to 10^12.
 */
export type MinorUnits9 = number;
/**
 * What machines call a thing, the same in every version: 1 to 32 small letters, digits, - and _.
 */
export type Code12 = string;
/**
 * Whole points, 1 to 10^9.
 */
export type Points16 = number;
/**
 * Whole points, 1 to 10^9.
 */
export type Points17 = number;
/**
 * Whole points, 1 to 10^9.
 */
export type Points18 = number;
/**
 * Whole points, 1 to 10^9.
 */
export type Points19 = number;
/**
 * Whole points, 1 to 10^9.
 */
export type Points20 = number;
/**
 * Whole points, 1 to 10^9.
 */
export type Points21 = number;
/**
 * Whole points, 1 to 10^9.
 */
export type Points22 = number;
/**
 * Whole points, 1 to 10^9.
 */
export type Points23 = number;
/**
 * Money in minor units of the programme currency, 0 to 10^12.
 */
export type MinorUnits10 = number;
/**
 * Money in minor units of the programme currency, 0 to 10^12.
 */
export type MinorUnits11 = number;
/**
 * Money in minor units of the programme currency, 0 to 10^12.
 */
export type MinorUnits12 = number;
/**
 * Money in minor units of the programme currency, 0 to 10^12.
 */
export type MinorUnits13 = number;
/**
 * What machines call a thing, the same in every version: 1 to 32 small letters, digits, - and _.
 */
export type Code13 = string;

/**
 * A loyalty programme, whole and declarative. Money is in minor units of the programme currency, points are whole numbers, rates are decimal strings.
 */
export interface ProgrammeDocument {
  identity: Identity;
  /**
   * Lines of thanks, one of which goes with every accrual. 1 to 50, each up to 200 characters.
   *
   * @minItems 1
   * @maxItems 50
   */
  thanks: string[];
  /**
   * What is sold, and how it is treated; an undeclared category earns nothing. 1 to 500.
   *
   * @minItems 1
   * @maxItems 500
   */
  categories: Category[];
  earningBasis: EarningBasis;
  /**
   * How points are earned, in the order in which they are explained. 1 to 200.
   *
   * @minItems 1
   * @maxItems 200
   */
  earningRules: EarningRule[];
  /**
   * Groups of rules of which only the best one pays. Up to 50.
   *
   * @maxItems 50
   */
  lanes?: Lane[];
  /**
   * The most one member gets from all rules together. Up to 5.
   *
   * @maxItems 5
   */
  earningCaps?: EarningCap[];
  countedPurchases?: CountedPurchases;
  /**
   * Extra earning for some members for some time, with a budget. Up to 100.
   *
   * @maxItems 100
   */
  offers?: Offer[];
  /**
   * Points that come unannounced with some purchases, by chance and out of a budget. Up to 20.
   *
   * @maxItems 20
   */
  surprises?: Surprise[];
  /**
   * Retailers beside the programme's own; 1 to 500.
   *
   * @minItems 1
   * @maxItems 500
   */
  partners?: Partner[];
  /**
   * Kinds of people members may say that they are. Up to 50.
   *
   * @maxItems 50
   */
  personas?: Persona[];
  /**
   * What members may say that they like, such as kinds of rewards. Up to 50.
   *
   * @maxItems 50
   */
  preferences?: Preference[];
  /**
   * Groups of members, counted live, that rules and reports speak of. Up to 100.
   *
   * @maxItems 100
   */
  segments?: Segment[];
  /**
   * The ladder, lowest tier first. 1 to 20.
   *
   * @minItems 1
   * @maxItems 20
   */
  tiers: Tier[];
  ladder?: Ladder;
  expiry: Expiry;
  inactivity?: Inactivity;
  /**
   * Whose rules of law about points the programme is under, beside those that hold everywhere.
   *
   * @maxItems 2
   */
  jurisdictions?: ('quebec' | 'ontario')[];
  /**
   * Days after a purchase during which its points are pending; they become available at the local midnight that ends the last. 0 = at once, up to 365.
   */
  returnWindowDays: number;
  /**
   * What points buy. Up to 200.
   *
   * @maxItems 200
   */
  rewards: Reward[];
  /**
   * Kinds of coupons: codes that are handed out, each worth points once. Up to 200.
   *
   * @maxItems 200
   */
  coupons?: Coupon[];
  /**
   * The most one member gets of all that is given for nothing that was bought, such as coupons. Up to 5.
   *
   * @maxItems 5
   */
  giftCaps?: EarningCap[];
  redemption: Redemption;
  tender?: Tender;
  lateEvents: LateEvents;
  returns?: Returns;
  /**
   * Whether purchases made before the member joined may still be credited.
   */
  purchasesBeforeEnrolment: boolean;
  staff?: StaffLimits;
  transfers?: Transfers;
  referral?: Referral;
  pointSales?: PointSales;
  /**
   * Currencies of partners that points are turned into, or that are turned into points. Up to 50.
   *
   * @maxItems 50
   */
  conversions?: Conversion[];
  guards?: Guards;
  bounds?: Bounds;
}
/**
 * What the programme is called, and the money and clock it counts in.
 */
export interface Identity {
  code: Code;
  name: Name;
  currency: Currency;
  /**
   * IANA time zone in which days, weeks, months and years begin.
   */
  timeZone: string;
  pointName: PointName;
}
export interface PointName {
  one: Name;
  other: Name;
}
/**
 * A kind of goods, services or charges.
 */
export interface Category {
  code: Code;
  name: Name;
  /**
   * What belongs here. Up to 500 characters.
   */
  description?: string;
  /**
   * Whether lines may earn. Only `earns` does; the others say why not: stored value (`cash_like`), volume of consumption (`metered`), goods whose promotion the law limits (`regulated`), fees and penalties (`harmful`).
   */
  treatment: 'earns' | 'excluded' | 'cash_like' | 'metered' | 'regulated' | 'harmful';
  /**
   * Whether members, and not only the retailer, are better off with more of it.
   */
  desired: 'more' | 'neutral' | 'less';
  /**
   * ISO 18245 merchant category codes, four digits. Up to 50.
   *
   * @maxItems 50
   */
  merchantCategoryCodes: string[];
}
/**
 * What of an amount earns at all.
 */
export interface EarningBasis {
  /**
   * Whether the tax within an amount earns.
   */
  tax: 'included' | 'excluded';
  /**
   * Ways of paying that never earn; the share of a purchase paid so is left out. 1 to 20.
   *
   * @minItems 1
   * @maxItems 20
   */
  excludedTenders: string[];
}
/**
 * Points in proportion to eligible spend. A basic rule that names a category goes before basic rules that name none; one that does not qualify, or is in a lane, comes on top.
 */
export interface PerAmountRule {
  kind: 'per_amount';
  id: Code;
  name: Name;
  /**
   * Points per major unit of currency, a decimal string. 0 to 999999.999999.
   */
  rate: string;
  /**
   * Codes of the categories it earns on; without it, every earning category no rule names. 1 to 500.
   *
   * @minItems 1
   * @maxItems 500
   */
  categories?: Code[];
  /**
   * Whether its points count towards a tier, and are what tiers and multipliers multiply; true when left out.
   */
  qualifies?: boolean;
  when?: When;
  lane?: Code1;
  caps?: Caps;
  coolDownHours?: CoolDownHours;
  funders?: Funders;
}
/**
 * Lines of these categories.
 */
export interface CategoryCondition {
  kind: 'category';
  /**
   * Codes of categories. 1 to 500.
   *
   * @minItems 1
   * @maxItems 500
   */
  categories: Code[];
}
/**
 * Lines of these articles.
 */
export interface SkuCondition {
  kind: 'sku';
  /**
   * The retailer's article numbers. 1 to 500.
   *
   * @minItems 1
   * @maxItems 500
   */
  skus: string[];
}
/**
 * Lines of these brands.
 */
export interface BrandCondition {
  kind: 'brand';
  /**
   * Brands as purchase lines name them. 1 to 500.
   *
   * @minItems 1
   * @maxItems 500
   */
  brands: string[];
}
/**
 * Lines of these categories, if the member has never bought of them before.
 */
export interface FirstInCategoryCondition {
  kind: 'first_in_category';
  /**
   * Codes of categories. 1 to 50.
   *
   * @minItems 1
   * @maxItems 50
   */
  categories: Code[];
}
/**
 * Purchases made at these locations.
 */
export interface LocationCondition {
  kind: 'location';
  /**
   * Locations as purchases name them. 1 to 500.
   *
   * @minItems 1
   * @maxItems 500
   */
  locations: string[];
}
/**
 * Purchases made by these channels.
 */
export interface ChannelCondition {
  kind: 'channel';
  /**
   * Channels as purchases name them, such as store or online. 1 to 20.
   *
   * @minItems 1
   * @maxItems 20
   */
  channels: Code[];
}
/**
 * Purchases from these retailers.
 */
export interface RetailerCondition {
  kind: 'retailer';
  /**
   * Codes of retailers. 1 to 500.
   *
   * @minItems 1
   * @maxItems 500
   */
  retailers: Code[];
}
/**
 * Purchases made on these days of the week, by the programme's clock.
 */
export interface WeekdayCondition {
  kind: 'weekday';
  /**
   * Days of the week. 1 to 7.
   *
   * @minItems 1
   * @maxItems 7
   */
  days: ('monday' | 'tuesday' | 'wednesday' | 'thursday' | 'friday' | 'saturday' | 'sunday')[];
}
/**
 * Purchases made between two times of the day, by the programme's clock.
 */
export interface TimeOfDayCondition {
  kind: 'time_of_day';
  /**
   * First minute, as 17:00.
   */
  from: string;
  /**
   * First minute after it; earlier than the start = on the next day.
   */
  until: string;
}
/**
 * Purchases with at least this much eligible spend on the lines of the rule.
 */
export interface AmountCondition {
  kind: 'amount';
  minimum: MinorUnits;
}
/**
 * Purchases with at least this many pieces on the lines of the rule.
 */
export interface QuantityCondition {
  kind: 'quantity';
  /**
   * Pieces (inclusive).
   */
  minimum: number;
}
/**
 * The member's second purchase, or fifth: only those that count, and those of one local day as one.
 */
export interface NthPurchaseCondition {
  kind: 'nth_purchase';
  /**
   * Which purchases, from 1. 1 to 50 numbers.
   *
   * @minItems 1
   * @maxItems 50
   */
  numbers: number[];
}
/**
 * Members who stand in one of these tiers.
 */
export interface TierCondition {
  kind: 'tier';
  /**
   * Codes of tiers. 1 to 20.
   *
   * @minItems 1
   * @maxItems 20
   */
  tiers: Code[];
}
/**
 * Members in one of these segments when the purchase is decided.
 */
export interface SegmentCondition {
  kind: 'segment';
  /**
   * Codes of segments. 1 to 50.
   *
   * @minItems 1
   * @maxItems 50
   */
  segments: Code[];
}
/**
 * Members of one of these personas when the purchase is decided.
 */
export interface PersonaCondition {
  kind: 'persona';
  /**
   * Codes of personas. 1 to 50.
   *
   * @minItems 1
   * @maxItems 50
   */
  personas: Code[];
}
/**
 * Purchases in the month of the member's birthday.
 */
export interface BirthdayMonthCondition {
  kind: 'birthday_month';
}
/**
 * What of a purchase was paid by these tenders; the rest of it does not earn by the rule.
 */
export interface TenderCondition {
  kind: 'tender';
  /**
   * Kinds of tender. 1 to 20.
   *
   * @minItems 1
   * @maxItems 20
   */
  tenders: string[];
}
/**
 * Activities of these kinds.
 */
export interface ActivityCondition {
  kind: 'activity';
  /**
   * Kinds of activity; a review counts whatever it says. 1 to 5.
   *
   * @minItems 1
   * @maxItems 5
   */
  activities: ('visit' | 'deposit' | 'review' | 'survey' | 'profile')[];
}
/**
 * Members who bought before, but not for some days; a purchase is one of which something earns.
 */
export interface LapsedCondition {
  kind: 'lapsed';
  /**
   * Days of 24 hours without a purchase before this one. 1 to 1830, five years.
   */
  days: number;
}
/**
 * Members of whom nothing was heard for as long as a stage of inactivity takes, or longer.
 */
export interface StageCondition {
  kind: 'stage';
  /**
   * A stage that the programme has; its days are counted as those of `lapsed`.
   */
  stage: 'at_risk' | 'dormant' | 'closed';
}
/**
 * The most one member gets from the rule on one purchase, or in a calendar period of the programme time zone.
 */
export interface Cap {
  /**
   * How long the cap counts; weeks begin on Monday.
   */
  period: 'purchase' | 'day' | 'week' | 'month' | 'year' | 'lifetime';
  points: Points;
  /**
   * Whether each location counts for itself.
   */
  perLocation?: boolean;
}
export interface Funder {
  code: Code2;
  /**
   * The part of the points it pays for, a decimal string. 0.000001 to 1.
   */
  share: string;
}
/**
 * Points per piece of the lines it is about.
 */
export interface PerUnitRule {
  kind: 'per_unit';
  id: Code;
  name: Name;
  /**
   * Points per piece, a decimal string. 0 to 999999.999999.
   */
  rate: string;
  minimumUnitAmount: MinorUnits1;
  when?: When;
  lane?: Code3;
  caps?: Caps;
  coolDownHours?: CoolDownHours;
  funders?: Funders;
}
/**
 * Multiplies the qualifying points of the lines it is about.
 */
export interface MultiplierRule {
  kind: 'multiplier';
  id: Code;
  name: Name;
  /**
   * 2 for double points, a decimal string. 1 to 999.999999.
   */
  by: string;
  when?: When;
  lane?: Code4;
  caps?: Caps;
  coolDownHours?: CoolDownHours;
  funders?: Funders;
}
/**
 * A fixed number of points per purchase of at least `minimumAmount` of eligible spend.
 */
export interface PerPurchaseRule {
  kind: 'per_purchase';
  id: Code;
  name: Name;
  points: Points;
  minimumAmount: MinorUnits2;
  when?: When;
  lane?: Code5;
  caps?: Caps;
  coolDownHours?: CoolDownHours;
  funders?: Funders;
}
/**
 * A fixed number of points by the size of the purchase: those of the highest step it reaches.
 */
export interface StepsRule {
  kind: 'steps';
  id: Code;
  name: Name;
  /**
   * Steps, ascending in amount and points. 1 to 20.
   *
   * @minItems 1
   * @maxItems 20
   */
  steps: Step[];
  when?: When;
  lane?: Code6;
  caps?: Caps;
  coolDownHours?: CoolDownHours;
  funders?: Funders;
}
export interface Step {
  minimumAmount: MinorUnits3;
  points: Points;
}
/**
 * A fixed number of points for something done that is no purchase; it asks for the kind of activity.
 */
export interface PerActivityRule {
  kind: 'per_activity';
  id: Code;
  name: Name;
  points: Points;
  minimumValue?: MinorUnits4;
  when?: When;
  lane?: Code7;
  caps?: Caps;
  coolDownHours?: CoolDownHours;
  funders?: Funders;
}
/**
 * Points per unit of metered consumption saved against the member's own use of the year before a day: never for using.
 */
export interface MeteredReductionRule {
  kind: 'metered_reduction';
  id: Code;
  name: Name;
  category: Code8;
  /**
   * Points per unit saved, up to 6 places.
   */
  rate: string;
  /**
   * Last day of the member's own year that use is held against, in the programme time zone; it is over when the rule is published.
   */
  baselineUntil: string;
  /**
   * Units a household can use in a day at most; a reading that means more is refused. 1 to 1,000,000.
   */
  maximumPerDay: number;
  when?: When;
  caps: Caps;
  funders?: Funders;
  lane?: Code9;
  coolDownHours?: CoolDownHours1;
}
/**
 * Rules that compete: on each line, or for the whole purchase, only the best one pays. Caps and cool-down are the lane's.
 */
export interface Lane {
  code: Code;
  name: Name;
  caps?: Caps;
  coolDownHours?: CoolDownHours;
}
/**
 * The most one member gets from all rules together in a calendar period.
 */
export interface EarningCap {
  /**
   * How long the cap counts; weeks begin on Monday.
   */
  period: 'day' | 'week' | 'month' | 'year' | 'lifetime';
  points: Points;
}
/**
 * Which purchases count when a rule asks for a member's second or fifth. Those of one local day count as one.
 */
export interface CountedPurchases {
  minimumAmount: MinorUnits5;
}
/**
 * Extra earning that comes on top of the rules: for whom, when, what it pays, and what it may cost.
 */
export interface Offer {
  code: Code;
  name: Name;
  funders?: Funders;
  audience: Audience;
  /**
   * First day on which it runs, in the programme time zone: 2026-12-01.
   */
  from?: string;
  /**
   * Last day on which it runs, in the programme time zone: 2026-12-31.
   */
  until?: string;
  /**
   * Whether a member activates it before it pays; false when left out.
   */
  activation?: boolean;
  /**
   * Whether only a coupon activates it, so that members who have none are told nothing of it; false when left out.
   */
  byCoupon?: boolean;
  /**
   * The part of members who get nothing of it, always the same ones, to see what it does; a decimal string up to 0.5.
   */
  holdoutShare?: string;
  when?: When;
  pays: OfferPays;
  lane?: Code10;
  caps?: Caps;
  coolDownHours?: CoolDownHours;
  budget?: Budget;
  /**
   * How many purchases it pays for at a time, so that nobody has to queue. 1 to 4.
   *
   * @minItems 1
   * @maxItems 4
   */
  crowding?: Crowding[];
  /**
   * The most that members who are known to belong together get from it, as long as it runs. 1 to 3.
   *
   * @minItems 1
   * @maxItems 3
   */
  sharedCaps?: SharedCap[];
  goal?: OfferGoal;
  /**
   * What it may not go beyond. 1 to 3.
   *
   * @minItems 1
   * @maxItems 3
   */
  guardrails?: Guardrail[];
  stopRule?: StopRule;
}
/**
 * Every member.
 */
export interface AllAudience {
  kind: 'all';
}
/**
 * Members who stand in one of these tiers.
 */
export interface TierAudience {
  kind: 'tiers';
  /**
   * Codes of tiers. 1 to 20.
   *
   * @minItems 1
   * @maxItems 20
   */
  tiers: Code[];
}
/**
 * Members of one of these personas.
 */
export interface PersonaAudience {
  kind: 'personas';
  /**
   * Codes of personas. 1 to 50.
   *
   * @minItems 1
   * @maxItems 50
   */
  personas: Code[];
}
/**
 * Members in one of these segments.
 */
export interface SegmentAudience {
  kind: 'segments';
  /**
   * Codes of segments. 1 to 50.
   *
   * @minItems 1
   * @maxItems 50
   */
  segments: Code[];
}
/**
 * Members on one of these lists, which staff upload.
 */
export interface ListAudience {
  kind: 'lists';
  /**
   * Codes of uploaded lists. 1 to 50.
   *
   * @minItems 1
   * @maxItems 50
   */
  lists: Code[];
}
/**
 * Points in proportion to eligible spend.
 */
export interface PaysPerAmount {
  kind: 'per_amount';
  /**
   * Points per major unit of currency, a decimal string. 0 to 999999.999999.
   */
  rate: string;
}
/**
 * Points per piece.
 */
export interface PaysPerUnit {
  kind: 'per_unit';
  /**
   * Points per piece, a decimal string. 0 to 999999.999999.
   */
  rate: string;
  minimumUnitAmount: MinorUnits6;
}
/**
 * The qualifying points of its lines, multiplied.
 */
export interface PaysMultiplied {
  kind: 'multiplier';
  /**
   * 2 for double points, a decimal string. 1 to 999.999999.
   */
  by: string;
}
/**
 * A fixed number of points per purchase.
 */
export interface PaysPerPurchase {
  kind: 'per_purchase';
  points: Points;
  minimumAmount: MinorUnits2;
}
/**
 * A fixed number of points by the size of the purchase.
 */
export interface PaysSteps {
  kind: 'steps';
  /**
   * Steps, ascending in amount and points. 1 to 20.
   *
   * @minItems 1
   * @maxItems 20
   */
  steps: Step[];
}
/**
 * A fixed number of points for something done that is no purchase.
 */
export interface PaysPerActivity {
  kind: 'per_activity';
  points: Points;
  minimumValue?: MinorUnits7;
}
/**
 * The most an offer costs, in points, in money, or both. Not a point more is issued; what returns give back can be issued again.
 */
export interface Budget {
  points?: Points1;
  money?: Money;
  /**
   * Minor units that one of its points costs, a decimal string. 0.000001 to 999999.999999.
   */
  pricePerPoint?: string;
}
/**
 * The most it costs, by `pricePerPoint`.
 */
export interface Money {
  amount: MinorUnits2;
  currency: Currency;
}
/**
 * The most purchases that an offer pays for in one hour, or day.
 */
export interface Crowding {
  /**
   * Purchases and activities it pays for. 1 to 10^6.
   */
  grants: number;
  /**
   * Hours and days of the programme's clock.
   */
  per: 'hour' | 'day';
  /**
   * Whether each location counts for itself.
   */
  perLocation?: boolean;
}
/**
 * The most that all members of one household, or with one device or means of payment, get together. Who is not known to share one is one alone.
 */
export interface SharedCap {
  /**
   * By the signals that retailers give at enrolment and with purchases.
   */
  per: 'household' | 'device' | 'payment';
  points: Points;
}
/**
 * So many of the members it is for have used it.
 */
export interface UptakeGoal {
  kind: 'uptake';
  /**
   * A part of these members, a decimal string. 0.000001 to 1.
   */
  share: string;
  /**
   * The day, in the programme time zone, by whose end it is reached: 2026-12-31.
   */
  by: string;
}
/**
 * Members it is for spend so much more than those who are held out, after returns.
 */
export interface UpliftGoal {
  kind: 'uplift';
  perMember: Money1;
  /**
   * The day, in the programme time zone, by whose end it is reached: 2026-12-31.
   */
  by: string;
}
/**
 * How much more each of them spends on average.
 */
export interface Money1 {
  amount: MinorUnits2;
  currency: Currency;
}
/**
 * It has paid for so many purchases.
 */
export interface PurchasesGoal {
  kind: 'purchases';
  /**
   * Purchases. 1 to 1000000000.
   */
  least: number;
  /**
   * The day, in the programme time zone, by whose end it is reached: 2026-12-31.
   */
  by: string;
}
/**
 * How much of what is bought with it comes back.
 */
export interface ReturnShareGuardrail {
  kind: 'return_share';
  /**
   * A part of the money of purchases it paid for, a decimal string. 0.000001 to 1.
   */
  most: string;
}
/**
 * What a purchase costs that would not have been made without it, by what members who are held out buy.
 */
export interface CostGuardrail {
  kind: 'cost_per_purchase';
  most: Money2;
}
/**
 * The most that one costs.
 */
export interface Money2 {
  amount: MinorUnits2;
  currency: Currency;
}
/**
 * How many purchases find its slot full.
 */
export interface SlotFullGuardrail {
  kind: 'slot_full_share';
  /**
   * A part of the purchases that met its conditions, a decimal string. 0.000001 to 1.
   */
  most: string;
}
/**
 * When an offer is looked at, and paused where it fails: its goal is missed, or it goes beyond a guardrail.
 */
export interface StopRule {
  /**
   * The first day on which it is looked at, in the programme time zone; then every day.
   */
  firstLook: string;
  /**
   * Members it has to be for before anything is concluded. 30 to 10000000.
   */
  minimumMembers: number;
  /**
   * The part of the goal that there is to be from the first look on, a decimal string; left out, the goal has time until its day.
   */
  leastShareOfGoal?: string;
}
/**
 * Points that nobody is promised: on some days, drawn for each member, the first large enough purchase gets them.
 */
export interface Surprise {
  code: Code;
  name: Name;
  funders?: Funders;
  audience: Audience;
  /**
   * First day on which it runs, in the programme time zone: 2026-12-01.
   */
  from?: string;
  /**
   * Last day on which it runs, in the programme time zone: 2026-12-31.
   */
  until?: string;
  /**
   * The part of a member's days on which it comes, a decimal string. 0.000001 to 0.5.
   */
  chance: string;
  points: Points;
  minimumAmount: MinorUnits8;
  when?: When;
  /**
   * The most one member gets by it; one of a year or a lifetime is among them. 1 to 5.
   *
   * @minItems 1
   * @maxItems 5
   */
  caps: EarningCap[];
  budget: Budget;
}
/**
 * A retailer beside the programme's own, and on what terms it takes part.
 */
export interface Partner {
  code: Code11;
  /**
   * The retailer's kind; an agent sells the programme's own goods, and what is earned at it is the programme's own.
   */
  kind: 'partner' | 'franchise' | 'agent';
  terms?: PartnerTerms;
  /**
   * Channels through which an agent sells. 1 to 20.
   *
   * @minItems 1
   * @maxItems 20
   */
  channels?: Code[];
  outEarns?: Acceptance;
}
/**
 * Points are paid for in blocks, before anybody earns them.
 */
export interface PrepaidTerms {
  kind: 'prepaid';
  /**
   * Minor units that the partner pays for a point, a decimal string. 0 to 999999.999999.
   */
  price: string;
  /**
   * The part of the points of purchases at it that it pays for, where a rule says nothing else; the rest is the programme's own. A decimal string, 0 to 1; 1 when left out.
   */
  share?: string;
  /**
   * Minor units that the partner is paid for a point redeemed at it, a decimal string; 0 when left out. 0 to 999999.999999.
   */
  redemptionPrice?: string;
  /**
   * What becomes of a purchase at the partner for whose points the block has too little left: `refuse`, and it is not booked; or `queue`, and what the block does not cover waits until the partner has paid.
   */
  whenEmpty: 'refuse' | 'queue';
  /**
   * Points left of the block below which the partner and the staff are alerted. Up to 10^12.
   */
  alertBelow: number;
}
/**
 * Points are paid for afterwards, as the statement of the month says.
 */
export interface PostpaidTerms {
  kind: 'postpaid';
  /**
   * Minor units that the partner pays for a point, a decimal string. 0 to 999999.999999.
   */
  price: string;
  /**
   * The part of the points of purchases at it that it pays for, where a rule says nothing else; the rest is the programme's own. A decimal string, 0 to 1; 1 when left out.
   */
  share?: string;
  /**
   * Minor units that the partner is paid for a point redeemed at it, a decimal string; 0 when left out. 0 to 999999.999999.
   */
  redemptionPrice?: string;
}
/**
 * Who has accepted that purchases at a partner earn more than the programme's own.
 */
export interface Acceptance {
  by: Name1;
  /**
   * Why it is accepted. 1 to 500 characters.
   */
  reason: string;
  /**
   * Last day of the acceptance, in the programme time zone: 2026-12-31. No version starts after it.
   */
  until: string;
}
/**
 * A kind of person that a member may say to be, such as a gardener or a host.
 */
export interface Persona {
  code: Code;
  name: Name;
  /**
   * What members read before they choose it. 1 to 300 characters.
   */
  description?: string;
}
/**
 * Something that a member may say to like.
 */
export interface Preference {
  code: Code;
  name: Name;
}
/**
 * Members of whom all of its criteria hold. What they did counts in whole days of the programme's clock, up to the midnight before.
 */
export interface Segment {
  code: Code;
  name: Name;
  /**
   * Criteria that all hold, each kind once. 1 to 11.
   *
   * @minItems 1
   * @maxItems 11
   */
  all: Criterion[];
}
/**
 * Members who said that they like one of these.
 */
export interface PreferenceCriterion {
  kind: 'preference';
  /**
   * Codes of preferences. 1 to 50.
   *
   * @minItems 1
   * @maxItems 50
   */
  preferences: Code[];
}
/**
 * Members with a birthday in one of these months.
 */
export interface BirthMonthCriterion {
  kind: 'birth_month';
  /**
   * From 1 for January to 12. 1 to 12 months.
   *
   * @minItems 1
   * @maxItems 12
   */
  months: number[];
}
/**
 * Members who joined so many days ago; at least one of the two is said.
 */
export interface EnrolledCriterion {
  kind: 'enrolled';
  /**
   * Days since the member joined, at least. 1 to 36,500.
   */
  atLeastDays?: number;
  /**
   * Days since the member joined, at most; 0 = today. 0 to 36,500.
   */
  atMostDays?: number;
}
/**
 * Members whom one of these retailers enrolled.
 */
export interface EnrolledByCriterion {
  kind: 'enrolled_by';
  /**
   * Codes of retailers. 1 to 200.
   *
   * @minItems 1
   * @maxItems 200
   */
  retailers: Code[];
}
/**
 * Members with so many days on which they made a purchase that counts; at least one of the two numbers is said.
 */
export interface PurchasesCriterion {
  kind: 'purchases';
  days: Days;
  /**
   * Days with such a purchase, at least. 1 to 366.
   */
  atLeast?: number;
  /**
   * Days with such a purchase, at most. 0 to 366.
   */
  atMost?: number;
}
/**
 * Members who spent so much on what earns.
 */
export interface SpendCriterion {
  kind: 'spend';
  days: Days;
  atLeast: MinorUnits2;
}
/**
 * Members who last bought something that earns so many days ago, to win them back or to keep them; at least one of the two is said. Who never did is not among them.
 */
export interface LastPurchaseCriterion {
  kind: 'last_purchase';
  atLeastDays?: Days;
  atMostDays?: Days;
}
/**
 * Members who bought of one of these categories.
 */
export interface BoughtCriterion {
  kind: 'bought';
  /**
   * Codes of categories. 1 to 50.
   *
   * @minItems 1
   * @maxItems 50
   */
  categories: Code[];
  days?: Days;
}
/**
 * Members with so many points, pending and held ones included. No rule that earns may ask for it.
 */
export interface BalanceCriterion {
  kind: 'balance';
  atLeast: Points;
}
/**
 * A rung of the ladder.
 */
export interface Tier {
  code: Code;
  name: Name;
  /**
   * What the ladder counts, from which the tier is reached, inclusive: whole qualifying points unless the ladder says otherwise. Up to 10^9.
   */
  threshold: number;
  /**
   * What points per amount are multiplied by, a decimal string. 1 to 999.999999.
   */
  multiplier: string;
  /**
   * What keeps the tier at a review, counted like the threshold and no more than it. Left out = the threshold.
   */
  keep?: number;
  /**
   * Other ways to reach and keep the tier; any one will do. 1 or 2, each counting something of its own.
   *
   * @minItems 1
   * @maxItems 2
   */
  otherWays?: Way[];
  /**
   * What members of the tier have beside points, with its worth. Up to 30.
   *
   * @maxItems 30
   */
  benefits?: Benefit[];
  /**
   * Codes of tiers of earlier versions whose members stand in this one. Up to 20.
   *
   * @maxItems 20
   */
  replaces?: Code[];
}
/**
 * Another way to reach a tier.
 */
export interface Way {
  /**
   * What it counts.
   */
  metric: 'qualifying_points' | 'spend' | 'purchases';
  /**
   * From which the tier is reached, inclusive: points, minor units, or days. Up to 10^9.
   */
  threshold: number;
  /**
   * What keeps the tier at a review, no more than the threshold. Left out = the threshold.
   */
  keep?: number;
}
/**
 * What members of a tier have beside points.
 */
export interface Benefit {
  code: Code;
  name: Name;
  value: Money3;
  cost?: Money4;
}
/**
 * What it is worth to a member in a year.
 */
export interface Money3 {
  amount: MinorUnits2;
  currency: Currency;
}
/**
 * What it costs the programme in a year for each member.
 */
export interface Money4 {
  amount: MinorUnits2;
  currency: Currency;
}
/**
 * How tiers are reached and kept. Left out = by qualifying points of a lifetime, for good.
 */
export interface Ladder {
  /**
   * What thresholds of tiers count: whole qualifying points, eligible spend in minor units, or days with a counted purchase. Left out = qualifying points.
   */
  metric?: 'qualifying_points' | 'spend' | 'purchases';
  window?: Window;
  nearMiss?: NearMiss;
  /**
   * Months that a tier stays after a review it missed; what is missing can be made up in them. 1 to 11.
   */
  graceMonths?: number;
  /**
   * Days before a review from which a standing says that the tier is at risk. 1 to 365.
   */
  warningDays?: number;
  /**
   * What members are told over the channels they allow: a tier that changed, one that was kept although something was missing, a warning before a review.
   *
   * @minItems 1
   * @maxItems 3
   */
  notices?: ('changed' | 'kept' | 'warning')[];
  /**
   * Whether qualifying points beyond the threshold of the tier held count in the next window.
   */
  rollOver?: boolean;
}
/**
 * All time: a tier is never reviewed.
 */
export interface LifetimeWindow {
  kind: 'lifetime';
}
/**
 * The running month and those before it. A tier is reviewed after as many whole months.
 */
export interface RollingWindow {
  kind: 'rolling';
  /**
   * Calendar months, the running one included. 1 to 36.
   */
  months: number;
}
/**
 * Years, half-years or quarters, one after the other.
 */
export interface CalendarWindow {
  kind: 'calendar';
  /**
   * How long each is.
   */
  period: 'year' | 'half_year' | 'quarter';
  /**
   * Month on whose first day one of them begins. 1 to 12; left out = January.
   */
  startMonth?: number;
}
/**
 * Years that begin on the day of the year on which the member enrolled.
 */
export interface AnniversaryWindow {
  kind: 'anniversary';
}
/**
 * A share of what keeps the tier, whichever way.
 */
export interface NearMissShare {
  kind: 'share';
  /**
   * Per cent. 1 to 50.
   */
  percent: number;
}
/**
 * So much of what the thresholds of tiers count.
 */
export interface NearMissAmount {
  kind: 'amount';
  /**
   * Counted like the thresholds of tiers. Up to 10^9.
   */
  amount: number;
}
export interface NoExpiry {
  kind: 'none';
}
/**
 * Each purchase’s points go a fixed time after it.
 */
export interface RollingExpiry {
  kind: 'rolling';
  /**
   * Calendar months after the purchase; points go at the local midnight that ends the day. 1 to 120.
   */
  months: number;
  notices?: ExpiryNotices;
}
/**
 * When members are told that points go. Without it nobody is told, and no points go.
 */
export interface ExpiryNotices {
  /**
   * Whole days between being told and the day on which points go. 1 to 5 of them, each 1 to 365.
   *
   * @minItems 1
   * @maxItems 5
   */
  daysBefore: number[];
  /**
   * Whole days that a member has after being told; who was told late has them all the same. The smallest of daysBefore when left out.
   */
  leastDays?: number;
  /**
   * Days for which having been told is good: points that go later are told again. For good when left out.
   */
  mostDays?: number;
  /**
   * Whether points go of members whom nobody could reach, as they could see the date in their balance. True when left out.
   */
  lastResort?: boolean;
}
/**
 * Points have no date of their own: all of a member go when nothing was heard of them for so long.
 */
export interface SilentExpiry {
  kind: 'inactivity';
  /**
   * Calendar months without a purchase, return, activity, redemption, coupon or login, and since points came; they go at the local midnight that ends the day. 1 to 120.
   */
  months: number;
  notices?: ExpiryNotices;
}
/**
 * When members who do nothing count as at risk, dormant and closed. A purchase, redemption, coupon or login makes them active at once. Every stage is optional; nobody with points or debts is closed, and closing takes nothing.
 */
export interface Inactivity {
  atRisk?: InactivityStage;
  dormant?: InactivityStage;
  closed?: InactivityStage;
}
/**
 * After how long a silence a stage begins, and what members are told then.
 */
export interface InactivityStage {
  /**
   * Whole local days without a willing act; the stage begins at the midnight that ends the last. 30 to 3,660, ten years.
   */
  afterDays: number;
  notice?: InactivityNotice;
}
/**
 * What members who let themselves be told things are told, once in a silence.
 */
export interface InactivityNotice {
  /**
   * 1 to 100 characters.
   */
  title: string;
  /**
   * 1 to 1,000 characters.
   */
  text: string;
}
export interface Reward {
  code: Code;
  name: Name;
  points: Points;
  value: Money5;
  minimumTier?: Code;
  /**
   * What it is; `product` when left out.
   */
  kind?: 'product' | 'discount_voucher' | 'experience' | 'donation' | 'status_perk';
  /**
   * How many there are in all, those given out included. Without it as many as are asked for. Up to 10^9.
   */
  stock?: number;
  /**
   * First day on which it can be had, in the programme time zone: 2026-12-31.
   */
  from?: string;
  /**
   * Last day on which it can be had, in the programme time zone: 2026-12-31.
   */
  until?: string;
  /**
   * Whether it is delivered after it is captured, and given back if that fails. False when left out.
   */
  delivered?: boolean;
  /**
   * What it cost before it became dearer, for points of that time, oldest first. 1 to 10.
   *
   * @minItems 1
   * @maxItems 10
   */
  formerPrices?: FormerPrice[];
  voucher?: Voucher;
}
/**
 * What it is worth to a member; 0 for thanks that cannot be bought.
 */
export interface Money5 {
  amount: MinorUnits2;
  currency: Currency;
}
/**
 * A lower price that is honoured for points earned while it stood.
 */
export interface FormerPrice {
  points: Points;
  /**
   * Last day on which points could be earned for this price, in the programme time zone.
   */
  until: string;
  /**
   * Last day on which those points may still be redeemed for it.
   */
  honouredUntil: string;
}
/**
 * The terms of a discount voucher: a code that is used once. Without them it is usable for 365 days, everywhere, on any purchase.
 */
export interface Voucher {
  /**
   * Days after it is issued until whose end it can be used. 1 to 3650.
   */
  usableDays: number;
  /**
   * Codes of the retailers that take it; all when left out. 1 to 200.
   *
   * @minItems 1
   * @maxItems 200
   */
  retailers?: Code[];
  minimumPurchase?: MinorUnits2;
  /**
   * What becomes of its points when it lapses unused: they are lost, or back in their lots. `lost` when left out.
   */
  ifUnused?: 'lost' | 'points_back';
}
/**
 * A kind of coupon. Each code of it gives its points once, to one member.
 */
export interface Coupon {
  code: Code;
  name: Name;
  points: Points;
  /**
   * First day on which it can be redeemed, in the programme time zone: 2026-12-31.
   */
  from?: string;
  /**
   * Last day on which it can be redeemed, in the programme time zone: 2026-12-31.
   */
  until: string;
  /**
   * Points that all coupons of the kind give at most, together. 1 to 10^12.
   */
  budget: number;
  /**
   * Coupons of the kind that one member may redeem, ever. 1 to 1000.
   */
  perMember: number;
}
export interface Redemption {
  /**
   * Minutes after which points reserved for a reward are free again. 1 to 43200, thirty days.
   */
  holdMinutes: number;
}
/**
 * How points pay for a part of a purchase. Without it they do not.
 */
export interface Tender {
  /**
   * Minor units that a point pays, a decimal string; what points pay together is rounded down. 0.000001 to 999999.999999.
   */
  rate: string;
  minimumPoints: Points2;
  step: Points3;
  /**
   * The part of a purchase that points may pay, a decimal string. 0.000001 to 1.
   */
  maximumShare: string;
}
/**
 * What happens to purchases that arrive late.
 */
export interface LateEvents {
  /**
   * Days after a purchase within which it is in time. Up to 36500.
   */
  windowDays: number;
  /**
   * Whether an older one is credited and flagged, or refused.
   */
  older: 'flag' | 'refuse';
}
/**
 * What happens to points that are given back with a return.
 */
export interface Returns {
  /**
   * Days that given back points stay whose expiry has passed meanwhile. 1 to 366; 30 when left out.
   */
  graceDays: number;
}
/**
 * What staff may give and take by hand. Amounts are whole points, given and taken ones summed.
 */
export interface StaffLimits {
  /**
   * Why points may be adjusted; every adjustment names one. 1 to 50.
   *
   * @minItems 1
   * @maxItems 50
   */
  reasons: AdjustmentReason[];
  perStaffPerDay: Points4;
  perMemberPerDay: Points5;
  /**
   * An adjustment of more points than these needs a second person. 0 = every one does.
   */
  fourEyesAbove: number;
}
export interface AdjustmentReason {
  code: Code;
  name: Name;
}
/**
 * How members give points to each other. Without it they do not.
 */
export interface Transfers {
  minimumPoints: Points6;
  /**
   * Points the giver pays on top of each transfer; 0 when left out. Up to 10^6.
   */
  fee?: number;
  perDay: Points7;
  perYear: Points8;
  receivedPerYear: Points9;
  /**
   * Hours between two transfers by the same giver. 0 to 8760.
   */
  coolDownHours: number;
  /**
   * Days after they were earned before points can be given. 1 to 3650.
   */
  lotAgeDays: number;
  /**
   * Whether points can be given that no purchase earned: those of activities, adjustments, referrals and other members. False when left out.
   */
  bonusPoints?: boolean;
}
/**
 * What members get for friends who stay: one level, to both, after the friend's second purchase. Without it nothing.
 */
export interface Referral {
  friendPoints: Points10;
  referrerPoints: Points11;
  /**
   * Minor units that earn, which each of the two purchases is worth after returns. 1 to 10^9.
   */
  minimumAmount: number;
  /**
   * Days after enrolment in which a code can be claimed; with 0 at enrolment only. Up to 90.
   */
  claimDays: number;
  /**
   * Days after the claim in which both purchases are made. 1 to 730.
   */
  qualifyDays: number;
  caps: ReferralCaps;
  /**
   * Points in all, never passed. 1 to 10^12.
   */
  budget: number;
  /**
   * Days after payment in which returns that leave fewer than two purchases take it back. 0 to 365.
   */
  takeBackDays: number;
  /**
   * Who gives it back then; both when left out.
   */
  takeBackFrom?: 'both' | 'friend';
  /**
   * First day on which codes can be claimed, in the programme time zone: 2026-12-31.
   */
  from?: string;
  /**
   * Last day on which codes can be claimed, in the programme time zone: 2026-12-31.
   */
  until?: string;
}
/**
 * How many friends one member is paid for.
 */
export interface ReferralCaps {
  /**
   * In a month of the calendar. 1 to 10,000.
   */
  month: number;
  /**
   * In a year of the calendar. 1 to 10,000.
   */
  year: number;
  /**
   * Ever. 1 to 10,000.
   */
  lifetime: number;
}
/**
 * How points are sold. Without it they are not.
 */
export interface PointSales {
  /**
   * Minor units that a point costs, a decimal string; what points cost together is rounded up. 0.000001 to 999999.999999.
   */
  price: string;
  minimumPoints: Points12;
  step: Points13;
  perYear: Points14;
  /**
   * Days in which a sale can be refunded while none of its points is spent. 0 to 365.
   */
  refundDays: number;
  /**
   * Numbers of points that are sold at a price of their own. 1 to 20.
   *
   * @minItems 1
   * @maxItems 20
   */
  packages?: PointPackage[];
}
/**
 * So many points for so much money together.
 */
export interface PointPackage {
  points: Points15;
  price: MinorUnits9;
}
/**
 * A partner's currency, and how it is converted: out, in, or both.
 */
export interface Conversion {
  code: Code;
  name: Name;
  partner: Code12;
  /**
   * Minor units that a unit is worth to whoever has it, a decimal string: what it buys, or what it is sold for if that is more. 0.000001 to 999999.999999.
   */
  unitWorth: string;
  out?: ConversionOut;
  in?: ConversionIn;
}
/**
 * Points for units of the partner's currency.
 */
export interface ConversionOut {
  /**
   * So many points ... 1 to 10^6.
   */
  give: number;
  /**
   * ... are so many units. 1 to 10^6.
   */
  get: number;
  /**
   * Points the member pays on top of each conversion; 0 when left out. Up to 10^6.
   */
  fee?: number;
  /**
   * Share of the points that the member pays on top of that, a decimal string below 1; rounded up to whole points. 0 when left out.
   */
  feeShare?: string;
  minimumPoints: Points16;
  step: Points17;
  limits: ConversionLimits;
  /**
   * Hours between two conversions of the same member. 0 to 8760.
   */
  coolDownHours: number;
  /**
   * Hours in which the partner confirms, or the points are there again. 1 to 720.
   */
  answerHours: number;
  /**
   * Whether points that no purchase earned are converted too; no when left out.
   */
  bonusPoints?: boolean;
}
/**
 * The most points of one member that a conversion turns, fees included.
 */
export interface ConversionLimits {
  day: Points18;
  year: Points19;
  lifetime: Points20;
}
/**
 * Units of the partner's currency for points, which the partner pays for by its terms.
 */
export interface ConversionIn {
  /**
   * So many units ... 1 to 10^6.
   */
  give: number;
  /**
   * ... are so many points. 1 to 10^6.
   */
  get: number;
  minimumUnits: Points21;
  step: Points22;
  limits: ConversionLimits;
}
/**
 * What the programme looks out for while it runs.
 */
export interface Guards {
  basketWindow?: BasketWindow;
  /**
   * What comes in faster than people shop is withheld for a while. Up to 4.
   *
   * @maxItems 4
   */
  velocity?: VelocityGuard[];
}
/**
 * How long purchases of a member are one basket: for fixed points of rules the best of them counts, later ones get only what is missing to it. A longer cool-down is the basket of its rule.
 */
export interface BasketWindow {
  /**
   * Looking back from each purchase; 60 to 1440. No rule for purchases has a shorter cool-down, and none needs one of its own.
   */
  minutes: number;
}
/**
 * An event that brings a member above the most in an hour or day earns points that are pending for longer.
 */
export interface VelocityGuard {
  /**
   * Events that earn, or what they earn.
   */
  counts: 'purchases' | 'points';
  most: Points23;
  /**
   * Of the programme's clock.
   */
  per: 'hour' | 'day';
  /**
   * From when the event becomes known; a return window that is longer goes before. 1 to 720.
   */
  holdHours: number;
}
/**
 * What the owner means the programme to cost and whom it faces: what an audit of incentives holds it against. It decides nothing.
 */
export interface Bounds {
  /**
   * The largest share of a purchase that rules give back, valued by the best reward; below 1.
   */
  giveback: string;
  /**
   * The same with every offer and surprise on top; no less than giveback, below 1.
   */
  stacked: string;
  allowance: MinorUnits10;
  largestBasket: MinorUnits11;
  /**
   * Memberships that one person can open in a year, by all their addresses.
   */
  accounts: number;
  monthlySpend?: MonthlySpend;
  /**
   * What is known of goods; those left out are as useful as they cost, and nobody buys them back.
   *
   * @maxItems 100
   */
  categories?: BoundedCategory[];
}
/**
 * What members spend in a month on what earns, in minor units.
 */
export interface MonthlySpend {
  median: MinorUnits12;
  low: MinorUnits13;
}
/**
 * How useful the goods of a category are, and what somebody else pays for them.
 */
export interface BoundedCategory {
  code: Code13;
  /**
   * Which part of the price is worth it to whoever buys more of it; 1 where left out, 0 is waste.
   */
  useful?: string;
  /**
   * Which part of the price comes back by selling it on; 0 where left out, 1 is as good as cash.
   */
  resale?: string;
  /**
   * Whether it is the programme's own trade; true where left out.
   */
  ownBrand?: boolean;
}
