/** The closed catalogue of what a rule may ask: of a line, of the whole event, of the member. */
import { isActivity, type ActivityCondition } from './event-conditions/activity.js';
import { isOfAmount, type AmountCondition } from './event-conditions/amount.js';
import { isByChannel, type ChannelCondition } from './event-conditions/channel.js';
import { isAtLocation, type LocationCondition } from './event-conditions/location.js';
import { isOfQuantity, type QuantityCondition } from './event-conditions/quantity.js';
import { isOfRetailer, type RetailerCondition } from './event-conditions/retailer.js';
import { shareOfTenders, type TenderCondition } from './event-conditions/tender.js';
import { isAtTimeOfDay, type TimeOfDayCondition } from './event-conditions/time-of-day.js';
import { isOnWeekday, type WeekdayCondition } from './event-conditions/weekday.js';
import { isOfBrand, type BrandCondition } from './line-conditions/brand.js';
import { isOfCategory, type CategoryCondition } from './line-conditions/category.js';
import {
  isFirstInCategory,
  type FirstInCategoryCondition,
} from './line-conditions/first-in-category.js';
import { isOfSku, type SkuCondition } from './line-conditions/sku.js';
import {
  isInBirthdayMonth,
  type BirthdayMonthCondition,
} from './member-conditions/birthday-month.js';
import { isNthPurchase, type NthPurchaseCondition } from './member-conditions/nth-purchase.js';
import { isLapsed, type LapsedCondition } from './member-conditions/lapsed.js';
import { isOfPersona, type PersonaCondition } from './member-conditions/persona.js';
import { isInSegment, type SegmentCondition } from './member-conditions/segment.js';
import { isInTier, type TierCondition } from './member-conditions/tier.js';
import type { PurchaseLine } from './purchase.js';
import type { Matching, Occasion } from './earning/occasion.js';

export type LineCondition =
  CategoryCondition | SkuCondition | BrandCondition | FirstInCategoryCondition;

export type EventCondition =
  | ActivityCondition
  | AmountCondition
  | BirthdayMonthCondition
  | ChannelCondition
  | LapsedCondition
  | LocationCondition
  | NthPurchaseCondition
  | PersonaCondition
  | QuantityCondition
  | RetailerCondition
  | SegmentCondition
  | TenderCondition
  | TierCondition
  | TimeOfDayCondition
  | WeekdayCondition;

export type Condition = LineCondition | EventCondition;

/** Whether a line is one that the rule is about. */
export function holdsForLine(
  condition: LineCondition,
  line: PurchaseLine,
  occasion: Occasion,
): boolean {
  switch (condition.kind) {
    case 'category':
      return isOfCategory(condition, line);
    case 'sku':
      return isOfSku(condition, line);
    case 'brand':
      return isOfBrand(condition, line);
    case 'first_in_category':
      return isFirstInCategory(condition, line, occasion);
  }
}

/** Whether the event is one that the rule is about, given the lines that are. */
export function holds(
  condition: EventCondition,
  occasion: Occasion,
  matching: Matching,
  ruleNo: number,
): boolean {
  switch (condition.kind) {
    case 'activity':
      return isActivity(condition, occasion);
    case 'amount':
      return isOfAmount(condition, matching);
    case 'birthday_month':
      return isInBirthdayMonth(occasion);
    case 'channel':
      return isByChannel(condition, occasion);
    case 'lapsed':
      return occasion.had?.(ruleNo) ?? isLapsed(condition, occasion);
    case 'location':
      return isAtLocation(condition, occasion);
    case 'nth_purchase':
      return occasion.counts && (occasion.had?.(ruleNo) ?? isNthPurchase(condition, occasion));
    case 'persona':
      return isOfPersona(condition, occasion);
    case 'quantity':
      return isOfQuantity(condition, matching);
    case 'retailer':
      return isOfRetailer(condition, occasion);
    case 'segment':
      return isInSegment(condition, occasion);
    case 'tender':
      return matching.share.numerator > 0;
    case 'tier':
      return isInTier(condition, occasion);
    case 'time_of_day':
      return isAtTimeOfDay(condition, occasion);
    case 'weekday':
      return isOnWeekday(condition, occasion);
  }
}

/** The part of the purchase the rule is about, where it goes by how it was paid. */
export function shareFor(
  conditions: readonly EventCondition[],
  occasion: Occasion,
): Matching['share'] | undefined {
  const tender = conditions.find((each) => each.kind === 'tender');
  return tender === undefined ? undefined : shareOfTenders(tender, occasion);
}
