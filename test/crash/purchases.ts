/** Purchases in time order, drawn from a seed, so that two databases can be given the same ones. */
export interface Drawn {
  lines: string[];
  cards: string[];
}

const categories = ['plants', 'garden', 'gifts'];

/** A small linear congruential generator (Numerical Recipes). */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 4_294_967_296;
  };
}

/** `count` purchases of `members` cards from the start of 2026; every 997th is refused. */
export function drawPurchases(count: number, members: number, seed: number): Drawn {
  const random = generator(seed);
  const cards = Array.from({ length: members }, (_, index) => `CRASH ${String(1_000 + index)}`);
  let at = Date.parse('2026-01-01T08:00:00Z');
  const lines = Array.from({ length: count }, (_, index) => {
    at += Math.floor(random() * 300_000);
    const items = Array.from({ length: 1 + Math.floor(random() * 3) }, () => ({
      category: categories[Math.floor(random() * categories.length)],
      quantity: 1,
      amount: Math.floor(random() * 9_999),
    }));
    const total = items.reduce((sum, { amount }) => sum + amount, 0);
    return JSON.stringify({
      member: { card: cards[Math.floor(random() * members)] },
      reference: `till/${String(index)}`,
      occurredAt: new Date(at).toISOString(),
      total: { amount: total, currency: index % 997 === 996 ? 'EUR' : 'GBP' },
      lines: items,
    });
  });
  return { lines, cards };
}
