/** Offers as the core reads them, without a document. */
import type { Offer } from '../../src/rules/offers/offer.js';
import type { Programme } from '../../src/rules/programme.js';
import { aProgramme } from './programme.js';
import { DAY, NOON } from './state.js';

/** An offer that runs from a day before noon to a day after it, asks for nothing and has no budget. */
export function anOffer(
  ruleNo: number,
  {
    asks = {},
    ...overrides
  }: Partial<Omit<Offer, 'asks'>> & { asks?: Partial<Offer['asks']> } = {},
): Offer {
  return {
    ...{ code: `offer-${String(ruleNo)}`, name: 'Offer', ruleNo, draws: [] },
    ...{ from: NOON - DAY, until: NOON + DAY },
    review: {
      audience: { kind: 'all' },
      goal: undefined,
      guardrails: [],
      stop: undefined,
      pricePerPoint: 0n,
    },
    ...overrides,
    asks: { activation: false, holdout: 0, lists: [], ...asks },
  };
}

/** A programme with these offers, whatever its rules say. */
export const withOffers = (...offers: readonly Offer[]): Programme => ({
  ...aProgramme(),
  offers: new Map(offers.map((each) => [each.ruleNo, each])),
});
