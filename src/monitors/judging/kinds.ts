/** What is watched: each monitor, from which figure on it alerts, and why just from there. */

import type { Habits } from '../../ledger/watching/seen.queries.js';

export const monitorNames = [
  'split',
  'bunching',
  'return-after-bonus',
  'stranded',
  'breakage',
  'displacement',
  'referral-pairs',
  'staff-share',
  'staff-favourite',
  'offer-only',
] as const;

export type MonitorName = (typeof monitorNames)[number];

/** From when on a figure alerts. Shares are between 0 and 1. */
export interface Bar {
  /** Cases below which nothing is said. */
  least: number;
  /** A share that is normal anywhere, whatever it is compared with. */
  floor: number;
  /** How many times what it is compared with is normal. */
  factor: number;
  /** A share above which it alerts even where what it is compared with is as high. */
  ceiling: number;
  /** What it is compared with where there is nothing, or too little, to compare. */
  otherwise: number | null;
  /** `sure`: the share must be above it with 99 % confidence; `plain`: it must be above it. */
  by: 'sure' | 'plain';
}

/** Cases from which on an interval says anything; below, 99 % confidence spans half of all shares. */
const FEW = 20;

const bar = (floor: number, factor: number, more: Partial<Bar> = {}): Bar => ({
  least: FEW,
  floor,
  factor,
  ceiling: 0.95,
  otherwise: null,
  by: 'sure',
  ...more,
});

export const bars: Readonly<Record<MonitorName, Bar>> = {
  // Somebody always forgets the milk: one in twenty comes back to the till within the half hour.
  split: bar(0.05, 2),
  // Without a threshold as many are just above an amount as just below it; twice as many is two thirds.
  bunching: bar(2 / 3, 1.25, { otherwise: 0.5 }),
  // Shops take back one in ten of many goods.
  'return-after-bonus': bar(0.1, 2),
  // Half of those who still come have nothing they can ever have.
  stranded: bar(0.5, 1.25),
  // Australia's consumer authority found breakage of up to a tenth (2019); twice that is a business model.
  breakage: bar(0.2, 1.5, { least: 1_000, by: 'plain' }),
  // In any month a part of members halve what they spend, for reasons of their own.
  displacement: bar(0.25, 1.5),
  // Families refer each other and are told apart by the core; one in ten is more than families.
  'referral-pairs': bar(0.1, 2),
  // Where two share the work, four fifths by one of them; half, where more do.
  'staff-share': bar(0.5, 2, { ceiling: 0.8 }),
  'staff-favourite': bar(0.3, 2),
  // Few shop by the calendar of offers alone.
  'offer-only': bar(0.1, 2),
};

/** Days that are looked at, and as many before them to compare with. */
export const WINDOW_DAYS = 28;
/** Days within which a member is expected to reach the cheapest reward, and whose breakage is summed. */
export const YEAR_DAYS = 365;

/** What counts as what; purchases within half an hour of each other fill one basket. */
export const habits: Habits = {
  splitMinutes: 30,
  togetherMinutes: 5,
  togetherTimes: 2,
  frequent: 3,
  yearDays: YEAR_DAYS,
  leastDays: 7,
};

export const isMonitor = (name: string): name is MonitorName =>
  (monitorNames as readonly string[]).includes(name);
