/** Documents some of whose rules are offers, with budgets that are soon used up, and full slots. */
import fc from 'fast-check';
import { checkDocument } from '../../src/programmes/check.js';
import type { EarningRule, Offer, ProgrammeDocument } from '../../src/programmes/document.js';
import { anyDocument, type Kinds } from './documents.js';

const amount = fc.oneof(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 60, max: 5_000 }));

const budget: fc.Arbitrary<Offer['budget']> = fc.oneof(
  amount.map((points) => ({ points })),
  fc
    .tuple(amount, fc.constantFrom('0.5', '1', '0.333333', '3.7'))
    .map(([most, pricePerPoint]) => ({ money: { amount: most, currency: 'GBP' }, pricePerPoint })),
  fc.constant(undefined),
);

const crowding: fc.Arbitrary<Offer['crowding']> = fc.option(
  fc
    .record({
      grants: fc.integer({ min: 1, max: 3 }),
      per: fc.constantFrom('hour' as const, 'day' as const),
      perLocation: fc.boolean(),
    })
    .map((each) => [each]),
  { nil: undefined },
);

const terms = fc.record({ isOffer: fc.boolean(), budget, crowding });

/** Fields of a rule that say what it pays. */
function paysOf(rule: EarningRule): Offer['pays'] {
  const { id: _, name: _name, when: _when, lane: _lane, caps: _caps, ...rest } = rule;
  const { coolDownHours: _hours, ...pays } = rest;
  return pays.kind === 'per_amount' ? { kind: pays.kind, rate: pays.rate } : pays;
}

function offerOf(
  rule: EarningRule,
  own: { [K in 'budget' | 'crowding']: Offer[K] | undefined },
): Offer {
  const { id: code, name, when, lane, caps, coolDownHours } = rule;
  const offer = { code, name, audience: { kind: 'all' }, pays: paysOf(rule) };
  const limits = { when, lane, caps, coolDownHours, ...own };
  return JSON.parse(JSON.stringify({ ...offer, ...limits })) as Offer;
}

/** At least one of the rules is an offer. */
export const anyDocumentWithOffers = (kinds: Kinds = {}): fc.Arbitrary<ProgrammeDocument> =>
  fc
    .tuple(anyDocument(kinds), fc.array(terms, { minLength: 6, maxLength: 6 }))
    .map(([document, drawn]) => {
      const isOffer = (place: number): boolean => place > 0 && drawn[place]?.isOffer === true;
      const offers = document.earningRules.flatMap((rule, place) => {
        const { budget: most, crowding: slots } = drawn[place] ?? {};
        return isOffer(place) ? [offerOf(rule, { budget: most, crowding: slots })] : [];
      });
      const earningRules = document.earningRules.filter((_, place) => !isOffer(place));
      return { ...document, earningRules, offers };
    })
    .filter((document) => document.offers.length > 0 && 'document' in checkDocument(document));
