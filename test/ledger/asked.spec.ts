import { askedBy } from '../../src/ledger/batch/asked.js';
import { mayBeDue, needsWithReview } from '../../src/ledger/batch/reviews.js';
import type { AccountFacts, Command, FactReader, Needs } from '../../src/ledger/command.js';
import type { PostingDraft, PostingKind } from '../../src/rules/outcome.js';
import type { Review } from '../../src/rules/ladder.js';
import type { Programme } from '../../src/rules/programme.js';
import { aProgramme } from '../support/programme.js';
import { DAY, NOON } from '../support/state.js';

const MEMBER = '0a1b2c3d-0000-4000-8000-000000000000';
const FRIEND = '0a1b2c3d-0000-4000-8000-000000000001';
const who = { caller: 'r/shop', actor: 'till 4', requestId: 'req-1' };
const command = (more: Partial<Command> = {}): Command => ({
  ...{ memberIds: [MEMBER], operation: 'purchase', ...who },
  needs: () => nothing,
  decide: () => {
    throw new Error('Nothing is decided here.');
  },
  ...more,
});
const nothing: Needs = { spending: false, counters: [], facts: [] };

describe('who asked for a posting', () => {
  const idempotency = { key: 'k', bodyHash: 'ab' };
  const asked = (kind: PostingKind, isMain: boolean, of = command({ idempotency })) =>
    askedBy(of, { kind } as PostingDraft, isMain);

  it('L5: the key of a command is that of its last posting alone', () => {
    const same = { operation: 'purchase', ...who };
    expect(asked('accrue', true)).toEqual({ ...same, idempotencyKey: 'k', bodyHash: 'ab' });
    const noKey = { ...same, idempotencyKey: null, bodyHash: null };
    expect(asked('accrue', true, command())).toEqual(noKey);
    for (const kind of ['return', 'transfer', 'refer'] as const) {
      expect(asked(kind, false)).toEqual(noKey);
    }
  });

  it('L5: a correction is the programme’s own, and names the request that led to it', () => {
    expect(asked('correct', false)).toEqual({
      ...{ ...who, caller: 'fealty', operation: 'correct' },
      ...{ idempotencyKey: null, bodyHash: null },
    });
  });

  it('L5: what time has done nobody asked for', () => {
    expect(asked('release', false)).toEqual({
      ...{ caller: 'fealty', operation: 'settle', actor: 'fealty', requestId: 'settle' },
      ...{ idempotencyKey: null, bodyHash: null },
    });
  });
});

const review = (at: number | null, more: Partial<Review> = {}): Review =>
  ({ without: null, at, over: null, grant: null, ...more }) as Review;
const ladder = { kind: 'rolling', months: 12 } as const;
const reviewed = aProgramme({ ladder: { metric: 'qualifying_points', window: ladder } } as never);

describe('what a review needs', () => {
  it('R41: is read from the instant at which it is due, and not before', () => {
    const due = (at: number | null, instant: number): boolean =>
      mayBeDue(reviewed, { tier: 'silver', review: review(at) }, instant);
    expect([due(NOON, NOON), due(NOON, NOON - 1), due(NOON, NOON + 1)]).toEqual([
      true,
      false,
      true,
    ]);
  });

  it('R41: may be needed of a tier that has no date yet, unless it is the lowest', () => {
    const mayBe = (programme: Programme | undefined, tier: string): boolean =>
      mayBeDue(programme, { tier, review: undefined }, NOON);
    expect(mayBe(reviewed, 'silver')).toBe(true);
    expect(mayBe(reviewed, 'blue')).toBe(false);
    expect(mayBe(aProgramme(), 'silver')).toBe(false);
    expect(mayBe(undefined, 'silver')).toBe(false);
  });

  const reader: FactReader = { read: () => Promise.resolve(new Map()) };
  const account = (more: Partial<AccountFacts> = {}): AccountFacts =>
    ({ tier: 'silver', newestAt: NOON - DAY, review: review(NOON + DAY), ...more }) as AccountFacts;
  function needed(of: AccountFacts, more: Partial<Command> = {}, friend?: AccountFacts) {
    const seen: (number | null)[] = [];
    const needs = (asked: AccountFacts): Needs => {
      seen.push(asked.newestAt);
      return { ...nothing, counters: [{ counter: 'own', periodStart: 0 }] };
    };
    const programmes = { at: () => reviewed, begunBy: () => [reviewed] };
    const found = needsWithReview(
      command({ ...more, needs }),
      {
        moment: { now: NOON, programmes } as never,
        accounts: new Map(friend === undefined ? [] : [[FRIEND, friend]]),
        reviewReaders: [reader],
      },
      of,
    );
    return { found, seen: seen[0], isMore: found.facts.includes(reader) };
  }

  it('R41: is added to what the command needs, only where one of its members is due', () => {
    expect(needed(account()).found).toEqual({
      ...nothing,
      counters: [{ counter: 'own', periodStart: 0 }],
    });
    const due = needed(account({ review: review(NOON) }));
    expect(due.isMore).toBe(true);
    expect(due.found.counters[0]).toEqual({ counter: 'own', periodStart: 0 });
    expect(due.found.counters.length).toBeGreaterThan(1);
    const both = { memberIds: [MEMBER, FRIEND] as const } as Partial<Command>;
    expect(needed(account(), both, account()).isMore).toBe(false);
    expect(needed(account(), both, account({ review: review(NOON) })).isMore).toBe(true);
    expect(needed(account(), both).isMore).toBe(false);
  });

  it('R41: makes whatever happened before it late, up to the command’s own event', () => {
    const due = account({ review: review(NOON) });
    expect(needed(account()).seen).toBe(NOON - DAY);
    expect(needed(due).seen).toBe(NOON);
    expect(needed(account({ review: review(NOON), newestAt: null })).seen).toBe(NOON);
    expect(needed(due, { occurredAt: NOON + 5 }).seen).toBe(NOON + 5);
    expect(needed(account({ ...due, newestAt: NOON + 9 })).seen).toBe(NOON + 9);
    // Another member's review makes nothing of this one late.
    const both = { memberIds: [MEMBER, FRIEND] as const } as Partial<Command>;
    expect(needed(account(), both, due).seen).toBe(NOON - DAY);
    expect(needed(account({ review: review(NOON + 3) }), { occurredAt: NOON + 3 }).isMore).toBe(
      true,
    );
  });
});
