/**
 * Which offers a member may use at an instant: those that run, are for them, and are not paused.
 * Surprises are none of them, nor what only a coupon activates until one has.
 */
import { holds } from '../conditions.js';
import { occasionOf } from '../earning/decision.js';
import { earningBasis } from '../earning/earn.js';
import type { Programme } from '../programme.js';
import type { Purchase } from '../purchase.js';
import type { MemberState } from '../state.js';
import { withTraits } from '../traits.js';
import type { OfferStanding } from './member-offers.js';
import { isRunning, type Offer } from './offer.js';
import { standingOf } from './standing.js';
import { isSurprise } from './surprise.js';

/** What says for whom an offer is; all else is about what they do. */
const ofAudience = ['tier', 'persona', 'segment'];

/** What a member who is told nothing of an offer is. */
const hidden: readonly string[] = ['paused', 'held_out', 'not_listed'] satisfies OfferStanding[];

/** A purchase of nothing, which meets what is asked of its member alone. */
export const nothingBought: Purchase = { lines: [], tenders: [] };

/** An offer, and since when the member has activated it; null = they have not. */
export interface ValidOffer {
  offer: Offer;
  activatedAt: number | null;
}

/** `retailer` leaves out what can be had at others only. */
export function validOffers(
  programme: Programme,
  member: MemberState,
  at: number,
  retailer?: string,
): ValidOffer[] {
  const isFor = forWhom(programme, member, at, retailer);
  return [...programme.offers.values()].flatMap((offer): ValidOffer[] => {
    const activatedAt = member.activated?.get(offer.code) ?? null;
    if (!isRunning(offer, at) || isSurprise(offer)) return [];
    if (offer.asks.byCoupon === true && activatedAt === null) return [];
    if (hidden.includes(standingOf(offer, member, at))) return [];
    return isFor(offer) ? [{ offer, activatedAt }] : [];
  });
}

/** Whether offers are for a member, by what is known of them. */
export function forWhom(
  programme: Programme,
  member: MemberState,
  at: number,
  retailer?: string,
): (offer: Offer) => boolean {
  const when = { at, occurredAt: at };
  const purchase = withTraits(programme, member, nothingBought, when);
  const basis = earningBasis(programme, purchase);
  const { tier: held, qualifying, counters, heardAt: seenAt } = member;
  const context = { held, qualifying, counters, seenAt };
  const occasion = occasionOf(programme, context, purchase, when, basis);
  const matching = { lines: [], share: basis.share, minor: 0 };
  return ({ ruleNo }) => {
    const conditions = programme.rules[ruleNo]?.eventConditions ?? [];
    return conditions.every((each) => {
      if (each.kind === 'retailer' && retailer !== undefined) {
        return each.retailers.includes(retailer);
      }
      return !ofAudience.includes(each.kind) || holds(each, occasion, matching, ruleNo);
    });
  };
}
