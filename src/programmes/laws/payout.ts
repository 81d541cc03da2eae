/**
 * Law P11: no reward is worth as much as the spending that buys it at the best rate, or members
 * could pump money out of the programme. All figures are exact fractions.
 */
import { MILLION, parseRate } from '../../rules/points.js';
import type { EarningRule, PerAmountRule, ProgrammeDocument } from '../document.js';
import { currencyDigits } from './currency.js';
import type { Finding } from './finding.js';
import { largest, most, plus, ratio, times, total, type Ratio } from './ratio.js';

export function payout(document: ProgrammeDocument): Finding[] {
  const digits = currencyDigits(document.identity.currency);
  if (digits === undefined) return [];
  const best = most(atOneTime(document).map((each) => bestEarning(each, 10n ** BigInt(digits))));
  return paying(document).flatMap(({ what, pointer, value, points }) => {
    const back = value * best.numerator;
    const spent = points * best.denominator;
    if (back < spent) return [];
    const percent = ((back * 100n) / spent).toString();
    return [
      {
        code: 'pays_out_more_than_spent',
        pointer,
        detail: `At the best rate ${what} gives back ${percent} % of what is spent to earn it.`,
      },
    ];
  });
}

/** What can be earned by at one time: the rules, and offers that all run on some day. */
function atOneTime(document: ProgrammeDocument): ProgrammeDocument[] {
  const { offers = [], earningRules } = document;
  const rules = earningRules.slice(0, earningRules.length - offers.length);
  // Most run together on a day on which one of them begins.
  const days = new Set(['', ...offers.map(({ from = '' }) => from)]);
  return [...days].map((day) => {
    const running = earningRules.filter((_, place) => {
      const { from = '', until = '9' } = offers[place - rules.length] ?? {};
      return place < rules.length || (from <= day && day <= until);
    });
    return { ...document, earningRules: running };
  });
}

/** What points can be turned into: minor units for so many points. */
export interface Paying {
  what: string;
  pointer: string;
  value: bigint;
  points: bigint;
}

/** What points can be turned into: by the programme itself, or by way of a partner's currency. */
export function paying(document: ProgrammeDocument): Paying[] {
  return [...payingItself(document), ...payingElsewhere(document)];
}

/**
 * What units of partners' currencies are worth to whoever has them. Fees are left out, which only
 * makes it stricter.
 */
function payingElsewhere({ conversions = [] }: ProgrammeDocument): Paying[] {
  return conversions.flatMap(({ code, unitWorth, out }, place): Paying[] => {
    if (out === undefined) return [];
    const value = BigInt(out.get) * (parseRate(unitWorth) ?? 0n);
    const what = `a conversion to "${code}"`;
    const pointer = `/conversions/${String(place)}/out`;
    return [{ what, pointer, value, points: BigInt(out.give) * MILLION }];
  });
}

/** What the programme itself pays for points: rewards, tender, and partners for what leaves. */
export function payingItself({ rewards, tender, ...others }: ProgrammeDocument): Paying[] {
  const all = rewards.map(({ code, points, value }, place): Paying => ({
    what: `"${code}"`,
    pointer: `/rewards/${String(place)}`,
    value: BigInt(value.amount),
    points: BigInt(points),
  }));
  for (const [place, { code, value, formerPrices = [] }] of rewards.entries()) {
    for (const [n, { points }] of formerPrices.entries()) {
      const pointer = `/rewards/${String(place)}/formerPrices/${String(n)}`;
      const what = `"${code}" at its former price`;
      all.push({ what, pointer, value: BigInt(value.amount), points: BigInt(points) });
    }
  }
  const { conversions = [], partners = [] } = others;
  for (const [place, { code, out, partner }] of conversions.entries()) {
    const terms = partners.find((each) => each.code === partner)?.terms;
    if (out === undefined || terms === undefined) continue;
    const what = `what "${partner}" is paid for points that become "${code}"`;
    const value = parseRate(terms.redemptionPrice ?? '0') ?? 0n;
    all.push({ what, pointer: `/conversions/${String(place)}/out`, value, points: MILLION });
  }
  if (tender === undefined) return all;
  const rate = parseRate(tender.rate) ?? 0n;
  const asTender = { what: 'a point that pays', pointer: '/tender/rate' };
  return [...all, { ...asTender, value: rate, points: MILLION }];
}

/**
 * The most points per minor unit that a purchase can earn: the best category at the top tier with
 * every multiplier, what comes on top of it, and every fixed bonus that a purchase of the most
 * rewarding size gets beside it. All conditions are taken to hold.
 */
export function bestEarning(document: ProgrammeDocument, minorOfMajor: bigint): Ratio {
  const tiers = largest(document.tiers.map(({ multiplier }) => parseRate(multiplier) ?? 0n));
  const categories = document.categories.filter(({ treatment }) => treatment === 'earns');
  const rates = categories.map(({ code }) => bestRate(document, code, tiers, minorOfMajor));
  return plus(most(rates), bestBonus(document));
}

function bestRate(
  { earningRules }: ProgrammeDocument,
  category: string,
  tiers: bigint,
  minorOfMajor: bigint,
): Ratio {
  const rules = earningRules.filter((rule) => isAbout(rule, category));
  const amounts = ofKind(rules, 'per_amount');
  const perMinor = ({ rate }: PerAmountRule): Ratio => perMillion(rate, minorOfMajor);
  const basic = amounts.filter(({ qualifies, lane }) => qualifies !== false && lane === undefined);
  const onTop = amounts.filter((rule) => !basic.includes(rule));
  const base = plus(
    bestBasic(basic, perMinor),
    inLanes(
      onTop.filter(({ qualifies }) => qualifies !== false),
      perMinor,
    ),
  );
  const multipliers = inLanes(ofKind(rules, 'multiplier'), ({ by }) =>
    ratio((parseRate(by) ?? MILLION) - MILLION, MILLION),
  );
  const pieces = inLanes(
    ofKind(rules, 'per_unit').filter(({ minimumUnitAmount }) => minimumUnitAmount > 0),
    ({ rate, minimumUnitAmount }) => perMillion(rate, BigInt(minimumUnitAmount)),
  );
  const rest = onTop.filter(({ qualifies }) => qualifies === false);
  return total([
    times(base, plus(ratio(tiers, MILLION), multipliers)),
    inLanes(rest, perMinor),
    pieces,
  ]);
}

/** Rules that name the category go before those that name none, if they always apply. */
function bestBasic(
  basic: readonly PerAmountRule[],
  perMinor: (rule: PerAmountRule) => Ratio,
): Ratio {
  const own = basic.filter(({ categories }) => categories !== undefined);
  const general = basic.filter(({ categories }) => categories === undefined);
  const [named, unnamed] = [total(own.map(perMinor)), total(general.map(perMinor))];
  return own.some(({ when }) => when === undefined) ? named : most([named, unnamed]);
}

const perMillion = (rate: string, of: bigint): Ratio => ratio(parseRate(rate) ?? 0n, MILLION * of);

function ofKind<K extends EarningRule['kind']>(
  rules: readonly EarningRule[],
  kind: K,
): Extract<EarningRule, { kind: K }>[] {
  return rules.filter((rule): rule is Extract<EarningRule, { kind: K }> => rule.kind === kind);
}

/** Whether a rule may pay for a category. */
export function isAbout(rule: EarningRule, category: string): boolean {
  const named = rule.kind === 'per_amount' ? rule.categories : undefined;
  const asked = (rule.when ?? []).flatMap((each) =>
    each.kind === 'category' || each.kind === 'first_in_category' ? [each.categories] : [],
  );
  return [named, ...asked].every((codes) => codes === undefined || codes.includes(category));
}

/** The sum of what rules give; of those in one lane only the best counts. */
function inLanes<R extends EarningRule>(rules: readonly R[], rateOf: (rule: R) => Ratio): Ratio {
  const groups = new Map<string, Ratio[]>();
  rules.forEach((rule) => {
    const key = rule.lane === undefined ? `rule ${rule.id}` : `lane ${rule.lane}`;
    groups.set(key, [...(groups.get(key) ?? []), rateOf(rule)]);
  });
  return total([...groups.values()].map(most));
}

/** The most fixed points per minor unit; between two minimum amounts the ratio only falls. */
function bestBonus({ earningRules }: ProgrammeDocument): Ratio {
  interface Paid {
    rule: EarningRule;
    minimumAmount: number;
    points: number;
  }
  const steps = earningRules.flatMap((rule): Paid[] => {
    if (rule.kind === 'steps') return rule.steps.map((step) => ({ rule, ...step }));
    if (rule.kind !== 'per_purchase') return [];
    return [{ rule, minimumAmount: rule.minimumAmount, points: rule.points }];
  });
  const minima = steps.map(({ minimumAmount }) => minimumAmount).filter((each) => each > 0);
  return most(
    minima.map((size) => {
      const reached = steps.filter(({ minimumAmount }) => minimumAmount <= size);
      const best = new Map<EarningRule, number>();
      for (const { rule, points } of reached) {
        best.set(rule, Math.max(best.get(rule) ?? 0, points));
      }
      const points = inLanes([...best.keys()], (rule) => ratio(BigInt(best.get(rule) ?? 0), 1n));
      return times(points, ratio(1n, BigInt(size)));
    }),
  );
}
