/** Captured redemptions that a purchase names because they were used on it. */
import type { Refusal } from '../outcome.js';
import type { Purchase } from '../purchase.js';
import type { MemberState, Redemption } from '../state.js';
import { isUsableOn } from './voucher.js';

interface Using {
  purchase: Purchase;
  /** Numbers of captured redemptions. */
  redemptions?: readonly number[] | undefined;
  retailer?: string | undefined;
}

/** Marks the redemptions used on the purchase about to be posted, so that its return finds them. */
export function useRedemptions(
  member: MemberState,
  { redemptions: named = [] }: Using,
  postings: number,
): { member: MemberState; redemptions: Redemption[] } {
  if (named.length === 0) return { member, redemptions: [] };
  const seq = member.version + postings;
  const all = (member.redemptions ?? []).map((each) =>
    named.includes(each.seq) ? { ...each, purchaseSeq: seq, changedSeq: seq } : each,
  );
  return {
    member: { ...member, redemptions: all },
    redemptions: all.filter((each) => named.includes(each.seq)),
  };
}

/** Why a redemption cannot be used on a purchase, if one cannot. */
export function notUsable(member: MemberState, action: Using): Refusal | undefined {
  for (const [index, seq] of (action.redemptions ?? []).entries()) {
    const found = member.redemptions?.find((each) => each.seq === seq);
    if (found !== undefined && isUsableOn(found, action.retailer)) continue;
    const pointer = `/redemptions/${String(index)}`;
    return { code: 'redemption_not_usable', pointer, details: {} };
  }
  return paidOtherwise(member, action);
}

/** Points that pay are a tender of the purchase, or what they pay would earn points again. */
function paidOtherwise(member: MemberState, action: Using): Refusal | undefined {
  const paying = (member.redemptions ?? []).filter(
    ({ seq, amount }) => amount !== undefined && action.redemptions?.includes(seq) === true,
  );
  if (paying.length === 0) return undefined;
  const redeemed = paying.reduce((sum, { amount = 0 }) => sum + amount, 0);
  const tendered = action.purchase.tenders.reduce(
    (sum, { kind, amount }) => sum + (kind === 'points' ? amount : 0),
    0,
  );
  if (redeemed === tendered) return undefined;
  return { code: 'points_tender_differs', pointer: '/tenders', details: { redeemed, tendered } };
}
