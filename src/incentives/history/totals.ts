/**
 * Running totals of a replay. They are plain, so that they can be kept between runs, and those of parts
 * add up to those of the whole, in whichever order.
 */
import { nothingLooted, plusLoot, type Looted } from '../adversaries/loose.js';
import { plusSeen, type Prevalence } from '../prevalence/seen.js';
import { merged as mergedSpread, type Spread } from './spread.js';

/** What one programme comes to. Points are billionths where they are bigints, whole ones otherwise. */
export interface SideTotals {
  purchases: number;
  accrued: bigint;
  /** The part of it on goods that the owner wants less of, or that are waste. */
  onHarm: bigint;
  /** Whole points spent on rewards, and that went by expiry. */
  redeemed: number;
  expired: number;
  /** Whole points that members have at the end, and debts. */
  balance: number;
  owed: number;
  /** What was refused, by its code. */
  refused: Record<string, number>;
  tiers: Record<string, number>;
  /** Members just below a better tier. */
  nearTier: number;
  /** Whole points of each member who bought anything, and how many they are a month. */
  points: Spread;
  monthly: Spread;
  /** What each rule and offer paid, and to how many. */
  rules: Record<string, { accrued: bigint; members: number }>;
  /** Members who bought while an offer ran. */
  reached: Record<string, number>;
}

/** Members who are better or worse off, and by how much, in quadrillionths of a minor unit. */
export interface Change {
  members: number;
  value: bigint;
  largest: { memberId: string; value: bigint }[];
}

export interface Totals {
  members: number;
  postings: number;
  /** Members who bought anything in the window, and who did nothing for a year. */
  buyers: number;
  dormant: number;
  /** Purchases that are left out because what was bought is erased. */
  erased: number;
  /** Postings whose points were taken over, by their kind. */
  carried: Record<string, number>;
  /** Members whom the live version leaves with just what the ledger has, and others. */
  asBooked: number;
  otherwise: { members: number; some: string[] };
  live: SideTotals;
  draft: SideTotals;
  gained: Change;
  lost: Change;
  /** Members by tier under both: `silver > gold`. */
  moves: Record<string, number>;
  /** What adversaries made of it, where they were let loose. */
  looted: Looted;
  /** Members who have done what witnesses do, by finding. */
  seen: Prevalence;
}

/** How many members are told by name. */
const NAMED_MAX = 10;

const noSide = (): SideTotals => ({
  purchases: 0,
  accrued: 0n,
  onHarm: 0n,
  redeemed: 0,
  expired: 0,
  balance: 0,
  owed: 0,
  refused: {},
  tiers: {},
  nearTier: 0,
  points: {},
  monthly: {},
  rules: {},
  reached: {},
});

const noChange = (): Change => ({ members: 0, value: 0n, largest: [] });

export const noTotals = (): Totals => ({
  members: 0,
  postings: 0,
  buyers: 0,
  dormant: 0,
  erased: 0,
  carried: {},
  asBooked: 0,
  otherwise: { members: 0, some: [] },
  live: noSide(),
  draft: noSide(),
  gained: noChange(),
  lost: noChange(),
  moves: {},
  looted: nothingLooted(),
  seen: {},
});

/** What is kept under a key; a tier or rule may be called `constructor`. */
export const under = <T>(kept: Readonly<Record<string, T>>, key: string): T | undefined =>
  Object.hasOwn(kept, key) ? kept[key] : undefined;

export function add(counts: Record<string, number>, key: string, more = 1): void {
  counts[key] = (under(counts, key) ?? 0) + more;
}

/** Counts a change of one member in; the largest ones stay named. */
export function changed(change: Change, memberId: string, value: bigint): void {
  change.members += 1;
  change.value += value;
  change.largest = largestOf([...change.largest, { memberId, value }]);
}

export function plus(one: Totals, other: Totals): Totals {
  const { members, some } = other.otherwise;
  return {
    members: one.members + other.members,
    postings: one.postings + other.postings,
    buyers: one.buyers + other.buyers,
    dormant: one.dormant + other.dormant,
    erased: one.erased + other.erased,
    carried: summed(one.carried, other.carried),
    asBooked: one.asBooked + other.asBooked,
    otherwise: {
      members: one.otherwise.members + members,
      some: [...one.otherwise.some, ...some].sort().slice(0, NAMED_MAX),
    },
    live: sides(one.live, other.live),
    draft: sides(one.draft, other.draft),
    gained: changes(one.gained, other.gained),
    lost: changes(one.lost, other.lost),
    moves: summed(one.moves, other.moves),
    looted: plusLoot(one.looted, other.looted),
    seen: plusSeen(one.seen, other.seen),
  };
}

function sides(one: SideTotals, other: SideTotals): SideTotals {
  const rules = { ...one.rules };
  for (const [id, { accrued, members }] of Object.entries(other.rules)) {
    const before = under(rules, id) ?? { accrued: 0n, members: 0 };
    rules[id] = { accrued: before.accrued + accrued, members: before.members + members };
  }
  return {
    purchases: one.purchases + other.purchases,
    accrued: one.accrued + other.accrued,
    onHarm: one.onHarm + other.onHarm,
    redeemed: one.redeemed + other.redeemed,
    expired: one.expired + other.expired,
    balance: one.balance + other.balance,
    owed: one.owed + other.owed,
    refused: summed(one.refused, other.refused),
    tiers: summed(one.tiers, other.tiers),
    nearTier: one.nearTier + other.nearTier,
    points: mergedSpread(one.points, other.points),
    monthly: mergedSpread(one.monthly, other.monthly),
    rules,
    reached: summed(one.reached, other.reached),
  };
}

const changes = (one: Change, other: Change): Change => ({
  members: one.members + other.members,
  value: one.value + other.value,
  largest: largestOf([...one.largest, ...other.largest]),
});

function summed(
  one: Record<string, number>,
  other: Record<string, number>,
): Record<string, number> {
  const all = { ...one };
  for (const [key, more] of Object.entries(other)) add(all, key, more);
  return all;
}

const sizeOf = (value: bigint): bigint => (value < 0n ? -value : value);

/** The largest first, and among equals by id, so that it does not matter who came first. */
function largestOf(all: Change['largest']): Change['largest'] {
  return all
    .sort((a, b) =>
      sizeOf(a.value) === sizeOf(b.value)
        ? a.memberId.localeCompare(b.memberId)
        : Number(sizeOf(b.value) - sizeOf(a.value)),
    )
    .slice(0, NAMED_MAX);
}
