import fc from 'fast-check';
import type { ProgrammeDocument } from '../../src/programmes/document.js';
import type { Purchase, PurchaseLine } from '../../src/rules/purchase.js';
import { formatRate } from '../../src/rules/points.js';
import type { Programme } from '../../src/rules/programme.js';
import type { MemberState } from '../../src/rules/state.js';
import { aProgramme, aProgrammeDocument } from '../support/programme.js';
import { aMember, NOON, MINUTE } from '../support/state.js';

/** Those of `aProgramme`, and one that it does not declare. */
const categories = [...aProgrammeDocument().categories.map(({ code }) => code), 'undeclared'];
export const earningCategories = ['garden', 'home'];

type Rule = ProgrammeDocument['earningRules'][number];

const rate = fc
  .oneof(
    fc.bigInt({ min: 0n, max: 20_000_000n }),
    fc.constantFrom(0n, 1n, 333_333n, 500_000n, 1_000_000n, 2_500_000n),
  )
  .map(formatRate);

const perAmount = fc
  .record({
    rate,
    categories: fc.option(fc.subarray(earningCategories, { minLength: 1 }), { nil: undefined }),
  })
  .map(({ rate, categories }) => (categories === undefined ? { rate } : { rate, categories }));

const period = fc.constantFrom('day', 'week', 'month', 'year', 'lifetime');

const perPurchase = fc.record({
  points: fc.integer({ min: 1, max: 50 }),
  minimumAmount: fc.nat(5_000),
  caps: fc.tuple(fc.record({ period, points: fc.integer({ min: 1, max: 120 }) })),
  coolDownHours: fc.integer({ min: 1, max: 48 }),
});

const multiplier = fc.bigInt({ min: 1_000_000n, max: 3_000_000n }).map(formatRate);

const named = (rules: readonly object[], kind: Rule['kind'], prefix: string): Rule[] =>
  rules.map((rule, index) => {
    const id = `${prefix}-${String(index)}`;
    return { kind, id, name: id, ...rule } as Rule;
  });

export interface Shape {
  tiers?: 1;
  purchaseRules?: 0;
}

/** Programmes of every kind of rule; `shape` leaves parts out. */
export function anyProgramme(shape: Shape = {}): fc.Arbitrary<Programme> {
  return fc
    .record({
      currency: fc.constantFrom('GBP', 'JPY', 'KWD'),
      timeZone: fc.constantFrom('Europe/London', 'America/Santiago', 'Pacific/Auckland'),
      tax: fc.constantFrom<'included' | 'excluded'>('included', 'excluded'),
      amounts: fc.array(perAmount, { maxLength: 4 }),
      visits: fc.array(perPurchase, { maxLength: shape.purchaseRules ?? 2 }),
      multipliers: fc.array(multiplier, { maxLength: shape.tiers === 1 ? 0 : 2 }),
      returnWindowDays: fc.constantFrom(0, 1, 30),
      months: fc.option(fc.integer({ min: 1, max: 36 })),
    })
    .map((made) => {
      const sound = aProgrammeDocument();
      const ladder = [{ code: 'blue', name: 'Blue', threshold: 0, multiplier: '1' }];
      made.multipliers.forEach((multiplier, index) => {
        const code = `tier-${String(index)}`;
        ladder.push({ code, name: code, threshold: 300 * (index + 1), multiplier });
      });
      return aProgramme({
        identity: { ...sound.identity, currency: made.currency, timeZone: made.timeZone },
        earningBasis: { ...sound.earningBasis, tax: made.tax },
        earningRules: [
          ...named(made.amounts, 'per_amount', 'amount'),
          ...named(made.visits, 'per_purchase', 'visit'),
        ],
        tiers: ladder,
        returnWindowDays: made.returnWindowDays,
        rewards: [],
        expiry: made.months === null ? { kind: 'none' } : { kind: 'rolling', months: made.months },
      });
    });
}

// So that no purchase comes near the largest accrual, which is refused.
const amount = fc.oneof(fc.nat(20_000), fc.nat(1_000_000));
const words = fc.constantFrom(undefined, undefined, 'Rose', 'Late payment fee', 'Gift card', '');
const merchantCategoryCode = fc.constantFrom(undefined, undefined, undefined, '5411', '7995');

export const anyLine: fc.Arbitrary<PurchaseLine> = fc
  .record({
    category: fc.constantFrom(...earningCategories, ...categories),
    quantity: fc.integer({ min: 1, max: 9 }),
    amount,
    taxPart: fc.nat(100),
    description: words,
    merchantCategoryCode,
  })
  .map(({ taxPart, ...line }) => ({ ...line, tax: Math.floor((line.amount * taxPart) / 400) }));

/** A line of honest goods that earn, without tax. */
export const earningLine: fc.Arbitrary<PurchaseLine> = fc
  .record({ category: fc.constantFrom(...earningCategories), amount })
  .map((line) => ({ ...line, quantity: 1, tax: 0 }));

/** Tenders that sum to a total, of kinds that earn and of kinds that do not. */
function tendersOf(total: number): fc.Arbitrary<Purchase['tenders']> {
  const kind = fc.constantFrom('card', 'cash', 'points', 'gift_card');
  return fc
    .array(fc.tuple(kind, fc.integer({ min: 0, max: total })), { maxLength: 3 })
    .map((parts) => {
      let left = total;
      const tenders = parts.map(([kind, wanted]) => {
        const amount = Math.min(wanted, left);
        left -= amount;
        return { kind, amount };
      });
      return tenders.length === 0 ? [] : [...tenders, { kind: 'card', amount: left }];
    });
}

export const anyPurchase: fc.Arbitrary<Purchase> = fc
  .array(anyLine, { minLength: 1, maxLength: 6 })
  .chain((lines) =>
    fc.record({
      lines: fc.constant(lines),
      tenders: tendersOf(lines.reduce((sum, { amount }) => sum + amount, 0)),
      merchantCategoryCode,
    }),
  );

/** A member with some qualifying points, a carried remainder and perhaps a newer event. */
export const anyMember: fc.Arbitrary<MemberState> = fc
  .record({
    qualifying: fc.bigInt({ min: 0n, max: 1_000_000_000_000n }),
    remainder: fc.bigInt({ min: 0n, max: 999_999_999n }),
    newestAt: fc.option(fc.integer({ min: -600, max: 0 }).map((ago) => NOON + ago * MINUTE)),
  })
  .map((facts) => aMember({ ...facts, version: 3 }));
