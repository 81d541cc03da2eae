/** What criteria ask of a member. What was done counts in whole local days before the event's. */
import type { Profile } from '../purchase.js';

export interface SegmentFacts {
  /** Code of the tier the member stands in. */
  tier: string;
  profile: Profile | undefined;
  /** Points the member has, pending and held ones included. */
  balance: number;
  /** Local days since the member joined; 0 = on the event's day. */
  enrolledDays: number;
  /** Code of the retailer who enrolled the member; undefined = none did. */
  enrolledBy: string | undefined;
  /** Among the last days, those with a purchase that counts. */
  purchaseDays: (days: number) => number;
  /** Eligible minor units spent in the last days. */
  spent: (days: number) => number;
  /** Whether anything that earns was bought in the last days. */
  boughtWithin: (days: number) => boolean;
  /** Whether anything that earns was ever bought before the event's day. */
  everBought: () => boolean;
  /** Whether something of a category was bought, ever or in the last days. */
  boughtOf: (category: string, days: number | undefined) => boolean;
}
