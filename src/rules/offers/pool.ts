/**
 * What is left of shared limits while an act is decided. Who finds too little is paid what there is,
 * and the act says what it would have taken, so that more can be fetched where there is more.
 */
import type { ExplanationItem } from '../explanation.js';
import { usesOf, type LimitUse } from '../limits.js';
import type { Programme } from '../programme.js';
import { billionthsIn, drawnBy, limitsOf, type Place } from './draws.js';
import type { Draw } from './offer.js';

export interface Pool {
  /** Left of each limit before the act; what is not in it has nothing at hand. */
  left: ReadonlyMap<string, number>;
  /** What the act has taken so far, beyond what its events had already. */
  taken: ReadonlyMap<string, number>;
  /** What it would have taken had there been enough. */
  asked: ReadonlyMap<string, number>;
}

export const poolOf = (left: ReadonlyMap<string, number> | undefined): Pool => ({
  left: left ?? new Map<string, number>(),
  taken: new Map(),
  asked: new Map(),
});

/** Limits of which more was asked for than there was. */
export function shortOf({ left, asked }: Pool): LimitUse[] {
  return usesOf(asked).filter(({ limit, amount }) => amount > (left.get(limit) ?? 0));
}

/** What an event that is decided again has of limits from before. */
export interface Had {
  uses: ReadonlyMap<string, number>;
  /** Limits by which it was cut short then: it may not have more now that there is more. */
  closed: ReadonlySet<string>;
}

const newEvent: Had = { uses: new Map(), closed: new Set() };

const cut: readonly unknown[] = ['budget_capped', 'budget_used_up', 'slot_full'];

/** What an event has, by its items. */
export function hadOf(
  programme: Pick<Programme, 'offers' | 'timeZone'>,
  items: readonly ExplanationItem[],
  place: Place,
): Had {
  const closed = items
    .filter(([, , code, , detail]) => cut.includes(code === 'late_event_changed' ? detail : code))
    .flatMap(([ruleNo]) => programme.offers.get(ruleNo)?.draws ?? [])
    .flatMap((draw) => limitsOf(programme, draw, place));
  return { uses: drawnBy(programme, items, place), closed: new Set(closed) };
}

/** How much a rule may pay by its limits, and why no more; undefined = as much as it likes. */
export type BudgetOf = (ruleNo: number) => Budgeted | undefined;

export interface Budgeted {
  /** Billionths. */
  left: bigint;
  draw: Draw['kind'];
}

interface Bounds {
  programme: Programme;
  place: Place;
  had: Had;
  pool: Pool;
  /** Limits that have been found to be short; the others are not looked at. */
  short: ReadonlySet<string>;
}

/**
 * Items within what is left. They are decided as if there were enough, and again with the limits of
 * which there is too little, as then another offer of a lane may pay, which asks for its own.
 */
export function withinPool(
  programme: Programme,
  pool: Pool,
  place: Place,
  itemsFor: (budgetOf?: BudgetOf) => ExplanationItem[],
  had: Had = newEvent,
): { items: ExplanationItem[]; pool: Pool } {
  let items = itemsFor();
  if (programme.offers.size === 0) return { items, pool };
  const asked = new Map(pool.asked);
  const short = new Set<string>();
  for (;;) {
    const drawn = drawnBy(programme, items, place);
    const lacking = [...drawn].filter(
      ([limit, amount]) => !short.has(limit) && amount > roomIn({ pool, had }, limit),
    );
    if (lacking.length === 0) return { items, pool: taking({ ...pool, asked }, drawn, had, short) };
    for (const [limit, amount] of lacking) {
      short.add(limit);
      if (!had.closed.has(limit)) ask(asked, limit, amount - (had.uses.get(limit) ?? 0));
    }
    items = itemsFor(budgetIn({ programme, place, had, pool, short }));
  }
}

function budgetIn(bounds: Bounds): BudgetOf {
  const { programme, place, had, pool, short } = bounds;
  return (ruleNo) => {
    let least: Budgeted | undefined;
    for (const draw of programme.offers.get(ruleNo)?.draws ?? []) {
      for (const limit of limitsOf(programme, draw, place)) {
        if (!short.has(limit)) continue;
        const left = billionthsIn(draw, roomIn({ pool, had }, limit));
        if (left === undefined || (least !== undefined && least.left <= left)) continue;
        least = { left, draw: draw.kind };
      }
    }
    return least;
  };
}

/** What an event may have of a limit: what it had, and what is left. */
function roomIn({ pool, had }: { pool: Pool; had: Had }, limit: string): number {
  const before = had.uses.get(limit) ?? 0;
  if (had.closed.has(limit)) return before;
  return before + Math.max(0, (pool.left.get(limit) ?? 0) - (pool.taken.get(limit) ?? 0));
}

function taking(
  pool: Pool,
  drawn: ReadonlyMap<string, number>,
  had: Had,
  short: ReadonlySet<string>,
): Pool {
  if (drawn.size === 0) return pool;
  const [taken, asked] = [new Map(pool.taken), new Map(pool.asked)];
  for (const [limit, amount] of drawn) {
    const more = amount - (had.uses.get(limit) ?? 0);
    ask(taken, limit, more);
    if (!short.has(limit)) ask(asked, limit, more);
  }
  return { ...pool, taken, asked };
}

/** What an event gives back is no other event's of the same act: only the ledger hands it on. */
function ask(asked: Map<string, number>, limit: string, more: number): void {
  if (more > 0) asked.set(limit, (asked.get(limit) ?? 0) + more);
}
