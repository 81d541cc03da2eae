/** Sizes of a purchase at which what it earns bends, found by trying. */

/** Sizes tried between two at most. */
const TRIES = 14;
/** Bends looked for between two sizes at most. */
const DEPTH = 2;

/**
 * Sizes, and between them those at which more is earned than on the straight line: where a cap is
 * just full, for example. `earns` is asked for whole minor units.
 */
export function withBends(sizes: readonly number[], earns: (size: number) => number): number[] {
  const remembered = new Map<number, number>();
  const of = (size: number): number => {
    const known = remembered.get(size) ?? earns(size);
    remembered.set(size, known);
    return known;
  };
  const found = new Set(sizes);
  const look = (from: number, to: number, depth: number): void => {
    const bend = depth > 0 && to - from > 2 ? bendOf(from, to, of) : undefined;
    if (bend === undefined) return;
    found.add(bend);
    look(from, bend, depth - 1);
    look(bend, to, depth - 1);
  };
  const ascending = [...sizes].sort((a, b) => a - b);
  for (const [place, size] of ascending.entries()) look(ascending[place - 1] ?? 0, size, DEPTH);
  return [...found].sort((a, b) => a - b);
}

/** Where most is earned above the straight line; undefined = nowhere. */
function bendOf(from: number, to: number, earns: (size: number) => number): number | undefined {
  const [low, high] = [from === 0 ? 0 : earns(from), earns(to)];
  const above = (size: number): number =>
    earns(size) - low - ((high - low) * (size - from)) / (to - from);
  const quarters = [1, 2, 3].map((n) => Math.floor(from + ((to - from) * n) / 4));
  const best = Math.max(...quarters.map(above));
  if (best <= Math.max(1e-6, 1e-6 * high)) return undefined;
  let [left, right] = [from, to];
  for (let n = 0; n < TRIES && right - left > 2; n += 1) {
    const third = Math.max(1, Math.floor((right - left) / 3));
    if (above(left + third) < above(right - third)) left += third;
    else right -= third;
  }
  let most = left;
  for (const size of [left + 1, right - 1, right]) if (above(size) > above(most)) most = size;
  return most > from && most < to ? most : undefined;
}
