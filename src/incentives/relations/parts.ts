/** SPLIT and MERGE of one tier: what parts of a purchase earn beside the whole, paid at one moment. */
import { figure, money } from '../words.js';
import type { Found } from '../finding.js';
import { pointerTo, settings, storyOf, type Subject } from '../subject.js';
import type { Bench, Probe } from '../probes/bench.js';
import { spread } from '../probes/probes.js';
import { piecesOf, type Done, type Step } from '../world/step.js';
import { isFixed, isOfTheFirst } from './bonuses.js';

/** The part of a purchase that its parts, or the whole, may win at most. */
const SHARE = 0.005;
const PARTS = [2, 5];
/** Sizes of which parts are made at most, and of them break points. */
const SIZES = 6;

/** A purchase in parts, and in points what they win, and what the whole does by its rates. */
interface Parted {
  probe: Probe;
  parts: number;
  won: number;
  merged: number;
}

/**
 * SPLIT: the parts earn more. MERGE: the whole earns more, and not by fixed bonuses, which CLIFF
 * bounds, or those for a first or n-th purchase or one after a silence, which STACK does.
 */
export function parts(subject: Subject): Found[] {
  const { whole, probes } = subject;
  const bonuses = new Set(
    whole.rules.filter((rule) => isFixed(rule) || isOfTheFirst(rule)).map(({ id }) => id),
  );
  const sizesOf = (category: string): number[] => {
    const { breaks, sizes } = whole.narrowedTo(category);
    return [...new Set([breaks, sizes].flatMap((all) => spread(all, SIZES)))];
  };
  const all = settings(probes).flatMap(({ category, how }) =>
    sizesOf(category).flatMap((amount) =>
      PARTS.filter((count) => amount >= count).map((count) =>
        partedOf(whole, { category, how, amount }, count, bonuses),
      ),
    ),
  );
  const worst = (wonBy: (each: Parted) => number): Parted | undefined =>
    all
      .filter((each) => wonBy(each) >= 1)
      .filter((each) => wonBy(each) * whole.worth.best > SHARE * each.probe.amount)
      .sort((a, b) => wonBy(b) - wonBy(a))[0];
  const [split, merged] = [worst(({ won }) => won), worst((each) => each.merged)];
  return [
    ...(split === undefined ? [] : [toldOfSplit(subject, split)]),
    ...(merged === undefined ? [] : [toldOfMerged(subject, merged)]),
  ];
}

function toldOfSplit({ whole, document }: Subject, { probe, parts: count, won }: Parted): Found {
  const { category, amount, how } = probe;
  const world = whole.world(whole.topTier, how);
  const { length: prepared } = world.done;
  buyInParts(world, probe, count);
  const worth = won * whole.worth.best;
  return {
    check: 'SPLIT',
    severity: 'high',
    claim: 'replayed',
    about: [...new Set(world.done.slice(prepared).flatMap(({ rules }) => [...rules.keys()]))],
    pointer: '/earningRules',
    title: `Splitting a purchase of "${category}" pays`,
    explanation:
      `Paying ${money(document, amount)} in ${String(count)} parts earns ${figure(won)} points ` +
      `more than in one. That is ${money(document, worth)} for a queue at the till.`,
    gain: { minor: Math.round(worth), growth: 'repeatable' },
    witness: [storyOf(world)],
  };
}

function toldOfMerged(
  { whole, document }: Subject,
  { probe, parts: count, merged }: Parted,
): Found {
  const { category, amount, how } = probe;
  const inParts = whole.world(whole.topTier, how);
  const world = inParts.fork();
  const { length: prepared } = world.done;
  buyInParts(inParts, probe, count);
  const pieces = inParts.done.slice(prepared).reduce((sum, { step }) => sum + piecesIn(step), 0);
  const together = { ...how, pieceMinor: undefined, pieces };
  const { rules } = world.take({ kind: 'buy', who: 'me', category, amount, how: together });
  const less = rulesOf(inParts.done.slice(prepared));
  const worth = merged * whole.worth.best;
  const about = [...rules.keys()].filter((id) => (less.get(id) ?? 0n) < (rules.get(id) ?? 0n));
  return {
    check: 'MERGE',
    severity: 'medium',
    claim: 'replayed',
    about,
    pointer: pointerTo(document, about[0] ?? ''),
    title: `One purchase of "${category}" for several people pays`,
    explanation:
      `${String(count)} people who put ${money(document, amount)} on one card get ${figure(merged)} ` +
      `points more than each on their own, fixed bonuses left out. That is ` +
      `${money(document, worth)} for buying together what they would have bought anyway.`,
    gain: { minor: Math.round(worth), growth: 'repeatable' },
    witness: [storyOf(inParts), storyOf(world)],
  };
}

function partedOf(bench: Bench, probe: Probe, count: number, bonuses: ReadonlySet<string>): Parted {
  const world = bench.world(bench.topTier, probe.how);
  const { length: prepared } = world.done;
  buyInParts(world, probe, count);
  const bought = world.done.slice(prepared);
  const inParts = bought.reduce((sum, done) => sum + bench.count(done).billionths, 0n);
  // The same pieces, in one purchase.
  const pieces = bought.reduce((sum, { step }) => sum + piecesIn(step), 0);
  const how = { ...probe.how, pieceMinor: undefined, pieces };
  const one = bench.buy(bench.topTier, { ...probe, how });
  const more = one.billionths - inParts;
  if (more <= 0n) return { probe, parts: count, won: Number(-more) / 1e9, merged: 0 };
  const byParts = rulesOf(bought);
  const ofBonuses = [...bonuses].reduce(
    (sum, id) => sum + (one.rules.get(id) ?? 0n) - (byParts.get(id) ?? 0n),
    0n,
  );
  return { probe, parts: count, won: 0, merged: Number(more - ofBonuses) / 1e9 };
}

/** What each rule paid for all of this. */
function rulesOf(done: readonly Done[]): Map<string, bigint> {
  const paid = new Map<string, bigint>();
  for (const { rules } of done) {
    for (const [id, billionths] of rules) paid.set(id, (paid.get(id) ?? 0n) + billionths);
  }
  return paid;
}

const piecesIn = (step: Step): number =>
  step.kind === 'buy' ? piecesOf(step.amount, step.how) : 0;

function buyInParts(
  world: ReturnType<Bench['world']>,
  { category, amount, how }: Probe,
  parts: number,
): void {
  const part = Math.floor(amount / parts);
  for (let n = 0; n < parts; n += 1) {
    const size = n === 0 ? amount - part * (parts - 1) : part;
    world.take({ kind: 'buy', who: 'me', category, amount: size, how });
  }
}
