/** Whether a partner is to be told that its block runs low, with whatever is bought at it. */
import type { LimitUse } from '../limits.js';
import type { Partners } from './terms.js';

export interface LowBlock {
  /** Whole points left of all its blocks. */
  left: number;
  /** Points left below which it is told so. */
  alertBelow: number;
}

/**
 * What is left of the block of the partner that a purchase was made at, once it is posted, where that
 * is less than the alert value. `rest` is what blocks had before.
 */
export function lowBlock(
  { byCode }: Partners,
  retailer: string | undefined,
  rest: ReadonlyMap<string, number> | undefined,
  postings: readonly { shared?: readonly LimitUse[] | undefined }[],
): LowBlock | undefined {
  const prepaid = byCode.get(retailer ?? '')?.terms?.prepaid;
  const before = prepaid && rest?.get(prepaid.block);
  if (prepaid === undefined || before === undefined) return undefined;
  const left = postings
    .flatMap(({ shared = [] }) => shared)
    .reduce((sum, { limit, amount }) => (limit === prepaid.block ? sum - amount : sum), before);
  const { alertBelow } = prepaid;
  return left < alertBelow ? { left: Math.max(0, left), alertBelow } : undefined;
}
