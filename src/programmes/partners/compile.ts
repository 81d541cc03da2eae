/** Partners as the core reads them: shares and prices parsed, blocks named. */
import {
  blockOf,
  type Partner,
  type Partners,
  type PartnerTerms,
} from '../../rules/partners/terms.js';
import { MILLION, parseRate } from '../../rules/points.js';
import type * as written from '../document.js';

export function compilePartners({
  partners = [],
  earningRules,
}: written.ProgrammeDocument): Partners {
  const compiled = partners.map(({ code, kind, terms }): Partner => {
    return { code, kind, terms: terms && compileTerms(code, terms) };
  });
  const funders = earningRules.flatMap((rule, place) =>
    rule.funders === undefined
      ? []
      : [
          [
            place,
            rule.funders.map(({ code, share }) => ({ funder: code, part: rateOf(share) })),
          ] as const,
        ],
  );
  return { byCode: new Map(compiled.map((each) => [each.code, each])), funders: new Map(funders) };
}

function compileTerms(code: string, terms: written.PartnerTerms): PartnerTerms {
  const { price, redemptionPrice = '0', share } = terms;
  return {
    price: rateOf(price),
    redemptionPrice: rateOf(redemptionPrice),
    share: share === undefined ? MILLION : rateOf(share),
    prepaid:
      terms.kind === 'postpaid'
        ? undefined
        : { block: blockOf(code), whenEmpty: terms.whenEmpty, alertBelow: terms.alertBelow },
  };
}

function rateOf(text: string): bigint {
  const rate = parseRate(text);
  if (rate === undefined) throw new Error('invariant: only a checked document is compiled');
  return rate;
}
