/** What a proof has to have looked at, and under which assumptions it holds. */
import type { Bench } from '../probes/bench.js';
import { figure, money, percent } from '../words.js';
import type { Family } from './column.js';
import type { Table } from './table.js';
import type { Tried } from './trial.js';

/** What a programme lets members do, and was no column, or was never met by random steps. */
export function gapsOf({ bench, columns }: Table, tried: Tried): string[] {
  const { programme, document } = bench;
  const families = new Set(columns.map(({ family }) => family));
  const gaps = [...neededOf(bench)]
    .filter((family) => !families.has(family))
    .map((family) => `No act of the kind "${family}" was looked at.`);
  const rewards = columns.filter(({ family }) => family === 'reward').length;
  if (rewards < programme.rewards.size) gaps.push('Not every reward could be had.');
  const rules = new Set(columns.flatMap((column) => column.rules));
  for (const { id, name } of bench.rules) {
    if (!rules.has(id)) gaps.push(`No act was found for which "${name}" pays.`);
    else if (!tried.rules.has(id)) gaps.push(`Random steps never met "${name}".`);
  }
  if ((document.conversions ?? []).some((each) => each.in !== undefined)) {
    gaps.push('Units that become points were not looked at.');
  }
  for (const [family, kind] of kinds) {
    const isThere = families.has(family);
    if (isThere && !tried.kinds.has(kind)) gaps.push(`Random steps never had a "${kind}".`);
  }
  return gaps;
}

const kinds: readonly (readonly [Family, string])[] = [
  ['purchase', 'buy'],
  ['return', 'return'],
  ['resale', 'sell-on'],
  ['activity', 'do'],
  ['coupon', 'coupon'],
];

function neededOf({ programme, bounds, rules }: Bench): Set<Family> {
  const needed = new Set<Family>(['purchase', 'return']);
  const unbought = ['per_activity', 'metered_reduction'];
  if (rules.some(({ kind }) => unbought.includes(kind))) needed.add('activity');
  if (programme.coupons.size > 0) needed.add('coupon');
  if (programme.rewards.size > 0) needed.add('reward');
  if (programme.pointSales !== undefined) needed.add('sale');
  if (programme.referral !== undefined && bounds.accounts > 1) needed.add('referral');
  if ([...bounds.resale.values()].some((share) => share > 0)) needed.add('resale');
  return needed;
}

export function assumptionsOf({ bounds, document }: Bench, share: number): string[] {
  const { accounts, largestBasket, resale } = bounds;
  const sold = [...resale].map(([category, part]) => `"${category}" for ${percent(part)}`);
  return [
    `One household has ${figure(accounts)} memberships, and acts as one.`,
    `No purchase is larger than ${money(document, largestBasket)}.`,
    `${percent(share)} of what is bought and kept is meant to go back.`,
    sold.length === 0
      ? 'Nothing that earns can be sold on.'
      : `Goods are sold on at most like this: ${sold.join(', ')} of the price.`,
    `Shops take nothing back after ${figure(document.returnWindowDays)} days.`,
    'What is bought is worth its price to whoever keeps it.',
    'Each purchase is of one category, and a purchase of several earns what its parts do.',
    'Between the amounts at which a rule begins to pay, points grow in a straight line.',
    'Points of the whole household are spent where they are worth most, in the best tier.',
    'Which tier one is in, and when one buys, is as everybody likes at each step.',
  ];
}
