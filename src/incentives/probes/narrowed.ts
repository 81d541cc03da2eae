/**
 * A programme for purchases of one category: what cannot pay for it is left out, which changes nothing
 * of what they earn, and leaves less to decide.
 */
import { compileProgramme } from '../../programmes/compile.js';
import type { EarningRule, ProgrammeDocument } from '../../programmes/document.js';
import { isAbout } from '../../programmes/laws/payout.js';
import { withOffersAsRules } from '../../programmes/offers/as-rules.js';
import type { Programme } from '../../rules/programme.js';
import { asksOf, type Asks } from './asks.js';
import { domainOf, type Domain } from './domain.js';
import { breakPoints, sizesOf } from './sizes.js';

export interface Narrowed {
  programme: Programme;
  /** Rules and offers that may pay for it, and what they ask for; those that ask for what cannot be are left out. */
  rules: readonly (readonly [EarningRule, Asks])[];
  /** The values, and the sizes, that matter to it. */
  domain: Domain;
  breaks: readonly number[];
  sizes: readonly number[];
}

export function narrowedTo(
  document: ProgrammeDocument,
  { at, category, largestBasket }: { at: number; category: string; largestBasket: number },
): Narrowed {
  const { earningRules, offers = [], surprises = [] } = document;
  const rules = withOffersAsRules(document).earningRules.filter((rule) => mayPay(rule, category));
  const ids = new Set(rules.map(({ id }) => id));
  const own: ProgrammeDocument = {
    ...document,
    earningRules: earningRules.filter(({ id }) => ids.has(id)),
    offers: offers.filter(({ code }) => ids.has(code)),
    surprises: surprises.filter(({ code }) => ids.has(code)),
  };
  const programme = compileProgramme(own, { no: 1, effectiveAt: 0 });
  const domain = domainOf(own, at);
  return {
    programme,
    rules: rules.flatMap((rule) => {
      const asks = asksOf(programme, domain, rule);
      return asks === undefined ? [] : [[rule, asks] as const];
    }),
    domain,
    breaks: breakPoints(own, largestBasket),
    sizes: sizesOf(own, largestBasket),
  };
}

const mayPay = (rule: EarningRule, category: string): boolean =>
  rule.kind !== 'per_activity' && rule.kind !== 'metered_reduction' && isAbout(rule, category);
