/**
 * Limits that an act counts towards. A rolling limit looks back over a window; a shared limit is a
 * stock, a budget or a block that many members draw from until nothing is left.
 */
/** A limit on what is used in any window of `windowMs`, shared by many members or by many acts. */
export interface RollingLimit {
  id: string;
  windowMs: number;
}

/** Of a rolling limit a positive amount; of a shared one a negative amount gives back. */
export interface LimitUse {
  limit: string;
  amount: number;
}

/** What is used of a rolling limit the command named. */
export function usedOf({ limits }: { limits?: ReadonlyMap<string, number> }, id: string): number {
  const used = limits?.get(id);
  if (used === undefined) throw new Error('invariant: a limit is read before it is used');
  return used;
}

/**
 * What is left of a shared limit the command named, once `before` is posted: time-outs that this
 * very act settles first may have given some of it back.
 */
export function leftOf(
  { left }: { left?: ReadonlyMap<string, number> | undefined },
  id: string,
  before: readonly { shared?: readonly LimitUse[] | undefined }[],
): number {
  const found = left?.get(id);
  if (found === undefined) throw new Error('invariant: a shared limit is read before it is used');
  const uses = before.flatMap(({ shared = [] }) => shared.filter(({ limit }) => limit === id));
  return uses.reduce((sum, { amount }) => sum - amount, found);
}

/**
 * The total of a shared limit among those of a programme. What is behind a `#` tells limits of the
 * same total apart, such as one for each hour.
 */
export function totalOf(totals: ReadonlyMap<string, number>, id: string): number | undefined {
  const [kind = id] = id.split('#', 1);
  return totals.get(kind);
}

/** Amounts by limit as uses; what is 0 is none. */
export const usesOf = (amounts: ReadonlyMap<string, number>): LimitUse[] =>
  [...amounts].flatMap(([limit, amount]) => (amount === 0 ? [] : [{ limit, amount }]));

/** The same uses given back. */
export const givenBackOf = (uses: readonly LimitUse[]): LimitUse[] =>
  uses.map(({ limit, amount }) => ({ limit, amount: -amount }));
