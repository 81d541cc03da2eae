/** Which posting moves which whole points, once it is known what every purchase is worth. */
import type { Award } from '../earning/award.js';
import { termsOf } from '../earning/decision.js';
import { Awards, timelineOf, type Versions } from '../earning/timeline.js';
import { wholeChanges, type NetChange } from '../earning/wholes.js';
import type { MemberState } from '../state.js';
import type { PointMove, Step } from './chain.js';

interface Worth {
  member: MemberState;
  /** What purchases are worth once everything is decided. */
  rest: { awards: Awards };
  versions: Versions;
  /** The number by which the purchase being posted goes in `rest`; undefined for a return. */
  own?: number | undefined;
}

/**
 * Steps with the moves of whole points that follow from what purchases are worth before and after:
 * each correction moves those of its own purchase, the last step all others.
 */
export function withWholes(steps: readonly Step[], worth: Worth): Step[] {
  const moved = new Map<number, PointMove[]>();
  const last = steps.length - 1;
  for (const move of movesOf(worth)) {
    const own = steps.findLastIndex(
      ({ kind, subjectSeq }) => kind === 'correct' && subjectSeq === move.purchase,
    );
    const index = own === -1 ? last : own;
    moved.set(index, [...(moved.get(index) ?? []), move]);
  }
  return steps.map((step, index) => ({ ...step, moves: moved.get(index) ?? [] }));
}

function movesOf({ member, rest, versions, own }: Worth): PointMove[] {
  const before = Awards.after(timelineOf(member.history ?? []), member);
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
    ...{ seq, at, after: billionths },
    before: old.get(seq)?.billionths ?? 0n,
  }));
}

function termsFor(award: Award | undefined, versions: Versions): PointMove['terms'] {
  if (award === undefined) throw new Error('invariant: a purchase that changes has an award');
  return termsOf(versions.version(award.versionNo), award.occurredAt);
}
