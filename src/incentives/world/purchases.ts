/** What is bought or done, as the core is told of it. */
import type { Programme } from '../../rules/programme.js';
import type { Purchase } from '../../rules/purchase.js';
import { piecesOf, type Circumstances, type Step } from './step.js';

export function purchaseOf(step: Extract<Step, { kind: 'buy' | 'do' }>): Purchase {
  const { location, channel, retailer, tender, sku, brand } = step.how;
  const where = { location, channel, retailer };
  if (step.kind === 'do') {
    const activity = { kind: step.activity, value: step.value, ...step.meter };
    return { lines: [], tenders: [], ...where, activity };
  }
  const { category, amount, how } = step;
  const line = { category, amount, quantity: piecesOf(amount, how), tax: 0, sku, brand };
  const tenders = tender === undefined ? [] : [{ kind: tender, amount }];
  return { lines: [line], tenders, ...where };
}

/** Segments are asked of what members did; here they are in all of them, or in none. */
export function withSegments(
  programme: Programme,
  purchase: Purchase,
  how: Circumstances,
): Purchase {
  if (programme.segments.asked.size === 0) return purchase;
  const segments = how.segments === true ? [...programme.segments.asked] : [];
  return { ...purchase, traits: { ...purchase.traits, segments } };
}
