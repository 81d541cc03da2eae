/** Laws P51 to P53: an offer has days, a budget that can be kept, and slots that say what they mean. */
import { parseRate } from '../../rules/points.js';
import { levelOf } from '../compile/rules.js';
import type { Offer, ProgrammeDocument } from '../document.js';
import type { Finding } from '../laws/finding.js';
import { isDay } from '../laws/rewards.js';

export function offerLaws({ offers = [], identity }: ProgrammeDocument): Finding[] {
  return offers.flatMap((offer, place) =>
    [
      ...days(offer),
      ...activation(offer),
      ...budget(offer, identity.currency),
      ...slots(offer),
      ...together(offer),
    ].map((found) => ({
      ...found,
      pointer: `/offers/${String(place)}${found.pointer}`,
    })),
  );
}

/** Law P93. */
function activation({ code, activation: asked, byCoupon }: Offer): Finding[] {
  if (byCoupon !== true || asked !== false) return [];
  const detail = `"${code}" is activated by coupons, so it pays after that alone.`;
  return [{ code: 'coupon_activates_nothing', pointer: '/activation', detail }];
}

/** Law P51. */
function days({ code, from, until }: Offer): Finding[] {
  const written = { from, until };
  const findings = (['from', 'until'] as const).flatMap((field): Finding[] => {
    const day = written[field];
    if (day === undefined || isDay(day)) return [];
    const detail = `${day} is no day of the calendar.`;
    return [{ code: 'no_such_day', pointer: `/${field}`, detail }];
  });
  // As text, days of four digits sort in their order.
  if (from !== undefined && until !== undefined && from > until) {
    const detail = `"${code}" ends before it begins.`;
    findings.push({ code: 'ends_before_it_begins', pointer: '/until', detail });
  }
  return findings;
}

/**
 * Law P52. A budget that runs out while one line is paid is no more there for the next. Where rules
 * compete line by line, a dearer first line would then win what a later line had more of.
 */
function budget({ code, budget: most, lane, pays }: Offer, currency: string): Finding[] {
  if (most === undefined) return [];
  const findings: Finding[] = [];
  const found = (pointer: string, named: string, detail: string): void => {
    findings.push({ code: named, pointer: `/budget${pointer}`, detail });
  };
  const { points, money, pricePerPoint } = most;
  if (points === undefined && money === undefined) {
    found('', 'budget_of_nothing', `"${code}" has a budget, but neither in points nor in money.`);
  }
  if (money !== undefined && money.currency !== currency) {
    found('/money/currency', 'currency_differs', `The programme counts in ${currency}.`);
  }
  if (money !== undefined && (parseRate(pricePerPoint ?? '0') ?? 0n) === 0n) {
    const detail = 'A budget in money says what one point costs.';
    found('/pricePerPoint', 'price_missing', detail);
  }
  if (lane !== undefined && levelOf(pays) !== 'event') {
    const detail = `In a lane that is decided line by line "${code}" has no budget, or more of a purchase might earn less.`;
    found('', 'more_earns_less', detail);
  }
  return findings;
}

/** Law P53. */
function slots({ crowding = [] }: Offer): Finding[] {
  const meaning = crowding.map(({ per, perLocation = false }) => `${per}/${String(perLocation)}`);
  return meaning.flatMap((each, place) =>
    meaning.indexOf(each) === place
      ? []
      : [
          {
            code: 'duplicate_code',
            pointer: `/crowding/${String(place)}`,
            detail: 'The same hours, or days, are limited already.',
          },
        ],
  );
}

/** Law P144: what those who belong together get is said once, can be paid, and moves no lane. */
function together({ code, sharedCaps = [], lane, pays }: Offer): Finding[] {
  const kinds = sharedCaps.map(({ per }) => per);
  const once = 'points' in pays ? pays.points : 0;
  return sharedCaps.flatMap(({ per, points }, place): Finding[] => {
    const pointer = `/sharedCaps/${String(place)}`;
    const findings: Finding[] = [];
    if (kinds.indexOf(per) !== place) {
      const detail = `What a ${per} gets by "${code}" is limited already.`;
      findings.push({ code: 'duplicate_code', pointer, detail });
    }
    if (points < once) {
      const detail = `"${code}" promises ${String(once)} points and never pays them.`;
      findings.push({ code: 'cap_below_points', pointer: `${pointer}/points`, detail });
    }
    if (lane !== undefined && levelOf(pays) !== 'event') {
      const detail = `In a lane that is decided line by line "${code}" has no such cap, or more of a purchase might earn less.`;
      findings.push({ code: 'more_earns_less', pointer, detail });
    }
    return findings;
  });
}
