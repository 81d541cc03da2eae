/** Laws P2 to P5: every code is used once, every name leads somewhere, and only honest goods earn. */
import { isTimeZone } from '../../rules/period.js';
import type { ProgrammeDocument } from '../document.js';
import { currencyDigits } from './currency.js';
import { repeated, type Finding } from './finding.js';

/** Law P2. */
export function uniqueCodes(document: ProgrammeDocument): Finding[] {
  const { categories, earningRules, lanes, earningCaps, tiers, rewards, staff } = document;
  const { personas = [], preferences = [], segments = [] } = document;
  const codeOf = ({ code }: { code: string }): string => code;
  return [
    ...repeated('categories', 'code', categories.map(codeOf)),
    ...repeated(
      'earningRules',
      'id',
      earningRules.map(({ id }) => id),
    ),
    ...repeated('lanes', 'code', (lanes ?? []).map(codeOf)),
    ...repeated(
      'earningCaps',
      'period',
      (earningCaps ?? []).map(({ period }) => period),
    ),
    ...repeated('personas', 'code', personas.map(codeOf)),
    ...repeated('preferences', 'code', preferences.map(codeOf)),
    ...repeated('segments', 'code', segments.map(codeOf)),
    ...repeated('tiers', 'code', tiers.map(codeOf)),
    ...repeated('rewards', 'code', rewards.map(codeOf)),
    ...repeated('staff/reasons', 'code', (staff?.reasons ?? []).map(codeOf)),
  ];
}

/** Law P3: the currency and the clock are known, and there is one currency. */
export function moneyAndClock({ identity, rewards }: ProgrammeDocument): Finding[] {
  const { currency, timeZone } = identity;
  const findings = rewards.flatMap(({ value }, place) =>
    value.currency === currency
      ? []
      : [
          {
            code: 'currency_differs',
            pointer: `/rewards/${String(place)}/value/currency`,
            detail: `The programme counts in ${currency}.`,
          },
        ],
  );
  if (currencyDigits(currency) === undefined) {
    findings.push({
      code: 'unknown_currency',
      pointer: '/identity/currency',
      detail: `${currency} is no currency of ISO 4217 that one can pay with.`,
    });
  }
  if (!isTimeZone(timeZone)) {
    findings.push({
      code: 'unknown_time_zone',
      pointer: '/identity/timeZone',
      detail: `${timeZone} is no IANA time zone known here.`,
    });
  }
  return findings;
}

/** Law P4: points are earned in proportion to spend, and a rule names only what may earn. */
export function earningNames({ earningRules, categories }: ProgrammeDocument): Finding[] {
  const treatments = new Map(categories.map(({ code, treatment }) => [code, treatment]));
  const findings = earningRules.flatMap((rule, place) => {
    const named = rule.kind === 'per_amount' ? (rule.categories ?? []) : [];
    return named.flatMap((category, n): Finding[] => {
      const treatment = treatments.get(category);
      const pointer = `/earningRules/${String(place)}/categories/${String(n)}`;
      if (treatment === undefined) {
        return [{ code: 'unknown_category', pointer, detail: `"${category}" is not declared.` }];
      }
      if (treatment === 'earns') return [];
      const detail = `"${category}" is ${treatment} and can never earn.`;
      return [{ code: 'category_cannot_earn', pointer, detail }];
    });
  });
  if (earningRules.every(({ kind }) => kind !== 'per_amount')) {
    findings.push({
      code: 'no_rule_per_amount',
      pointer: '/earningRules',
      detail: 'Nothing is earned in proportion to what is spent.',
    });
  }
  return findings;
}

/** Law P5: a reward is kept for a tier that exists. */
export function rewardTiers({ rewards, tiers }: ProgrammeDocument): Finding[] {
  return rewards.flatMap(({ minimumTier }, place) =>
    minimumTier === undefined || tiers.some(({ code }) => code === minimumTier)
      ? []
      : [
          {
            code: 'unknown_tier',
            pointer: `/rewards/${String(place)}/minimumTier`,
            detail: `"${minimumTier}" is no tier.`,
          },
        ],
  );
}
