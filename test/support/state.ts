import type { AccrueAction } from '../../src/rules/actions/accrue.js';
import type { Purchase, PurchaseLine } from '../../src/rules/purchase.js';
import type { Versions } from '../../src/rules/earning/timeline.js';
import type { Programme } from '../../src/rules/programme.js';
import type { Outcome, PostingDraft } from '../../src/rules/outcome.js';
import type { Lot, MemberState } from '../../src/rules/state.js';

/** Noon in London on a Tuesday in June: no clock change is near. */
export const NOON = Date.UTC(2026, 5, 16, 11);
export const MINUTE = 60_000;
export const HOUR = 3_600_000;
export const DAY = 86_400_000;

/** A member without postings, for whom lots and redemptions were read. */
export function aMember(overrides: Partial<MemberState> = {}): MemberState {
  return {
    memberId: '0a1b2c3d-0000-4000-8000-000000000000',
    status: 'active',
    enrolledAt: 0,
    version: 0,
    points: 0,
    held: 0,
    owed: 0,
    pending: 0,
    qualifying: 0n,
    remainder: 0n,
    tier: '',
    changesAt: null,
    newestAt: null,
    heardAt: overrides.newestAt ?? null,
    lots: [],
    redemptions: [],
    counters: new Map(),
    ...overrides,
  };
}

/** A lot of 100 points that can be spent at once and never expires. */
export function aLot(overrides: Partial<Lot> = {}): Lot {
  const { amount = 100 } = overrides;
  return {
    seq: 1,
    n: 0,
    funder: 'own',
    accruedAt: NOON,
    availableFrom: NOON,
    expiresAt: null,
    amount,
    remaining: amount,
    held: 0,
    ...overrides,
  };
}

/** A line of a category that earns in `aProgramme`, without tax. */
export function aLine(amount: number, overrides: Partial<PurchaseLine> = {}): PurchaseLine {
  return { category: 'home', quantity: 1, tax: 0, ...overrides, amount };
}

/** A purchase of lines, or of `home` lines of these amounts in minor units. */
export function aPurchase(
  lines: readonly (PurchaseLine | number)[],
  tenders: Purchase['tenders'] = [],
): Purchase {
  const made = lines.map((line) => (typeof line === 'number' ? aLine(line) : line));
  return { lines: made, tenders };
}

/** Accrues a purchase when it occurs; `occurredAt` alone makes it arrive later. */
export function anAccrual(
  purchase: Purchase,
  when: { at?: number; occurredAt?: number } = {},
): AccrueAction {
  const { at = NOON } = when;
  return { kind: 'accrue', at, occurredAt: when.occurredAt ?? at, purchase, versions: noVersions };
}

/** For events in time, which need no other version than the one that decides them. */
export const noVersions: Versions = {
  at: () => undefined,
  version: (no) => {
    throw new Error(`Version ${no} was asked for.`);
  },
};

/** A programme that has only ever had one version. */
export const versionsOf = (programme: Programme): Versions => ({
  at: () => programme,
  version: () => programme,
});

/** The only member of an outcome, as it leaves them. */
export function memberOf({ state }: Outcome): MemberState {
  const [member] = state.members;
  if (member === undefined) throw new Error('The outcome has no member.');
  return member;
}

/** The posting that answers an action. */
export function lastOf({ postings }: Outcome): PostingDraft {
  const posting = postings.at(-1);
  if (posting === undefined) throw new Error('The outcome has no posting.');
  return posting;
}

/** The value, which cannot be changed anywhere any more. */
export function frozen<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    Object.values(value).forEach(frozen);
  }
  return value;
}
