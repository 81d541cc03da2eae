import type { Award } from '../earning/award.js';
import { Awards, timelineOf, type Versions } from '../earning/timeline.js';
import { usesOf, type LimitUse } from '../limits.js';
import type { MemberState } from '../state.js';
import { drawnBy, placeOf } from './draws.js';

/**
 * What an act changes of what a member's purchases have drawn from shared limits; negative = it is
 * given back. A purchase of which it is not known any more where it was changes nothing.
 */
export function drawnAnew(member: MemberState, after: Awards, versions: Versions): LimitUse[] {
  const before = Awards.after(timelineOf(member.history ?? []), member);
  const changes = new Map<string, number>();
  const count = (awards: Awards, sign: 1 | -1): void => {
    for (const award of awards.all()) {
      for (const [limit, amount] of drawnByAward(award, versions)) {
        changes.set(limit, (changes.get(limit) ?? 0) + sign * amount);
      }
    }
  };
  count(before, -1);
  count(after, 1);
  return usesOf(changes);
}

/** What a purchase has drawn, as it is worth now. */
export function drawnByAward(award: Award, versions: Versions): Map<string, number> {
  const { versionNo, items, purchase, occurredAt } = award;
  if (purchase === undefined) return new Map();
  return drawnBy(versions.version(versionNo), items.values(), placeOf(purchase, occurredAt));
}
