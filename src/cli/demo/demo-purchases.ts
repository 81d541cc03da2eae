/**
 * The demo's members and purchases, drawn from a fixed seed so that every machine sees the same
 * figures: some call every few days, most every few weeks, a few only once.
 */

export interface DemoMember {
  card: string;
  name: string;
}

export interface DemoPurchase {
  idempotencyKey: string;
  member: { card: string };
  reference: string;
  occurredAt: string;
  total: { amount: number; currency: string };
  lines: { category: string; quantity: number; amount: number; description: string }[];
}

export const DEMO_DAYS = 60;
const MEMBERS = 300;
const DAY_MS = 86_400_000;

const goods = [
  ['plants', 'Lavender in a pot', 650],
  ['plants', 'Tulip bulbs, bag of 20', 899],
  ['plants', 'Climbing rose', 2150],
  ['garden', 'Hand fork', 1275],
  ['garden', 'Garden bench', 18_900],
  ['garden', 'Watering can', 2400],
  ['home', 'Stoneware bowl', 1650],
  ['home', 'Linen napkins', 2200],
  ['cafe', 'Coffee and scone', 745],
  ['workshops', 'Wreath workshop', 4500],
] as const;

const names = ['Ada', 'Ben', 'Cleo', 'Dan', 'Esme', 'Finn', 'Gwen', 'Hal', 'Iris', 'Jem'];

/** A small linear congruential generator (Numerical Recipes); good enough to draw baskets. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 4_294_967_296;
  };
}

export function demoMembers(): DemoMember[] {
  return Array.from({ length: MEMBERS }, (_, index) => ({
    card: `DEMO ${String(index + 1).padStart(4, '0')}`,
    name: `${names[index % names.length] ?? 'Ada'} ${String(index + 1)}`,
  }));
}

/** Purchases of the last `DEMO_DAYS` days before `now` (milliseconds), in time order. */
export function demoPurchases(now: number): DemoPurchase[] {
  const random = generator(20_261);
  const purchases = demoMembers().flatMap(({ card }) => {
    const gapDays = [3, 8, 15, 30, 60][Math.floor(random() * 5)] ?? 15;
    const own: DemoPurchase[] = [];
    for (let day = random() * gapDays; day < DEMO_DAYS; day += gapDays * (0.5 + random())) {
      const at = now - (DEMO_DAYS - day) * DAY_MS;
      own.push(
        purchase(card, `${card}/${String(own.length + 1)}`, Math.floor(at / 1000) * 1000, random),
      );
    }
    return own;
  });
  return purchases.sort((a, b) => (a.occurredAt < b.occurredAt ? -1 : 1));
}

function purchase(card: string, reference: string, at: number, random: () => number): DemoPurchase {
  const lines = Array.from({ length: 1 + Math.floor(random() * 3) }, () => {
    const [category, description, price] = goods[Math.floor(random() * goods.length)] ?? goods[0];
    const quantity = 1 + Math.floor(random() * 2);
    return { category, quantity, amount: price * quantity, description };
  });
  return {
    idempotencyKey: `demo/${reference.replaceAll(' ', '-')}`,
    member: { card },
    reference,
    occurredAt: new Date(at).toISOString(),
    total: { amount: lines.reduce((sum, { amount }) => sum + amount, 0), currency: 'GBP' },
    lines,
  };
}
