/** Which lines of a purchase a rule is about, or why it is about none of it. */
import { WHOLE_EVENT, type ExplanationItem } from '../explanation.js';
import type { Offer } from '../offers/offer.js';
import { closedBy } from '../offers/standing.js';
import type { EarningRule, PerAmountRule, Programme } from '../programme.js';
import { holds, holdsForLine, shareFor } from '../conditions.js';
import { totalOf, type EarningBasis } from './earn.js';
import type { IsNamed, LineBasis, Matching, Occasion } from './occasion.js';

/** What the rule is about, or the item that says which condition is not met. */
export function matchingOf(
  occasion: Occasion,
  basis: EarningBasis,
  rule: EarningRule,
  ruleNo: number,
  offer?: Offer,
): Matching | ExplanationItem {
  const { lineConditions, eventConditions } = rule;
  const closed = closedBy(offer, occasion.purchase.traits?.offers);
  if (closed !== undefined) return [ruleNo, WHOLE_EVENT, closed, '0'];
  if (rule.kind === 'per_activity' && occasion.purchase.activity === undefined) {
    return [ruleNo, WHOLE_EVENT, 'not_an_activity', '0'];
  }
  if (lineConditions.length === 0 && eventConditions.length === 0) {
    return { lines: basis.lines, share: basis.share, minor: basis.totalMinor };
  }
  const lines = basis.lines.filter((line) => isAbout(occasion, rule, line));
  if (lines.length === 0 && lineConditions.length > 0) {
    return [ruleNo, WHOLE_EVENT, 'no_line_matches', '0', lineConditions[0]?.kind ?? ''];
  }
  const share = shareFor(eventConditions, occasion) ?? basis.share;
  const matching = { lines, share, minor: totalOf(lines, share) };
  const unmet = eventConditions.find((each) => !holds(each, occasion, matching, ruleNo));
  if (unmet === undefined) return matching;
  return [ruleNo, WHOLE_EVENT, 'condition_not_met', '0', unmet.kind];
}

function isAbout(
  occasion: Occasion,
  { lineConditions }: EarningRule,
  { index }: LineBasis,
): boolean {
  const line = occasion.purchase.lines[index];
  if (line === undefined) return false;
  return lineConditions.every((each) => holdsForLine(each, line, occasion));
}

export const isMatching = (found: Matching | ExplanationItem | undefined): found is Matching =>
  found !== undefined && 'lines' in found;

/**
 * Whether a basic rule that names a line's category, and is about this line on this occasion, goes
 * before basic rules that name none. Rules in a lane compete there, and those that do not qualify
 * come on top; neither goes before another.
 */
export function namedLines(
  programme: Programme,
  matches: readonly (Matching | ExplanationItem | undefined)[],
): IsNamed {
  const known = namedBy.get(programme);
  if (known !== undefined) return known;
  const basic = programme.rules.flatMap((rule, ruleNo) =>
    isBasic(rule) && rule.categories !== undefined ? [{ ...rule, ruleNo }] : [],
  );
  const isAlways = basic.every(
    ({ eventConditions, lineConditions }) => eventConditions.length + lineConditions.length === 0,
  );
  if (isAlways) {
    const named = new Set(basic.flatMap(({ categories }) => [...(categories ?? [])]));
    const isNamed: IsNamed = ({ category }) => named.has(category);
    namedBy.set(programme, isNamed);
    return isNamed;
  }
  const lines = new Set<number>();
  for (const { categories, ruleNo } of basic) {
    const found = matches[ruleNo];
    if (!isMatching(found)) continue;
    for (const { index, category } of found.lines) {
      if (categories?.has(category) === true) lines.add(index);
    }
  }
  return ({ index }) => lines.has(index);
}

export const isBasic = (rule: EarningRule): rule is PerAmountRule =>
  rule.kind === 'per_amount' && rule.qualifies && rule.lane === undefined;

/** Where no such rule has conditions, once for every version: versions never change. */
const namedBy = new WeakMap<Programme, IsNamed>();
