/** HARM and VOLUME: what a programme says it rewards. No arithmetic shows these. */
import { labelContradiction } from '../../rules/guards/label.js';
import type { ProgrammeDocument } from '../../programmes/document.js';
import type { Found } from '../finding.js';
import { pointerTo, type Subject } from '../subject.js';
import { isUse, USE_MERCHANT_CODES } from './use-words.js';

const nothing = { gain: { minor: 0, growth: 'repeatable' as const }, witness: [] };

/** HARM: a rule, an offer or a coupon is called after fees, penalties or debt. */
export function harm({ document }: Subject): Found[] {
  return named(document).flatMap(({ id, name }): Found[] => {
    const found = labelContradiction({ texts: [name], merchantCodes: [] });
    if (found?.kind !== 'harmful') return [];
    return [
      {
        check: 'HARM',
        severity: 'critical',
        claim: 'static',
        about: [id],
        pointer: `${pointerTo(document, id)}/name`,
        title: `"${name}" rewards harm`,
        explanation:
          `It speaks of "${found.matched}": members would be paid for what hurts them. ` +
          `Nothing that does may earn, whatever it brings in.`,
        ...nothing,
      },
    ];
  });
}

function named(document: ProgrammeDocument): { id: string; name: string }[] {
  const { earningRules, offers = [], surprises = [], coupons = [] } = document;
  return [
    ...earningRules,
    ...[...offers, ...surprises, ...coupons].map(({ code, name }) => ({ id: code, name })),
  ];
}

/** VOLUME: the more of something is used, the more it earns, and using more is waste. */
export function volume({ document, whole }: Subject): Found[] {
  return document.categories.flatMap((category, place): Found[] => {
    const { code, name, description = '', treatment, merchantCategoryCodes } = category;
    if (treatment !== 'earns') return [];
    const isWaste = whole.bounds.waste.has(code);
    const isMetered =
      [code, name, description].some(isUse) ||
      merchantCategoryCodes.some((merchant) => USE_MERCHANT_CODES.has(merchant));
    if (!isWaste && !isMetered) return [];
    const why = isWaste ? 'You say that more of it is waste' : 'It is used up by the meter';
    return [
      {
        check: 'VOLUME',
        severity: 'high',
        claim: 'static',
        about: [code],
        pointer: `/categories/${String(place)}/treatment`,
        title: `Using more of "${name}" earns more`,
        explanation:
          `${why}, and each unit of it earns points: people leave things on in empty houses. ` +
          `Treat it as "metered", and pay for what is saved.`,
        ...nothing,
      },
    ];
  });
}
