import fc from 'fast-check';
import {
  hasAll,
  homeOf,
  leftIn,
  poolHas,
  roomOf,
  share,
  type LimitTotals,
  type Slot,
} from '../../src/ledger/limits/slots.js';

const sum = (all: readonly number[]): number => all.reduce((total, each) => total + each, 0);

/** A limit as every process sees it, and what the programme says of it. */
class Model {
  limit: LimitTotals;
  readonly slots = new Map<number, Slot>();
  /** The most that may be used: the total, or what was used when it was lowered below that. */
  ceiling: number;

  constructor(name: string, total: number) {
    this.limit = { total, granted: 0, home: homeOf(name, total) };
    this.ceiling = total;
  }

  get used(): number {
    return sum([...this.slots.values()].map(({ used }) => used));
  }

  /** Takes as a batch does; whether it could. Never asks for more than three refills. */
  take(bucket: number, amount: number): boolean {
    const own = this.limit.home ?? bucket;
    for (let round = 0; round < 3; round += 1) {
      const slot = this.slots.get(own) ?? { bucket: own, granted: 0, used: 0 };
      if (leftIn(this.limit, slot) >= amount) {
        this.slots.set(own, { ...slot, used: slot.used + amount });
        return true;
      }
      if (this.slots.has(own) && hasAll(this.limit, this.used, slot)) return false;
      if (this.refill(own, amount) < amount) return false;
    }
    throw new Error('A refill that found enough did not bring it.');
  }

  giveBack(bucket: number, amount: number): void {
    const own = this.limit.home ?? bucket;
    const slot = this.slots.get(own);
    if (slot === undefined) return;
    this.slots.set(own, { ...slot, used: slot.used - Math.min(amount, slot.used) });
    this.ceiling = Math.max(this.limit.total, Math.min(this.ceiling, this.used));
  }

  change(total: number): void {
    this.limit = { ...this.limit, total };
    this.refill(this.limit.home ?? 0, 1);
    this.ceiling = Math.max(total, this.used);
  }

  private refill(bucket: number, amount: number): number {
    const own = poolHas(this.limit, amount) ? this.slots.get(bucket) : undefined;
    const looked = poolHas(this.limit, amount) ? (own ?? []) : [...this.slots.values()];
    const shared = share(this.limit, [looked].flat(), { bucket, amount });
    for (const slot of shared.changed) this.slots.set(slot.bucket, slot);
    this.limit = { ...this.limit, granted: shared.granted };
    return shared.room;
  }
}

const buckets = fc.integer({ min: 0, max: 63 });
const amounts = fc.oneof(fc.constant(1), fc.integer({ min: 1, max: 3_000 }));
const totals = fc.oneof(
  fc.integer({ min: 0, max: 100 }),
  fc.integer({ min: 0, max: 20_000 }),
  fc.integer({ min: 0, max: 10 ** 12 }),
);
const steps = fc.array(
  fc.oneof(
    {
      weight: 8,
      arbitrary: fc.record({
        kind: fc.constant('take' as const),
        bucket: buckets,
        amount: amounts,
      }),
    },
    {
      weight: 3,
      arbitrary: fc.record({
        kind: fc.constant('back' as const),
        bucket: buckets,
        amount: amounts,
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constant('total' as const),
        bucket: buckets,
        amount: totals,
      }),
    },
  ),
  { maxLength: 120 },
);

describe('slots of a shared limit', () => {
  it('L17: never use more than there is, and never refuse what fits anywhere', () => {
    fc.assert(
      fc.property(totals, steps, (total, all) => {
        const model = new Model('reward/mug', total);
        for (const { kind, bucket, amount } of all) {
          if (kind === 'total') model.change(amount);
          else if (kind === 'back') model.giveBack(bucket, amount);
          else {
            const fits = model.used + amount <= model.limit.total;
            expect(model.take(bucket, amount)).toBe(fits);
          }
          const { limit, slots, used, ceiling } = model;
          expect(used).toBeLessThanOrEqual(ceiling);
          expect(sum([...slots.values()].map(({ granted }) => granted))).toBe(limit.granted);
          for (const slot of slots.values()) {
            expect(slot.used).toBeGreaterThanOrEqual(0);
            expect(roomOf(slot)).toBeGreaterThanOrEqual(0);
          }
        }
      }),
      { numRuns: 400 },
    );
  });

  it('L17: leave a small limit in one slot, whoever asks', () => {
    const model = new Model('reward/mug', 37);
    for (let taken = 0; taken < 37; taken += 1) expect(model.take(taken, 1)).toBe(true);
    expect([...model.slots.keys()]).toEqual([homeOf('reward/mug', 37)]);
    expect(model.take(5, 1)).toBe(false);
  });

  it('L17: are refilled seldom: a large limit is granted in shares', () => {
    const model = new Model('reward/mug', 1_000_000);
    let refills = 0;
    for (let taken = 0; taken < 10_000; taken += 1) {
      const before = model.limit.granted;
      expect(model.take(taken % 64, 1)).toBe(true);
      if (model.limit.granted !== before) refills += 1;
    }
    expect(refills).toBe(64);
  });

  it('L17: give nothing out once a version has lowered the total below what is used', () => {
    const model = new Model('reward/mug', 10);
    for (let taken = 0; taken < 6; taken += 1) model.take(taken, 1);
    model.change(4);
    expect(model.take(1, 1)).toBe(false);
    model.giveBack(1, 2);
    expect(model.take(1, 1)).toBe(false);
    model.giveBack(1, 1);
    expect([model.take(1, 1), model.take(1, 1)]).toEqual([true, false]);
    expect(model.used).toBe(4);
  });
});
