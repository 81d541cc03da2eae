/**
 * What paying by an offer draws from shared limits. A budget counts exact points in millionths, and
 * money in thousandths of a minor unit; what is smaller is rounded up, so that no more is ever paid
 * than there is.
 */
import type { ExplanationItem } from '../explanation.js';
import { periodStart, startOfHour } from '../period.js';
import type { Programme } from '../programme.js';
import type { Purchase } from '../purchase.js';
import type { Groups } from './member-offers.js';
import { isRunning, type Draw, type Offer, type Offers } from './offer.js';

type Has = Pick<Programme, 'offers' | 'timeZone'>;

/** When and where something was bought, as far as limits go by it. */
export interface Place {
  occurredAt: number;
  location: string | undefined;
  /** What the member is of, as it was kept with the event. */
  groups?: Groups | undefined;
}

export const placeOf = ({ location, traits }: Purchase, occurredAt: number): Place => ({
  occurredAt,
  location,
  groups: traits?.groups,
});

/** Billionths of a point in a millionth of one. */
const BILLIONTHS = 1_000n;
/** Billionths times millionths of a minor unit in a thousandth of a minor unit. */
const PRICED = 1_000_000_000_000n;

/** The amounts of limits that items of offers draw, by limit. */
export function drawnBy(
  programme: Has,
  items: Iterable<ExplanationItem>,
  place: Place,
): Map<string, number> {
  const drawn = new Map<string, number>();
  if (programme.offers.size === 0) return drawn;
  for (const [ruleNo, billionths] of paidByOffers(programme.offers, items)) {
    for (const draw of programme.offers.get(ruleNo)?.draws ?? []) {
      for (const limit of limitsOf(programme, draw, place)) {
        drawn.set(limit, (drawn.get(limit) ?? 0) + amountOf(draw, billionths));
      }
    }
  }
  return drawn;
}

function paidByOffers(offers: Offers, items: Iterable<ExplanationItem>): Map<number, bigint> {
  const paid = new Map<number, bigint>();
  for (const [ruleNo, , , billionths] of items) {
    if (billionths === '0' || !offers.has(ruleNo)) continue;
    paid.set(ruleNo, (paid.get(ruleNo) ?? 0n) + BigInt(billionths));
  }
  for (const [ruleNo, billionths] of paid) if (billionths <= 0n) paid.delete(ruleNo);
  return paid;
}

function amountOf(draw: Draw, billionths: bigint): number {
  switch (draw.kind) {
    case 'points':
    case 'shared':
      return Number((billionths + BILLIONTHS - 1n) / BILLIONTHS);
    case 'money':
      return Number((billionths * draw.price + PRICED - 1n) / PRICED);
    case 'grants':
      return 1;
  }
}

/** Billionths that may be paid of what is left; undefined = as many as one likes. */
export function billionthsIn(draw: Draw, left: number): bigint | undefined {
  switch (draw.kind) {
    case 'points':
    case 'shared':
      return BigInt(left) * BILLIONTHS;
    case 'money':
      return (BigInt(left) * PRICED) / draw.price;
    case 'grants':
      return left > 0 ? undefined : 0n;
  }
}

/**
 * The limits of a draw; that of crowding is another one in each hour or day, and maybe place, and that
 * of a group is each group's own. A member may be of several, and takes of each.
 */
export function limitsOf(
  { timeZone }: Has,
  draw: Draw,
  { occurredAt, location, groups }: Place,
): string[] {
  if (draw.kind === 'shared') {
    return (groups?.[draw.by] ?? []).map((group) => `${draw.limit}#${group}`);
  }
  if (draw.kind !== 'grants') return [draw.limit];
  const start =
    draw.per === 'day'
      ? periodStart(timeZone, occurredAt, 'day')
      : startOfHour(timeZone, occurredAt);
  const where = draw.perLocation ? `#${location ?? ''}` : '';
  return [`${draw.limit}#${String(start)}${where}`];
}

/** Offers that run at a time and draw from limits. */
export function drawing({ offers }: { offers: Offers }, occurredAt: number): Offer[] {
  if (offers.size === 0) return [];
  return [...offers.values()].filter(
    (offer) => offer.draws.length > 0 && isRunning(offer, occurredAt),
  );
}

/** Every limit that something bought there and then might draw from. */
export const limitsThere = (programme: Has, place: Place): string[] =>
  drawing(programme, place.occurredAt).flatMap(({ draws }) =>
    draws.flatMap((draw) => limitsOf(programme, draw, place)),
  );
