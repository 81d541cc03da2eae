/**
 * An event that comes late shows that a member was not silent when points went for silence: they come
 * back, as old as they were and with no date of their own, and go by the silence that is left.
 */
import type { Versions } from '../earning/timeline.js';
import { NO_RULE, WHOLE_EVENT } from '../explanation.js';
import type { Outcome, PostingDraft } from '../outcome.js';
import { endOfDayAfter, endOfDayAfterMonths } from '../period.js';
import type { Programme } from '../programme.js';
import { tell } from '../spending/after.js';
import { Moves } from '../spending/moves.js';
import { blank, withNextChange, type Settled } from '../spending/settle.js';
import type { GoneLot, MemberState } from '../state.js';
import { placeOf } from '../actions/accrue.js';

interface Event {
  /** The database's now. */
  at: number;
  occurredAt: number;
  versions: Versions;
}

/** Decides an event on a member whose points are back that it proves wrong to have gone. */
export function withProof(
  programme: Programme,
  settled: Settled,
  event: Event,
  decide: (settled: Settled) => Outcome,
): Outcome {
  const proven = provenBy(programme, settled, event);
  if (proven === undefined) return decide(settled);
  const outcome = decide(proven);
  // What is refused proves nothing.
  return outcome.refusal === undefined ? outcome : decide(settled);
}

/**
 * Whether an event may prove that points went wrongly: a day has ended since, which is when points go,
 * and a silence of so many months may have. Told before anything is read of what went.
 */
export function mayProve(
  timeZone: string,
  { heardAt }: Pick<MemberState, 'heardAt'>,
  { at, occurredAt }: Pick<Event, 'at' | 'occurredAt'>,
  months: number | undefined,
): boolean {
  if (months === undefined || endOfDayAfter(timeZone, occurredAt, 0) > at) return false;
  return heardAt === null || endOfDayAfterMonths(timeZone, heardAt, months) <= at;
}

/** The shortest silence after which points go under any of these versions; undefined = under none. */
export function shortestSilence(versions: readonly Programme[]): number | undefined {
  const months = versions.flatMap(({ expiry }) =>
    expiry.kind === 'inactivity' ? [expiry.months] : [],
  );
  return months.length === 0 ? undefined : Math.min(...months);
}

function provenBy(programme: Programme, settled: Settled, event: Event): Settled | undefined {
  const { member } = settled;
  if (member.expired === undefined || member.expired.length === 0) return undefined;
  const { place } = placeOf(programme, member.newestAt, event);
  const back = member.expired.filter((gone) => {
    return wentWrongly(programme.timeZone, gone, place, event.versions);
  });
  if (back.length === 0) return undefined;
  const seq = member.version + 1;
  const moves = new Moves(seq, member);
  for (const gone of back) if (gone.terms !== undefined) moves.reinstate(gone, gone.terms);
  const { figures, lots, expired, opened, changed } = moves.done(event.at);
  const next = withNextChange({ ...member, ...figures, version: seq, lots, expired }, event.at);
  const points = back.reduce((sum, { amount }) => sum + amount, 0);
  const draft: PostingDraft = {
    ...blank(programme, next, event.at),
    kind: 'reinstate',
    explanation: [[NO_RULE, WHOLE_EVENT, 'was_not_silent', '0', points], ...tell(moves)],
    entries: moves.entries,
    opened,
    changed,
    moved: next.points - member.points,
  };
  return { member: next, postings: [...settled.postings, draft] };
}

/** Whether points without a date of their own went although so many months had not passed by then. */
function wentWrongly(
  timeZone: string,
  { terms, went }: GoneLot,
  place: number,
  versions: Versions,
): boolean {
  if (terms?.expiresAt !== null || went === undefined) return false;
  const { expiry } = versions.version(went.versionNo);
  if (expiry.kind !== 'inactivity' || place >= went.at) return false;
  return endOfDayAfterMonths(timeZone, place, expiry.months) > went.at;
}
