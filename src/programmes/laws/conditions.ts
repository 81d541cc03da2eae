/** Laws P4 and P26: what a rule names exists, and its conditions and its lane can be kept. */
import { levelOf } from '../compile/rules.js';
import type { Condition, EarningRule, ProgrammeDocument } from '../document.js';
import { stageNamed } from '../inactivity/laws.js';
import type { Finding } from './finding.js';

/** Law P4, for the names in conditions. */
export function conditionNames(document: ProgrammeDocument): Finding[] {
  return eachCondition(document, (condition, pointer) => namesOf(document, condition, pointer));
}

function eachCondition(
  { earningRules }: ProgrammeDocument,
  judge: (condition: Condition, pointer: string, rule: EarningRule) => Finding[],
): Finding[] {
  return earningRules.flatMap((rule, ruleNo) =>
    (rule.when ?? []).flatMap((condition, place) =>
      judge(condition, `/earningRules/${String(ruleNo)}/when/${String(place)}`, rule),
    ),
  );
}

function namesOf(
  { categories, tiers, personas = [], segments = [], earningBasis, inactivity }: ProgrammeDocument,
  condition: Condition,
  pointer: string,
): Finding[] {
  if (condition.kind === 'category' || condition.kind === 'first_in_category') {
    const treatments = new Map(categories.map(({ code, treatment }) => [code, treatment]));
    return condition.categories.flatMap((code, place): Finding[] => {
      const treatment = treatments.get(code);
      const at = `${pointer}/categories/${String(place)}`;
      if (treatment === 'earns') return [];
      return treatment === undefined
        ? [{ code: 'unknown_category', pointer: at, detail: `"${code}" is not declared.` }]
        : [cannotEarn(at, `"${code}" is ${treatment} and can never earn.`)];
    });
  }
  if (condition.kind === 'tier') {
    return unknown(condition.tiers, tiers, `${pointer}/tiers`, 'tier');
  }
  if (condition.kind === 'segment') {
    return unknown(condition.segments, segments, `${pointer}/segments`, 'segment');
  }
  if (condition.kind === 'stage')
    return stageNamed(inactivity, condition.stage, `${pointer}/stage`);
  if (condition.kind === 'persona') {
    return unknown(condition.personas, personas, `${pointer}/personas`, 'persona');
  }
  if (condition.kind !== 'tender') return [];
  return condition.tenders.flatMap((tender, place) =>
    earningBasis.excludedTenders.includes(tender)
      ? [
          {
            code: 'tender_cannot_earn',
            pointer: `${pointer}/tenders/${String(place)}`,
            detail: `What is paid by "${tender}" never earns.`,
          },
        ]
      : [],
  );
}

const cannotEarn = (pointer: string, detail: string): Finding => ({
  code: 'category_cannot_earn',
  pointer,
  detail,
});

/** Codes that are not among the declared ones. */
export function unknown(
  codes: readonly string[],
  declared: readonly { code: string }[],
  pointer: string,
  what: string,
): Finding[] {
  return codes.flatMap((each, place) =>
    declared.some((known) => known.code === each)
      ? []
      : [
          {
            code: `unknown_${what}`,
            pointer: `${pointer}/${String(place)}`,
            detail: `"${each}" is no ${what}.`,
          },
        ],
  );
}

/** Law P26: a condition can hold, and says once what it says. */
export function conditionSense(document: ProgrammeDocument): Finding[] {
  return eachCondition(document, (condition, pointer, { kind, when = [] }) => {
    if (when.find((each) => each.kind === condition.kind) !== condition) {
      const detail = `The rule asks for ${condition.kind} already.`;
      return [{ code: 'duplicate_condition', pointer, detail }];
    }
    const isOfActivity = condition.kind === 'activity';
    const asksForOne = kind === 'per_activity';
    const isActivity = asksForOne || kind === 'metered_reduction';
    if (isOfActivity ? !asksForOne : isActivity && ofPurchase(condition)) {
      const detail = isOfActivity
        ? 'Only a rule per activity is about activities.'
        : 'An activity is no purchase, so this never holds.';
      return [{ code: 'condition_never_holds', pointer, detail }];
    }
    if (condition.kind === 'time_of_day' && condition.from === condition.until) {
      const detail = 'The time ends when it begins.';
      return [{ code: 'condition_never_holds', pointer: `${pointer}/until`, detail }];
    }
    return [];
  });
}

/** Law P26: a rule per activity says of which kind. */
export function activityRules({ earningRules }: ProgrammeDocument): Finding[] {
  return earningRules.flatMap(({ kind, when = [] }, place) =>
    kind !== 'per_activity' || when.some((each) => each.kind === 'activity')
      ? []
      : [
          {
            code: 'activity_missing',
            pointer: `/earningRules/${String(place)}/when`,
            detail: 'A rule per activity says which kinds of activity it is about.',
          },
        ],
  );
}

/** Conditions about what was bought and how it was paid. */
const ofPurchase = ({ kind }: Condition): boolean =>
  ['category', 'sku', 'brand', 'first_in_category', 'amount', 'quantity', 'tender'].includes(kind);

/** Law P27: lanes exist, hold rules that can be compared, and own their caps and cool-down. */
export function laneRules({ earningRules, lanes = [] }: ProgrammeDocument): Finding[] {
  return earningRules.flatMap((rule, place): Finding[] => {
    if (rule.lane === undefined) return [];
    const at = `/earningRules/${String(place)}`;
    if (!lanes.some(({ code }) => code === rule.lane)) {
      const detail = `"${rule.lane}" is no lane.`;
      return [{ code: 'unknown_lane', pointer: `${at}/lane`, detail }];
    }
    const findings: Finding[] = [];
    for (const field of ['caps', 'coolDownHours'] as const) {
      if (rule[field] === undefined) continue;
      const detail = 'In a lane caps and cool-down are the lane’s.';
      findings.push({ code: 'limit_in_lane', pointer: `${at}/${field}`, detail });
    }
    const first = earningRules.find(({ lane }) => lane === rule.lane);
    if (first !== undefined && levelOf(first) !== levelOf(rule)) {
      const detail = `"${first.id}" pays in another way, so the two cannot be compared.`;
      findings.push({ code: 'lane_mixes_rates', pointer: `${at}/kind`, detail });
    }
    return findings;
  });
}
