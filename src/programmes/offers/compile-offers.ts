/** Offers as the core reads them, beside the rules that they are, and the limits they draw from. */
import { PARTS_OF_MINOR, PARTS_OF_POINT, type Draw, type Offer } from '../../rules/offers/offer.js';
import { startOfDay } from '../../rules/period.js';
import { parseRate } from '../../rules/points.js';
import type { Programme } from '../../rules/programme.js';
import { dateOf } from '../compile/rewards.js';
import type * as written from '../document.js';
import { compileReview } from './compile-review.js';
import { chanceAt, offersOf } from './surprises.js';

/** A limit of an offer: what it counts is a part of what its budget is written in. */
interface Limit {
  id: string;
  total: number;
  grain: number;
}

/** What a checked document says of offers. */
export function compileOffers(document: written.ProgrammeDocument): Programme['offers'] {
  const {
    earningRules,
    identity: { timeZone },
  } = document;
  return new Map(
    offersOf(document).map((offer, place): [number, Offer] => {
      const { code, name, from, until } = offer;
      const ruleNo = earningRules.length + place;
      const compiled: Offer = {
        code,
        name,
        ruleNo,
        from: from === undefined ? -Infinity : startOfDay(timeZone, dateOf(from)),
        until: until === undefined ? Infinity : startOfDay(timeZone, dateOf(until, 1)),
        asks: {
          activation: offer.activation ?? offer.byCoupon ?? false,
          byCoupon: offer.byCoupon ?? false,
          holdout: Number(parseRate(offer.holdoutShare ?? '0')),
          lists: offer.audience.kind === 'lists' ? offer.audience.lists : [],
          chance: chanceAt(document, place),
        },
        review: compileReview(offer, timeZone),
        draws: partsOf(offer).map(({ draw }) => draw),
      };
      return [ruleNo, compiled];
    }),
  );
}

/** The limits of all offers. */
export const limitsOfOffers = (document: written.ProgrammeDocument): Limit[] =>
  offersOf(document).flatMap((offer) => partsOf(offer).map(({ limit }) => limit));

function partsOf({
  code,
  budget = {},
  crowding = [],
  sharedCaps = [],
}: written.Offer): { draw: Draw; limit: Limit }[] {
  const { points, money, pricePerPoint = '0' } = budget;
  const parts: { draw: Draw; limit: Limit }[] = [];
  const add = (draw: Draw, most: number, grain: number): void => {
    parts.push({ draw, limit: { id: draw.limit, total: most * grain, grain } });
  };
  if (points !== undefined) {
    add({ kind: 'points', limit: `offer/${code}/points` }, points, PARTS_OF_POINT);
  }
  if (money !== undefined) {
    const price = parseRate(pricePerPoint);
    if (price === undefined) throw new Error('invariant: only a checked document is compiled');
    add({ kind: 'money', limit: `offer/${code}/money`, price }, money.amount, PARTS_OF_MINOR);
  }
  for (const { grants, per, perLocation = false } of crowding) {
    const limit = `offer/${code}/${per}${perLocation ? '-each' : ''}`;
    add({ kind: 'grants', limit, per, perLocation }, grants, 1);
  }
  for (const { per: by, points: most } of sharedCaps) {
    add({ kind: 'shared', limit: `offer/${code}/${by}`, by }, most, PARTS_OF_POINT);
  }
  return parts;
}
