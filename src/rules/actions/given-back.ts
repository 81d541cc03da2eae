/**
 * Rewards used on a purchase that comes back: their points return, and what they had of limits. Of
 * points that paid for it, a part of the purchase brings its share back.
 */
import type { Award } from '../earning/award.js';
import type { Purchase } from '../purchase.js';
import { isGone } from '../earning/remaining.js';
import { NO_RULE, WHOLE_EVENT, type ExplanationItem } from '../explanation.js';
import { givenBackOf, type LimitUse } from '../limits.js';
import { behindFirst, firstOf } from '../spending/lots.js';
import type { Grace } from '../spending/grace.js';
import type { Moves } from '../spending/moves.js';
import { read } from '../spending/settle.js';
import type { Refusal } from '../outcome.js';
import type { MemberState, Redemption, ReturnedLine } from '../state.js';

/** A redemption of which a return gives points back: some, or all that are still spent. */
export interface Given {
  redemption: Redemption;
  points: number;
}

const spentOf = ({ points, back = 0 }: Redemption): number => points - back;
const whole = (redemption: Redemption): Given => ({ redemption, points: spentOf(redemption) });
const isWhole = ({ redemption, points }: Given): boolean => points === spentOf(redemption);

/** What redemptions give back of shared limits; only one that comes back whole does. */
export const sharedOf = (given: readonly Given[]): LimitUse[] =>
  given.filter(isWhole).flatMap(({ redemption }) => givenBackOf(redemption.shared ?? []));

/** Moves the points back to the lots they came from, the last that were spent first. */
export function giveBack(
  moves: Moves,
  given: readonly Given[],
  at: number,
  grace: Grace,
): ExplanationItem[] {
  return given.map(({ redemption, points }) => {
    const lots = behindFirst(redemption.lots, spentOf(redemption) - points);
    for (const lot of lots) moves.giveBack(lot, at, grace);
    const code = redemption.amount === undefined ? 'reward_given_back' : 'tender_given_back';
    return [NO_RULE, WHOLE_EVENT, code, '0', points];
  });
}

/** The member with what the posting of that number leaves of these redemptions. */
export function withReturned(
  member: MemberState,
  given: readonly Given[],
  changedSeq: number,
): { member: MemberState; done: Redemption[] } {
  const done = given.map((each): Redemption => {
    const { redemption, points } = each;
    const { back = 0, lots } = redemption;
    if (isWhole(each)) {
      const back = { lots: [], shared: undefined, backAt: undefined };
      return { ...redemption, state: 'returned', changedSeq, ...back };
    }
    const left = firstOf(lots, spentOf(redemption) - points);
    return { ...redemption, back: back + points, changedSeq, lots: left };
  });
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
): Given[] | Refusal {
  const { redemptions } = read(member);
  const used = redemptions.filter(
    ({ purchaseSeq, state }) => purchaseSeq === seq && (state === 'captured' || state === 'used'),
  );
  if (asked === undefined) {
    if (purchase === undefined || isGone(purchase, returned)) return used.map(whole);
    return used.flatMap((each) => shareOf(each, purchase, returned));
  }
  const given: Given[] = [];
  for (const [index, number] of asked.entries()) {
    const found = used.find((each) => each.seq === number);
    if (found === undefined) {
      const pointer = `/redemptions/${String(index)}`;
      return { code: 'redemption_not_on_purchase', pointer, details: {} };
    }
    given.push(whole(found));
  }
  return given;
}

/** Points that paid come back as the money of the purchase does, rounded down until all is back. */
function shareOf(
  redemption: Redemption,
  { lines }: Purchase,
  returned: readonly ReturnedLine[],
): Given[] {
  const { points, amount, back = 0 } = redemption;
  const total = lines.reduce((sum, line) => sum + line.amount, 0);
  if (amount === undefined || total === 0) return [];
  const money = returned.reduce((sum, line) => sum + line.amount, 0);
  const due = Number((BigInt(points) * BigInt(money)) / BigInt(total));
  return due > back ? [{ redemption, points: due - back }] : [];
}
