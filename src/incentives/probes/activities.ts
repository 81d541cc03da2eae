/** When, where and by whom what is no purchase is done, so that a rule pays for it. */
import type { EarningRule } from '../../programmes/document.js';
import type { Bench } from './bench.js';
import { askedBy } from './asks.js';
import { nextTime } from './times.js';
import type { Circumstances } from '../world/step.js';

type Activity = Pick<EarningRule, 'id' | 'lane' | 'caps' | 'when'>;

/** The first instant from one on at which a rule may pay: an offer runs, at the hours it asks for. */
export function timeFor(
  { programme }: Pick<Bench, 'programme'>,
  { id, when = [] }: Activity,
  from: number,
): number {
  const offer = [...programme.offers.values()].find(({ code }) => code === id);
  const begins = offer?.from ?? -Infinity;
  return nextTime(programme.timeZone, when, Math.max(from, begins));
}

/** The best tier that a rule is for. */
export function tierFor({ tiers, topTier }: Bench, { when = [] }: Activity): string {
  const named = when.flatMap((each) => (each.kind === 'tier' ? [each.tiers] : []));
  return tiers.findLast((tier) => named.every((codes) => codes.includes(tier))) ?? topTier;
}

/** Where it is done for the n-th time: each time elsewhere, where each place counts for itself. */
export function placeFor(
  { document: { lanes = [] } }: Bench,
  rule: Activity,
  n: number,
): Pick<Circumstances, 'location'> {
  const { when = [], lane } = rule;
  const { caps = [] } = lanes.find(({ code }) => code === lane) ?? rule;
  if (caps.length === 0 || caps.some(({ perLocation }) => perLocation !== true)) {
    return { location: askedBy(when).location };
  }
  const asked = when.find(({ kind }) => kind === 'location');
  const places = asked?.kind === 'location' ? asked.locations : undefined;
  return { location: places?.[n % places.length] ?? `place-${String(n + 1)}` };
}
