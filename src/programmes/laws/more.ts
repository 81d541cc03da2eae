/** Law P28: more of a purchase never earns less, and parts of it never more than the whole. */
import type { Caps, EarningRule, ProgrammeDocument } from '../document.js';
import type { Finding } from './finding.js';

export function moreEarnsMore(document: ProgrammeDocument): Finding[] {
  return [
    ...goneBefore(document),
    ...mixedLanes(document),
    ...movedRoom(document),
    ...partsByTender(document),
    ...capsOfPurchase(document),
  ];
}

const qualifies = (rule: EarningRule): boolean =>
  rule.kind === 'per_amount' && rule.qualifies !== false;

/** What another basket, another part of it or another day can change. */
const isOfSome = [
  ...['amount', 'quantity', 'first_in_category', 'nth_purchase', 'lapsed', 'tender'],
];

/** Once its conditions hold, a rule that goes before the others would replace a better one. */
function goneBefore({ earningRules }: ProgrammeDocument): Finding[] {
  const isBasic = (rule: EarningRule): boolean => qualifies(rule) && rule.lane === undefined;
  const names = (rule: EarningRule): boolean =>
    rule.kind === 'per_amount' && rule.categories !== undefined;
  if (earningRules.every((rule) => !isBasic(rule) || names(rule))) return [];
  return earningRules.flatMap((rule, no) => {
    if (!isBasic(rule) || !names(rule)) return [];
    const limit = (['caps', 'coolDownHours'] as const).find((field) => rule[field] !== undefined);
    if (limit !== undefined) {
      const pointer = `/earningRules/${String(no)}/${limit}`;
      const detail = `Once "${rule.id}" pays no more, its lines would earn nothing; let it come on top.`;
      return [{ code: 'more_earns_less', pointer, detail }];
    }
    return (rule.when ?? []).flatMap(({ kind }, place): Finding[] => {
      if (!isOfSome.includes(kind)) return [];
      const pointer = `/earningRules/${String(no)}/when/${String(place)}`;
      const detail = `"${rule.id}" goes before the basic rate for some purchases or parts of one; let it come on top, or put both in a lane.`;
      return [{ code: 'more_earns_less', pointer, detail }];
    });
  });
}

/** A rule that wins its lane by a little would take more away where what it beats is multiplied. */
function mixedLanes({ earningRules }: ProgrammeDocument): Finding[] {
  return earningRules.flatMap((rule, no): Finding[] => {
    if (rule.lane === undefined || (rule.kind !== 'per_amount' && rule.kind !== 'per_unit')) {
      return [];
    }
    const first = earningRules.find(({ lane }) => lane === rule.lane);
    if (first === undefined || qualifies(first) === qualifies(rule)) return [];
    const pointer = `/earningRules/${String(no)}/lane`;
    const detail = `Of "${first.id}" and "${rule.id}" only one qualifies, so the better one may be worth less.`;
    return [{ code: 'more_earns_less', pointer, detail }];
  });
}

/** Where one line leaves less of a cap to another, that one may be multiplied by more. */
function movedRoom(document: ProgrammeDocument): Finding[] {
  const picks = document.earningRules.some(
    ({ kind, when = [] }) => kind === 'multiplier' && when.some((each) => isOfPart(each.kind)),
  );
  if (!picks) return [];
  return limitsOf(document).flatMap(({ rules, caps, pointer }): Finding[] => {
    if (caps.length === 0 || !rules.some(qualifies)) return [];
    const detail =
      'What is capped here is multiplied on some lines only, so it would matter which come first.';
    return [{ code: 'more_earns_less', pointer: `${pointer}/caps`, detail }];
  });
}

/** Conditions that hold for a part of a purchase. */
const isOfPart = (kind: string): boolean =>
  ['category', 'sku', 'brand', 'first_in_category', 'tender'].includes(kind);

/**
 * A rule about a tender earns on its part of each line. It competes with rules about the whole of
 * one, or is multiplied for that part once more, so that paying apart would be better.
 */
function partsByTender({ earningRules }: ProgrammeDocument): Finding[] {
  const places = earningRules.map(({ when = [] }) => when.findIndex(isOfTender));
  const multiplies = earningRules.some(
    ({ kind }, no) => kind === 'multiplier' && (places[no] ?? -1) >= 0,
  );
  return earningRules.flatMap((rule, no): Finding[] => {
    const place = places[no] ?? -1;
    const competes = rule.lane !== undefined && isOfLines(rule);
    if (place < 0 || !(competes || (multiplies && qualifies(rule)))) return [];
    const pointer = `/earningRules/${String(no)}/when/${String(place)}`;
    const detail = `With "${rule.id}" it would be better to pay by each tender apart.`;
    return [{ code: 'splitting_pays', pointer, detail }];
  });
}

const isOfTender = ({ kind }: { kind: string }): boolean => kind === 'tender';
const isOfLines = ({ kind }: EarningRule): boolean =>
  kind === 'per_amount' || kind === 'per_unit' || kind === 'multiplier';

/** A cap on a purchase alone is met again by the next part of it, unless that part has to wait. */
function capsOfPurchase(document: ProgrammeDocument): Finding[] {
  const code = 'splitting_pays';
  if (document.guards?.basketWindow !== undefined) return [];
  const ofRules = limitsOf(document).flatMap(({ caps, coolDownHours, pointer }) =>
    coolDownHours > 0 ? [] : ofPurchase(caps).map((place) => `${pointer}/caps/${String(place)}`),
  );
  const detail = 'Parts of a purchase have this cap each, so a cool-down goes with it.';
  return ofRules.map((at) => ({ code, pointer: `${at}/period`, detail }));
}

const ofPurchase = (caps: readonly { period: string }[]): number[] =>
  caps.flatMap(({ period }, place) => (period === 'purchase' ? [place] : []));

interface Limits {
  rules: readonly EarningRule[];
  caps: Caps;
  coolDownHours: number;
  pointer: string;
}

/** Caps and cool-down of each rule that is in no lane, and of each lane. */
function limitsOf({ earningRules, lanes = [] }: ProgrammeDocument): Limits[] {
  const alone = earningRules.flatMap((rule, no): Limits[] => {
    const { caps = [], coolDownHours = 0, lane } = rule;
    const pointer = `/earningRules/${String(no)}`;
    return lane === undefined ? [{ rules: [rule], caps, coolDownHours, pointer }] : [];
  });
  const ofLanes = lanes.map(({ code, caps = [], coolDownHours = 0 }, place): Limits => {
    const rules = earningRules.filter(({ lane }) => lane === code);
    return { rules, caps, coolDownHours, pointer: `/lanes/${String(place)}` };
  });
  return [...alone, ...ofLanes];
}
