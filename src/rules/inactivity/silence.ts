/**
 * Since when a member is silent, and what follows from it. A willing act ends a silence: a purchase
 * or another event, a redemption, a coupon, a login; nothing that others do, and no points received.
 */
import { endOfDayAfter } from '../period.js';
import type { MemberState } from '../state.js';
import type { Presence, Stage, StageTerms } from './terms.js';

/** A member who is silent since one act. */
export interface Silence {
  lastAct: number;
  presence: Presence;
  /** Whether nothing is left on the account: no points, held ones or debts. */
  isEmpty: boolean;
}

type Heard = Pick<MemberState, 'heardAt' | 'enrolledAt' | 'points' | 'held' | 'owed'>;

/** Somebody of whom nothing was heard yet is silent since they enrolled, which was an act of theirs. */
export function silenceOf(member: Heard, presence: Presence): Silence {
  const { heardAt, enrolledAt, points, held, owed } = member;
  return {
    lastAct: Math.max(enrolledAt, heardAt ?? enrolledAt, presence.actedAt ?? enrolledAt),
    presence,
    isEmpty: points + held + owed === 0,
  };
}

/** The local midnight at which a stage begins for whoever stays silent. */
export const beginsAt = (zone: string, { days }: StageTerms, lastAct: number): number =>
  endOfDayAfter(zone, lastAct, days);

export interface Step {
  terms: StageTerms;
  /** When the silence had lasted that long. */
  at: number;
}

/**
 * Stages that begin by an instant and are not posted yet, in their order; `terms` ascend by days.
 * Only an empty account is closed.
 */
export function stepsBy(
  { timeZone, inactivity }: { timeZone: string; inactivity: readonly StageTerms[] },
  { lastAct, presence, isEmpty }: Silence,
  by: number,
): Step[] {
  const posted = presence.silentFrom === lastAct ? presence.stage : 'active';
  const done = inactivity.findIndex(({ stage }) => stage === posted);
  return inactivity.slice(done + 1).flatMap((terms) => {
    const at = beginsAt(timeZone, terms, lastAct);
    return at <= by && (terms.stage !== 'closed' || isEmpty) ? [{ terms, at }] : [];
  });
}

/** The stage at an instant, be it posted or not; only closing takes a posting. */
export function stageAt(
  { timeZone, inactivity }: { timeZone: string; inactivity: readonly StageTerms[] },
  { lastAct, presence }: Pick<Silence, 'lastAct' | 'presence'>,
  at: number,
): { stage: Stage; since: number } {
  const isClosed = presence.stage === 'closed' && presence.silentFrom === lastAct;
  const begun = inactivity
    .filter(({ stage }) => stage !== 'closed' || isClosed)
    .map((terms) => ({ stage: terms.stage, since: beginsAt(timeZone, terms, lastAct) }))
    .filter(({ since }) => since <= at);
  return begun.at(-1) ?? { stage: 'active', since: lastAct };
}

/**
 * When to look at a member again: at the next stage, and at the latest once the first stage could
 * have come of an act made right after this look. So an act need not be noted anywhere to end a
 * silence, and none is overlooked.
 */
export function lookAgainAt(
  { timeZone, inactivity }: { timeZone: string; inactivity: readonly StageTerms[] },
  { lastAct }: Pick<Silence, 'lastAct'>,
  at: number,
): number | undefined {
  const [first] = inactivity;
  if (first === undefined) return undefined;
  const coming = inactivity
    .map((terms) => beginsAt(timeZone, terms, lastAct))
    .filter((begins) => begins > at);
  return Math.min(beginsAt(timeZone, first, at), ...coming);
}
