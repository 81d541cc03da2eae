/**
 * Members who are known to be of one household, or to use one device or means of payment, as far as
 * retailers have said so. Some offers give them only so much together.
 */
import type { GroupKind, Groups } from './member-offers.js';
import { isRunning, type Offer, type Offers } from './offer.js';

const none: ReadonlySet<GroupKind> = new Set();

/** Kinds that offers which run at a time ask for; in most programmes none does. */
export function kindsAsked(
  { offers }: { offers: Offers },
  occurredAt: number,
): ReadonlySet<GroupKind> {
  let asked: Set<GroupKind> | undefined;
  for (const offer of offers.values()) {
    for (const draw of offer.draws) {
      if (draw.kind === 'shared' && isRunning(offer, occurredAt)) {
        asked = (asked ?? new Set()).add(draw.by);
      }
    }
  }
  return asked ?? none;
}

export const asksGroups = ({ draws }: Offer): boolean =>
  draws.some(({ kind }) => kind === 'shared');

/**
 * What a member is of, by what was known before and what an event itself says, as far as it is asked.
 * Of whom nothing is known of a kind is one alone. Undefined = nothing is asked.
 */
export function groupsOf(
  asked: ReadonlySet<GroupKind>,
  memberId: string,
  known: Groups = {},
  said: Groups = {},
): Groups | undefined {
  if (asked.size === 0) return undefined;
  return Object.fromEntries(
    [...asked].map((kind) => {
      const all = new Set([...(known[kind] ?? []), ...(said[kind] ?? [])]);
      return [kind, all.size > 0 ? [...all].sort() : [memberId]];
    }),
  );
}
