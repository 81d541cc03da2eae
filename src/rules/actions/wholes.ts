/** Which posting moves which whole points, once it is known what every purchase is worth. */
import type { Award } from '../earning/award.js';
import { termsOfItems } from '../earning/decision.js';
import { Awards, timelineOf, type Versions } from '../earning/timeline.js';
import { wholeChanges, type NetChange } from '../earning/wholes.js';
import type { Blocks } from '../partners/draw.js';
import { fundedBy, fundingChange } from '../partners/funding.js';
import { queued, type Queued } from '../partners/waiting.js';
import { wholePoints } from '../points.js';
import type { Programme } from '../programme.js';
import type { Purchase } from '../purchase.js';
import type { MemberState } from '../state.js';
import type { PointMove, Step } from './chain.js';

export interface Worth {
  member: MemberState;
  /** What purchases are worth once everything is decided. */
  rest: { awards: Awards };
  versions: Versions;
  /** The number by which the purchase being posted goes in `rest`; undefined for a return. */
  own?: number | undefined;
}

/**
 * Steps with the moves of whole points, and what partners pay for them, that follow from what
 * purchases are worth before and after: each correction moves those of its own purchase, the last
 * step all others.
 */
export function withWholes(steps: readonly Step[], worth: Worth): Step[] {
  const before = Awards.after(timelineOf(worth.member.history ?? []), worth.member);
  const moved = new Map<number, PointMove[]>();
  const stepOf = (purchase: number | undefined): number => {
    const own = steps.findLastIndex(
      ({ kind, subjectSeq }) => kind === 'correct' && subjectSeq === purchase,
    );
    return own === -1 ? steps.length - 1 : own;
  };
  for (const move of movesOf(before, worth)) {
    const index = stepOf(move.purchase);
    moved.set(index, [...(moved.get(index) ?? []), move]);
  }
  const funded = new Map(
    fundingOf(before, worth).map(({ purchase, change }) => [stepOf(purchase), change]),
  );
  return steps.map((step, index) => ({
    ...step,
    moves: moved.get(index) ?? [],
    funding: funded.get(index),
  }));
}

/**
 * What partners pay more or less for each purchase. One that is not named by a correction and is
 * not the one being posted is worth what it was, so every step has one at most.
 */
function fundingOf(
  before: Awards,
  { rest, versions }: Worth,
): { purchase: number; versionNo: number; change: ReadonlyMap<string, bigint> }[] {
  return [...rest.awards.all()].flatMap(({ seq, versionNo, purchase, items }) => {
    const programme = versions.version(versionNo);
    const paying = (award: Award | undefined): Map<string, bigint> =>
      fundedBy(programme, purchase?.retailer, award?.items.values() ?? []);
    const change = fundingChange(
      paying(before.of(seq)),
      fundedBy(programme, purchase?.retailer, items.values()),
    );
    return change.size === 0 ? [] : [{ purchase: seq, versionNo, change }];
  });
}

/**
 * What of a purchase waits for the partner it was made at. `worth` are the purchases once it is
 * decided, where it is late: corrections of the others come first and draw before it.
 */
export function queueOf(
  programme: Programme,
  retailer: string | undefined,
  { items }: Step,
  { member, blocks, worth }: { member: MemberState; blocks: Blocks; worth: Worth | undefined },
): Queued | undefined {
  const { counters } = member;
  const { left } = blocks;
  const others = (): bigint => (worth === undefined ? 0n : drawnByOthers(worth, retailer ?? ''));
  return queued(programme, retailer, items, { counters, left, others });
}

/** Billionths that corrections of the member's other purchases draw from a partner's block. */
function drawnByOthers(worth: Worth, partner: string): bigint {
  const before = Awards.after(timelineOf(worth.member.history ?? []), worth.member);
  return fundingOf(before, worth).reduce((sum, { purchase, versionNo, change }) => {
    const { partners } = worth.versions.version(versionNo);
    const isOfBlock = partners.byCode.get(partner)?.terms?.prepaid !== undefined;
    return purchase === worth.own || !isOfBlock ? sum : sum + (change.get(partner) ?? 0n);
  }, 0n);
}

function movesOf(before: Awards, { member, rest, versions, own }: Worth): PointMove[] {
  const changes = changesOf(before, rest.awards);
  const { points } = wholeChanges(member.remainder, changes);
  return [...points].map(([seq, change]) => ({
    purchase: seq === own ? undefined : seq,
    points: change,
    terms: termsFor(rest.awards.of(seq), versions),
  }));
}

/** What each purchase was worth and is worth now; those that do not change move nothing. */
function changesOf(before: Awards, after: Awards): NetChange[] {
  const old = before.nets();
  return [...after.nets().values()].map(({ seq, at, billionths }) => ({
    seq,
    at,
    after: billionths,
    before: old.get(seq)?.billionths ?? 0n,
  }));
}

function termsFor(award: Award | undefined, versions: Versions): PointMove['terms'] {
  if (award === undefined) throw new Error('invariant: a purchase that changes has an award');
  const { versionNo, purchase, items } = award;
  return termsOfItems(versions.version(versionNo), award, purchase?.retailer, items.values());
}

/** A purchase in time has the points by which it makes the carried remainder whole. */
export function withOwnWhole(
  step: Step,
  remainder: bigint,
  {
    occurredAt,
    at,
    purchase: { retailer },
  }: { occurredAt: number; at: number; purchase: Purchase },
): Step {
  const { programme, items, billionths } = step;
  const { points } = wholePoints(remainder, billionths);
  const terms = termsOfItems(programme, { occurredAt, arrivedAt: at }, retailer, items);
  const moves = points === 0 ? step.moves : [{ purchase: undefined, points, terms }];
  return { ...step, moves, funding: fundedBy(programme, retailer, items) };
}
