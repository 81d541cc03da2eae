/** Laws P8 and P40 to P43: a ladder goes up, and whoever climbs it loses nothing. */
import { parseRate } from '../../rules/points.js';
import type { Ladder, ProgrammeDocument, Tier } from '../document.js';
import { currencyDigits } from './currency.js';
import { repeated, type Finding } from './finding.js';
import { bestEarning } from './payout.js';

type Metric = NonNullable<Ladder['metric']>;

/** A way to reach a tier, and where in the document it is. */
interface Way {
  metric: Metric;
  threshold: number;
  keep: number | undefined;
  pointer: string;
}

/** Law P8. */
export function ladder(document: ProgrammeDocument): Finding[] {
  const { tiers } = document;
  return tiers.flatMap(({ threshold, multiplier, code }, place): Finding[] => {
    const pointer = `/tiers/${String(place)}`;
    const below = tiers[place - 1];
    if (below === undefined) {
      if (threshold === 0) return [];
      const detail = 'Everybody stands in the first tier, so its threshold is 0.';
      return [{ code: 'first_tier_not_at_zero', pointer: `${pointer}/threshold`, detail }];
    }
    const findings = notAscending(document, place);
    if ((parseRate(multiplier) ?? 0n) < (parseRate(below.multiplier) ?? 0n)) {
      findings.push({
        code: 'higher_tier_earns_less',
        pointer: `${pointer}/multiplier`,
        detail: `"${code}" earns less than "${below.code}" below it.`,
      });
    }
    return findings;
  });
}

function waysOf({ ladder: terms, tiers }: ProgrammeDocument, place: number): Way[] {
  const tier = tiers[place];
  if (tier === undefined) return [];
  const pointer = `/tiers/${String(place)}`;
  const { threshold, keep, otherWays = [] } = tier;
  const own = { metric: terms?.metric ?? 'qualifying_points', threshold, keep, pointer };
  const others = otherWays.map((way, n) => ({
    metric: way.metric,
    threshold: way.threshold,
    keep: way.keep,
    pointer: `${pointer}/otherWays/${String(n)}`,
  }));
  return [own, ...others];
}

/** Each way goes up; what keeps a tier does not go down; and nobody jumps past a tier by a way. */
function notAscending(document: ProgrammeDocument, place: number): Finding[] {
  const [code, below] = [document.tiers[place]?.code ?? '', document.tiers[place - 1]?.code ?? ''];
  return waysOf(document, place).flatMap((way): Finding[] => {
    const lower = waysOf(document, place - 1).find(({ metric }) => metric === way.metric);
    if (lower === undefined) {
      if (place === 1) return [];
      const detail = `"${below}" below "${code}" cannot be reached by this.`;
      return [{ code: 'way_misses_a_tier', pointer: `${way.pointer}/metric`, detail }];
    }
    if (way.threshold <= lower.threshold) {
      const detail = `"${code}" comes after "${below}" but is not above it.`;
      return [{ code: 'tiers_not_ascending', pointer: `${way.pointer}/threshold`, detail }];
    }
    if ((way.keep ?? way.threshold) >= (lower.keep ?? lower.threshold)) return [];
    const detail = `"${code}" is kept by less than "${below}" below it.`;
    return [{ code: 'keep_not_ascending', pointer: `${way.pointer}/keep`, detail }];
  });
}

/** Law P40: what keeps a tier is no more than what reaches it; each way counts something else. */
export function waysOfTiers(document: ProgrammeDocument): Finding[] {
  const { tiers, countedPurchases, ladder: terms } = document;
  const findings = tiers.flatMap((tier, place): Finding[] => {
    const ways = waysOf(document, place);
    const pointer = `/tiers/${String(place)}`;
    return [
      ...(place === 0 ? idle(tier, pointer) : []),
      ...ways.flatMap(({ metric, threshold, keep, pointer: at }, n): Finding[] => {
        if (ways.findIndex((other) => other.metric === metric) < n) {
          const detail = `"${tier.code}" has a way that counts this already.`;
          return [{ code: 'duplicate', pointer: `${at}/metric`, detail }];
        }
        if (keep === undefined || keep <= threshold) return [];
        const detail = `Whoever reaches "${tier.code}" has to keep it.`;
        return [{ code: 'keep_above_threshold', pointer: `${at}/keep`, detail }];
      }),
    ];
  });
  const counting = tiers.flatMap((_, place) =>
    waysOf(document, place).filter(({ metric }) => metric === 'purchases'),
  );
  const [first] = counting;
  const [least] = counting.length === 0 ? [] : [countedPurchases?.minimumAmount];
  if (first !== undefined && (least === undefined || least === 0)) {
    const pointer = terms?.metric === 'purchases' ? '/ladder/metric' : `${first.pointer}/metric`;
    const detail = 'Say how large a purchase must be to count: `countedPurchases`, above 0.';
    findings.push({ code: 'purchases_not_counted', pointer, detail });
  }
  return findings;
}

/** The first tier is everybody's, so there is nothing to reach or keep. */
function idle(tier: Tier, pointer: string): Finding[] {
  return (['keep', 'otherWays'] as const).flatMap((field) =>
    tier[field] === undefined
      ? []
      : [
          {
            code: 'first_tier_is_everybodys',
            pointer: `${pointer}/${field}`,
            detail: 'The first tier is neither reached nor kept.',
          },
        ],
  );
}

const lengths = { year: 12, half_year: 6, quarter: 3 } as const;

/** Months of a window; undefined = a lifetime. */
export function windowMonths({ window }: Ladder): number | undefined {
  if (window === undefined || window.kind === 'lifetime') return undefined;
  if (window.kind === 'anniversary') return 12;
  return window.kind === 'rolling' ? window.months : lengths[window.period];
}

/** Law P41: terms of reviews go with windows, and near misses and graces are bounded by them. */
export function reviewTerms(document: ProgrammeDocument): Finding[] {
  const { ladder: terms = {}, tiers } = document;
  const months = windowMonths(terms);
  const findings: Finding[] = [];
  const find = (code: string, pointer: string, detail: string): void => {
    findings.push({ code, pointer, detail });
  };
  if (months === undefined) {
    for (const field of ['nearMiss', 'graceMonths', 'warningDays', 'rollOver'] as const) {
      if (terms[field] === undefined) continue;
      find('never_reviewed', `/ladder/${field}`, 'Tiers of a lifetime are never reviewed.');
    }
    tiers.forEach((_, place) => {
      for (const { keep, pointer } of waysOf(document, place)) {
        if (keep === undefined || place === 0) continue;
        find('never_reviewed', `${pointer}/keep`, 'Tiers of a lifetime are never reviewed.');
      }
    });
    return findings;
  }
  if ((terms.graceMonths ?? 0) >= months) {
    find('grace_too_long', '/ladder/graceMonths', 'A grace ends before the next review.');
  }
  if (terms.rollOver === true && terms.window?.kind === 'rolling') {
    find('nothing_to_roll_over', '/ladder/rollOver', 'Rolling windows do not begin anew.');
  }
  if (terms.rollOver === true && !countsPoints(document)) {
    find('nothing_to_roll_over', '/ladder/rollOver', 'No tier is reached by qualifying points.');
  }
  return [...findings, ...nearMisses(document)];
}

const countsPoints = (document: ProgrammeDocument): boolean =>
  waysOf(document, document.tiers.length - 1).some(({ metric }) => metric === 'qualifying_points');

/** At least half of what keeps a tier has to be there. */
function nearMisses(document: ProgrammeDocument): Finding[] {
  const { ladder: terms = {}, tiers } = document;
  if (terms.nearMiss?.kind !== 'amount') return [];
  const { amount } = terms.nearMiss;
  const low = tiers.findIndex(
    ({ keep, threshold }, n) => n > 0 && amount * 2 > (keep ?? threshold),
  );
  if (low < 0) return [];
  const detail = `That is more than half of what keeps "${tiers[low]?.code ?? ''}".`;
  return [{ code: 'near_miss_too_far', pointer: '/ladder/nearMiss/amount', detail }];
}

/**
 * Law P42: benefits are valued in the programme's currency, and those of a tier are worth less than
 * the least spend that keeps it for as long.
 */
export function tierBenefits(document: ProgrammeDocument): Finding[] {
  const { tiers, identity } = document;
  return tiers.flatMap(({ benefits = [] }, place): Finding[] => {
    const pointer = `/tiers/${String(place)}/benefits`;
    const foreign = benefits.flatMap(({ value, cost }, n) =>
      Object.entries({ value, cost }).flatMap(([field, money]): Finding[] => {
        if (money === undefined || money.currency === identity.currency) return [];
        const at = `${pointer}/${String(n)}/${field}/currency`;
        const detail = `The programme counts in ${identity.currency}.`;
        return [{ code: 'currency_differs', pointer: at, detail }];
      }),
    );
    const codes = benefits.map(({ code }) => code);
    return [
      ...foreign,
      ...repeated(`tiers/${String(place)}/benefits`, 'code', codes),
      ...(place === 0 || foreign.length > 0 ? [] : tooGenerous(document, place, pointer)),
    ];
  });
}

function tooGenerous(document: ProgrammeDocument, place: number, pointer: string): Finding[] {
  const { benefits = [], code } = document.tiers[place] ?? {};
  const months = windowMonths(document.ladder ?? {}) ?? 12;
  const worth = benefits.reduce((sum, { value }) => sum + BigInt(value.amount), 0n);
  const cheap = waysOf(document, place).some(
    (way) => worth * BigInt(months) >= 12n * leastSpend(document, way),
  );
  if (worth === 0n || !cheap) return [];
  const detail = `What "${code ?? ''}" has beside points is worth as much as the least spend that keeps it.`;
  return [{ code: 'benefits_worth_what_they_cost', pointer, detail }];
}

/** Minor units that keep a tier by a way, rounded down, if everything earns best. */
function leastSpend(document: ProgrammeDocument, { metric, keep, threshold }: Way): bigint {
  const goal = BigInt(keep ?? threshold);
  if (metric === 'spend') return goal;
  if (metric === 'purchases') return goal * BigInt(document.countedPurchases?.minimumAmount ?? 0);
  const digits = currencyDigits(document.identity.currency) ?? 0;
  const best = bestEarning(document, 10n ** BigInt(digits));
  return best.numerator === 0n ? goal : (goal * best.denominator) / best.numerator;
}

/** Law P43: a tier replaces tiers of earlier versions, each one only. */
export function replacedTiers({ tiers }: ProgrammeDocument): Finding[] {
  const codes = new Set(tiers.map(({ code }) => code));
  return tiers.flatMap(({ replaces = [] }, place) =>
    replaces.flatMap((code, n): Finding[] => {
      const earlier = tiers.slice(0, place).some((tier) => tier.replaces?.includes(code) === true);
      if (!codes.has(code) && !earlier && replaces.indexOf(code) === n) return [];
      const pointer = `/tiers/${String(place)}/replaces/${String(n)}`;
      const detail = `"${code}" is a tier of this version, or replaced already.`;
      return [{ code: 'tier_not_replaced', pointer, detail }];
    }),
  );
}
