/** Which lines of a purchase a rule is about, or why it is about none of it. */
import { WHOLE_EVENT, type ExplanationItem } from '../explanation.js';
import type { EarningRule, PerAmountRule, Programme } from '../programme.js';
import { holds, holdsForLine, shareFor } from '../conditions.js';
import { totalOf, type EarningBasis } from './earn.js';
import type { LineBasis } from './occasion.js';
import type { Matching, Occasion } from './occasion.js';

/** What the rule is about, or the item that says which condition is not met. */
export function matchingOf(
  occasion: Occasion,
  basis: EarningBasis,
  rule: EarningRule,
  ruleNo: number,
): Matching | ExplanationItem {
  const { lineConditions, eventConditions } = rule;
  if (rule.kind === 'per_activity' && occasion.purchase.activity === undefined) {
    return [ruleNo, WHOLE_EVENT, 'not_an_activity', '0'];
  }
  if (lineConditions.length === 0 && eventConditions.length === 0) {
    return { lines: basis.lines, share: basis.share, minor: basis.totalMinor };
  }
  const lines = basis.lines.filter((line) => isAbout(occasion, rule, ruleNo, line));
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
  ruleNo: number,
  { index }: LineBasis,
): boolean {
  const line = occasion.purchase.lines[index];
  if (line === undefined) return false;
  return lineConditions.every((each) => holdsForLine(each, { line, index, ruleNo }, occasion));
}

export const isMatching = (found: Matching | ExplanationItem): found is Matching =>
  'lines' in found;

/**
 * Categories named by basic rules, which go before basic rules that name none: on this occasion,
 * where they have conditions. Rules in a lane compete there, and those that do not qualify come on
 * top; neither goes before another.
 */
export function namedCategories(
  programme: Programme,
  matches: readonly (Matching | ExplanationItem)[],
): ReadonlySet<string> {
  const known = namedBy.get(programme);
  if (known !== undefined) return known;
  const basic = programme.rules.flatMap((rule, ruleNo) =>
    isBasic(rule) && rule.categories !== undefined ? [{ rule, ruleNo }] : [],
  );
  const applying = basic.filter(({ ruleNo }) => {
    const found = matches[ruleNo];
    return found !== undefined && isMatching(found);
  });
  const named = new Set(applying.flatMap(({ rule }) => [...(rule.categories ?? [])]));
  const isAlways = basic.every(
    ({ rule }) => rule.eventConditions.length + rule.lineConditions.length === 0,
  );
  if (isAlways) namedBy.set(programme, named);
  return named;
}

export const isBasic = (rule: EarningRule): rule is PerAmountRule =>
  rule.kind === 'per_amount' && rule.qualifies && rule.lane === undefined;

/** Where no such rule has conditions, once for every version: versions never change. */
const namedBy = new WeakMap<Programme, ReadonlySet<string>>();
