/** What is known of a member when something is decided again: what was kept, and what was not asked. */
import type { Versions } from '../../rules/earning/timeline.js';
import type { OfferStandings } from '../../rules/offers/member-offers.js';
import type { Luck } from '../../rules/offers/surprise.js';
import type { Programme } from '../../rules/programme.js';
import type { Purchase, Traits } from '../../rules/purchase.js';
import type { MemberState } from '../../rules/state.js';
import { withTraits } from '../../rules/traits.js';
import type { Bought } from './events.js';

/** Of a purchase that nobody made, so that no version has decided it. */
export const NO_VERSION = 0;

interface Deciding {
  programme: Programme;
  versions: Versions;
  member: () => MemberState;
}

/**
 * The purchase with what rules ask of its member. The version that decided it has kept that; of
 * another one it is what the version kept, and beyond that what is known of the member now. Days of
 * surprises that it did not know are drawn anew, as often as they come.
 */
export function traitsFor(
  { purchase, versionNo, at, occurredAt }: Bought,
  { programme, versions, member: find }: Deciding,
): Purchase {
  if (versionNo === programme.no || asksNothing(programme)) return purchase;
  const member = find();
  const luck = luckOf(member.memberId);
  const known = withTraits(programme, member, purchase, { at, occurredAt, luck });
  if (known.traits === undefined || versionNo === NO_VERSION) return known;
  const { persona, birthMonth, ...rest } = known.traits;
  const kept = purchase.traits ?? {};
  const traits: Traits = {
    ...rest,
    persona: kept.persona ?? persona,
    birthMonth: kept.birthMonth ?? birthMonth,
  };
  if (traits.offers === undefined) return { ...purchase, traits };
  const decided = versions.version(versionNo);
  return { ...purchase, traits: { ...traits, offers: keptFirst(traits.offers, kept, decided) } };
}

const asksNothing = ({ asks, segments, offers }: Programme): boolean =>
  asks.size + segments.asked.size + offers.size === 0;

/** How the member stands with offers: those that the deciding version knew as it kept them. */
function keptFirst(
  offers: OfferStandings,
  { offers: kept = {} }: Traits,
  decided: Programme,
): OfferStandings {
  const knew = new Set([...decided.offers.values()].map(({ code }) => code));
  const asKept = Object.entries(kept).filter(([code]) => Object.hasOwn(offers, code));
  const others = Object.entries(offers).filter(([code]) => !knew.has(code));
  return Object.fromEntries([...others, ...asKept]);
}

/** Luck that is as even as the server's, and another one. */
const luckOf =
  (memberId: string): Luck =>
  (surprise, day) =>
    hashOf(`${memberId}/${day}/${surprise}`) % 1_000_000;

/** FNV-1a with a final mix, of 32 bits. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let place = 0; place < text.length; place += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(place), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
