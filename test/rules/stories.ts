/** What members do over some days, and how it ends whatever order the news of it arrives in. */
import fc from 'fast-check';
import { act } from '../../src/rules/act.js';
import type { Action } from '../../src/rules/act.js';
import type { Programme } from '../../src/rules/programme.js';
import type { Purchase } from '../../src/rules/purchase.js';
import type { PostingDraft } from '../../src/rules/outcome.js';
import type { MemberState } from '../../src/rules/state.js';
import { aMember, HOUR, memberOf, NOON, versionsOf } from '../support/state.js';
import { anyBasket } from './documents.js';

export interface Bought {
  kind: 'accrue';
  id: number;
  occurredAt: number;
  purchase: Purchase;
}

export interface Back {
  kind: 'return';
  id: number;
  /** The id of what comes back. */
  of: number;
  occurredAt: number;
  lines: { line: number; quantity?: number; amount?: number }[] | undefined;
}

export type Happening = Bought | Back;

export interface Run {
  member: MemberState;
  /** The postings that answer, refusals among them, by the id of what happened. */
  answers: Map<number, PostingDraft>;
  postings: PostingDraft[];
}

export const fresh = (tier = ''): MemberState =>
  aMember({ tier, history: [], purchases: new Map() });

/** Lets things arrive in an order, all of them at `NOON`; what is refused only takes a number. */
export function arrive(
  programme: Programme,
  order: readonly Happening[],
  start: MemberState = fresh(),
  left: ReadonlyMap<string, number> = new Map(),
): Run {
  let room = left;
  const numbers = new Map<number, number>();
  const run: Run = { member: start, answers: new Map(), postings: [] };
  const versions = versionsOf(programme);
  for (const each of order) {
    const when = { at: NOON, occurredAt: each.occurredAt, versions };
    const action: Action =
      each.kind === 'accrue'
        ? { ...when, kind: 'accrue', purchase: each.purchase }
        : { ...when, kind: 'return', purchase: numbers.get(each.of) ?? 0, lines: each.lines };
    const outcome = act(programme, { members: [run.member], left: room }, action);
    room = outcome.state.left ?? room;
    run.member = memberOf(outcome);
    run.postings.push(...outcome.postings);
    const answer = outcome.postings.at(-1);
    if (answer !== undefined) run.answers.set(each.id, answer);
    if (each.kind === 'accrue') numbers.set(each.id, run.member.version);
  }
  return run;
}

/** What law R11 promises to be the same; counters that count nothing are as good as none. */
export function endOf({ member }: Pick<Run, 'member'>): Record<string, unknown> {
  const lots = new Map<string, number>();
  for (const { accruedAt, availableFrom, expiresAt, funder, remaining } of member.lots ?? []) {
    const terms = JSON.stringify([accruedAt, availableFrom, expiresAt, funder]);
    lots.set(terms, (lots.get(terms) ?? 0) + remaining);
  }
  const { points, owed, qualifying, remainder, tier, newestAt, heardAt } = member;
  return {
    ...{ points, owed, qualifying, remainder, tier, newestAt, heardAt },
    lots: [...lots].filter(([, remaining]) => remaining > 0).sort(),
    counters: [...member.counters].filter(([, used]) => used !== 0).sort(),
  };
}

export const anyStory: fc.Arbitrary<Happening[]> = fc
  .array(
    fc.record({
      hours: fc.oneof(fc.integer({ min: 2, max: 60 }), fc.integer({ min: 2, max: 25 * 24 })),
      purchase: anyBasket,
      back: fc.option(
        fc.record({
          after: fc.integer({ min: 0, max: 300 }),
          whole: fc.boolean(),
          share: fc.integer({ min: 1, max: 3 }),
        }),
      ),
    }),
    { minLength: 1, maxLength: 6 },
  )
  .map((drawn) =>
    drawn.flatMap(({ hours, purchase, back }, id): Happening[] => {
      const occurredAt = NOON - hours * HOUR - id;
      const bought: Bought = { kind: 'accrue', id, occurredAt, purchase };
      if (back === null) return [bought];
      const at = Math.min(occurredAt + back.after * HOUR + 30 * 60_000, NOON - HOUR + id);
      const some = purchase.lines.map(({ amount }, line) => ({
        line,
        amount: Math.floor(amount / back.share),
      }));
      const lines = back.whole ? undefined : some.filter(({ amount }) => amount > 0);
      return [bought, { kind: 'return', id: 100 + id, of: id, occurredAt: at, lines }];
    }),
  );

/** In the order they happened; equal instants never occur. */
export const inTime = (story: readonly Happening[]): Happening[] =>
  [...story].sort((a, b) => a.occurredAt - b.occurredAt || a.id - b.id);

/** A drawn order in which nothing comes back before it was bought. */
export function shuffled(story: readonly Happening[], keys: readonly number[]): Happening[] {
  const order = story
    .map((each, index) => ({ each, key: keys[index] ?? 0 }))
    .sort((a, b) => a.key - b.key)
    .map(({ each }) => each);
  const placeOf = new Map(order.map((each, index) => [each.id, index]));
  const place = (each: Happening): number => {
    const own = placeOf.get(each.id) ?? 0;
    return each.kind === 'return' ? Math.max(own, (placeOf.get(each.of) ?? 0) + 0.5) : own;
  };
  return [...order].sort((a, b) => place(a) - place(b));
}
