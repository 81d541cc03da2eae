/**
 * Law P11: no reward is worth as much as the spending that buys it at the best rate, or members
 * could pump money out of the programme. All figures are exact fractions.
 */
import { MILLION, parseRate } from '../../rules/points.js';
import type { PerAmountRule, PerPurchaseRule, ProgrammeDocument } from '../document.js';
import { currencyDigits } from './currency.js';
import type { Finding } from './finding.js';

interface Ratio {
  numerator: bigint;
  denominator: bigint;
}

export function payout(document: ProgrammeDocument): Finding[] {
  const digits = currencyDigits(document.identity.currency);
  if (digits === undefined) return [];
  const best = bestEarning(document, digits);
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

/** What points can be turned into: minor units for so many points. */
interface Paying {
  what: string;
  pointer: string;
  value: bigint;
  points: bigint;
}

function paying({ rewards, tender }: ProgrammeDocument): Paying[] {
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
  if (tender === undefined) return all;
  const rate = parseRate(tender.rate) ?? 0n;
  const asTender = { what: 'a point that pays', pointer: '/tender/rate' };
  return [...all, { ...asTender, value: rate, points: MILLION }];
}

/**
 * The most points per minor unit that a purchase can earn: the best category at the top multiplier,
 * and every fixed bonus that a purchase of the most rewarding size gets beside it.
 */
function bestEarning(document: ProgrammeDocument, digits: number): Ratio {
  const multipliers = document.tiers.map(({ multiplier }) => parseRate(multiplier) ?? 0n);
  const perMinor = MILLION * MILLION * 10n ** BigInt(digits);
  const amounts = bestRate(document) * largest(multipliers);
  const bonus = bestBonus(document);
  return {
    numerator: amounts * bonus.denominator + bonus.numerator * perMinor,
    denominator: perMinor * bonus.denominator,
  };
}

/** The highest sum of rates, in millionths, that one earning category collects. */
function bestRate({ categories, earningRules }: ProgrammeDocument): bigint {
  const rules = earningRules.filter((rule): rule is PerAmountRule => rule.kind === 'per_amount');
  const sum = (those: readonly PerAmountRule[]): bigint =>
    those.reduce((total, { rate }) => total + (parseRate(rate) ?? 0n), 0n);
  const general = sum(rules.filter((rule) => rule.categories === undefined));
  return largest(
    categories
      .filter(({ treatment }) => treatment === 'earns')
      .map(({ code }) => {
        const own = rules.filter((rule) => rule.categories?.includes(code) === true);
        return own.length === 0 ? general : sum(own);
      }),
  );
}

/** The most bonus points per minor unit; between two minimum amounts the ratio only falls. */
function bestBonus({ earningRules }: ProgrammeDocument): Ratio {
  const rules = earningRules.filter(
    (rule): rule is PerPurchaseRule => rule.kind === 'per_purchase' && rule.minimumAmount > 0,
  );
  return rules
    .map(({ minimumAmount }) => ({
      numerator: BigInt(
        rules
          .filter((rule) => rule.minimumAmount <= minimumAmount)
          .reduce((total, { points }) => total + points, 0),
      ),
      denominator: BigInt(minimumAmount),
    }))
    .reduce<Ratio>(
      (best, each) =>
        each.numerator * best.denominator > best.numerator * each.denominator ? each : best,
      { numerator: 0n, denominator: 1n },
    );
}

const largest = (numbers: readonly bigint[]): bigint =>
  numbers.reduce((most, each) => (each > most ? each : most), 0n);
