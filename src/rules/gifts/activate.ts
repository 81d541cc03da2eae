/** An offer that is turned on for a member by a coupon: it moves no points, and pays from then on. */
import { NO_RULE, WHOLE_EVENT } from '../explanation.js';
import { usedOf } from '../limits.js';
import { isRunning, type Offer } from '../offers/offer.js';
import { standingOf } from '../offers/standing.js';
import { forWhom } from '../offers/valid.js';
import type { Outcome, PostingDraft, Refusal } from '../outcome.js';
import type { Programme } from '../programme.js';
import { blank, refused, type Settled } from '../spending/settle.js';
import type { MemberState, State } from '../state.js';

export interface ActivateAction {
  kind: 'activate';
  at: number;
  /** Code of the offer. */
  offer: string;
  /** The instant from which its batch can no longer be redeemed. */
  until: number;
  /** The rolling limit that counts what this very coupon was used. */
  single: string;
}

/** Activates an offer, or says why not; who is refused has the coupon still. */
export function activateOffer(
  programme: Programme,
  state: State,
  settled: Settled,
  action: ActivateAction,
): Outcome {
  const { member } = settled;
  const refusal = whyNot(programme, state, member, action);
  if (refusal !== undefined) return refused(programme, settled, action, refusal);
  const { at, offer, single } = action;
  const next: MemberState = { ...member, version: member.version + 1 };
  const draft: PostingDraft = {
    ...blank(programme, next, at),
    kind: 'award',
    explanation: [[NO_RULE, WHOLE_EVENT, 'offer_activated', '0', offer]],
  };
  const activated = new Map(member.activated).set(offer, at);
  return {
    state: { members: [{ ...next, activated }], limits: new Map(state.limits).set(single, 1) },
    postings: [...settled.postings, draft],
  };
}

function whyNot(
  programme: Programme,
  state: State,
  member: MemberState,
  { at, offer: code, until, single }: ActivateAction,
): Refusal | undefined {
  const refusal = (why: string): Refusal => ({ code: why, details: {} });
  if (member.status !== 'active') return refusal('member_not_active');
  if (usedOf(state, single) > 0) return refusal('coupon_already_used');
  if (at >= until) return refusal('coupon_not_valid');
  const offer = activatedIn(programme, code);
  if (offer === undefined || !isRunning(offer, at)) return refusal('offer_not_running');
  const standing = standingOf(offer, member, at);
  // Who is held out is told no more than whoever else it is not for.
  if (standing === 'held_out' || standing === 'not_listed') return refusal('offer_not_for_member');
  if (standing === 'paused') return refusal('offer_is_paused');
  if (standing === 'open') return refusal('offer_already_activated');
  if (!forWhom(programme, member, at)(offer)) return refusal('offer_not_for_member');
  return undefined;
}

/** The offer of a code, if it is one that is activated. */
export const activatedIn = (
  { offers }: Pick<Programme, 'offers'>,
  code: string,
): Offer | undefined =>
  [...offers.values()].find((offer) => offer.code === code && offer.asks.activation);
