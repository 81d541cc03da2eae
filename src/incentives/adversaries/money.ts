/** Adversaries who buy what they do not want: to bring it back, to sell it on, to reach a tier. */
import { DAY_MS, localDate, startOfDay } from '../../rules/period.js';
import type { Purchase } from '../../rules/purchase.js';
import type { Bought, BroughtBack, Happening } from '../lives/events.js';
import { NO_VERSION } from '../lives/traits.js';
import { inTime, PLOTTED, totalOf, type Adversary, type Ground } from './adversary.js';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** Rewards of each kind that are tried for. */
const OF_EACH = 20;
const FOUR_WEEKS_MS = 28 * DAY_MS;

/** Buys as much as can be bought, takes every reward that it pays for, and brings it back. */
export const returner: Adversary = {
  name: 'returner',
  like: ['DEBT', 'REVERSAL'],
  plot(happenings, ground) {
    const most = largest(happenings, ground);
    if (most === undefined) return undefined;
    const at = lastAt(happenings, ground) + HOUR_MS;
    const [bought, back] = thereAndBack(most, { at, backAt: at + 2 * HOUR_MS, seq: PLOTTED });
    const rewards = ground.rewards.flatMap(({ code, points }, kind) =>
      Array.from({ length: OF_EACH }, (_, n): Happening[] => {
        const placed = { seq: PLOTTED + 100 + kind * OF_EACH + n, at: at + HOUR_MS };
        const redemption = placed.seq;
        return [
          { ...placed, kind: 'hold', reward: code, retailer: '', points },
          { ...placed, kind: 'capture', redemption, amount: undefined },
        ];
      }).flat(),
    );
    const all = [...happenings, bought, ...rewards, back];
    return { happenings: inTime(all), money: 0, cost: 0 };
  },
  seen: (happenings) => {
    const bought = new Map<number, number>();
    let redeemedAt = -Infinity;
    let count = 0;
    for (const each of happenings) {
      if (each.kind === 'accrue') bought.set(each.seq, each.at);
      if (each.kind === 'capture') redeemedAt = each.at;
      if (each.kind === 'return' && redeemedAt > (bought.get(each.purchase) ?? Infinity))
        count += 1;
    }
    return count;
  },
};

/** Buys goods that are as good as money every four weeks, when they earn most, and sells them on. */
export const looper: Adversary = {
  name: 'looper',
  like: ['PUMP'],
  plot(happenings, { soldOn, window }) {
    if (soldOn === undefined) return undefined;
    const { purchase, amount, resale } = soldOn;
    const first = soldOn.at + Math.ceil((window.from - soldOn.at) / FOUR_WEEKS_MS) * FOUR_WEEKS_MS;
    const bought: Bought[] = [];
    for (let at = first; at < window.until; at += FOUR_WEEKS_MS) {
      bought.push(purchased(purchase, at, PLOTTED + bought.length));
    }
    const cost = bought.length * Math.ceil(amount * (1 - resale));
    return { happenings: inTime([...happenings, ...bought]), money: 0, cost };
  },
  seen: (happenings, { bounds }) =>
    happenings.filter(
      (each) =>
        each.kind === 'accrue' &&
        each.purchase.lines.some(({ category }) => (bounds.resale.get(category) ?? 0) > 0.5),
    ).length,
};

/** Buys as much as can be bought at the end of the year, for the tier, and brings it back in the new one. */
export const runner: Adversary = {
  name: 'runner',
  like: ['TIERFREE'],
  plot(happenings, ground) {
    const most = largest(happenings, ground);
    const [first] = happenings;
    if (most === undefined || first === undefined) return undefined;
    const end = yearEnd(ground);
    const isInside = end > first.at && end + DAY_MS < lastAt(happenings, ground);
    // Where no year ends in between, behind the very first thing they do.
    const at = isInside ? end - 6 * HOUR_MS : first.at + MINUTE_MS;
    const backAt = isInside ? end + 6 * HOUR_MS : at + HOUR_MS;
    const pair = thereAndBack(most, { at, backAt, seq: PLOTTED });
    return { happenings: inTime([...happenings, ...pair]), money: 0, cost: 0 };
  },
  seen: (happenings, ground) => {
    const end = yearEnd(ground);
    const before = new Set(
      happenings.flatMap((each) =>
        each.kind === 'accrue' && each.at < end && each.at >= end - 7 * DAY_MS ? each.seq : [],
      ),
    );
    return happenings.filter(
      (each) => each.kind === 'return' && each.at >= end && before.has(each.purchase),
    ).length;
  },
};

/** The last instant at which a year begins in the window's zone, or one that is not in it. */
function yearEnd({ side, window }: Ground): number {
  const { timeZone } = side.programme;
  const { year } = localDate(timeZone, window.until);
  return startOfDay(timeZone, { year, month: 1, day: 1 });
}

/** The largest of what a member bought, made as large as a purchase gets. */
function largest(happenings: readonly Happening[], { bounds }: Ground): Purchase | undefined {
  const bought = happenings.flatMap((each) =>
    each.kind === 'accrue' && each.purchase.activity === undefined ? each.purchase : [],
  );
  const [most] = [...bought].sort((a, b) => totalOf(b) - totalOf(a));
  const [line] = [...(most?.lines ?? [])].sort((a, b) => b.amount - a.amount);
  if (most === undefined || line === undefined) return undefined;
  const amount = Math.max(bounds.largestBasket, line.amount);
  return { ...most, lines: [{ ...line, amount, tax: 0 }], tenders: [] };
}

const lastAt = (happenings: readonly Happening[], { window }: Ground): number =>
  Math.max(window.from, ...happenings.map(({ at }) => at));

const purchased = (purchase: Purchase, at: number, seq: number): Bought => ({
  kind: 'accrue',
  seq,
  at,
  occurredAt: at,
  purchase,
  versionNo: NO_VERSION,
  redemptions: [],
});

function thereAndBack(
  purchase: Purchase,
  { at, backAt, seq }: { at: number; backAt: number; seq: number },
): [Bought, BroughtBack] {
  const lines = purchase.lines.map(({ quantity, amount }, line) => ({ line, quantity, amount }));
  const what = { at: backAt, occurredAt: backAt, purchase: seq, redemptions: undefined };
  return [purchased(purchase, at, seq), { kind: 'return', seq: seq + 1, lines, ...what }];
}
