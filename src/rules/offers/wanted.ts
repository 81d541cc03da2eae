/** Which shared limits deciding an event may draw from, so that no others are locked for it. */
import { occasionOf, type When } from '../earning/decision.js';
import { earningBasis } from '../earning/earn.js';
import { isMatching, matchingOf } from '../earning/matching.js';
import type { Versions } from '../earning/timeline.js';
import type { Programme } from '../programme.js';
import type { Purchase } from '../purchase.js';
import type { MemberState } from '../state.js';
import { drawing, limitsOf, limitsThere, placeOf } from './draws.js';
import { hasSay } from './standing.js';

/**
 * Those of offers whose conditions an event in time meets, whatever caps and lanes leave of them.
 * `known` is the event with what is known of the member, told where any offer draws.
 */
export function limitsWanted(
  programme: Programme,
  { tier, qualifying, counters, heardAt }: MemberState,
  known: () => Purchase,
  when: When,
): string[] {
  const offers = drawing(programme, when.occurredAt);
  if (offers.length === 0) return [];
  const purchase = known();
  const { occurredAt } = when;
  const open = offers.filter(({ ruleNo }) => hasSay(programme, ruleNo, { purchase, occurredAt }));
  if (open.length === 0) return [];
  const basis = earningBasis(programme, purchase);
  const context = { held: tier, qualifying, counters, seenAt: heardAt };
  const occasion = occasionOf(programme, context, purchase, when, basis);
  const place = placeOf(purchase, occurredAt);
  return open.flatMap((offer) => {
    const { ruleNo, draws } = offer;
    const rule = programme.rules[ruleNo];
    if (rule === undefined) return [];
    if (!isMatching(matchingOf(occasion, basis, rule, ruleNo, offer))) return [];
    return draws.flatMap((draw) => limitsOf(programme, draw, place));
  });
}

/** Those that purchases of a member may have drawn from: of one of them, or of all that were read. */
export function limitsOfHistory(
  { history = [], purchases }: MemberState,
  versions: Versions,
  only?: number,
): string[] {
  return history.flatMap(({ kind, seq, versionNo, occurredAt }) => {
    const purchase = purchases?.get(seq);
    if (kind !== 'accrue' || purchase === undefined) return [];
    if (only !== undefined && only !== seq) return [];
    return limitsThere(versions.version(versionNo), placeOf(purchase, occurredAt));
  });
}
