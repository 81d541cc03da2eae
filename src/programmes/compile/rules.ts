/** Earning rules as the core reads them: rates parsed, conditions sorted, groups made. */
import type { Condition, EventCondition, LineCondition } from '../../rules/conditions.js';
import { isBasic } from '../../rules/earning/matching.js';
import { startOfDay } from '../../rules/period.js';
import { parseRate } from '../../rules/points.js';
import type { Asked, Cap, EarningRule, Group, Programme } from '../../rules/programme.js';
import type * as written from '../document.js';
import { withBaskets } from './baskets.js';
import { dateOf } from './rewards.js';

const HOUR_MS = 3_600_000;

type Earning = Pick<
  Programme,
  'rules' | 'groups' | 'memberCaps' | 'countedMinor' | 'firsts' | 'lapsedDays' | 'asks'
>;

/** What a checked document says of earning. */
export function compileEarning(document: written.ProgrammeDocument): Earning {
  const rules = document.earningRules.map((rule) => compileRule(rule, document.identity.timeZone));
  const firsts = rules.flatMap(({ lineConditions }) =>
    lineConditions.flatMap((each) => (each.kind === 'first_in_category' ? each.categories : [])),
  );
  return {
    rules,
    groups: withBaskets(document, groupsOf(document, rules), rules),
    memberCaps: compileCaps(document.earningCaps),
    countedMinor: document.countedPurchases?.minimumAmount,
    firsts: new Set(firsts),
    lapsedDays: Math.max(0, ...rules.flatMap(lapsedIn)),
    asks: new Set(rules.flatMap(({ eventConditions }) => eventConditions.flatMap(askedBy))),
  };
}

const lapsedIn = ({ eventConditions }: EarningRule): number[] =>
  eventConditions.flatMap((each) => (each.kind === 'lapsed' ? [each.days] : []));

/** What a condition asks of the member that the ledger does not know. */
const askedBy = ({ kind }: EventCondition): Asked[] =>
  kind === 'persona' || kind === 'birthday_month' ? [kind] : [];

function compileRule(rule: written.EarningRule, timeZone: string): EarningRule {
  const conditions = (rule.when ?? []).map(compileCondition);
  const base = {
    id: rule.id,
    name: rule.name,
    lineConditions: conditions.filter(isLineCondition),
    eventConditions: conditions.filter(isEventCondition),
    qualifies: rule.kind === 'per_amount' && rule.qualifies !== false,
    lane: rule.lane,
  };
  switch (rule.kind) {
    case 'per_amount': {
      const categories = rule.categories === undefined ? undefined : new Set(rule.categories);
      return { ...base, kind: rule.kind, rate: rateOf(rule.rate), categories };
    }
    case 'per_unit':
      return {
        ...base,
        kind: rule.kind,
        rate: rateOf(rule.rate),
        minimumUnitMinor: rule.minimumUnitAmount,
      };
    case 'multiplier':
      return { ...base, kind: rule.kind, by: rateOf(rule.by) };
    case 'per_purchase':
      return { ...base, kind: rule.kind, points: rule.points, minimumMinor: rule.minimumAmount };
    case 'steps': {
      const steps = rule.steps.map(({ minimumAmount, points }) => ({
        minimumMinor: minimumAmount,
        points,
      }));
      return { ...base, kind: rule.kind, steps };
    }
    case 'per_activity':
      return {
        ...base,
        kind: rule.kind,
        points: rule.points,
        minimumMinor: rule.minimumValue ?? 0,
      };
    case 'metered_reduction': {
      const { kind, category, maximumPerDay: perDay } = rule;
      const until = startOfDay(timeZone, dateOf(rule.baselineUntil, 1));
      return { ...base, kind, rate: rateOf(rule.rate), category, until, perDay };
    }
  }
}

/** Conditions are written as the core reads them, but for times of day. */
function compileCondition(condition: written.Condition): Condition {
  if (condition.kind === 'stage') throw new Error('invariant: stages are read as days of silence');
  if (condition.kind !== 'time_of_day') return condition;
  const { kind, from, until } = condition;
  return { kind, from: minutesOf(from), until: minutesOf(until) };
}

function minutesOf(time: string): number {
  const [hours = 0, minutes = 0] = time.split(':').map(Number);
  return hours * 60 + minutes;
}

const isLineCondition = (condition: Condition): condition is LineCondition =>
  condition.kind === 'category' ||
  condition.kind === 'sku' ||
  condition.kind === 'brand' ||
  condition.kind === 'first_in_category';

const isEventCondition = (condition: Condition): condition is EventCondition =>
  !isLineCondition(condition);

const levels = {
  per_amount: 'amount',
  per_unit: 'amount',
  multiplier: 'multiplier',
  per_purchase: 'event',
  steps: 'event',
  per_activity: 'event',
  metered_reduction: 'amount',
} as const satisfies Record<EarningRule['kind'], Group['level']>;

/** At which level a rule pays. */
export const levelOf = ({ kind }: { kind: EarningRule['kind'] }): Group['level'] => levels[kind];

/** The basic rates together, each lane, and every other rule alone; in the order of first rules. */
function groupsOf(
  { earningRules, lanes = [] }: written.ProgrammeDocument,
  rules: readonly EarningRule[],
): Group[] {
  const members = new Map<string, number[]>();
  rules.forEach((rule, ruleNo) => {
    const limits = earningRules[ruleNo];
    const isFree = limits?.caps === undefined && limits?.coolDownHours === undefined;
    const id =
      rule.lane === undefined ? (isBasic(rule) && isFree ? BASIC : rule.id) : laneId(rule.lane);
    members.set(id, [...(members.get(id) ?? []), ruleNo]);
  });
  return [...members].map(([id, own]) => {
    const [first = 0] = own;
    const rule = rules[first];
    const lane = lanes.find(({ code }) => laneId(code) === id);
    const { caps, coolDownHours = 0 } = lane ?? earningRules[first] ?? {};
    if (rule === undefined) throw new Error('invariant: a group has a rule');
    return {
      id,
      competes: lane !== undefined,
      level: levelOf(rule),
      rules: own,
      caps: compileCaps(caps),
      coolDownMs: coolDownHours * HOUR_MS,
      topsUp: false,
    };
  });
}

/** Neither can be a rule's id. */
const BASIC = '*basic';
const laneId = (code: string): string => `lane:${code}`;

export function compileCaps(caps: readonly written.Cap[] = []): Cap[] {
  return caps.map(({ period, points, perLocation = false }) => ({ period, points, perLocation }));
}

function rateOf(text: string): bigint {
  const rate = parseRate(text);
  if (rate === undefined) throw new Error('invariant: only a checked document is compiled');
  return rate;
}
