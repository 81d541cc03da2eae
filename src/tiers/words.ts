/** Steps of a standing in sentences, with names, units and local days. */
import type { Metric, StandingCode } from '../rules/ladder.js';
import { localDate } from '../rules/period.js';
import type { Programme } from '../rules/programme.js';
import type { StandingReason } from '../rules/outcome.js';

/** An amount of a metric: "1,200 points", "GBP 45.00", "3 days with a purchase". */
export function amountText(programme: Programme, metric: Metric, amount: number): string {
  const { currency, currencyDigits, pointName } = programme;
  if (metric === 'spend') {
    const money = (amount / 10 ** currencyDigits).toFixed(currencyDigits);
    return `${currency} ${money}`;
  }
  const number = amount.toLocaleString('en-GB');
  if (metric === 'purchases') return `${number} ${amount === 1 ? 'day' : 'days'} with a purchase`;
  return `${number} ${amount === 1 ? pointName.one : pointName.other}`;
}

/** The local day of an instant, or the one before where it is the day's first: "31 December 2026". */
export function dayText({ timeZone }: Programme, instant: number): string {
  const { year, month, day } = localDate(timeZone, instant - 1);
  return `${String(day)} ${months[month - 1] ?? ''} ${String(year)}`;
}

const months = [
  ...['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September'],
  ...['October', 'November', 'December'],
];

/** What became of a tier, and why; `tier` is the name of the one from then on. */
export function stepText(programme: Programme, tier: string, why: StandingReason): string {
  return texts[why.code](tier, factsOf(programme, why));
}

interface Told {
  /** "780 points of 800". */
  counted: string;
  /** "20 points". */
  missing: string;
  /** " until 31 December 2026", or nothing. */
  until: string;
}

function factsOf(programme: Programme, why: StandingReason): Told {
  const { metric = 'qualifying_points', counted = 0, keep, threshold } = why;
  const goal = keep ?? threshold;
  return {
    counted: `${amountText(programme, metric, counted)} of ${amountText(programme, metric, goal)}`,
    missing: amountText(programme, metric, Math.max(0, goal - counted)),
    until: why.until === undefined ? '' : ` until ${dayText(programme, why.until)}`,
  };
}

const texts: Readonly<Record<StandingCode, (tier: string, told: Told) => string>> = {
  threshold_reached: (tier, { until }) =>
    `${tier} is reached${until === '' ? '' : `; it goes with a return of what reached it${until}`}.`,
  purchase_returned: (tier) => `${tier} is what the rest reaches after a return.`,
  late_event: (tier) => `${tier} is what an event that came late makes of it.`,
  tier_kept: (tier, { counted, until }) => `${tier} is kept${until}: ${counted}.`,
  near_miss_kept: (tier, { counted, missing, until }) =>
    `${tier} is kept${until} although a little is missing: ${counted}, so ${missing} are forgiven.`,
  not_counted_in_full: (tier, { until }) =>
    `${tier} is kept${until}, as the time before was not counted in full.`,
  no_review_any_more: (tier) => `${tier} is not reviewed any more.`,
  grace_started: (tier, { counted, missing, until }) =>
    `${tier} was missed: ${counted}. It stays${until}; with ${missing} more by then it is kept.`,
  tier_lowered: (tier, { counted, until }) => `One tier down to ${tier}${until}: ${counted}.`,
  tier_granted: (tier, { until }) => `${tier} was given${until}.`,
  grant_ended: (tier) => `A tier given for a time has ended; ${tier} is held.`,
};
