/** How often members have done already what a witness does. */
import { totalOf } from '../adversaries/adversary.js';
import type { Bought, BroughtBack, Happening } from '../lives/events.js';
import type { Deed } from './deeds.js';
import type { Shape, Wanted } from './shape.js';

/** Members who do it, how often, and minor units that it brought them, to a thousandth. */
export interface Seen {
  members: number;
  times: number;
  brought: number;
}

/** By the ids of findings. */
export type Prevalence = Record<string, Seen>;

/** Counts one member in; `deeds` in the order in which they happened. */
export function countSeen(
  shapes: readonly Shape[],
  deeds: readonly Deed[],
  prevalence: Prevalence,
): void {
  const back = broughtBack(deeds);
  for (const shape of shapes) {
    const found = timesOf(shape, deeds, back);
    if (found.length === 0) continue;
    const brought = found.flat().reduce((sum, deed) => sum + deed.brought, 0);
    add(prevalence, shape.finding, { members: 1, times: found.length, brought });
  }
}

/** Both together. */
export function plusSeen(one: Prevalence, other: Prevalence): Prevalence {
  const sum = { ...one };
  for (const [finding, seen] of Object.entries(other)) add(sum, finding, seen);
  return sum;
}

function add(prevalence: Prevalence, finding: string, more: Seen): void {
  const { members, times, brought } = prevalence[finding] ?? { members: 0, times: 0, brought: 0 };
  prevalence[finding] = {
    members: members + more.members,
    times: times + more.times,
    brought: Math.round((brought + more.brought) * 1_000) / 1_000,
  };
}

/** Numbers of purchases that came back whole at once. */
function broughtBack(deeds: readonly Deed[]): ReadonlySet<number> {
  const bought = new Map<number, number>();
  for (const { event } of deeds) {
    if (event.kind === 'accrue') bought.set(event.seq, totalOf(event.purchase));
  }
  return new Set(
    deeds.flatMap(({ event }) =>
      event.kind === 'return' && isWhole(event, bought.get(event.purchase)) ? event.purchase : [],
    ),
  );
}

const isWhole = ({ lines }: BroughtBack, total: number | undefined): boolean =>
  total !== undefined && lines.reduce((sum, { amount }) => sum + amount, 0) >= total;

/** The deeds of each time; none is part of two of them. */
function timesOf(shape: Shape, deeds: readonly Deed[], back: ReadonlySet<number>): Deed[][] {
  const used = new Set<Deed>();
  const found: Deed[][] = [];
  if (shape.wanted.length > deeds.length) return found;
  for (let start = 0; start < deeds.length; start += 1) {
    const chain = chainFrom(shape, deeds, { start, used, back });
    if (chain === undefined) continue;
    for (const deed of chain) used.add(deed);
    found.push(chain);
  }
  return found;
}

interface From {
  start: number;
  used: ReadonlySet<Deed>;
  /** Purchases that came back whole. */
  back: ReadonlySet<number>;
}

/** The deeds that are wanted, each as soon as it was done; undefined = they are not all there. */
function chainFrom(
  { wanted, spanMs }: Shape,
  deeds: readonly Deed[],
  { start, used, back }: From,
): Deed[] | undefined {
  const first = deeds[start];
  if (first === undefined || used.has(first)) return undefined;
  const isReturned = wanted.some(({ kind }) => kind === 'return');
  const chain: Deed[] = [];
  for (let place = start; place < deeds.length; place += 1) {
    const deed = deeds[place];
    const next = wanted[chain.length];
    if (deed === undefined || next === undefined || deed.at > first.at + spanMs) break;
    const fits = !used.has(deed) && isThat(deed.event, next, { chain, back, isReturned });
    if (fits) chain.push(deed);
    else if (place === start) return undefined;
  }
  return chain.length === wanted.length ? chain : undefined;
}

interface Before {
  chain: readonly Deed[];
  back: ReadonlySet<number>;
  /** Whether what is bought is brought back in it. */
  isReturned: boolean;
}

function isThat(event: Happening, wanted: Wanted, { chain, back, isReturned }: Before): boolean {
  switch (wanted.kind) {
    case 'buy':
      if (event.kind !== 'accrue' || !isBought(event, wanted)) return false;
      return !isReturned || back.has(event.seq);
    case 'do':
      return event.kind === 'accrue' && event.purchase.activity?.kind === wanted.activity;
    case 'return':
      return (
        event.kind === 'return' &&
        back.has(event.purchase) &&
        chain.some(({ event: { kind, seq } }) => kind === 'accrue' && seq === event.purchase)
      );
    case 'redeem':
      return event.kind === 'hold' && event.reward === wanted.reward;
    case 'carry':
      return (
        event.kind === 'carry' && event.what === wanted.what && event.points < 0 === wanted.isOut
      );
  }
}

function isBought(
  { purchase }: Bought,
  { category, from, below, how }: Extract<Wanted, { kind: 'buy' }>,
): boolean {
  if (purchase.activity !== undefined) return false;
  const lines = purchase.lines.filter(
    (line) =>
      line.category === category &&
      (how.sku === undefined || line.sku === how.sku) &&
      (how.brand === undefined || line.brand === how.brand),
  );
  const amount = lines.reduce((sum, line) => sum + line.amount, 0);
  if (amount < from || (below !== null && amount >= below)) return false;
  const { channel, location, retailer, tender } = how;
  return (
    (channel === undefined || purchase.channel === channel) &&
    (location === undefined || purchase.location === location) &&
    (retailer === undefined || purchase.retailer === retailer) &&
    (tender === undefined || purchase.tenders.some(({ kind }) => kind === tender))
  );
}
