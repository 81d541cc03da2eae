/**
 * How a member stands with the offers that run when something happens: whether they have activated
 * it, are held out of it, or it is paused. It is kept with what happened, so that
 * returns and late events decide on the same.
 */
import type { ReasonCode } from '../explanation.js';
import type { Programme } from '../programme.js';
import type { MemberState } from '../state.js';
import type { MemberOffers, OfferStanding, OfferStandings, Pause } from './member-offers.js';
import { isOfTime, isRunning, type Offer } from './offer.js';
import { isLucky, isSurprise, type LuckyDay } from './surprise.js';
import type { Purchase } from '../purchase.js';

/** Whether something of the member's own must be known. */
export const asksOfMember = ({ asks }: Offer): boolean =>
  asks.activation || asks.holdout > 0 || isForList(asks);

/** Whether it is for those on an uploaded list. */
export const isForList = ({ lists }: Offer['asks']): boolean => lists.length > 0;

/**
 * How a member stands with the offers that run at `occurredAt`; undefined = nothing has to be kept.
 * Where nothing is drawn no surprise comes.
 */
export function standingsOf(
  { offers }: Pick<Programme, 'offers'>,
  member: Pick<MemberState, 'memberId'> & MemberOffers,
  occurredAt: number,
  lucky: () => LuckyDay | undefined = () => undefined,
): OfferStandings | undefined {
  const standings: Record<string, OfferStanding> = {};
  if (offers.size === 0) return undefined;
  for (const offer of offers.values()) {
    if (!isRunning(offer, occurredAt)) continue;
    const standing = standingOf(offer, member, occurredAt);
    if (isSurprise(offer)) {
      const drawn = standing === 'open' ? lucky() : undefined;
      if (drawn !== undefined && isLucky(offer, drawn)) standings[offer.code] = 'open';
      continue;
    }
    if (standing !== 'open' || asksOfMember(offer)) standings[offer.code] = standing;
  }
  return Object.keys(standings).length === 0 ? undefined : standings;
}

/** With an offer, by what is known of the member. */
export function standingOf(
  { code, asks }: Offer,
  { memberId, lists, offerPauses, activated }: Pick<MemberState, 'memberId'> & MemberOffers,
  occurredAt: number,
): OfferStanding {
  if (isForList(asks) && !asks.lists.some((list) => lists?.has(list))) return 'not_listed';
  if (isHeldOut(memberId, code, asks.holdout)) return 'held_out';
  if (offerPauses?.some((pause) => isPaused(pause, code, occurredAt)) === true) return 'paused';
  if (!asks.activation) return 'open';
  const since = activated?.get(code);
  return since !== undefined && since <= occurredAt ? 'open' : 'not_activated';
}

/** A pause is one for what happened in it, and, while it lasts, for whatever arrives. */
function isPaused({ offer, from, until }: Pause, code: string, occurredAt: number): boolean {
  if (offer !== code) return false;
  return until === null || (from <= occurredAt && occurredAt < until);
}

/** Whether a rule has a say about an event: an offer while it runs, a surprise when it comes. */
export function hasSay(
  programme: Pick<Programme, 'offers'>,
  ruleNo: number,
  { purchase, occurredAt }: { purchase: Purchase; occurredAt: number },
): boolean {
  const offer = programme.offers.get(ruleNo);
  if (offer === undefined) return true;
  if (isSurprise(offer) && purchase.traits?.offers?.[offer.code] !== 'open') return false;
  return isOfTime(programme, ruleNo, occurredAt);
}

/** How one stands with an offer by what was kept with an event. */
function keptStanding({ code, asks }: Offer, kept: OfferStandings | undefined): OfferStanding {
  // An offer may be called `constructor`.
  const own = kept !== undefined && Object.hasOwn(kept, code) ? kept[code] : undefined;
  return own ?? (isForList(asks) ? 'not_listed' : unasked(asks));
}

const unasked = ({ activation }: Offer['asks']): OfferStanding =>
  activation ? 'not_activated' : 'open';

const reasons = {
  paused: 'offer_paused',
  held_out: 'held_out',
  not_activated: 'not_activated',
  not_listed: 'not_listed',
} as const satisfies Record<Exclude<OfferStanding, 'open'>, ReasonCode>;

/** Why an offer pays a member nothing, whatever they do; undefined = it may, or it is no offer. */
export function closedBy(
  offer: Offer | undefined,
  kept: OfferStandings | undefined,
): ReasonCode | undefined {
  if (offer === undefined) return undefined;
  const standing = keptStanding(offer, kept);
  return standing === 'open' ? undefined : reasons[standing];
}

const PARTS = 1_000_000;

/**
 * Whether a member is among the millionths that are held out of an offer, for ever the same ones:
 * by a hash of both, so that another offer holds out others.
 */
export function isHeldOut(memberId: string, offer: string, millionths: number): boolean {
  return millionths > 0 && hashOf(`${offer}/${memberId}`) % PARTS < millionths;
}

/** FNV-1a with a final mix, of 32 bits: evenly spread, and the same in any language. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let place = 0; place < text.length; place += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(place), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
