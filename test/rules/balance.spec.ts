import fc from 'fast-check';
import { act } from '../../src/rules/act.js';
import { balanceAt } from '../../src/rules/spending/balance.js';
import { choose } from '../../src/rules/spending/lots.js';
import type { Lot } from '../../src/rules/state.js';
import { aProgramme } from '../support/programme.js';
import { aLot, aMember, HOUR, memberOf, NOON } from '../support/state.js';

describe('a balance', () => {
  it('R9: 100 points are pending a millisecond before their window closes, then available', () => {
    const lots = [aLot({ availableFrom: NOON })];
    const none = { available: 0, pending: 0, held: 0, owed: 0 };
    expect(balanceAt(lots, [], 0, NOON - 1)).toEqual({ ...none, pending: 100 });
    expect(balanceAt(lots, [], 0, NOON)).toEqual({ ...none, available: 100 });
  });

  it('R8: 30 held points count as held before the end of their hold, and as available at it', () => {
    const lots = [aLot({ held: 30 })];
    const holds = [{ expiresAt: NOON + HOUR, lots: [{ seq: 1, n: 0, amount: 30 }] }];
    const before = balanceAt(lots, holds, 0, NOON + HOUR - 1);
    expect(before).toEqual({ available: 70, pending: 0, held: 30, owed: 0 });
    const after = balanceAt(lots, holds, 0, NOON + HOUR);
    expect(after).toEqual({ available: 100, pending: 0, held: 0, owed: 0 });
  });

  it('R9: points past their expiry date count until their expiry is posted', () => {
    expect(balanceAt([aLot({ expiresAt: NOON - 1 })], [], 0, NOON).available).toBe(100);
  });

  it('R7: a debt is told beside what is available and never taken off it', () => {
    expect(balanceAt([aLot()], [], 25, NOON)).toMatchObject({ available: 100, owed: 25 });
  });

  it('R7: nobody without lots has anything', () => {
    expect(balanceAt([], [], 0, NOON)).toEqual({ available: 0, pending: 0, held: 0, owed: 0 });
  });

  const anyLots: fc.Arbitrary<Lot[]> = fc
    .array(
      fc.record({
        from: fc.integer({ min: -3, max: 3 }),
        expires: fc.option(fc.integer({ min: -3, max: 9 })),
        accrued: fc.integer({ min: -9, max: -4 }),
        remaining: fc.nat(50),
        used: fc.nat(10),
      }),
      { maxLength: 8 },
    )
    .map((made) =>
      made.map(({ from, expires, accrued, remaining, used }, index) =>
        aLot({
          seq: index + 1,
          accruedAt: NOON + accrued * HOUR,
          availableFrom: NOON + from * HOUR,
          expiresAt: expires === null ? null : NOON + expires * HOUR,
          amount: remaining + used,
          remaining,
        }),
      ),
    );

  it('R7: available, pending and held are all that lots have left, at any time', () => {
    const any = fc.tuple(anyLots, fc.integer({ min: -5, max: 5 }), fc.nat(60));
    fc.assert(
      fc.property(any, ([lots, hour, wanted]) => {
        const at = NOON + hour * HOUR;
        const chosen = choose(lots, wanted, at) ?? [];
        const held = lots.map((lot) => ({
          ...lot,
          held: chosen.find(({ seq }) => seq === lot.seq)?.amount ?? 0,
        }));
        const holds = [{ expiresAt: NOON + HOUR, lots: chosen }];
        const untouched = structuredClone(held);
        const left = lots.reduce((sum, { remaining }) => sum + remaining, 0);
        for (const then of [at, NOON + HOUR - 1, NOON + HOUR]) {
          const balance = balanceAt(held, holds, 0, then);
          expect(balance.available + balance.pending + balance.held).toBe(left);
          expect(Math.min(balance.available, balance.pending, balance.held)).toBeGreaterThanOrEqual(
            0,
          );
        }
        expect(held).toEqual(untouched);
      }),
    );
  });

  it('R6: what is chosen sums to what was asked, from lots that precede all others', () => {
    fc.assert(
      fc.property(anyLots, fc.integer({ min: 1, max: 120 }), (lots, points) => {
        const chosen = choose(lots, points, NOON);
        const free = lots.filter(({ availableFrom }) => availableFrom <= NOON);
        const available = free.reduce((sum, { remaining }) => sum + remaining, 0);
        expect(chosen === undefined).toBe(available < points);
        if (chosen === undefined) return;
        expect(chosen.reduce((sum, { amount }) => sum + amount, 0)).toBe(points);
        const partOf = (lot: Lot): number => chosen.find(({ seq }) => seq === lot.seq)?.amount ?? 0;
        const expiry = (lot: Lot): number => lot.expiresAt ?? Infinity;
        for (const spent of free.filter((lot) => partOf(lot) > 0)) {
          for (const spared of free.filter((lot) => partOf(lot) < lot.remaining)) {
            expect(expiry(spent)).toBeLessThanOrEqual(expiry(spared));
            if (expiry(spent) < expiry(spared) || spent === spared) continue;
            expect(spent.accruedAt).toBeLessThanOrEqual(spared.accruedAt);
          }
        }
      }),
    );
  });

  it('R8: it says what the member has once time has been settled', () => {
    fc.assert(
      fc.property(anyLots, fc.integer({ min: 1, max: 60 }), fc.nat(12), (lots, points, hours) => {
        const reward = { code: 'it', name: 'It', points, value: { amount: 0, currency: 'GBP' } };
        const programme = aProgramme({ rewards: [reward], redemption: { holdMinutes: 120 } });
        const sum = lots.reduce((total, { remaining }) => total + remaining, 0);
        const action = { kind: 'hold', at: NOON, retailer: 'shop', reward: 'it' } as const;
        const start = aMember({ lots, points: sum, changesAt: NOON });
        const member = memberOf(act(programme, { members: [start] }, action));
        const at = NOON + hours * HOUR;
        const open = (member.redemptions ?? []).filter(({ state }) => state === 'held');
        const told = balanceAt(member.lots ?? [], open, 0, at);
        const settled = memberOf(act(programme, { members: [member] }, { kind: 'settle', at }));
        expect(told).toEqual({
          available: settled.points - settled.pending,
          pending: settled.pending,
          held: settled.held,
          owed: 0,
        });
      }),
    );
  });
});
