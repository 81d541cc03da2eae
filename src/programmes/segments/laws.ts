/** Laws P4, P80 and P81: what segments name, how they are told, and which of them rules may ask for. */
import type { Criterion, ProgrammeDocument, Segment } from '../document.js';
import { unknown } from '../laws/conditions.js';
import type { Finding } from '../laws/finding.js';

/** Laws P4 and P80. */
export function segmentCriteria(document: ProgrammeDocument): Finding[] {
  return (document.segments ?? []).flatMap(({ all }, place) =>
    all.flatMap((criterion, n) => {
      const pointer = `/segments/${String(place)}/all/${String(n)}`;
      return [
        ...namesOf(document, criterion, pointer),
        ...senseOf(document, all, criterion, pointer),
      ];
    }),
  );
}

function namesOf(
  { tiers, personas = [], preferences = [], categories }: ProgrammeDocument,
  criterion: Criterion,
  pointer: string,
): Finding[] {
  switch (criterion.kind) {
    case 'tier':
      return unknown(criterion.tiers, tiers, `${pointer}/tiers`, 'tier');
    case 'persona':
      return unknown(criterion.personas, personas, `${pointer}/personas`, 'persona');
    case 'preference':
      return unknown(criterion.preferences, preferences, `${pointer}/preferences`, 'preference');
    case 'bought':
      return criterion.categories.flatMap((code, place) => {
        const declared = categories.find((each) => each.code === code);
        if (declared?.treatment === 'earns') return [];
        const at = `${pointer}/categories/${String(place)}`;
        return declared === undefined
          ? [{ code: 'unknown_category', pointer: at, detail: `"${code}" is not declared.` }]
          : [{ code: 'category_cannot_earn', pointer: at, detail: `"${code}" is not remembered.` }];
      });
    case 'balance':
    case 'birth_month':
    case 'enrolled_by':
    case 'enrolled':
    case 'last_purchase':
    case 'purchases':
    case 'spend':
      return [];
  }
}

/** Law P80: a criterion is said once, says something, and can hold. */
function senseOf(
  { countedPurchases }: ProgrammeDocument,
  all: Segment['all'],
  criterion: Criterion,
  pointer: string,
): Finding[] {
  const { kind } = criterion;
  if (all.find((each) => each.kind === kind) !== criterion) {
    const detail = `The segment asks for ${kind} already.`;
    return [{ code: 'duplicate_criterion', pointer, detail }];
  }
  const found = boundsOf(criterion);
  if (found !== undefined) {
    const { least, most, field } = found;
    if (least === undefined && most === undefined) {
      const detail = 'Say at least how many, at most how many, or both.';
      return [{ code: 'criterion_says_nothing', pointer, detail }];
    }
    if (least !== undefined && most !== undefined && least > most) {
      const detail = 'The most is below the least.';
      return [{ code: 'criterion_never_holds', pointer: `${pointer}/${field}`, detail }];
    }
  }
  if (kind === 'purchases' && (countedPurchases?.minimumAmount ?? 0) === 0) {
    const detail = 'To count purchases, countedPurchases must say how large one is.';
    return [{ code: 'splitting_pays', pointer, detail }];
  }
  return [];
}

function boundsOf(
  criterion: Criterion,
): { least: number | undefined; most: number | undefined; field: string } | undefined {
  switch (criterion.kind) {
    case 'purchases':
      return { least: criterion.atLeast, most: criterion.atMost, field: 'atMost' };
    case 'enrolled':
    case 'last_purchase':
      return { least: criterion.atLeastDays, most: criterion.atMostDays, field: 'atMostDays' };
    case 'balance':
    case 'birth_month':
    case 'bought':
    case 'enrolled_by':
    case 'persona':
    case 'preference':
    case 'spend':
    case 'tier':
      return undefined;
  }
}

/** What members change by buying; of other criteria a purchase changes nothing. */
const byDeeds: readonly Criterion['kind'][] = ['purchases', 'spend', 'last_purchase', 'bought'];

/** Law P81: no rule that earns makes spending points, or buying, cost anything. */
export function askedSegments({ earningRules, segments = [] }: ProgrammeDocument): Finding[] {
  const isIn = (codes: readonly string[], kinds: readonly string[]): boolean =>
    segments.some(
      ({ code, all }) => codes.includes(code) && all.some((c) => kinds.includes(c.kind)),
    );
  const hasGeneral = earningRules.some((rule) => isBasic(rule) && rule.categories === undefined);
  return earningRules.flatMap((rule, no) =>
    (rule.when ?? []).flatMap((condition, place): Finding[] => {
      if (condition.kind !== 'segment') return [];
      const pointer = `/earningRules/${String(no)}/when/${String(place)}`;
      if (isIn(condition.segments, ['balance'])) {
        const detail = `"${rule.id}" would pay less to whoever spends points.`;
        return [{ code: 'spending_costs', pointer, detail }];
      }
      const goesBefore = hasGeneral && isBasic(rule) && rule.categories !== undefined;
      if (!goesBefore || !isIn(condition.segments, byDeeds)) return [];
      const detail = `"${rule.id}" goes before the basic rate by what was bought before; let it come on top, or put both in a lane.`;
      return [{ code: 'more_earns_less', pointer, detail }];
    }),
  );
}

type Rule = ProgrammeDocument['earningRules'][number];

const isBasic = (rule: Rule): rule is Extract<Rule, { kind: 'per_amount' }> =>
  rule.kind === 'per_amount' && rule.qualifies !== false && rule.lane === undefined;
