/**
 * A member's accruals and returns in the order in which they happened, each with what corrections
 * have made of it, and what purchases are worth at a point of that order.
 */
import { paidFor } from '../baskets/basket.js';
import { sumOf, type ExplanationItem } from '../explanation.js';
import type { Grant, Review } from '../ladder.js';
import type { DecisionFacts } from '../outcome.js';
import type { Programme } from '../programme.js';
import type { MemberState, PastDecision, ReturnedLine } from '../state.js';
import { netItems, type Award } from './award.js';
import { termsOf } from './decision.js';
import type { Purchase } from '../purchase.js';
import type { Others } from './give-back.js';
import { remaining } from './remaining.js';
import { usesOf, type Uses } from './uses.js';

/** Published versions, by number and by the instant they are in force. */
export interface Versions {
  version(no: number): Programme;
  at(instant: number): Programme | undefined;
}

export interface TimelineEvent {
  seq: number;
  kind: 'accrue' | 'return' | 'review';
  /** Number of the purchase it is about; its own for an accrual or a review. */
  purchase: number;
  versionNo: number;
  occurredAt: number;
  /** Its place: when it occurred, or when it was recorded if it was decided as of then. */
  at: number;
  /** When it became known. */
  arrivedAt: number;
  items: readonly ExplanationItem[];
  held: string;
  tier: string;
  /** How long the tier held before it was kept. */
  review?: Review | undefined;
  /** A tier given by hand at this point. */
  granted?: Grant | undefined;
  returned: readonly ReturnedLine[];
}

/** Whether a decision was made under the counters of the day it arrived. */
export function isAsOfToday({ explanation }: Pick<PastDecision, 'explanation'>): boolean {
  return explanation.some(([, , code]) => code === 'decided_as_of_today');
}

/** The place of a posting in the order of events. */
const placeOf = (past: PastDecision): number =>
  isAsOfToday(past) ? past.recordedAt : past.occurredAt;

/** Events in their order: by place, then by number. Corrections are folded into what they correct. */
export function timelineOf(history: readonly PastDecision[]): TimelineEvent[] {
  const events = new Map<number, TimelineEvent>();
  const bySeq = [...history].sort((a, b) => a.seq - b.seq);
  for (const past of bySeq) {
    const { explanation, recordedAt: arrivedAt, kind, event: about, ...rest } = past;
    if (kind !== 'correct') {
      // What a review says of itself is no part of what anything is worth.
      const items = kind === 'review' ? [] : explanation;
      events.set(past.seq, { ...rest, kind, at: placeOf(past), arrivedAt, items });
      continue;
    }
    const event = events.get(about);
    if (event === undefined) continue;
    const { held, tier, review } = past;
    const items = event.kind === 'review' ? [] : [...event.items, ...explanation];
    events.set(about, { ...event, items, held, tier, review });
  }
  return [...events.values()].sort(inOrder);
}

/** The one order of events: by place, and among equals by number. */
export function inOrder(
  a: Pick<TimelineEvent, 'at' | 'seq'>,
  b: Pick<TimelineEvent, 'at' | 'seq'>,
): number {
  return a.at - b.at || a.seq - b.seq;
}

/** What purchases are worth after some events of the order. */
export class Awards {
  private readonly awards = new Map<number, Award>();

  constructor(
    private readonly purchases: ReadonlyMap<number, Purchase>,
    private readonly enrolledAt: number,
  ) {}

  static after(
    events: readonly TimelineEvent[],
    { purchases, enrolledAt }: Pick<MemberState, 'purchases' | 'enrolledAt'>,
  ): Awards {
    const awards = new Awards(purchases ?? new Map<number, Purchase>(), enrolledAt);
    for (const event of events) awards.apply(event, event.items);
    return awards;
  }

  /** Counts an event in, with the items it has or is decided to have now. */
  apply(event: TimelineEvent, items: readonly ExplanationItem[]): void {
    const { seq, at, arrivedAt, occurredAt, versionNo, held, tier, review } = event;
    if (event.kind === 'accrue') {
      const purchase = this.purchases.get(seq);
      const net = netItems(items);
      this.awards.set(seq, {
        seq,
        at,
        arrivedAt,
        occurredAt,
        versionNo,
        held,
        tier,
        review,
        purchase,
        items: net,
        returned: [],
      });
      return;
    }
    const award = this.awards.get(event.purchase);
    if (award === undefined) return;
    const net = netItems([...award.items.values(), ...items]);
    const returned = [...award.returned, ...event.returned];
    this.awards.set(event.purchase, { ...award, items: net, returned });
  }

  of(purchase: number): Award | undefined {
    return this.awards.get(purchase);
  }

  all(): Iterable<Award> {
    return this.awards.values();
  }

  /** Exact points of every purchase, by number. */
  nets(): Map<number, { seq: number; at: number; billionths: bigint }> {
    return new Map(
      [...this.awards.values()].map(({ seq, at, items }) => [
        seq,
        { seq, at, billionths: sumOf([...items.values()]) },
      ]),
    );
  }

  /** The oldest purchase whose return window is open at an instant. */
  provisionalFrom(instant: number, versions: Versions): Award | undefined {
    const open = [...this.awards.values()].filter(
      ({ versionNo, occurredAt }) =>
        termsOf(versions.version(versionNo), occurredAt).availableFrom > instant,
    );
    return open.sort(inOrder)[0];
  }

  /** What all but one of them say of cool-downs and first purchases. */
  others(versions: Versions, except?: number): Others {
    const uses = [...this.awards.values()]
      .filter(({ seq }) => seq !== except)
      .map((award) => {
        const { seq, at } = award;
        return { seq, at, uses: usesOfAward(award, versions, this.enrolledAt) };
      });
    const own = except === undefined ? undefined : this.awards.get(except);
    const placesWith = (has: (each: Uses) => boolean): number[] =>
      uses.filter((each) => has(each.uses)).map(({ at }) => at);
    return {
      lastGrant: (group) => Math.max(0, ...placesWith(({ granted }) => granted.has(group))),
      firstOf: (category) => {
        const places = placesWith(({ firsts }) => firsts.has(category));
        return places.length === 0 ? 0 : Math.min(...places);
      },
      inBasket: (group) => {
        const earlier = uses.filter(
          (each) =>
            own !== undefined && inOrder(each, own) < 0 && own.at - each.at < group.coolDownMs,
        );
        return earlier.reduce((sum, each) => sum + paidFor(each.uses, group, each.at), 0n);
      },
    };
  }

  /** What all of them together have used of the member's counters. */
  uses(versions: Versions): Uses[] {
    return [...this.awards.values()].map((award) => usesOfAward(award, versions, this.enrolledAt));
  }
}

function usesOfAward(award: Award, versions: Versions, enrolledAt: number): Uses {
  const { versionNo, items, at, arrivedAt, purchase, returned } = award;
  const programme = versions.version(versionNo);
  const left = purchase === undefined ? undefined : remaining(purchase, returned);
  const net = items.values();
  return usesOf({ programme, items: net, at, arrivedAt, purchase: left, enrolledAt });
}

/** A new event at its place, as what comes after it is decided. */
export function eventOf(
  step: {
    programme: Pick<Programme, 'no'>;
    occurredAt: number;
    items: readonly ExplanationItem[];
    decision: DecisionFacts | undefined;
  },
  place: { seq: number; at: number; arrivedAt: number; tier: string },
  { review }: Pick<TimelineEvent, 'review'>,
): TimelineEvent {
  const { occurredAt, items, programme } = step;
  const { seq, at, arrivedAt, tier } = place;
  const held = step.decision?.held ?? tier;
  const what = { kind: 'accrue', purchase: seq, versionNo: programme.no, returned: [] } as const;
  return { ...what, seq, at, arrivedAt, tier, occurredAt, items, held, review };
}
