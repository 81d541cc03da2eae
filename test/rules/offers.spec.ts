import fc from 'fast-check';
import { compileProgramme } from '../../src/programmes/compile.js';
import { act, type Action } from '../../src/rules/act.js';
import { sumOf } from '../../src/rules/explanation.js';
import { drawnBy, placeOf } from '../../src/rules/offers/draws.js';
import { limitsOfHistory, limitsWanted } from '../../src/rules/offers/wanted.js';
import type { Programme } from '../../src/rules/programme.js';
import type { Purchase } from '../../src/rules/purchase.js';
import type { Outcome, PostingDraft } from '../../src/rules/outcome.js';
import type { MemberState } from '../../src/rules/state.js';
import { Left } from '../support/limits.js';
import { anAccrual, HOUR, lastOf, memberOf, NOON, versionsOf } from '../support/state.js';
import { anyDocumentWithOffers } from './any-offers.js';
import { anyBasket, anyGoods, type Kinds } from './documents.js';
import { anyStory, fresh, inTime, shuffled, type Happening } from './stories.js';

/** `RUNS=5000` looks longer. */
const numRuns = Number(process.env['RUNS'] ?? 200);

const anyProgramme = (kinds: Kinds = {}): fc.Arbitrary<Programme> =>
  anyDocumentWithOffers(kinds).map((each) => compileProgramme(each, { no: 1, effectiveAt: 0 }));

/** Some of each limit is used by others already. */
const usedBefore = fc.array(fc.integer({ min: 0, max: 100 }), { minLength: 1, maxLength: 8 });

function limitsAfter(programme: Programme, percents: readonly number[]): Left {
  const left = new Left(programme);
  [...programme.limits].forEach(([limit, total], place) => {
    const percent = percents[place % percents.length] ?? 0;
    left.use([{ limit, amount: Math.floor((total * percent) / 100) }]);
  });
  return left;
}

function buy(programme: Programme, member: MemberState, left: Left, basket: Purchase): Outcome {
  const action = { ...anAccrual(basket), versions: versionsOf(programme) };
  return act(programme, { members: [member], left }, action);
}

const pointsOfOffers = (programme: Programme, { explanation }: PostingDraft): bigint =>
  sumOf(explanation.filter(([ruleNo]) => programme.offers.has(ruleNo)));

describe('offers with budgets', () => {
  it('R50: draw what they pay, and never more than is left', () => {
    fc.assert(
      fc.property(anyProgramme(), usedBefore, anyBasket, (programme, percents, basket) => {
        const left = limitsAfter(programme, percents);
        const outcome = buy(programme, fresh(), left, basket);
        const posting = lastOf(outcome);
        const drawn = drawnBy(programme, posting.explanation, placeOf(basket, NOON));
        expect(new Map(posting.shared?.map(({ limit, amount }) => [limit, amount]))).toEqual(drawn);
        expect(() => {
          left.use(posting.shared ?? []);
        }).not.toThrow();
        // Whoever got less than the rule gives is told of, so that more can be fetched.
        const cut = posting.explanation.some(([, , code]) =>
          ['budget_capped', 'budget_used_up', 'slot_full'].includes(code),
        );
        if (cut) expect(outcome.short?.length).toBeGreaterThan(0);
      }),
      { numRuns },
    );
  });

  it('R50: what is asked for, once it is there, is enough', () => {
    fc.assert(
      fc.property(anyProgramme(), usedBefore, anyBasket, (programme, percents, basket) => {
        const left = limitsAfter(programme, percents);
        const { short = [] } = buy(programme, fresh(), left, basket);
        for (const { limit, amount } of short) left.set(limit, amount);
        expect(buy(programme, fresh(), left, basket).short ?? []).toEqual([]);
      }),
      { numRuns },
    );
  });

  it('R51: lock what they may draw from, whatever is left', () => {
    fc.assert(
      fc.property(anyProgramme(), anyBasket, (programme, basket) => {
        const left = new Left(programme);
        const when = { occurredAt: NOON, at: NOON };
        const wanted = new Set(limitsWanted(programme, fresh(), () => basket, when));
        const outcome = buy(programme, fresh(), left, basket);
        const used = [...(lastOf(outcome).shared ?? []), ...(outcome.short ?? [])];
        expect(used.filter(({ limit }) => !wanted.has(limit))).toEqual([]);
        const later = limitsOfHistory(memberOf(outcome), versionsOf(programme));
        expect(used.filter(({ limit }) => !later.includes(limit))).toEqual([]);
      }),
      { numRuns },
    );
  });

  it('R5: more of a purchase never gives less', () => {
    const more = fc.record({ line: fc.option(anyGoods), place: fc.nat(3), by: fc.nat(4_000) });
    fc.assert(
      fc.property(
        anyProgramme(),
        usedBefore,
        anyBasket,
        more,
        (programme, percents, basket, what) => {
          const larger = (lines: Purchase['lines']): Purchase['lines'] =>
            what.line === null
              ? lines.map((each, no) =>
                  no === what.place % lines.length
                    ? { ...each, amount: each.amount + what.by }
                    : each,
                )
              : [what.line, ...lines];
          const worth = (lines: Purchase['lines']): bigint => {
            const left = limitsAfter(programme, percents);
            return lastOf(buy(programme, fresh(), left, { ...basket, lines })).billionths;
          };
          const floors = BigInt(programme.rules.length * (basket.lines.length + 1));
          expect(worth(larger(basket.lines)) + floors).toBeGreaterThanOrEqual(worth(basket.lines));
        },
      ),
      { numRuns },
    );
  });

  it('R5, P9: what is bought line by line never gets more than all at once', () => {
    const parted = fc.integer({ min: 0, max: 15 });
    fc.assert(
      fc.property(
        anyProgramme(),
        usedBefore,
        anyBasket,
        parted,
        (programme, percents, basket, firsts) => {
          const all = { ...basket, tenders: [] };
          const part = (bit: number): Purchase => ({
            ...all,
            lines: all.lines.filter((_, place) => ((firsts >> place) & 1) === bit),
          });
          const whole = lastOf(buy(programme, fresh(), limitsAfter(programme, percents), all));
          const left = limitsAfter(programme, percents);
          const first = buy(programme, fresh(), left, part(1));
          // A part that lifts its member into another tier lets the rest earn at that one.
          fc.pre(memberOf(first).tier === programme.tiers[0].code);
          left.use(lastOf(first).shared ?? []);
          const second = lastOf(buy(programme, memberOf(first), left, part(0)));
          const floors = BigInt(programme.rules.length * (basket.lines.length + 1));
          expect(lastOf(first).billionths + second.billionths).toBeLessThanOrEqual(
            whole.billionths + floors,
          );
        },
      ),
      { numRuns },
    );
  });

  it('R52: more that is left never gives less', () => {
    fc.assert(
      fc.property(anyProgramme(), usedBefore, anyBasket, (programme, percents, basket) => {
        const some = limitsAfter(programme, percents);
        const all = new Left(programme);
        const before = lastOf(buy(programme, fresh(), some, basket)).billionths;
        const after = lastOf(buy(programme, fresh(), all, basket)).billionths;
        expect(after).toBeGreaterThanOrEqual(before);
      }),
      { numRuns },
    );
  });
});

interface Drawn {
  member: MemberState;
  postings: PostingDraft[];
}

/** As `arrive`, with limits that are used; nothing draws more than there is. */
function arriveWith(programme: Programme, order: readonly Happening[], left: Left): Drawn {
  const numbers = new Map<number, number>();
  let member = fresh();
  const postings: PostingDraft[] = [];
  for (const each of order) {
    const when = { at: NOON, occurredAt: each.occurredAt, versions: versionsOf(programme) };
    const action: Action =
      each.kind === 'accrue'
        ? { ...when, kind: 'accrue', purchase: each.purchase }
        : { ...when, kind: 'return', purchase: numbers.get(each.of) ?? 0, lines: each.lines };
    const outcome = act(programme, { members: [member], left }, action);
    member = memberOf(outcome);
    for (const { shared = [] } of outcome.postings) left.use(shared);
    postings.push(...outcome.postings);
    if (each.kind === 'accrue') numbers.set(each.id, member.version);
  }
  return { member, postings };
}

const keys = fc.array(fc.nat(1_000), { minLength: 12, maxLength: 12 });

describe('whatever a member does, in whatever order the news arrives', () => {
  it('R50, R53: no more is drawn than there is, and what comes back gives it back exactly', () => {
    fc.assert(
      fc.property(
        anyProgramme(),
        usedBefore,
        anyStory,
        keys,
        (programme, percents, story, order) => {
          const left = limitsAfter(programme, percents);
          const run = arriveWith(programme, shuffled(story, order), left);
          const sums = new Map<string, number>();
          for (const { limit, amount } of run.postings.flatMap(({ shared = [] }) => shared)) {
            sums.set(limit, (sums.get(limit) ?? 0) + amount);
          }
          expect([...sums].filter(([, amount]) => amount < 0)).toEqual([]);
          const rest = [...new Set(run.postings.map(({ seq }) => seq))];
          // Whatever is left is brought back too.
          let member = run.member;
          for (const purchase of rest) {
            const action = {
              ...{ kind: 'return' as const, at: NOON + HOUR, occurredAt: NOON + HOUR, purchase },
              versions: versionsOf(programme),
            };
            const outcome = act(programme, { members: [member], left }, action);
            member = memberOf(outcome);
            for (const { shared = [] } of outcome.postings) {
              for (const { limit, amount } of shared)
                sums.set(limit, (sums.get(limit) ?? 0) + amount);
            }
          }
          expect([...sums].filter(([, amount]) => amount !== 0)).toEqual([]);
        },
      ),
      { numRuns: numRuns / 2 },
    );
  });

  it('R53: a return never pays by an offer', () => {
    fc.assert(
      fc.property(anyProgramme(), anyStory, (programme, story) => {
        const { postings } = arriveWith(programme, inTime(story), new Left(programme));
        const paid = postings
          .filter(({ kind }) => kind === 'return')
          .map((posting) => pointsOfOffers(programme, posting));
        expect(paid.filter((billionths) => billionths > 1_000n)).toEqual([]);
      }),
      { numRuns: numRuns / 2 },
    );
  });
});
