/** Rewards used on a purchase that comes back: their points return, and what they had of limits. */
import type { Award } from '../earning/decision.js';
import { remaining } from '../earning/remaining.js';
import { NO_RULE, WHOLE_EVENT, type ExplanationItem } from '../explanation.js';
import { givenBackOf, type LimitUse } from '../limits.js';
import type { Moves } from '../spending/moves.js';
import { read } from '../spending/settle.js';
import type { MemberState, Redemption, Refusal, ReturnedLine } from '../state.js';

/** What redemptions give back of shared limits. */
export const sharedOf = (given: readonly Redemption[]): LimitUse[] =>
  given.flatMap(({ shared = [] }) => givenBackOf(shared));

/** Moves the points of redemptions back to their lots. */
export function giveBack(
  moves: Moves,
  given: readonly Redemption[],
  at: number,
  graceEndsAt: number,
): ExplanationItem[] {
  return given.map(({ lots, points }) => {
    for (const lot of lots) moves.giveBack(lot, at, graceEndsAt);
    return [NO_RULE, WHOLE_EVENT, 'reward_given_back', '0', points];
  });
}

/** The member with these redemptions returned by the posting of that number. */
export function withReturned(
  member: MemberState,
  given: readonly Redemption[],
  changedSeq: number,
): { member: MemberState; done: Redemption[] } {
  const done = given.map((each): Redemption => ({
    ...each,
    state: 'returned',
    changedSeq,
    lots: [],
    shared: undefined,
  }));
  const redemptions = member.redemptions?.map(
    (each) => done.find(({ seq }) => seq === each.seq) ?? each,
  );
  return { member: { ...member, redemptions }, done };
}

/** The redemptions to give back, or why one of those asked for cannot be. */
export function givenBack(
  member: MemberState,
  asked: readonly number[] | undefined,
  { seq, purchase }: Award,
  returned: readonly ReturnedLine[],
): Redemption[] | Refusal {
  const { redemptions } = read(member);
  const used = redemptions.filter(
    ({ purchaseSeq, state }) => purchaseSeq === seq && state === 'captured',
  );
  if (asked === undefined) {
    const left = purchase === undefined ? [] : remaining(purchase, returned).lines;
    const isWhole = left.every(({ quantity, amount }) => quantity === 0 && amount === 0);
    return isWhole ? used : [];
  }
  const given: Redemption[] = [];
  for (const [index, number] of asked.entries()) {
    const found = used.find((each) => each.seq === number);
    if (found === undefined) {
      const pointer = `/redemptions/${String(index)}`;
      return { code: 'redemption_not_on_purchase', pointer, details: {} };
    }
    given.push(found);
  }
  return given;
}
