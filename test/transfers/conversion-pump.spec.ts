import fc from 'fast-check';
import { costOf } from '../../src/rules/sales/terms.js';
import { compileProgramme } from '../../src/programmes/compile.js';
import { lintDocument } from '../../src/programmes/lint.js';
import type { ProgrammeDocument } from '../../src/programmes/document.js';
import { feeOf, turned } from '../../src/rules/conversions/terms.js';
import type { Programme } from '../../src/rules/programme.js';
import type { MemberState } from '../../src/rules/state.js';
import { aProgrammeDocument } from '../support/programme.js';
import { aMember, HOUR, lastOf, memberOf, NOON } from '../support/state.js';
import { doing, ending } from './converting.js';

/** What decides a drawn programme; the prices are chosen as low, and rates as high, as may be. */
interface Drawn {
  out: [give: number, get: number];
  in: [give: number, get: number];
  unitWorth: number;
  reward: [points: number, value: number];
  tender: number;
  price: number;
  packed: number;
  fee: number;
  feeShare: number;
}

const MILLION = 1_000_000;
const rate = (millionths: number): string => (millionths / MILLION).toFixed(6);
const limits = { day: 1e9, year: 1e9, lifetime: 1e9 };

function drawnDocument(drawn: Drawn): ProgrammeDocument {
  const [give, get] = drawn.out;
  const [giveIn, getIn] = drawn.in;
  const [points, value] = drawn.reward;
  return aProgrammeDocument({
    earningRules: [{ kind: 'per_amount', id: 'base', name: 'Base', rate: '0.1' }],
    rewards: [{ code: 'mug', name: 'Mug', points, value: { amount: value, currency: 'GBP' } }],
    tender: { rate: rate(drawn.tender), minimumPoints: 10, step: 10, maximumShare: '1' },
    returnWindowDays: 0,
    partners: [
      {
        ...{ code: 'wheels', kind: 'partner' },
        terms: { kind: 'postpaid', price: '999999', redemptionPrice: '0' },
      },
    ],
    pointSales: {
      ...{ price: rate(drawn.price), minimumPoints: 1, step: 1, perYear: 1e9, refundDays: 14 },
      packages: [{ points: 1_000, price: drawn.packed }],
    },
    conversions: [
      {
        ...{ code: 'miles', name: 'Miles', partner: 'wheels', unitWorth: rate(drawn.unitWorth) },
        out: {
          ...{ give, get, fee: drawn.fee, feeShare: rate(drawn.feeShare) },
          ...{ minimumPoints: give, step: give, limits, coolDownHours: 0, answerHours: 1 },
          bonusPoints: true,
        },
        in: { give: giveIn, get: getIn, minimumUnits: giveIn, step: giveIn, limits },
      },
    ],
  });
}

const small = fc.integer({ min: 1, max: 60 });
const documents = fc.record<Drawn>({
  out: fc.tuple(small, small),
  in: fc.tuple(small, small),
  unitWorth: fc.integer({ min: 1, max: 3 * MILLION }),
  reward: fc.tuple(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 1, max: 300 })),
  tender: fc.integer({ min: 1, max: 2 * MILLION }),
  price: fc.integer({ min: 1, max: 9 * MILLION }),
  packed: fc.integer({ min: 1, max: 9_000 }),
  fee: fc.constantFrom(0, 0, 1, 7),
  feeShare: fc.constantFrom(0, 0, 1, 20_000, 333_333),
});

/** What points are worth at most, in minor units each, as a fraction that the test works out itself. */
function bestOf(drawn: Drawn): number {
  const [give, get] = drawn.out;
  return Math.max(
    drawn.reward[1] / drawn.reward[0],
    drawn.tender / MILLION,
    (get * drawn.unitWorth) / MILLION / give,
  );
}

/** Draws that lead to a lawful document: prices are raised, and what comes in lowered, to the limit. */
const lawful = documents
  .map((drawn): Drawn => {
    const best = bestOf(drawn);
    const [giveIn, getIn] = drawn.in;
    const fair = Math.floor((giveIn * drawn.unitWorth) / MILLION / best);
    const price = Math.max(Math.ceil(best * MILLION) + 1, Math.min(drawn.price, 9 * MILLION));
    const least = Math.floor(best * 1_000) + 1;
    const most = Math.floor((price * 1_000) / MILLION);
    return {
      ...drawn,
      in: [giveIn, Math.max(1, Math.min(getIn, fair))],
      price,
      packed: Math.min(most, Math.max(least, drawn.packed)),
    };
  })
  .filter((drawn) => lintDocument(drawnDocument(drawn)).length === 0);

type Move =
  | { does: 'buy'; points: number }
  | { does: 'out'; steps: number; partner: 'yes' | 'no' | 'silent' }
  | { does: 'in'; steps: number }
  | { does: 'mug' }
  | { does: 'pay'; tens: number }
  | { does: 'refund' };

const count = fc.integer({ min: 1, max: 40 });
const moves = fc.array(
  fc.oneof(
    fc.record({ does: fc.constant('buy' as const), points: fc.constantFrom(1, 7, 100, 1_000) }),
    fc.record({
      does: fc.constant('out' as const),
      steps: count,
      partner: fc.constantFrom('yes' as const, 'yes' as const, 'no' as const, 'silent' as const),
    }),
    fc.record({ does: fc.constant('in' as const), steps: count }),
    fc.record({ does: fc.constant('mug' as const) }),
    fc.record({ does: fc.constant('pay' as const), tens: count }),
    fc.record({ does: fc.constant('refund' as const) }),
  ),
  { minLength: 1, maxLength: 40 },
);

/** What somebody has: money in minor units, units of the currency, and what a member has. */
interface Purse {
  money: number;
  units: number;
  member: MemberState;
  sales: { seq: number; points: number; paid: number }[];
}

/** One move on the core; what it refuses changes nothing. */
function move(programme: Programme, purse: Purse, what: Move, at: number): Purse {
  const run = doing(programme);
  const terms = programme.conversions.get('miles');
  if (terms?.out === undefined || terms.in === undefined) throw new Error('It converts both ways.');
  const { member } = purse;
  const of = (action: Parameters<typeof run>[1]): MemberState | undefined => {
    const outcome = run(member, action);
    return outcome.refusal === undefined ? memberOf(outcome) : undefined;
  };
  switch (what.does) {
    case 'buy': {
      const sales = programme.pointSales;
      if (sales === undefined) throw new Error('It sells points.');
      const paid = costOf(sales, what.points);
      const next = of({ kind: 'sell', at, points: what.points, paid });
      if (next === undefined) return purse;
      const sale = { seq: next.version, points: what.points, paid };
      return { ...purse, money: purse.money - paid, member: next, sales: [...purse.sales, sale] };
    }
    case 'refund': {
      const [sale, ...rest] = purse.sales;
      if (sale === undefined) return purse;
      const { seq, points, paid } = sale;
      const sold = { seq, at: NOON, points };
      const next = of({ kind: 'refund_sale', at, sale: sold, soldBy: programme });
      return next === undefined
        ? { ...purse, sales: rest }
        : { ...purse, money: purse.money + paid, member: next, sales: rest };
    }
    case 'out': {
      const points = what.steps * terms.out.give;
      const held = of({ kind: 'convert_out', at, retailer: 'shop', currency: 'miles', points });
      if (held === undefined || what.partner === 'silent') {
        return { ...purse, member: held ?? member };
      }
      const kind = what.partner === 'yes' ? 'capture' : 'release';
      const ended = run(held, ending(programme, kind, held.version, at));
      const units = kind === 'capture' ? turned(terms.out, points) : 0;
      return { ...purse, units: purse.units + units, member: memberOf(ended) };
    }
    case 'in': {
      const units = Math.min(what.steps, Math.floor(purse.units / terms.in.give)) * terms.in.give;
      if (units === 0) return purse;
      const action = {
        kind: 'convert_in',
        at,
        retailer: 'wheels',
        currency: 'miles',
        units,
      } as const;
      const next = of(action);
      return next === undefined ? purse : { ...purse, units: purse.units - units, member: next };
    }
    case 'mug': {
      const held = of({ kind: 'hold', at, retailer: 'shop', reward: 'mug' });
      if (held === undefined) return purse;
      const next = memberOf(run(held, ending(programme, 'capture', held.version, at)));
      const value = programme.rewards.get('mug')?.valueMinor ?? 0;
      return { ...purse, money: purse.money + value, member: next };
    }
    case 'pay': {
      const asked = { points: what.tens * 10, total: MILLION };
      const paying = run(member, { kind: 'tender', at, retailer: 'shop', ...asked });
      if (paying.refusal !== undefined) return purse;
      const amount = lastOf(paying).redemptions[0]?.amount ?? 0;
      const held = memberOf(paying);
      const next = memberOf(run(held, ending(programme, 'capture', held.version, at)));
      return { ...purse, money: purse.money + amount, member: next };
    }
  }
}

describe('whatever is bought, converted and redeemed in turn', () => {
  it('P75, P98: leaves nobody with more than they put in, at any step', () => {
    let converted = 0;
    fc.assert(
      fc.property(lawful, moves, fc.integer({ min: 0, max: 3_000 }), (drawn, what, units) => {
        const programme = compileProgramme(drawnDocument(drawn), { no: 1, effectiveAt: 0 });
        const worth = drawn.unitWorth / MILLION;
        let purse: Purse = { money: 0, units, member: aMember(), sales: [] };
        const total = ({ money, units: left, member }: Purse): number =>
          money + left * worth + (member.points + member.held) * bestOf(drawn);
        let before = total(purse);
        for (const [n, each] of what.entries()) {
          const next = move(programme, purse, each, NOON + n * 2 * HOUR);
          if (each.does === 'in' && next !== purse) converted += 1;
          const after = total(next);
          const refunded = each.does === 'refund' && next.money > purse.money;
          if (!refunded) expect(after).toBeLessThanOrEqual(before + 1e-6);
          // A refund gives back what buying took, and never more.
          const put = next.money + next.units * worth;
          expect(put).toBeLessThanOrEqual(units * worth + 1e-6);
          purse = next;
          before = after;
        }
      }),
      { numRuns: 400 },
    );
    expect(converted).toBeGreaterThan(50);
  });

  it('P98: without it a way round gains, as the law says of just that document', () => {
    const drawn: Drawn = {
      ...{ out: [10, 10], in: [10, 11], unitWorth: MILLION, reward: [100, 50], tender: 100_000 },
      ...{ price: 2 * MILLION, packed: 1_500, fee: 0, feeShare: 0 },
    };
    const document = drawnDocument(drawn);
    expect(lintDocument(document).map(({ code }) => code)).toEqual(['comes_in_worth_more']);
    const programme = compileProgramme(document, { no: 1, effectiveAt: 0 });
    let purse: Purse = { money: 0, units: 100, member: aMember(), sales: [] };
    for (let round = 0; round < 8; round += 1) {
      purse = move(programme, purse, { does: 'in', steps: 40 }, NOON + round * HOUR);
      purse = move(
        programme,
        purse,
        { does: 'out', steps: 11 + round, partner: 'yes' },
        NOON + round * HOUR,
      );
    }
    expect(purse.units).toBeGreaterThan(100);
  });

  it('R97: a fee is never less for one conversion than for its parts together, but for the fixed one', () => {
    const amount = fc.integer({ min: 1, max: 1e9 });
    const terms = fc.record({
      fee: fc.integer({ min: 0, max: 1_000 }),
      feeShare: fc.bigInt({ min: 0n, max: 999_999n }),
    });
    fc.assert(
      fc.property(terms, amount, amount, (fees, one, other) => {
        const parts = feeOf(fees, one) + feeOf(fees, other);
        expect(parts).toBeGreaterThanOrEqual(feeOf(fees, one + other));
      }),
    );
  });
});
