/**
 * Points that staff bring back after they went by expiry, and points that they let go later. Nobody is
 * given more than went; nothing goes sooner than before; and what is renewed is as old as it was.
 */
import { byStaff, type Asked, type Staff } from '../actions/adjust.js';
import { counting, limitReached } from '../actions/adjustment-limits.js';
import { NO_RULE, WHOLE_EVENT, type ExplanationItem } from '../explanation.js';
import type { Outcome, PostingDraft, Refusal } from '../outcome.js';
import { endOfDayAfterMonths, startOfDay } from '../period.js';
import type { Programme } from '../programme.js';
import { tell } from '../spending/after.js';
import { bySpendingOrder, firstOf } from '../spending/lots.js';
import { Moves } from '../spending/moves.js';
import { blank, read, refused, withNextChange, type Settled } from '../spending/settle.js';
import type { GoneLot, HeldLot, MemberState, Renewal, State } from '../state.js';

export interface RenewAction extends Renewal {
  /** The database's now. */
  at: number;
  /** Whole points, above 0. */
  points: number;
  /** Code of a reason of the programme. */
  reason: string;
  requester: Staff;
}

/** Calendar months: what a programme may give points at most. */
const AHEAD_MONTHS_MAX = 120;

/** Renews at once, or asks for a second person, as an adjustment of as many points does. */
export function renew(
  programme: Programme,
  state: State,
  settled: Settled,
  action: RenewAction,
): Outcome {
  const { kind, lastDay, at } = action;
  if (dateOf(programme, lastDay, at) === undefined) {
    return refused(programme, settled, action, { ...notPossible, pointer: '/lastDay' });
  }
  const renewal = { kind, lastDay };
  return byStaff(programme, state, settled, { ...action, renewal }, (asked) => {
    return postRenewal(programme, state, settled, asked, renewal);
  });
}

const notPossible: Refusal = { code: 'date_not_possible', details: {} };

/** Posts a renewal, unless a limit, the date or what there is refuses it. */
export function postRenewal(
  programme: Programme,
  state: State,
  settled: Settled,
  asked: Asked,
  renewal: Renewal,
): Outcome {
  const { at, points, requester } = asked;
  const { member } = settled;
  const { used, uses, limits } = counting(state, requester, member.memberId, points);
  const expiresAt = dateOf(programme, renewal.lastDay, at) ?? -Infinity;
  const refusal = whyNot(programme, member, { points, expiresAt, kind: renewal.kind }, used);
  if (refusal !== undefined) return refused(programme, settled, { at }, refusal);

  const seq = member.version + 1;
  const moves = new Moves(seq, member);
  if (renewal.kind === 'reinstate') {
    for (const gone of firstOf(goneOf(member), points)) {
      moves.reinstate(gone, { ...termsOf(gone), expiresAt });
    }
  } else {
    for (const lot of firstOf(extensible(member, expiresAt), points))
      moves.retime(lot, { expiresAt });
  }
  const { figures, lots, expired, opened, changed } = moves.done(at);
  const next = withNextChange({ ...member, ...figures, version: seq, lots, expired }, at);
  const draft: PostingDraft = {
    ...blank(programme, next, at),
    kind: renewal.kind,
    explanation: [...explain(asked, renewal), ...tell(moves)],
    entries: moves.entries,
    opened,
    changed,
    uses,
    ...(renewal.kind === 'reinstate' && { moved: next.points - member.points }),
    ...(asked.approval !== undefined && { approval: asked.approval }),
  };
  return { state: { members: [next], limits }, postings: [...settled.postings, draft] };
}

/** The midnight that ends a local day to come, within ten years; undefined = there is no such one. */
function dateOf({ timeZone }: Programme, lastDay: string, at: number): number | undefined {
  const [year = 0, month = 0, day = 0] = lastDay.split('-').map(Number);
  const isDay = new Date(Date.UTC(year, month - 1, day)).toJSON().startsWith(lastDay);
  const expiresAt = startOfDay(timeZone, { year, month, day: day + 1 });
  const latest = endOfDayAfterMonths(timeZone, at, AHEAD_MONTHS_MAX);
  return isDay && expiresAt > at && expiresAt <= latest ? expiresAt : undefined;
}

function whyNot(
  programme: Programme,
  member: MemberState,
  { points, expiresAt, kind }: { points: number; expiresAt: number; kind: Renewal['kind'] },
  used: readonly number[],
): Refusal | undefined {
  if (member.status !== 'active') return { code: 'member_not_active', details: {} };
  if (expiresAt === -Infinity) return notPossible;
  const reached = limitReached(programme, points, used);
  if (reached !== undefined) return reached;
  const there = kind === 'reinstate' ? goneOf(member) : extensible(member, expiresAt);
  const available = there.reduce((sum, { amount }) => sum + amount, 0);
  if (available >= points) return undefined;
  const code = kind === 'reinstate' ? 'too_few_points_went' : 'too_few_points_to_extend';
  return { code, details: { available, required: points, missing: points - available } };
}

/** What went and has not come back, the last that went first. */
function goneOf({ expired }: MemberState): GoneLot[] {
  if (expired === undefined) throw new Error('invariant: what went is read before it comes back');
  const lotOf = (gone: GoneLot): Parameters<typeof bySpendingOrder>[0] => {
    return { ...gone, ...termsOf(gone), remaining: 0, held: 0 };
  };
  return [...expired].sort((a, b) => bySpendingOrder(lotOf(b), lotOf(a)));
}

function termsOf({ terms }: GoneLot): NonNullable<GoneLot['terms']> {
  if (terms === undefined) throw new Error('invariant: terms of what comes back are read with it');
  const { funder, accruedAt, availableFrom, expiresAt } = terms;
  return { funder, accruedAt, availableFrom, expiresAt };
}

/** What is not held and would go earlier, in spending order. */
function extensible(member: MemberState, expiresAt: number): HeldLot[] {
  return [...read(member).lots]
    .sort(bySpendingOrder)
    .filter((lot) => lot.expiresAt !== null && lot.expiresAt < expiresAt)
    .map(({ seq, n, remaining, held }) => ({ seq, n, amount: remaining - held }))
    .filter(({ amount }) => amount > 0);
}

function explain({ reason, approval }: Asked, { kind, lastDay }: Renewal): ExplanationItem[] {
  const code = kind === 'reinstate' ? 'points_reinstated' : 'points_extended';
  const items: ExplanationItem[] = [
    [NO_RULE, WHOLE_EVENT, code, '0', reason],
    [NO_RULE, WHOLE_EVENT, 'last_day', '0', lastDay],
  ];
  if (approval !== undefined) {
    items.push([NO_RULE, WHOLE_EVENT, 'adjustment_approved', '0', approval.n]);
  }
  return items;
}
