/** Shared limits of a story, of which its member and others draw. */
import { totalOf, type LimitUse } from '../../src/rules/limits.js';
import { limitsOf } from '../../src/rules/offers/draws.js';
import type { Groups } from '../../src/rules/offers/member-offers.js';
import { PARTS_OF_MINOR, PARTS_OF_POINT } from '../../src/rules/offers/offer.js';
import type { Programme } from '../../src/rules/programme.js';

/** What other members got by an offer before a step. */
export interface Others {
  points?: number;
  /** Minor units. */
  money?: number;
  /** Purchases it has paid for in the same hour, or day, and place. */
  grants?: number;
  /** Points of others of the member's household, or whatever is limited. */
  shared?: number;
}

const parts = { shared: PARTS_OF_POINT, points: PARTS_OF_POINT, money: PARTS_OF_MINOR, grants: 1 };

/** What is left of each limit, as far as it is asked for. */
export class Left extends Map<string, number> {
  constructor(private readonly programme: Programme) {
    super();
  }

  override get(limit: string): number | undefined {
    const total = totalOf(this.programme.limits, limit);
    return super.get(limit) ?? total;
  }

  use(uses: readonly LimitUse[]): void {
    for (const { limit, amount } of uses) {
      const left = (this.get(limit) ?? 0) - amount;
      if (left < 0) throw new Error(`${String(-left)} more were used of ${limit} than there are.`);
      this.set(limit, left);
    }
  }

  /** A partner has paid for more. */
  add(limit: string, amount: number): void {
    this.set(limit, (this.get(limit) ?? 0) + amount);
  }

  useByOthers(
    others: Record<string, Others>,
    at: { occurredAt: number; location?: string; groups?: Groups },
  ): void {
    const place = { location: undefined, ...at };
    for (const offer of this.programme.offers.values()) {
      for (const draw of offer.draws) {
        const amount = (others[offer.code]?.[draw.kind] ?? 0) * parts[draw.kind];
        for (const limit of limitsOf(this.programme, draw, place)) this.use([{ limit, amount }]);
      }
    }
  }
}
