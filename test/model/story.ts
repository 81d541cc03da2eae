/**
 * What purchases are worth, by the laws: everything a member bought and brought back, told in the
 * order in which it happened, from the beginning. Part of the reference model.
 */
import {
  DAY,
  endOfDay,
  millionths,
  periodOf,
  type Basket,
  type Document,
  type Line,
} from './terms.js';

export interface Version {
  from: number;
  document: Document;
}

export interface Back {
  line: number;
  quantity: number;
  amount: number;
}

/** An accepted purchase or return. */
export interface Happening {
  id: number;
  /** The purchase it is about; its own number for one. */
  purchase: number;
  occurredAt: number;
  /** Its place in the order: when it occurred, or arrived where that decides (R14). */
  place: number;
  /** The version in force when it occurred. */
  document: Document;
  basket?: Basket;
  back: Back[];
}

export interface Worth {
  bought: Happening & { basket: Basket };
  left: Line[];
  /** Billionths by what earned them. */
  items: Map<string, bigint>;
  /** Tier held before it, and the tier it was decided at. */
  held: string;
  tier: string;
}

const ladder = ({ tiers }: Document, code: string): number =>
  tiers.findIndex((tier) => tier.code === code);

/** R10: the tier held, or a higher one that is reached. */
export function standing(document: Document, held: string, qualifying: bigint): number {
  const { tiers } = document;
  const reached = tiers.filter(({ threshold }) => BigInt(threshold) * 10n ** 9n <= qualifying);
  return Math.max(ladder(document, held), reached.length - 1);
}

export const sum = (items: Iterable<bigint>): bigint => [...items].reduce((a, b) => a + b, 0n);

export class Story {
  /** In order of place. */
  readonly told: Happening[] = [];
  readonly worths = new Map<number, Worth>();
  /** What each happening came to, to tell whether it has changed. */
  readonly decided = new Map<number, string>();
  held = '';
  qualifying = 0n;

  tell(event: Happening): void {
    this.told.push(event);
    if (event.basket === undefined) this.bringBack(event);
    else this.buy({ ...event, basket: event.basket });
  }

  private buy(bought: Worth['bought']): void {
    const { document, basket, id } = bought;
    const tier = document.tiers[Math.max(0, standing(document, this.held, this.qualifying))];
    const worth: Worth = {
      ...{ bought, held: this.held, tier: tier?.code ?? '' },
      left: basket.lines.map((line) => ({ ...line })),
      items: new Map(),
    };
    const { items, minor } = earn(document, basket, worth.left, worth.tier);
    for (const rule of document.earningRules) {
      const bonus = rule.kind === 'per_purchase' ? this.bonus(bought, rule.id, minor) : 0;
      if (bonus > 0) items.set(`bonus ${rule.id}`, BigInt(bonus) * 10n ** 9n);
    }
    this.worths.set(id, { ...worth, items });
    this.decided.set(id, told(this.held, worth.tier, items));
    this.qualifying += qualifyingIn(items);
    this.held = document.tiers[standing(document, this.held, this.qualifying)]?.code ?? '';
  }

  /** R5: fixed points, from a minimum on, after a cool-down, up to a cap. */
  private bonus({ document, place }: Happening, id: string, minor: number): number {
    const rule = document.earningRules.find((each) => each.id === id);
    const cap = rule?.caps?.[0];
    if (rule === undefined || cap === undefined || minor < (rule.minimumAmount ?? 0)) return 0;
    const { [`${id}/last@0`]: last, ...used } = this.counters();
    if (last !== undefined && place - last < (rule.coolDownHours ?? 0) * (DAY / 24)) return 0;
    const start = periodOf(document.identity.timeZone, place, cap.period);
    const left = cap.points - (used[`${id}/${cap.period}@${start}`] ?? 0);
    return Math.max(0, Math.min(rule.points ?? 0, left));
  }

  /** R15: nothing of a purchase grows by a return, and what the rest would not have got goes. */
  private bringBack({ id, purchase, place, document, back }: Happening): void {
    const worth = this.worths.get(purchase);
    if (worth === undefined) throw new Error('A return is told after its purchase.');
    const { bought, left, items } = worth;
    const before = new Map(items);
    for (const { line, quantity, amount } of back) {
      const rest = left[line];
      if (rest === undefined) throw new Error('What comes back was bought.');
      rest.quantity -= quantity;
      rest.amount -= amount;
    }
    const kept = earn(bought.document, bought.basket, left, worth.tier);
    const bonuses = bought.document.earningRules.filter(
      ({ minimumAmount = Infinity }) => kept.minor >= minimumAmount,
    );
    for (const [key, got] of before) {
      const isKept = bonuses.some((rule) => `bonus ${rule.id}` === key);
      const now = isKept ? got : (kept.items.get(key) ?? 0n);
      if (now < got) items.set(key, now);
    }
    const changes = [...before].map(([key, got]): [string, bigint] => [
      key,
      (items.get(key) ?? 0n) - got,
    ]);
    this.decided.set(id, told(this.held, worth.tier, new Map(changes)));
    this.qualifying += qualifyingIn(items) - qualifyingIn(before);
    if (windowEnd(bought) > place) this.held = this.heldAfter(document, place);
  }

  /** R19: what was reached since the oldest purchase that can still be returned is provisional. */
  private heldAfter(document: Document, place: number): string {
    const open = [...this.worths.values()].filter(({ bought }) => windowEnd(bought) > place);
    open.sort((a, b) => a.bought.place - b.bought.place || a.bought.id - b.bought.id);
    const left = standing(document, open[0]?.held ?? '', this.qualifying);
    const isLower = left < standing(document, this.held, 0n);
    return isLower ? (document.tiers[left]?.code ?? '') : this.held;
  }

  /** What purchases use now of caps and cool-downs. */
  counters(): Record<string, number> {
    const used: Record<string, number> = {};
    for (const { bought, items } of this.worths.values()) {
      const { earningRules, identity } = bought.document;
      for (const { id, caps: [cap] = [] } of earningRules) {
        const points = Number((items.get(`bonus ${id}`) ?? 0n) / 10n ** 9n);
        if (cap === undefined || points === 0) continue;
        const start = periodOf(identity.timeZone, bought.place, cap.period);
        const key = `${id}/${cap.period}@${start}`;
        used[key] = (used[key] ?? 0) + points;
        used[`${id}/last@0`] = Math.max(used[`${id}/last@0`] ?? 0, bought.place);
      }
    }
    return used;
  }

  /** R16: whole points of purchases in their order, and the billionths carried after them. */
  wholes(): { points: Map<number, number>; remainder: bigint } {
    const points = new Map<number, number>();
    let carried = 0n;
    for (const { id, basket } of this.told) {
      if (basket === undefined) continue;
      carried += sum(this.worths.get(id)?.items.values() ?? []);
      points.set(id, Number(carried / 10n ** 9n));
      carried %= 10n ** 9n;
    }
    return { points, remainder: carried };
  }
}

/** When the points of a purchase become available, and it can no longer take a tier with it. */
export const windowEnd = ({ document, occurredAt }: Happening): number =>
  document.returnWindowDays === 0
    ? occurredAt
    : endOfDay(document.identity.timeZone, occurredAt, document.returnWindowDays);

const told = (held: string, tier: string, items: Map<string, bigint>): string =>
  [held, tier, ...[...items].filter(([, each]) => each !== 0n).map(String)].sort().join(' ');

const qualifyingIn = (items: Map<string, bigint>): bigint =>
  sum([...items].filter(([key]) => key.startsWith('amount ')).map(([, each]) => each));

/** R1, R3, R4: what lines earn at a tier, and the minor units that earn at all. */
function earn(
  document: Document,
  { lines: bought, tenders }: Basket,
  left: readonly Line[],
  tierCode: string,
): { items: Map<string, bigint>; minor: number } {
  const { categories, earningBasis, earningRules, tiers } = document;
  const items = new Map<string, bigint>();
  const paid = tenders.reduce((all, { amount }) => all + amount, 0);
  const eligible = tenders.filter(({ kind }) => !earningBasis.excludedTenders.includes(kind));
  const share = paid === 0 ? 1 : eligible.reduce((all, { amount }) => all + amount, 0);
  const named = earningRules.flatMap((rule) => rule.categories ?? []);
  const bonus = millionths(tiers.find(({ code }) => code === tierCode)?.multiplier ?? '1');
  let minor = 0;
  left.forEach(({ category, amount }, index) => {
    if (categories.find(({ code }) => code === category)?.treatment !== 'earns') return;
    const { amount: whole = 0, tax = 0 } = bought[index] ?? {};
    const taxed = whole === 0 ? 0 : Number((BigInt(tax) * BigInt(amount)) / BigInt(whole));
    const basis = earningBasis.tax === 'included' ? amount : amount - taxed;
    minor += basis;
    for (const rule of earningRules) {
      if (rule.kind !== 'per_amount') continue;
      if (rule.categories?.includes(category) ?? !named.includes(category)) {
        const rate = millionths(rule.rate ?? '0');
        const got = (BigInt(basis) * rate * BigInt(share) * 10n) / BigInt(paid === 0 ? 1 : paid);
        items.set(`amount ${rule.id} ${index}`, got);
        const more = (got * (bonus - 1_000_000n)) / 1_000_000n;
        items.set(`tier ${index}`, (items.get(`tier ${index}`) ?? 0n) + more);
      }
    }
  });
  const all = (BigInt(minor) * BigInt(share)) / BigInt(paid === 0 ? 1 : paid);
  return { items, minor: Number(all) };
}
