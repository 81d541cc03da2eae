/** What an adversary may do next: single acts, and a few that are done one after the other. */
import { costOf } from '../../../src/rules/sales/terms.js';
import type { Purchase } from '../../../src/rules/purchase.js';
import { drawsOf } from '../../support/purchases.js';
import { join, read, UNTIL, type Ground } from './ground.js';
import type { Bought, Household } from './household.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Acts of a household that harvests at most. */
const HARVEST_MAX = 400;

/** Does something in a household, the same in every fork of it. */
export type Move = (house: Household) => void;

type Chance = () => number;
type Kind = (ground: Ground, house: Household, chance: Chance) => void;

const oneOf = <T>(list: readonly T[], chance: Chance): T | undefined =>
  list[Math.floor(chance() * list.length)];

const someone = (house: Household, chance: Chance): string => oneOf(house.names, chance) ?? 'm0';

/** Amounts near what the document names, or anything, small ones more often. */
function amountOf({ sizes, largest }: Ground, chance: Chance): number {
  const lot = chance();
  if (lot < 0.15) return largest;
  if (lot < 0.65) return oneOf(sizes, chance) ?? largest;
  return Math.max(1, Math.floor(largest * chance() ** 3));
}

/** A basket of one to three lines, within the largest one, in whatever circumstances. */
function basketOf(ground: Ground, chance: Chance): Purchase {
  const { earning, others, largest, words } = ground;
  const many = chance() < 0.75 ? 1 : chance() < 0.6 ? 2 : 3;
  let room = largest;
  const lines = Array.from({ length: many }, () => {
    const category = oneOf(chance() < 0.9 ? earning : others, chance) ?? earning[0] ?? '';
    const amount = Math.min(room, amountOf(ground, chance));
    room -= amount;
    const quantity = chance() < 0.7 ? 1 : 1 + Math.floor(chance() * 12);
    const sku = chance() < 0.5 ? oneOf(words('skus'), chance) : undefined;
    const brand = chance() < 0.5 ? oneOf(words('brands'), chance) : undefined;
    return { category, amount, quantity, tax: 0, sku, brand };
  }).filter(({ amount }) => amount > 0);
  const total = lines.reduce((sum, { amount }) => sum + amount, 0);
  const kinds = [...words('tenders'), ...words('excludedTenders')].filter((k) => k !== 'points');
  const kind = chance() < 0.4 ? oneOf(kinds, chance) : undefined;
  const part = chance() < 0.7 ? total : Math.floor(total * chance());
  return {
    lines,
    tenders:
      kind === undefined || part === 0
        ? []
        : [
            { kind, amount: part },
            { kind: 'card', amount: total - part },
          ],
    location: chance() < 0.5 ? oneOf(words('locations'), chance) : undefined,
    channel: chance() < 0.5 ? oneOf(words('channels'), chance) : undefined,
    retailer: chance() < 0.3 ? oneOf(words('retailers'), chance) : undefined,
  };
}

/** Some hours of the next week, or none. */
function later(house: Household, chance: Chance): void {
  if (chance() < 0.4) forward(house, Math.floor(chance() * 7 * 24) * HOUR_MS);
}

function forward(house: Household, ms: number): void {
  if (house.now + ms < UNTIL) house.wait(house.now + ms);
}

const buy: Kind = (ground, house, chance) => {
  later(house, chance);
  house.accrue(someone(house, chance), basketOf(ground, chance));
};

/** The same again and again, at once or a day, week or month apart. */
const often: Kind = (ground, house, chance) => {
  const who = someone(house, chance);
  const basket = basketOf(ground, chance);
  const apart = (oneOf([0, 0, 1, 7, 31], chance) ?? 0) * DAY_MS;
  const times = 2 + Math.floor(chance() * 10);
  for (let n = 0; n < times; n += 1) {
    house.accrue(who, basket);
    forward(house, apart);
  }
};

const sellOn: Kind = (ground, house, chance) => {
  const category = oneOf([...ground.resale.keys()], chance);
  if (category === undefined) return;
  const who = someone(house, chance);
  const times = 1 + Math.floor(chance() * 6);
  const basket = basketOf(ground, chance);
  const lines = basket.lines.slice(0, 1).map((line) => ({ ...line, category }));
  const total = lines.reduce((sum, { amount }) => sum + amount, 0);
  for (let n = 0; n < times; n += 1) {
    house.accrue(who, { ...basket, lines, tenders: [] });
    const bought = house.open.at(-1);
    const back = Math.floor(total * (ground.resale.get(category) ?? 0));
    if (bought?.who === who && bought.cash === total) house.sellOn(bought, back);
  }
};

const isStill =
  (ground: Ground, house: Household) =>
  ({ at }: Bought): boolean =>
    house.now < at + Math.max(ground.document.returnWindowDays, 1) * DAY_MS;

const bringBack: Kind = (ground, house, chance) => {
  const open = house.open.filter(isStill(ground, house));
  const bought = chance() < 0.5 ? open.at(-1) : oneOf(open, chance);
  if (bought === undefined) return;
  const half = chance() < 0.3 ? Math.floor(chance() * bought.lines.length) : undefined;
  house.bringBack(bought, half);
};

const bringAllBack: Kind = (ground, house) => {
  for (const each of house.open.filter(isStill(ground, house))) house.bringBack(each);
};

const redeem: Kind = (ground, house, chance) => {
  const reward = oneOf(ground.document.rewards, chance);
  house.redeem(someone(house, chance), reward?.code ?? '');
};

/** Rewards for everything, of the best kind that can be had. */
const redeemAll: Kind = ({ document }, house) => {
  const best = [...document.rewards].sort(
    (a, b) => b.value.amount / b.points - a.value.amount / a.points,
  );
  for (const who of house.names) {
    for (const { code } of best) for (let n = 0; n < 40 && house.redeem(who, code); n += 1);
  }
};

/** Spent before it comes back. */
const flip: Kind = (ground, house, chance) => {
  house.accrue(someone(house, chance), basketOf(ground, chance));
  if (chance() < 0.3) forward(house, Math.floor(chance() * 40) * DAY_MS);
  redeemAll(ground, house, chance);
  bringAllBack(ground, house, chance);
};

/** Everything goes to one of them, as far as that goes. */
const pool: Kind = (ground, house, chance) => {
  const to = someone(house, chance);
  for (const who of house.names) {
    const { points } = house.member(who);
    if (who !== to && points > 0) house.give(who, to, points);
  }
  redeemAll(ground, house, chance);
};

const pay: Kind = (ground, house, chance) => {
  const { tender } = ground.document;
  if (tender === undefined) return;
  const who = someone(house, chance);
  const basket = basketOf(ground, chance);
  const total = basket.lines.reduce((sum, { amount }) => sum + amount, 0);
  const steps = Math.floor((house.member(who).points * chance()) / tender.step);
  const paid = house.pay(who, steps * tender.step, total);
  if (paid === undefined) return;
  const tenders = [
    { kind: 'points', amount: paid.amount },
    { kind: 'card', amount: total - paid.amount },
  ];
  house.accrue(who, { ...basket, tenders }, [paid.seq]);
};

const doSomething: Kind = (ground, house, chance) => {
  const kinds = ground.words('activities');
  const kind = chance() < 0.9 ? oneOf(kinds, chance) : 'visit';
  const who = someone(house, chance);
  const values = [0, ...ground.words('minimumValue').map(Number)];
  const value = (oneOf(values, chance) ?? 0) * (oneOf([1, 1, 2, 10], chance) ?? 1);
  const times = chance() < 0.5 ? 1 : 2 + Math.floor(chance() * 14);
  const apart = (oneOf([0, 1, 1, 7, 31], chance) ?? 0) * DAY_MS;
  for (let n = 0; n < times && kind !== undefined; n += 1) {
    house.accrue(who, { lines: [], tenders: [], activity: { kind, value } });
    forward(house, apart);
  }
};

/** Everything that somebody does, by everybody, again and again for as long as it goes. */
const harvest: Kind = (ground, house, chance) => {
  const kinds = ground.words('activities');
  const pauses = ground.words('coolDownHours').map(Number);
  const hours = Math.max(24, oneOf([...pauses, 168, 744, 744, 1464], chance) ?? 744);
  const values = [0, ...ground.words('minimumValue').map(Number)];
  const value = Math.max(...values);
  for (let at = house.now; at < UNTIL && house.acts < HARVEST_MAX; at += hours * HOUR_MS) {
    house.wait(at);
    for (const who of house.names) {
      for (const kind of kinds) {
        house.accrue(who, { lines: [], tenders: [], activity: { kind, value } });
      }
    }
  }
};

/** Meters that stand still, read once a month. */
const readMeters: Kind = (ground, house, chance) => {
  const times = 1 + Math.floor(chance() * 11);
  for (let n = 0; n < times; n += 1) {
    for (const who of house.names) {
      for (const { category, used } of ground.meters) read(house, who, category, used);
    }
    if (ground.meters.length > 0) forward(house, 31 * DAY_MS);
  }
};

const coupons: Kind = (ground, house) => {
  for (const who of house.names) {
    for (const { code } of ground.document.coupons ?? []) {
      for (let n = 0; n < 40 && house.coupon(who, code); n += 1);
    }
  }
};

const give: Kind = (ground, house, chance) => {
  const least = ground.document.transfers?.minimumPoints ?? 1;
  const [who, to] = [someone(house, chance), someone(house, chance)];
  const many = chance() < 0.5 ? least : Math.floor(house.member(who).points * chance());
  if (who !== to) house.give(who, to, many);
};

const joins: Kind = (ground, house, chance) => {
  join(ground, house, chance);
};

/** A friend joins, buys twice at the least, and stays as long as it takes. */
const friend: Kind = (ground, house, chance) => {
  const before = house.names.length;
  join(ground, house, chance);
  const who = house.names.at(-1) ?? 'm0';
  const least = ground.document.referral?.minimumAmount;
  if (house.names.length === before || least === undefined) return;
  const category = oneOf(ground.earning, chance) ?? '';
  for (let n = 0; n < 2; n += 1) {
    forward(house, DAY_MS);
    house.accrue(who, { lines: [{ category, amount: least, quantity: 1, tax: 0 }], tenders: [] });
  }
  forward(house, (ground.document.returnWindowDays + 2) * DAY_MS);
  house.refer(who);
};

const refer: Kind = (_, house) => {
  for (const who of house.names) house.refer(who);
};

const buyPoints: Kind = (ground, house, chance) => {
  const terms = ground.programme.pointSales;
  if (terms === undefined) return;
  const sizes = [terms.minimumPoints, ...terms.packages.keys(), terms.minimumPoints + terms.step];
  const points = oneOf(sizes, chance) ?? terms.minimumPoints;
  const who = someone(house, chance);
  const times = 1 + Math.floor(chance() * 10);
  for (let n = 0; n < times; n += 1) house.buyPoints(who, points, costOf(terms, points));
};

const refundPoints: Kind = (_, house, chance) => {
  const sale = oneOf(house.sold, chance);
  if (sale !== undefined) house.refundPoints(sale);
};

const convert: Kind = (ground, house, chance) => {
  const currency = oneOf(ground.document.conversions ?? [], chance);
  const who = someone(house, chance);
  const worth = Number(currency?.unitWorth ?? 0);
  if (currency?.out !== undefined && chance() < 0.7) {
    const { step } = currency.out;
    const most = Math.floor(house.member(who).points / step);
    house.convert(who, currency.code, step * Math.max(1, Math.floor(most * chance())), worth);
  } else if (currency?.in !== undefined) {
    const units = currency.in.step * (1 + Math.floor(chance() * 4));
    house.convertIn(who, currency.code, units, worth);
  }
};

const say: Kind = (ground, house, chance) => {
  house.say(someone(house, chance), oneOf(ground.document.personas ?? [], chance)?.code);
};

const wait: Kind = (ground, house, chance) => {
  const { returnWindowDays: window } = ground.document;
  const days = oneOf([1, 7, 31, 31, window + 1, window + 1, 65, 95], chance) ?? 1;
  forward(house, days * DAY_MS + Math.floor(chance() * 24) * HOUR_MS);
};

/** Until something begins, or is over. */
const waitFor: Kind = ({ days }, house, chance) => {
  const day = oneOf(days, chance);
  if (day !== undefined) house.wait(day);
};

/** Each with how often it is drawn. */
const kinds: readonly (readonly [string, number, Kind])[] = [
  ['buy', 22, buy],
  ['buy again and again', 12, often],
  ['sell on', 6, sellOn],
  ['bring back', 10, bringBack],
  ['bring all back', 4, bringAllBack],
  ['redeem', 3, redeem],
  ['redeem all', 7, redeemAll],
  ['buy, spend and bring back', 5, flip],
  ['put together', 3, pool],
  ['pay with points', 5, pay],
  ['do', 10, doSomething],
  ['harvest', 4, harvest],
  ['read meters', 3, readMeters],
  ['coupons', 4, coupons],
  ['give', 5, give],
  ['join', 4, joins],
  ['bring a friend', 6, friend],
  ['refer', 4, refer],
  ['buy points', 4, buyPoints],
  ['give points back', 2, refundPoints],
  ['convert', 4, convert],
  ['say', 1, say],
  ['wait', 9, wait],
  ['wait for a day', 2, waitFor],
];

const ALL = kinds.reduce((sum, [, weight]) => sum + weight, 0);

/** A move drawn by chance. */
export function moveBy(ground: Ground, chance: Chance): Move {
  let lot = chance() * ALL;
  const kind = kinds.find(([, weight]) => (lot -= weight) < 0) ?? kinds[0];
  const seed = Math.floor(chance() * 0xffffffff);
  return (house) => kind?.[2](ground, house, drawsOf(seed));
}
