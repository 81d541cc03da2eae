import fc from 'fast-check';
import { compileProgramme } from '../../src/programmes/compile.js';
import { act } from '../../src/rules/act.js';
import { sumOf } from '../../src/rules/explanation.js';
import type { Programme } from '../../src/rules/programme.js';
import type { Purchase, PurchaseLine } from '../../src/rules/purchase.js';
import type { PostingDraft } from '../../src/rules/outcome.js';
import type { MemberState } from '../../src/rules/state.js';
import { anAccrual, HOUR, lastOf, memberOf, MINUTE, NOON, versionsOf } from '../support/state.js';
import { anyBasket, anyDocument, anyGoods, anyWhere, type Kinds } from './documents.js';
import { anyStory, arrive, fresh, inTime } from './stories.js';

const anyProgramme = (kinds: Kinds = {}): fc.Arbitrary<Programme> =>
  anyDocument(kinds).map((document) => compileProgramme(document, { no: 1, effectiveAt: 0 }));

/** `RUNS=5000` looks longer. */
const numRuns = Number(process.env['RUNS'] ?? 200);
const anyTier = fc.constantFrom('', 'silver');

interface Booking {
  member: MemberState;
  posting: PostingDraft;
}

function buy(programme: Programme, member: MemberState, purchase: Purchase, at = NOON): Booking {
  const action = { ...anAccrual(purchase, { at }), versions: versionsOf(programme) };
  const outcome = act(programme, { members: [member] }, action);
  return { member: memberOf(outcome), posting: lastOf(outcome) };
}

/** Billionths of purchases after one another, each some minutes after noon. */
function sumOfAll(
  programme: Programme,
  tier: string,
  purchases: readonly { purchase: Purchase; minute?: number }[],
): bigint {
  let [member, sum] = [fresh(tier), 0n];
  for (const { purchase, minute = 0 } of purchases) {
    const booking = buy(programme, member, purchase, NOON + minute * MINUTE);
    member = booking.member;
    sum += booking.posting.billionths;
  }
  return sum;
}

/** Each piece a line of its own; what a line costs is a multiple of its pieces. */
const inPieces = (lines: readonly PurchaseLine[]): PurchaseLine[] =>
  lines.flatMap(({ quantity, amount, ...line }) =>
    Array.from({ length: quantity }, () => ({ ...line, quantity: 1, amount: amount / quantity })),
  );

/** One receipt of the lines dealt to each number. */
function receipts(
  lines: readonly PurchaseLine[],
  deal: readonly number[],
  where: Omit<Purchase, 'lines'>,
): Purchase[] {
  const of = (no: number): PurchaseLine[] => lines.filter((_, place) => deal[place] === no);
  return [2, 0, 1]
    .map(of)
    .filter((each) => each.length > 0)
    .map((each) => ({ ...where, lines: each }));
}

const goods = fc.array(anyGoods, { minLength: 1, maxLength: 4 });
const deal = fc.array(fc.nat(2), { minLength: 12, maxLength: 12 });

describe('any purchase under rules of every kind', () => {
  it('R2: its items sum to its points, and name every rule of the version', () => {
    const baskets = fc.array(anyBasket, { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(anyProgramme(), baskets, (programme, drawn) => {
        let member = fresh();
        drawn.forEach((basket, no) => {
          const { posting, member: after } = buy(programme, member, basket, NOON + no * 20 * HOUR);
          member = after;
          expect(sumOf(posting.explanation)).toBe(posting.billionths);
          expect(posting.billionths).toBeGreaterThanOrEqual(0n);
          const named = new Set(posting.explanation.map(([rule]) => rule));
          expect(programme.rules.filter((_, ruleNo) => !named.has(ruleNo))).toEqual([]);
        });
      }),
      { numRuns },
    );
  });

  it('R2: so do those of an activity', () => {
    fc.assert(
      fc.property(anyProgramme(), anyTier, (programme, tier) => {
        const activity = { kind: 'review' };
        const { posting } = buy(programme, fresh(tier), { lines: [], tenders: [], activity });
        expect(sumOf(posting.explanation)).toBe(posting.billionths);
        const named = new Set(posting.explanation.map(([rule]) => rule));
        expect(programme.rules.filter((_, ruleNo) => !named.has(ruleNo))).toEqual([]);
        const paid = posting.explanation.filter(([, , , billionths]) => billionths !== '0');
        expect(paid.filter(([, , code]) => code === 'rate_applied')).toEqual([]);
      }),
      { numRuns },
    );
  });

  it('R1: a preview is what is booked, and what was booked is decided the same again', () => {
    fc.assert(
      fc.property(anyProgramme(), anyStory, (programme, story) => {
        const run = arrive(programme, inTime(story));
        const stored = JSON.parse(JSON.stringify(story)) as typeof story;
        expect(arrive(programme, inTime(stored)).postings).toEqual(run.postings);
      }),
      { numRuns: numRuns / 2 },
    );
  });
});

describe('more of a purchase', () => {
  const more = fc.record({
    line: fc.option(anyGoods),
    place: fc.nat(3),
    by: fc.nat(4_000),
    isFirst: fc.boolean(),
  });

  /** One more line, or one that is dearer. */
  function larger(
    basket: Purchase,
    { line, place, by, isFirst }: typeof more extends fc.Arbitrary<infer T> ? T : never,
  ): Purchase {
    if (line !== null) {
      return { ...basket, lines: isFirst ? [line, ...basket.lines] : [...basket.lines, line] };
    }
    const lines = basket.lines.map((each, no) =>
      no === place % basket.lines.length ? { ...each, amount: each.amount + by } : each,
    );
    return { ...basket, lines };
  }

  it('R5: never gives less', () => {
    fc.assert(
      fc.property(anyProgramme(), anyBasket, more, anyTier, (programme, basket, what, tier) => {
        const much = larger(basket, what);
        const before = sumOfAll(programme, tier, [{ purchase: basket }]);
        const after = sumOfAll(programme, tier, [{ purchase: much }]);
        // Room of a cap that goes to another line is multiplied, and floored, there.
        const floors = BigInt(programme.rules.length * much.lines.length);
        expect(after + floors).toBeGreaterThanOrEqual(before);
      }),
      { numRuns },
    );
  });
});

describe('parts of a purchase', () => {
  it('R5: within the cool-downs never give more than the whole', () => {
    fc.assert(
      fc.property(
        anyProgramme(),
        goods,
        anyWhere,
        deal,
        fc.array(fc.nat(59), { minLength: 3, maxLength: 3 }),
        (programme, lines, where, dealt, minutes) => {
          const sorted = [...minutes].sort((a, b) => a - b);
          const split = receipts(inPieces(lines), dealt, where).map((purchase, no) => ({
            purchase,
            minute: sorted[no] ?? 0,
          }));
          const whole = sumOfAll(programme, 'silver', [{ purchase: { ...where, lines } }]);
          const floors = BigInt(programme.rules.length * inPieces(lines).length);
          expect(sumOfAll(programme, 'silver', split)).toBeLessThanOrEqual(whole + floors);
        },
      ),
      { numRuns },
    );
  });

  it('R5: paid by one tender each never give more than the whole paid by both', () => {
    fc.assert(
      fc.property(anyProgramme({ counts: false }), goods, anyWhere, (programme, lines, where) => {
        const ofHalves = (halves: number): PurchaseLine[] =>
          lines.map((line) => ({ ...line, amount: line.amount * halves }));
        const paidBy = (halves: number, ...kinds: string[]): { purchase: Purchase } => {
          const tenders = kinds.map((kind) => ({ kind, amount: 1 }));
          return { purchase: { ...where, lines: ofHalves(halves), tenders } };
        };
        const whole = sumOfAll(programme, 'silver', [paidBy(2, 'card', 'cash')]);
        const floors = BigInt(2 * programme.rules.length * lines.length);
        for (const kinds of [
          ['card', 'cash'],
          ['cash', 'card'],
        ]) {
          const split = kinds.map((kind) => paidBy(1, kind));
          expect(sumOfAll(programme, 'silver', split)).toBeLessThanOrEqual(whole + floors);
        }
      }),
      { numRuns },
    );
  });

  it('R5: lack at most a billionth per rule and part, but for what asks how much there is', () => {
    const kinds = { thresholds: false, coolDowns: false, history: false } as const;
    fc.assert(
      fc.property(anyProgramme(kinds), goods, anyWhere, deal, (programme, lines, where, dealt) => {
        const pieces = inPieces(lines);
        const split = receipts(pieces, dealt, where).map((purchase) => ({ purchase }));
        const whole = sumOfAll(programme, 'silver', [{ purchase: { ...where, lines } }]);
        // What is lost before something multiplies is multiplied with the rest.
        const factors = [
          ...programme.rules.map((rule) => (rule.kind === 'multiplier' ? rule.by : 0n)),
          programme.tiers.find(({ code }) => code === 'silver')?.multiplier ?? 0n,
        ];
        const times = factors.reduce((all, factor) => all * Math.max(1, Number(factor) / 1e6), 1);
        const floors = BigInt(Math.ceil((programme.rules.length + 1) * pieces.length * times));
        expect(sumOfAll(programme, 'silver', split)).toBeGreaterThanOrEqual(whole - floors);
      }),
      { numRuns },
    );
  });

  it('R5: at one instant give the same in either order, where no limit is between them', () => {
    const kinds = { caps: false, coolDowns: false, history: false, counts: false } as const;
    fc.assert(
      fc.property(anyProgramme(kinds), anyBasket, anyBasket, (programme, one, other) => {
        const order = (...purchases: Purchase[]): bigint =>
          sumOfAll(
            programme,
            'silver',
            purchases.map((purchase) => ({ purchase })),
          );
        expect(order(one, other)).toBe(order(other, one));
      }),
      { numRuns },
    );
  });
});
