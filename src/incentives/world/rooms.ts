/** What is left of shared limits in a world that nobody else lives in. */
import { totalOf, type LimitUse } from '../../rules/limits.js';
import { blockOf } from '../../rules/partners/terms.js';
import type { Programme } from '../../rules/programme.js';

/** Partners are taken to have paid for more than anybody can earn. */
const AMPLE = 1_000_000_000_000;

export class Rooms extends Map<string, number> {
  constructor(
    private readonly programme: Programme,
    taken: Iterable<readonly [string, number]> = [],
  ) {
    super(taken);
    // What is copied of it is a map like any other, and a block has to be in it.
    for (const { terms } of programme.partners.byCode.values()) {
      const block = terms?.prepaid?.block;
      if (block !== undefined && !this.has(block)) this.set(block, AMPLE);
    }
  }

  override get(limit: string): number | undefined {
    const total = limit.startsWith(blockOf('')) ? AMPLE : totalOf(this.programme.limits, limit);
    return super.get(limit) ?? total;
  }

  /** What is left once these are used; negative amounts give back. */
  without(uses: readonly LimitUse[]): Rooms {
    if (uses.length === 0) return this;
    const next = new Rooms(this.programme, this);
    for (const { limit, amount } of uses) next.set(limit, (next.get(limit) ?? 0) - amount);
    return next;
  }
}
