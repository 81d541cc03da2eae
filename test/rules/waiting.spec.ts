import fc from 'fast-check';
import { act } from '../../src/rules/act.js';
import { compileProgramme } from '../../src/programmes/compile.js';
import type { Partner } from '../../src/programmes/document.js';
import { Awards, timelineOf } from '../../src/rules/earning/timeline.js';
import { sumOf } from '../../src/rules/explanation.js';
import type { PostingDraft } from '../../src/rules/outcome.js';
import { waitingIn } from '../../src/rules/partners/waiting.js';
import { blockOf } from '../../src/rules/partners/terms.js';
import { BILLION } from '../../src/rules/points.js';
import type { Programme } from '../../src/rules/programme.js';
import type { Purchase } from '../../src/rules/purchase.js';
import type { MemberState } from '../../src/rules/state.js';
import { aProgrammeDocument } from '../support/programme.js';
import { HOUR, memberOf, NOON, versionsOf } from '../support/state.js';
import { anyFunded, codes } from './funded.js';
import {
  anyStory,
  arrive,
  endOf,
  fresh,
  inTime,
  shuffled,
  type Back,
  type Bought,
  type Run,
} from './stories.js';

const numRuns = Number(process.env['RUNS'] ?? 100);
const keys = fc.array(fc.nat(1_000), { minLength: 12, maxLength: 12 });
const PLENTY = 1_000_000_000;

const queueing = (code: string, share: string): Partner => ({
  ...{ code, kind: 'partner' },
  terms: { kind: 'prepaid', price: '1', share, whenEmpty: 'queue', alertBelow: 0 },
});

/** Programmes of every kind of rule whose partners let their customers' points wait. */
const anyQueueing: fc.Arbitrary<Programme> = anyFunded(queueing, 1n);

const blocksWith = (total: number): Map<string, number> =>
  new Map(codes.map((code) => [blockOf(code), total]));

/** What waits, by purchase. */
function waitingOf(member: MemberState): Map<number, bigint> {
  const waits = new Map<number, bigint>();
  for (const { seq, items } of Awards.after(timelineOf(member.history ?? []), member).all()) {
    const own = waitingIn(items.values());
    if (own !== 0n) waits.set(seq, own);
  }
  return waits;
}

const waitingInAll = (member: MemberState): bigint =>
  [...waitingOf(member).values()].reduce((sum, waits) => sum + waits, 0n);

/** What postings say waits, each the last that names the purchase. */
function told(postings: readonly PostingDraft[]): Map<number, bigint> {
  const waits = new Map<number, bigint>();
  for (const { waiting } of postings) {
    if (waiting !== undefined) waits.set(waiting.purchase, waiting.billionths);
  }
  return new Map([...waits].filter(([, billionths]) => billionths > 0n));
}

const used = (postings: readonly PostingDraft[], block: string): number =>
  postings
    .flatMap(({ shared = [] }) => shared)
    .reduce((sum, { limit, amount }) => (limit === block ? sum + amount : sum), 0);

/** Awards what waits, as far as blocks have it. */
function awardAll(programme: Programme, run: Run, left: ReadonlyMap<string, number>): Run {
  let state: { members: MemberState[]; left: ReadonlyMap<string, number> } = {
    members: [run.member],
    left,
  };
  const postings = [...run.postings];
  for (const purchase of waitingOf(run.member).keys()) {
    const action = { kind: 'award_waiting', at: NOON, purchase, versions: versionsOf(programme) };
    const outcome = act(programme, state, { ...action, kind: 'award_waiting' });
    postings.push(...outcome.postings);
    state = { members: [memberOf(outcome)], left: outcome.state.left ?? left };
  }
  const [member] = state.members;
  if (member === undefined) throw new Error('The member stays.');
  return { ...run, member, postings };
}

/** All that follows from what was bought: exact points with those that wait, and what counts. */
function worthOf({ member }: Pick<Run, 'member'>): Record<string, unknown> {
  const { points, owed, remainder, qualifying, tier, counters } = member;
  const exact = BigInt(points - owed) * BILLION + remainder + waitingInAll(member);
  const counted = [...counters].filter(([key, n]) => n !== 0 && !key.startsWith('*/due/'));
  return { exact, qualifying, tier, counters: counted.sort() };
}

const backs = (bought: readonly Bought[]): Back[] =>
  bought.map(({ id }) => ({
    ...{ kind: 'return', id: 200 + id, of: id, lines: undefined },
    occurredAt: NOON - HOUR + 900_000 + id,
  }));

const isBought = (each: { kind: string }): each is Bought => each.kind === 'accrue';

describe('points that wait for a partner', () => {
  it('R100: are of a purchase that counts as if they were awarded, whatever the block has', () => {
    fc.assert(
      fc.property(anyQueueing, anyStory, keys, fc.nat(120), (programme, story, places, total) => {
        const order = shuffled(story, places);
        const short = arrive(programme, order, fresh(), blocksWith(total));
        const plenty = arrive(programme, order, fresh(), blocksWith(PLENTY));
        expect(waitingInAll(plenty.member)).toBe(0n);
        expect(worthOf(short)).toEqual(worthOf(plenty));
        expect(told(short.postings)).toEqual(waitingOf(short.member));
        for (const posting of short.postings) {
          expect(sumOf(posting.explanation)).toBe(posting.billionths);
        }
      }),
      { numRuns },
    );
  });

  it('R101: never use more of a block than it has, and are none that a member has', () => {
    fc.assert(
      fc.property(anyQueueing, anyStory, keys, fc.nat(120), (programme, story, places, total) => {
        const run = arrive(programme, shuffled(story, places), fresh(), blocksWith(total));
        for (const block of codes.map(blockOf)) {
          let sum = 0;
          for (const posting of run.postings) {
            sum += used([posting], block);
            expect(sum).toBeGreaterThanOrEqual(0);
            expect(sum).toBeLessThanOrEqual(total);
          }
        }
        const awarded = Awards.after(timelineOf(run.member.history ?? []), run.member);
        let exact = 0n;
        for (const { items } of awarded.all()) exact += sumOf([...items.values()]);
        const { points, owed, remainder } = run.member;
        expect(BigInt(points - owed) * BILLION + remainder).toBe(exact);
      }),
      { numRuns },
    );
  });

  it('R102: are awarded to the last billionth once there is enough, as if there always had been', () => {
    fc.assert(
      fc.property(
        ...[anyQueueing, anyStory, keys, fc.nat(120), fc.nat(60)],
        (programme: Programme, story, places, total, more) => {
          const order = shuffled(story, places);
          const run = arrive(programme, order, fresh(), blocksWith(total));
          const left = (of: Run, extra: number): Map<string, number> =>
            new Map(
              codes.map(blockOf).map((block) => [block, total + extra - used(of.postings, block)]),
            );
          const some = awardAll(programme, run, left(run, more));
          for (const block of codes.map(blockOf)) {
            expect(used(some.postings, block)).toBeLessThanOrEqual(total + more);
          }
          expect(worthOf(some)).toEqual(worthOf(run));
          expect(told(some.postings)).toEqual(waitingOf(some.member));
          const all = awardAll(programme, some, left(some, PLENTY));
          expect(waitingOf(all.member)).toEqual(new Map());
          const plenty = arrive(programme, order, fresh(), blocksWith(PLENTY));
          const { lots: _, counters: __, ...end } = endOf(all);
          expect(endOf(plenty)).toMatchObject(end);
          expect(awardAll(programme, all, left(all, PLENTY)).postings).toEqual(all.postings);
        },
      ),
      { numRuns },
    );
  });

  it('R102: come to the same where a return frees as much room of a cap as it takes', () => {
    const programme = compileProgramme(
      aProgrammeDocument({
        earningRules: [{ kind: 'per_amount', id: 'base', name: 'Base', rate: '1' }],
        earningCaps: [{ period: 'day', points: 60 }],
        partners: [queueing('other', '0.061591')],
      }),
      { no: 1, effectiveAt: 0 },
    );
    const tenders = [
      { kind: 'cash', amount: 3 },
      { kind: 'points', amount: 4 },
    ];
    const of = (amount: number): Purchase['lines'] => [
      { category: 'garden', quantity: 1, amount, tax: 0 },
    ];
    // The one that comes late takes room of the cap from the one that waits, and a return follows.
    const story: (Bought | Back)[] = [
      {
        ...{ kind: 'accrue', id: 0, occurredAt: NOON - HOUR },
        purchase: { lines: of(10_066), tenders, retailer: 'other' },
      },
      {
        ...{ kind: 'accrue', id: 1, occurredAt: NOON - 2 * HOUR },
        purchase: { lines: of(2_000), tenders: [], retailer: 'shop' },
      },
      { kind: 'return', id: 2, of: 0, occurredAt: NOON - 1, lines: [{ line: 0, amount: 100 }] },
    ];
    const short = arrive(programme, story, fresh(), blocksWith(0));
    const paid = awardAll(programme, short, blocksWith(PLENTY));
    const { points, remainder } = arrive(programme, story, fresh(), blocksWith(PLENTY)).member;
    expect([points, remainder]).toEqual([60, 0n]);
    expect(paid.member).toMatchObject({ points, remainder });
  });

  it('R101: are gone when everything came back, with all that was used of blocks', () => {
    fc.assert(
      fc.property(
        ...[anyQueueing, anyStory, keys, fc.nat(120), fc.nat(60)],
        (programme: Programme, story, places, total, more) => {
          const bought = inTime(story).filter(isBought);
          const first = arrive(programme, shuffled(bought, places), fresh(), blocksWith(total));
          const left = new Map(
            codes.map(blockOf).map((block) => [block, total + more - used(first.postings, block)]),
          );
          const paid = awardAll(programme, first, left);
          const numbers = [...first.answers].map(([id, { seq }]) => [id, seq] as const);
          let state: { members: MemberState[]; left: ReadonlyMap<string, number> } = {
            members: [paid.member],
            left,
          };
          const postings = [...paid.postings];
          for (const { of, occurredAt } of backs(bought)) {
            const purchase = new Map(numbers).get(of) ?? 0;
            const when = { at: NOON, occurredAt, purchase, versions: versionsOf(programme) };
            const outcome = act(programme, state, { kind: 'return', ...when });
            postings.push(...outcome.postings);
            state = { members: [memberOf(outcome)], left: outcome.state.left ?? left };
          }
          for (const block of codes.map(blockOf)) expect(used(postings, block)).toBe(0);
          expect(told(postings)).toEqual(new Map());
          const member = state.members[0] ?? fresh();
          expect({ points: member.points, owed: member.owed }).toEqual({ points: 0, owed: 0 });
        },
      ),
      { numRuns },
    );
  });
});

const plain = compileProgramme(
  aProgrammeDocument({
    earningRules: [{ kind: 'per_amount', id: 'base', name: 'Base', rate: '1.37' }],
    partners: [queueing('other', '0.63')],
  }),
  { no: 1, effectiveAt: 0 },
);

const stepped = compileProgramme(
  aProgrammeDocument({
    earningRules: [{ kind: 'per_amount', id: 'base', name: 'Base', rate: '1' }],
    partners: [queueing('other', '1')],
  }),
  { no: 1, effectiveAt: 0 },
);

const bought = (amount: number, id: number): Bought => ({
  ...{ kind: 'accrue', id, occurredAt: NOON - 10 * HOUR + id },
  purchase: {
    lines: [{ category: 'home', quantity: 1, amount, tax: 0 }],
    tenders: [],
    retailer: 'other',
  },
});

describe('what a block does not cover of a purchase', () => {
  it('R101: is the same for a purchase and for its parts: splitting gains nothing', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 20_000 }), { minLength: 2, maxLength: 6 }),
        fc.nat(300),
        (amounts, total) => {
          const whole = amounts.reduce((sum, amount) => sum + amount, 0);
          const one = arrive(plain, [bought(whole, 0)], fresh('blue'), blocksWith(total));
          const parts = arrive(plain, amounts.map(bought), fresh('blue'), blocksWith(total));
          const of = ({ member }: Run): unknown => [
            ...[member.points, member.remainder, waitingInAll(member)],
          ];
          // The tier is reached with the first part already, or with none: no multiplier applies.
          const [exact, split] = [of(one), of(parts)];
          if (one.member.tier === 'blue') expect(split).toEqual(exact);
        },
      ),
      { numRuns },
    );
  });

  it('R101: is nothing that corrections of others have taken before, when it comes late', () => {
    const early = { ...bought(60_000, 1), occurredAt: NOON - 20 * HOUR };
    const run = arrive(stepped, [bought(9_000, 0), early], fresh('blue'), blocksWith(100));
    const [, , own] = run.postings;
    // The purchase before is now one of a better tier: 12.5 more, of which the block has 10.
    expect(run.postings.map(({ kind }) => kind)).toEqual(['accrue', 'correct', 'accrue']);
    expect(own?.waiting?.billionths).toBe(600n * BILLION);
    expect(used(run.postings, blockOf('other'))).toBe(100);
  });

  it('R101: is never so much more that a larger purchase is awarded less', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 50_000 }),
        fc.nat(50_000),
        fc.nat(500),
        (amount, more, total) => {
          const awarded = (minor: number): bigint => {
            const { member } = arrive(plain, [bought(minor, 0)], fresh('blue'), blocksWith(total));
            return BigInt(member.points) * BILLION + member.remainder;
          };
          expect(awarded(amount + more)).toBeGreaterThanOrEqual(awarded(amount));
        },
      ),
      { numRuns },
    );
  });
});
