/**
 * Members' history under a draft beside the version that is live: the same happenings, put to the same
 * core, by two programmes. One member at a time, so that memory does not grow with how many there are.
 */
import type { Ground } from '../adversaries/adversary.js';
import { letLoose } from '../adversaries/loose.js';
import { deedsOf } from '../prevalence/deeds.js';
import { countSeen } from '../prevalence/seen.js';
import type { Shape } from '../prevalence/shape.js';
import { DAY_MS } from '../../rules/period.js';
import { happenings, type Happening } from '../lives/events.js';
import { stateAfter, type Start } from '../lives/fold.js';
import { Player, type Side } from '../lives/player.js';
import { isIn, type Life, type Recorded, type Window } from '../lives/recorded.js';
import { Tally, tierOf } from './tally.js';
import { add, changed, type SideTotals, type Totals } from './totals.js';

export interface Weighed extends Side {
  /** Millionths of a minor unit that a point is worth. */
  worth: bigint;
  /** Categories of which the owner wants less, or that are waste. */
  harm: ReadonlySet<string>;
}

export interface Sides {
  window: Window;
  live: Weighed;
  draft: Weighed;
  /** Where adversaries are let loose, under the draft. */
  ground?: Ground | undefined;
  /** Of witnesses; members are counted who have done the like. */
  shapes?: readonly Shape[] | undefined;
}

const DORMANT_MS = 365 * DAY_MS;
const willing = new Set(['accrue', 'hold', 'redeem', 'transfer', 'convert', 'sell', 'award']);

/** Counts one member in. Whoever came, and whatever was recorded, behind the window is left out. */
export function replayLife(sides: Sides, life: Life, totals: Totals): void {
  const { window, live, draft, ground, shapes = [] } = sides;
  if (life.known.enrolledAt >= window.until) return;
  const known = life.postings.filter(({ recordedAt }) => recordedAt < window.until);
  const first = known.findIndex((posting) => isIn(window, posting));
  const before = first < 0 ? known : known.slice(0, first);
  const inside = first < 0 ? [] : known.slice(first);
  const events = happenings(inside, before.at(-1));
  const { memberId } = life.known;
  totals.members += 1;
  totals.postings += inside.length;
  if (events.some(({ kind }) => kind === 'accrue')) totals.buyers += 1;
  if (isDormant(known, window.until)) totals.dormant += 1;
  for (const event of events) {
    if (event.kind === 'erased') totals.erased += 1;
    if (event.kind === 'carry') add(totals.carried, event.what);
  }
  const at = before.at(-1)?.recordedAt ?? life.known.enrolledAt;
  const start = { ...stateAfter(life.known, before, at), events, window };
  if (ground !== undefined) {
    letLoose({ known: life.known, start, happenings: events }, ground, totals.looted);
  }
  if (shapes.length > 0) {
    const prices = { point: Number(live.worth) / 1e6, rewards: live.programme.rewards };
    countSeen(shapes, deedsOf(events, inside, { before: before.at(-1), prices }), totals.seen);
  }
  const ofLive = played(live, start, totals.live);
  const ofDraft = played(draft, start, totals.draft);
  compareBooked(ofLive, known.at(-1), memberId, totals);
  const value = ofDraft.accrued * draft.worth - ofLive.accrued * live.worth;
  if (value > 0n) changed(totals.gained, memberId, value);
  if (value < 0n) changed(totals.lost, memberId, value);
  if (ofLive.tier !== ofDraft.tier) add(totals.moves, `${ofLive.tier} > ${ofDraft.tier}`);
}

interface Told extends Start {
  events: readonly Happening[];
  window: Window;
}

interface Played {
  accrued: bigint;
  tier: string;
  /** What the ledger would have at the last posting. */
  figures: string;
}

function played(side: Weighed, start: Told, totals: SideTotals): Played {
  const { events, window } = start;
  const player = new Player(side, start);
  const tally = new Tally(side, side.harm, totals);
  for (const event of events) tally.take(event, player.play(event), player.purchases);
  const figures = figuresOf(player.member);
  player.settle(window.until);
  tally.end(player.member, window);
  return { accrued: tally.accrued, tier: tierOf(side.programme, player.member), figures };
}

const figuresOf = ({
  points,
  held,
  owed,
  qualifying,
  remainder,
  tier,
}: Recorded['after']): string => [points, held, owed, qualifying, remainder, tier].join();

/** How many members named are enough to look into why. */
const NAMED_MAX = 10;

function compareBooked(
  { figures }: Played,
  last: Recorded | undefined,
  memberId: string,
  totals: Totals,
): void {
  if (last === undefined || figuresOf(last.after) === figures) {
    totals.asBooked += 1;
    return;
  }
  const { members, some } = totals.otherwise;
  const named = [...some, memberId].sort().slice(0, NAMED_MAX);
  totals.otherwise = { members: members + 1, some: named };
}

function isDormant(postings: readonly Recorded[], until: number): boolean {
  const last = postings.findLast(({ kind }) => willing.has(kind));
  return last === undefined || last.recordedAt <= until - DORMANT_MS;
}
