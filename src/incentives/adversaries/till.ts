/** Adversaries at the till: who splits purchases, who puts those of others on their own card. */
import type { Purchase } from '../../rules/purchase.js';
import type { Bought, Happening } from '../lives/events.js';
import { inTime, PLOTTED, totalOf, type Adversary } from './adversary.js';

const MINUTE_MS = 60_000;
/** How soon one purchase after another at the same till looks like a split one. */
const SOON_MS = 10 * MINUTE_MS;
/** In hundredths: a first part that is too small to matter, and two others. */
const PARTS = [1, 49, 50] as const;
/** Purchases of strangers behind each of one's own. */
const STRANGERS = 9;

/** Pays for each purchase in three parts, a minute apart, but for what comes back or was paid by a reward. */
export const splitter: Adversary = {
  name: 'splitter',
  like: ['SPLIT', 'CLIFF'],
  plot(happenings) {
    const back = new Set(
      happenings.flatMap((each) => (each.kind === 'return' ? each.purchase : [])),
    );
    const split = happenings.map((each) =>
      isSplit(each) && each.redemptions.length === 0 && !back.has(each.seq)
        ? inParts(each)
        : [each],
    );
    if (split.every(({ length }) => length === 1)) return undefined;
    return { happenings: inTime(split.flat()), money: 0, cost: 0 };
  },
  seen: (happenings) => soonAfter(happenings),
};

/** Puts purchases of people without a card on their own, a minute apart. */
export const insider: Adversary = {
  name: 'insider',
  like: ['GIVEBACK', 'STACK', 'COUNT'],
  plot(happenings) {
    let money = 0;
    const more = happenings.flatMap((each): Happening[] => {
      if (!isSplit(each)) return [each];
      money += STRANGERS * totalOf(each.purchase);
      const others = Array.from({ length: STRANGERS }, (_, n) => later(each, n + 1, each.purchase));
      return [each, ...others];
    });
    return money === 0 ? undefined : { happenings: inTime(more), money, cost: 0 };
  },
  seen: (happenings) => {
    const days = new Map<string, number>();
    for (const each of happenings) {
      if (!isSplit(each)) continue;
      const day = `${String(Math.floor(each.occurredAt / (24 * 60 * MINUTE_MS)))} ${where(each)}`;
      days.set(day, (days.get(day) ?? 0) + 1);
    }
    return [...days.values()].filter((count) => count > STRANGERS).length;
  },
};

const isSplit = (each: Happening): each is Bought =>
  each.kind === 'accrue' && each.purchase.activity === undefined && totalOf(each.purchase) >= 100;

function inParts(bought: Bought): Bought[] {
  let done = 0;
  return PARTS.map((share, n) => {
    const [from, until] = [done, done + share];
    done = until;
    const purchase = partOf(bought.purchase, from, until);
    // The last part goes by the number of the whole, so that what is about it finds it.
    const part = later(bought, n, purchase);
    return n === PARTS.length - 1 ? { ...part, seq: bought.seq } : part;
  });
}

/** What is between two hundredths of each line; parts side by side add up to the whole. */
function partOf(purchase: Purchase, from: number, until: number): Purchase {
  const between = (amount: number): number =>
    Math.floor((amount * until) / 100) - Math.floor((amount * from) / 100);
  return {
    ...purchase,
    lines: purchase.lines.map((line) => ({
      ...line,
      amount: between(line.amount),
      tax: Math.min(between(line.tax), between(line.amount)),
      quantity: Math.max(1, between(line.quantity)),
    })),
    tenders: purchase.tenders.map((tender) => ({ ...tender, amount: between(tender.amount) })),
  };
}

const later = (bought: Bought, n: number, purchase: Purchase): Bought => ({
  ...bought,
  seq: PLOTTED + bought.seq * 100 + n,
  at: bought.at + n * MINUTE_MS,
  occurredAt: bought.occurredAt + n * MINUTE_MS,
  redemptions: [],
  purchase,
});

const where = ({ purchase: { retailer, location } }: Bought): string =>
  `${retailer ?? ''} ${location ?? ''}`;

/** Purchases that came so soon after another one at the same place that they may be one. */
function soonAfter(happenings: readonly Happening[]): number {
  const last = new Map<string, number>();
  let count = 0;
  for (const each of happenings) {
    if (!isSplit(each)) continue;
    const before = last.get(where(each));
    if (before !== undefined && Math.abs(each.occurredAt - before) <= SOON_MS) count += 1;
    last.set(where(each), each.occurredAt);
  }
  return count;
}
