/** What the basket's window makes of rules that pay by the purchase. */
import type { EarningRule, Group } from '../../rules/programme.js';
import type { ProgrammeDocument } from '../document.js';

const MINUTE_MS = 60_000;

/**
 * Groups whose cool-down is at least the window: those that have one, or a cap on a purchase, or pay
 * fixed points for one. The last two top up instead of waiting. Offers do wait, as what they may pay
 * is counted across members; activities are no purchases, and keep what they have.
 */
export function withBaskets(
  { guards, offers = [] }: ProgrammeDocument,
  groups: readonly Group[],
  rules: readonly EarningRule[],
): readonly Group[] {
  const windowMs = (guards?.basketWindow?.minutes ?? 0) * MINUTE_MS;
  if (windowMs === 0) return groups;
  const offered = new Set(offers.map(({ code }) => code));
  return groups.map((group) => {
    const own = group.rules.flatMap((ruleNo) => rules[ruleNo] ?? []);
    if (own.some(({ kind }) => kind === 'per_activity')) return group;
    const isFixed = group.level === 'event';
    const isCapped = group.caps.some(({ period }) => period === 'purchase');
    if (!isFixed && !isCapped && group.coolDownMs === 0) return group;
    return {
      ...group,
      coolDownMs: Math.max(group.coolDownMs, windowMs),
      topsUp: (isFixed || isCapped) && !own.some(({ id }) => offered.has(id)),
    };
  });
}
