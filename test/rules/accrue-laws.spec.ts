import fc from 'fast-check';
import { act } from '../../src/rules/act.js';
import { balanceAt } from '../../src/rules/spending/balance.js';
import type { Purchase, PurchaseLine } from '../../src/rules/purchase.js';
import { sumOf } from '../../src/rules/explanation.js';
import { localDate } from '../../src/rules/period.js';
import { BILLION } from '../../src/rules/points.js';
import type { Programme } from '../../src/rules/programme.js';
import { countersNeeded } from '../../src/rules/earning/counters.js';
import type { PostingDraft } from '../../src/rules/outcome.js';
import { counterKey, type MemberState } from '../../src/rules/state.js';
import { aProgramme, aProgrammeDocument } from '../support/programme.js';
import {
  aMember,
  anAccrual,
  aPurchase,
  frozen,
  HOUR,
  lastOf,
  memberOf,
  NOON,
  versionsOf,
} from '../support/state.js';
import { anyLine, anyMember, anyProgramme, anyPurchase, earningLine } from './arbitraries.js';

interface Booking {
  member: MemberState;
  posting: PostingDraft;
}

function book(
  programme: Programme,
  member: MemberState,
  purchase: Purchase,
  when: { at?: number; occurredAt?: number } = {},
): Booking {
  const outcome = act(
    programme,
    { members: [member] },
    { ...anAccrual(purchase, when), versions: versionsOf(programme) },
  );
  return { member: memberOf(outcome), posting: lastOf(outcome) };
}

function bookAll(
  programme: Programme,
  purchases: readonly Purchase[],
  start = aMember(),
): Booking[] {
  let member = start;
  return purchases.map((purchase) => {
    const booking = book(programme, member, purchase);
    member = booking.member;
    return booking;
  });
}

const sumUp = (bookings: readonly Booking[]): bigint =>
  bookings.reduce((sum, { posting }) => sum + posting.billionths, 0n);
const kindsOf = (posting: PostingDraft): string[] => posting.explanation.map(([, , code]) => code);

/** Splits an amount into parts that sum to it; `cuts` are places from 0 to 1000. */
function partsOf(amount: number, cuts: readonly number[]): number[] {
  const places = cuts.map((cut) => Math.floor((amount * cut) / 1_000)).sort((a, b) => a - b);
  return [...places, amount].map((place, index) => place - (places[index - 1] ?? 0));
}

const bonusOf = (programme: Programme, { explanation }: PostingDraft): bigint =>
  sumOf(explanation.filter(([rule]) => programme.rules[rule]?.kind === 'per_purchase'));

describe('any purchase', () => {
  it('R2: its items sum to its billionths, and name every rule of the version', () => {
    fc.assert(
      fc.property(anyProgramme(), anyMember, anyPurchase, (programme, member, purchase) => {
        const { posting } = book(programme, member, purchase);
        expect(sumOf(posting.explanation)).toBe(posting.billionths);
        const rules = new Set(posting.explanation.map(([rule]) => rule));
        programme.rules.forEach((_, ruleNo) => expect(rules).toContain(ruleNo));
        for (const item of posting.explanation) expect(BigInt(item[3]) >= 0n).toBe(true);
      }),
    );
  });

  it('R3: each line has a reason, and the lines that may not earn have zero', () => {
    fc.assert(
      fc.property(anyProgramme(), anyPurchase, (programme, purchase) => {
        const { posting } = book(programme, aMember(), purchase);
        purchase.lines.forEach((line, index) => {
          const items = posting.explanation.filter(([, at]) => at === index);
          if (programme.categories.get(line.category)?.treatment === 'earns') return;
          expect(items).toHaveLength(1);
          expect([items[0]?.[0], items[0]?.[3]]).toEqual([-2, '0']);
        });
      }),
    );
  });

  it('R3: what only harms, is metered or undeclared earns zero without its neighbours', () => {
    const category = fc.constantFrom('charges', 'power', 'undeclared', 'gift_cards', 'medicines');
    const lines = fc.array(
      fc.tuple(anyLine, category).map(([line, code]) => ({ ...line, category: code })),
      { minLength: 1, maxLength: 5 },
    );
    fc.assert(
      fc.property(
        anyProgramme({ purchaseRules: 0 }),
        anyMember,
        lines,
        (programme, member, made) => {
          const { posting } = book(programme, member, aPurchase(made));
          expect([posting.billionths, posting.after.qualifying]).toEqual([0n, member.qualifying]);
        },
      ),
    );
  });

  it('R1: whole points and the carried remainder are exactly what was accrued', () => {
    fc.assert(
      fc.property(anyProgramme(), anyMember, anyPurchase, (programme, before, purchase) => {
        const { member, posting } = book(programme, before, purchase);
        const points = BigInt(member.points - before.points) * BILLION;
        expect(points + member.remainder - before.remainder).toBe(posting.billionths);
        expect(member.remainder >= 0n && member.remainder < BILLION).toBe(true);
        const { points: after, held, owed, pending, qualifying, remainder, tier } = member;
        expect(posting.after).toEqual({
          ...{ points: after, held, owed, pending, qualifying, remainder, tier },
        });
        const { available, pending: open } = balanceAt(member.lots ?? [], [], 0, NOON);
        expect([available + open, open]).toEqual([after, pending]);
      }),
    );
  });

  it('R1: nothing given to a decision is changed by it, and the same facts decide the same', () => {
    fc.assert(
      fc.property(anyProgramme(), anyMember, anyPurchase, (programme, member, purchase) => {
        const state = frozen({ members: [member] });
        const action = frozen(anAccrual(purchase));
        const preview = act(programme, state, action);
        expect(act(programme, state, action)).toEqual(preview);
      }),
    );
  });

  it('R9: lots that were not read change nothing about an accrual', () => {
    fc.assert(
      fc.property(anyProgramme(), anyMember, anyPurchase, (programme, member, purchase) => {
        const unread = { ...member, lots: undefined, redemptions: undefined };
        const { posting, member: after } = book(programme, unread, purchase);
        const full = book(programme, member, purchase);
        expect(posting).toEqual(full.posting);
        expect({ ...after, lots: full.member.lots, redemptions: [] }).toEqual(full.member);
      }),
    );
  });

  it('R5: only the counters that were named as needed are read and written', () => {
    fc.assert(
      fc.property(anyProgramme(), anyMember, anyPurchase, (programme, member, purchase) => {
        const needed = countersNeeded(programme, NOON, purchase);
        const keys = needed.map((each) => counterKey(each.counter, each.periodStart));
        const { posting } = book(programme, member, purchase);
        for (const { counter, periodStart } of posting.counters) {
          expect(keys).toContain(counterKey(counter, periodStart));
        }
      }),
    );
  });
});

describe('splitting and adding', () => {
  const plain = anyProgramme({ tiers: 1, purchaseRules: 0 });
  const lines = fc.array(earningLine, { minLength: 1, maxLength: 6 });
  const cuts = fc.array(fc.nat(1_000), { maxLength: 4 });

  it('R5: any parts of the lines, in any order, accrue the same billionths and points', () => {
    const apart = fc.array(fc.tuple(anyLine, fc.nat(3)), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(plain, apart, anyMember, (programme, dealt, start) => {
        const whole = bookAll(programme, [aPurchase(dealt.map(([line]) => line))], start);
        const receipts = [3, 1, 0, 2]
          .map((no) => dealt.filter(([, to]) => to === no).map(([line]) => line))
          .filter((each) => each.length > 0)
          .map((each) => aPurchase(each));
        const parts = bookAll(programme, receipts, start);
        expect(sumUp(parts)).toBe(sumUp(whole));
        expect(parts.at(-1)?.member.points).toBe(whole.at(-1)?.member.points);
        expect(parts.at(-1)?.member.remainder).toBe(whole.at(-1)?.member.remainder);
        expect(parts.at(-1)?.member.qualifying).toBe(whole.at(-1)?.member.qualifying);
      }),
    );
  });

  it('R5: any parts of the amounts accrue the same billionths and points', () => {
    fc.assert(
      fc.property(plain, lines, cuts, anyMember, (programme, made, places, start) => {
        const whole = bookAll(programme, [aPurchase(made)], start).at(-1);
        const receipts = made.flatMap((line) =>
          partsOf(line.amount, places).map((amount) => aPurchase([{ ...line, amount }])),
        );
        const last = bookAll(programme, receipts, start).at(-1);
        expect(last?.member.points).toBe(whole?.member.points);
        expect(last?.member.remainder).toBe(whole?.member.remainder);
      }),
    );
  });

  it('R5: with the bonus of a tier, parts never have more, nor lack a billionth each', () => {
    const line = fc.record({ line: earningLine, places: cuts });
    fc.assert(
      fc.property(anyProgramme({ purchaseRules: 0 }), line, (programme, { line: made, places }) => {
        const top = programme.tiers.at(-1)?.code ?? '';
        const member = aMember({ tier: top, version: 1 });
        const whole = sumUp(bookAll(programme, [aPurchase([made])], member));
        const amounts = partsOf(made.amount, places);
        const receipts = amounts.map((amount) => aPurchase([{ ...made, amount }]));
        const parts = sumUp(bookAll(programme, receipts, member));
        const rules = BigInt(programme.rules.length);
        expect(parts).toBeLessThanOrEqual(whole);
        expect(whole - parts).toBeLessThanOrEqual(rules * BigInt(amounts.length));
      }),
    );
  });

  it('R5: parts bought within the cool-down never get more bonus than the whole would', () => {
    const bonus = anyProgramme({ tiers: 1 }).filter(({ rules }) =>
      rules.some(({ kind }) => kind === 'per_purchase'),
    );
    const parts = fc.array(fc.tuple(earningLine, fc.nat(59)), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(bonus, parts, (programme, dealt) => {
        // Every cool-down is an hour or more, and all parts are bought within one.
        const times = dealt.map(([, minute]) => NOON + minute * 60_000).sort((a, b) => a - b);
        const whole = aPurchase(dealt.map(([line]) => line));
        const best = times
          .map((at) => bonusOf(programme, book(programme, aMember(), whole, { at }).posting))
          .reduce((most, each) => (each > most ? each : most), 0n);
        let member = aMember();
        let sum = 0n;
        dealt.forEach(([line], index) => {
          const at = times[index] ?? NOON;
          const booking = book(programme, member, aPurchase([line]), { at });
          member = booking.member;
          sum += bonusOf(programme, booking.posting);
        });
        expect(sum).toBeLessThanOrEqual(best);
      }),
    );
  });

  it('R5: one more line never lowers what a purchase accrues', () => {
    const purchases = fc.array(anyLine, { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(
        anyProgramme(),
        anyMember,
        purchases,
        anyLine,
        (programme, member, made, line) => {
          const before = book(programme, member, aPurchase(made)).posting.billionths;
          const after = book(programme, member, aPurchase([...made, line])).posting.billionths;
          expect(after).toBeGreaterThanOrEqual(before);
        },
      ),
    );
  });

  it('R5: paying more never accrues less', () => {
    fc.assert(
      fc.property(
        anyProgramme(),
        anyMember,
        earningLine,
        fc.nat(9_999),
        (programme, member, line, more) => {
          const points = (made: PurchaseLine): bigint =>
            book(programme, member, aPurchase([made])).posting.billionths;
          expect(points({ ...line, amount: line.amount + more })).toBeGreaterThanOrEqual(
            points(line),
          );
        },
      ),
    );
  });
});

describe('limits', () => {
  it('R5: no sequence of purchases gets more from a rule in a local day than its cap', () => {
    const steps = fc.array(fc.tuple(fc.nat(40 * 60), fc.nat(6_000)), { maxLength: 14 });
    const made = fc.record({
      points: fc.integer({ min: 1, max: 40 }),
      cap: fc.integer({ min: 1, max: 60 }),
      coolDownHours: fc.integer({ min: 1, max: 6 }),
    });
    const { identity } = aProgrammeDocument();
    fc.assert(
      fc.property(steps, made, (purchases, { points, cap, coolDownHours }) => {
        const rule = {
          kind: 'per_purchase' as const,
          id: 'visit',
          name: 'Visit',
          points,
          coolDownHours,
        };
        const zone = 'America/Santiago';
        const programme = aProgramme({
          identity: { ...identity, timeZone: zone },
          earningRules: [{ ...rule, minimumAmount: 1_000, caps: [{ period: 'day', points: cap }] }],
        });
        const days = new Map<string, bigint>();
        let [member, at] = [aMember(), NOON];
        for (const [minutes, amount] of purchases) {
          at += minutes * 60_000;
          const booking = book(programme, member, aPurchase([amount]), { at });
          member = booking.member;
          const day = JSON.stringify(localDate(zone, at));
          const sum = (days.get(day) ?? 0n) + booking.posting.billionths;
          days.set(day, sum);
          expect(sum <= BigInt(cap) * BILLION).toBe(true);
        }
      }),
    );
  });

  it('R3: paying a share with tenders that do not earn takes just that share away', () => {
    const shares = fc.tuple(fc.nat(1_000_000), fc.nat(1_000_000)).filter(([a, b]) => a + b > 0);
    fc.assert(
      fc.property(
        anyProgramme({ tiers: 1, purchaseRules: 0 }),
        earningLine,
        shares,
        (programme, line, paid) => {
          const [card, points] = paid;
          const tenders = [
            { kind: 'card', amount: card },
            { kind: 'points', amount: points },
          ];
          const whole = book(programme, aMember(), aPurchase([line])).posting;
          const part = book(programme, aMember(), aPurchase([line], tenders)).posting;
          // One floor for each rule, on exact products.
          const floors = whole.explanation
            .map(
              ([, , , billionths]) => (BigInt(billionths) * BigInt(card)) / BigInt(card + points),
            )
            .reduce((sum, each) => sum + each, 0n);
          expect(part.billionths).toBe(floors);
          expect(kindsOf(part).includes('paid_by_excluded_tender')).toBe(points > 0);
        },
      ),
    );
  });

  it('R11: an event is late just when the member has a newer one, and flagged so', () => {
    const ago = fc.nat(96 * 60).map((minutes) => NOON - minutes * 60_000);
    fc.assert(
      fc.property(
        anyProgramme(),
        anyPurchase,
        ago,
        fc.option(ago),
        (programme, purchase, occurredAt, newestAt) => {
          const member = aMember({ newestAt });
          const { posting, member: after } = book(programme, member, purchase, { occurredAt });
          const late = newestAt !== null && occurredAt < newestAt;
          expect(kindsOf(posting).includes('late_event')).toBe(late);
          expect(kindsOf(posting)).not.toContain('decided_as_of_today');
          expect(after.newestAt).toBe(late ? newestAt : occurredAt);
          for (const { counter, used } of posting.counters) {
            if (counter.endsWith('/last')) expect(used).toBe(occurredAt);
          }
        },
      ),
    );
  });

  it('R14: events older than the window gain no more bonus in a cool-down than others', () => {
    const hours = fc.array(fc.integer({ min: -72, max: -1 }), { minLength: 1, maxLength: 8 });
    const programme = aProgramme({ lateEvents: { windowDays: 0, older: 'flag' } });
    fc.assert(
      fc.property(hours, (occurred) => {
        // All arrive now; the rule of the sample programme pays 20 once in 12 hours and a day.
        let member = aMember({ newestAt: NOON });
        let bonus = 0n;
        for (const hour of occurred) {
          const when = { occurredAt: NOON + hour * HOUR };
          const booking = book(programme, member, aPurchase([2_000]), when);
          member = booking.member;
          bonus += bonusOf(programme, booking.posting);
        }
        expect(bonus).toBe(20n * BILLION);
      }),
    );
  });
});
