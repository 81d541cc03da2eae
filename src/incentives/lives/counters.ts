/** A member's counters by name and period, so that an act is handed just those that it reads. */
import { counterKey, type CounterNeed } from '../../rules/state.js';

export class Counters {
  private readonly byName = new Map<string, Map<number, number>>();

  constructor(flat: ReadonlyMap<string, number>) {
    for (const [key, used] of flat) {
      const cut = key.lastIndexOf('@');
      this.set(key.slice(0, cut), Number(key.slice(cut + 1)), used);
    }
  }

  set(counter: string, periodStart: number, used: number): void {
    const own = this.byName.get(counter);
    if (own === undefined) this.byName.set(counter, new Map([[periodStart, used]]));
    else own.set(periodStart, used);
  }

  /** Those asked for, by `counterKey`. */
  needed(needs: readonly CounterNeed[]): Map<string, number> {
    const found = new Map<string, number>();
    for (const { counter, periodStart, onwards } of needs) {
      const own = this.byName.get(counter);
      if (own === undefined) continue;
      if (onwards !== true) {
        const used = own.get(periodStart);
        if (used !== undefined) found.set(counterKey(counter, periodStart), used);
        continue;
      }
      for (const [start, used] of own) {
        if (start >= periodStart) found.set(counterKey(counter, start), used);
      }
    }
    return found;
  }

  all(): Map<string, number> {
    const found = new Map<string, number>();
    for (const [counter, own] of this.byName) {
      for (const [start, used] of own) found.set(counterKey(counter, start), used);
    }
    return found;
  }
}
