/** Laws P9 and P10: no bonus is worth splitting a purchase for, and points never earn points. */
import type { Caps, EarningRule, ProgrammeDocument } from '../document.js';
import type { Finding } from './finding.js';

/**
 * Law P9. Whatever pays by the count - of purchases, pieces, activities - has a minimum value, a
 * cap and, where it pays a fixed number, a cool-down of at least an hour, its own or for purchases
 * that of the basket's window. Then at most one of
 * several purchases within it is paid, a minimum that one part meets is met by the whole too, and a
 * cap that leaves room for the part leaves the same room for the whole.
 */
export function bonuses(document: ProgrammeDocument): Finding[] {
  return document.earningRules.flatMap((rule, place) => {
    const at = `/earningRules/${String(place)}`;
    return faultsOf(rule, limitsOf(document, rule), document).map((fault) => ({
      ...fault,
      pointer: fault.pointer.startsWith('/lanes/') ? fault.pointer : `${at}${fault.pointer}`,
    }));
  });
}

/** Caps and cool-down that bind a rule, its own or its lane's, and where they are written. */
interface Limits {
  caps: Caps;
  /** Whether a cool-down or the basket's window keeps it from paying again at once. */
  waits: boolean;
  /** '' = in the rule. */
  pointer: string;
}

function limitsOf(document: ProgrammeDocument, rule: EarningRule): Limits {
  const { lanes = [] } = document;
  const place = lanes.findIndex(({ code }) => code === rule.lane);
  const { caps = [], coolDownHours = 0 } = lanes[place] ?? rule;
  const isWindowed = rule.kind !== 'per_activity' && document.guards?.basketWindow !== undefined;
  return {
    caps,
    waits: coolDownHours > 0 || isWindowed,
    pointer: place === -1 ? '' : `/lanes/${String(place)}`,
  };
}

const code = 'splitting_pays';

function faultsOf(rule: EarningRule, limits: Limits, document: ProgrammeDocument): Finding[] {
  const { id } = rule;
  switch (rule.kind) {
    case 'per_amount':
    case 'multiplier':
      return counted(rule, document);
    case 'per_unit': {
      const faults = [...counted(rule, document), ...capped(id, 0, limits)];
      if (rule.minimumUnitAmount > 0) return faults;
      const detail = `"${id}" pays for pieces that cost nothing.`;
      return [...faults, { code, pointer: '/minimumUnitAmount', detail }];
    }
    case 'per_purchase': {
      const faults = [...counted(rule, document), ...fixed(id, rule.points, limits)];
      if (rule.minimumAmount > 0) return faults;
      const detail = `"${id}" pays for a purchase of nothing, so any basket is worth splitting.`;
      return [{ code, pointer: '/minimumAmount', detail }, ...faults];
    }
    case 'steps':
      return [...counted(rule, document), ...stepFaults(rule), ...fixed(id, most(rule), limits)];
    case 'metered_reduction':
      return capped(id, 0, limits);
    case 'per_activity':
      return [...deposits(rule), ...fixed(id, rule.points, limits)];
  }
}

type StepsRule = Extract<EarningRule, { kind: 'steps' }>;

const most = ({ steps }: StepsRule): number => Math.max(...steps.map(({ points }) => points));

function stepFaults({ id, steps }: StepsRule): Finding[] {
  return steps.flatMap(({ minimumAmount, points }, place) => {
    const pointer = `/steps/${String(place)}`;
    const below = steps[place - 1];
    if (below === undefined) {
      if (minimumAmount > 0) return [];
      const detail = `"${id}" pays for a purchase of nothing, so any basket is worth splitting.`;
      return [{ code, pointer: `${pointer}/minimumAmount`, detail }];
    }
    if (minimumAmount > below.minimumAmount && points > below.points) return [];
    const detail = `Each step of "${id}" is above the one before, in amount and points.`;
    return [{ code: 'steps_not_ascending', pointer, detail }];
  });
}

/** Points for each deposit, whatever it is, are a queue at the counter. */
function deposits(rule: Extract<EarningRule, { kind: 'per_activity' }>): Finding[] {
  const isOfDeposits = rule.when?.some(
    (each) => each.kind === 'activity' && each.activities.includes('deposit'),
  );
  if (isOfDeposits !== true || (rule.minimumValue ?? 0) > 0) return [];
  const detail = `"${rule.id}" pays for a deposit of nothing.`;
  return [{ code, pointer: '/minimumValue', detail }];
}

/** A fixed number of points needs a cool-down, and a cap that lets it be paid. */
function fixed(id: string, points: number, limits: Limits): Finding[] {
  const faults = capped(id, points, limits);
  if (limits.waits) return faults;
  const detail = `"${id}" pays for every part of a split basket.`;
  return [{ code, pointer: `${limits.pointer}/coolDownHours`, detail }, ...faults];
}

function capped(id: string, points: number, { caps, pointer }: Limits): Finding[] {
  const faults = caps.flatMap((cap, place) =>
    cap.points >= points
      ? []
      : [
          {
            code: 'cap_below_points',
            pointer: `${pointer}/caps/${String(place)}/points`,
            detail: `"${id}" promises ${String(points)} points and never pays them.`,
          },
        ],
  );
  if (caps.some(({ period }) => period !== 'purchase')) return faults;
  const detail = `"${id}" pays by the count, so it needs a cap for a period.`;
  return [{ code: 'cap_missing', pointer: `${pointer}/caps`, detail }, ...faults];
}

/** Conditions that count pieces or purchases ask for a value beside it. */
function counted({ id, when = [] }: EarningRule, document: ProgrammeDocument): Finding[] {
  const least = when.reduce((sum, each) => (each.kind === 'amount' ? each.minimum : sum), 0);
  return when.flatMap((each, place): Finding[] => {
    const pointer = `/when/${String(place)}`;
    if (each.kind === 'quantity' && least === 0) {
      const detail = `"${id}" counts pieces, so it needs an amount beside them.`;
      return [{ code, pointer, detail }];
    }
    if (each.kind === 'nth_purchase' && (document.countedPurchases?.minimumAmount ?? 0) === 0) {
      const detail = `"${id}" counts purchases, so countedPurchases must say how large one is.`;
      return [{ code, pointer, detail }];
    }
    return [];
  });
}

/** What redemptions are paid in: points as such, and the vouchers they were turned into. */
const paidInPoints = ['points', 'voucher'];

/**
 * Law P10. Stored value needs no such law: it is `cash_like` when it is loaded and earns nothing
 * then, so that a programme may let it earn when it is spent, or exclude the tender; never both.
 */
export function tenders({ earningBasis }: ProgrammeDocument): Finding[] {
  return paidInPoints
    .filter((tender) => !earningBasis.excludedTenders.includes(tender))
    .map((tender) => ({
      code: 'points_earn_points',
      pointer: '/earningBasis/excludedTenders',
      detail: `What is paid by "${tender}" was earned before and would earn again.`,
    }));
}
