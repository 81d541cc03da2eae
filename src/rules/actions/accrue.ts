/**
 * A purchase becomes one posting of kind `accrue`: explained billionths plus the member's carried
 * remainder give whole points, which open one lot that is pending until the return window closes.
 */
import { amountItems, earningBasis, tierItems, type Purchase } from '../earning/earn.js';
import { NO_RULE, sumOf, WHOLE_EVENT, type ExplanationItem } from '../explanation.js';
import { DAY_MS, endOfDayAfter, endOfDayAfterMonths } from '../period.js';
import { ACCRUAL_POINTS_MAX, BILLION, wholePoints } from '../points.js';
import type { Programme } from '../programme.js';
import { counterTime, isLate, purchaseBonus } from '../earning/purchase-bonus.js';
import { refused, type Settled } from '../spending/settle.js';
import {
  counterKey,
  type Counter,
  type Figures,
  type Lot,
  type MemberState,
  type Outcome,
  type PostingDraft,
  type Standing,
} from '../state.js';
import { reachedTier, standingTier, tierAt } from '../earning/tier.js';

export interface AccrueAction {
  kind: 'accrue';
  /** The database's now. */
  at: number;
  occurredAt: number;
  purchase: Purchase;
}

/** Clocks of tills may run ahead this far before an event counts as future. */
export const FUTURE_TOLERANCE_MS = 300_000;

/** Decides one purchase for a member whose time-outs are already settled. */
export function accrue(programme: Programme, settled: Settled, action: AccrueAction): Outcome {
  const { member } = settled;
  const refusal = whyNot(programme, member, action);
  if (refusal !== undefined) return refused(programme, settled, action, refusal);

  const basis = earningBasis(programme, action.purchase);
  const amounts = amountItems(programme, basis);
  const tier = tierAt(programme, standingTier(programme, member.tier, member.qualifying));
  const bonus = purchaseBonus(programme, member, basis, counterTime(member, action));
  const late: ExplanationItem[] = isLate(member, action)
    ? [[NO_RULE, WHOLE_EVENT, 'late_event', '0']]
    : [];
  const explanation = [
    ...basis.explanation,
    ...amounts,
    ...tierItems(tier, amounts),
    ...bonus.items,
    ...late,
  ];
  const billionths = sumOf(explanation);
  if (billionths > BigInt(ACCRUAL_POINTS_MAX) * BILLION) {
    return refused(programme, settled, action, {
      code: 'accrual_too_large',
      details: { maximumPoints: ACCRUAL_POINTS_MAX },
    });
  }
  return posted(programme, settled, action, {
    explanation,
    billionths,
    qualifying: sumOf(amounts),
    counters: bonus.counters,
  });
}

function whyNot(
  programme: Programme,
  member: MemberState,
  { at, occurredAt }: AccrueAction,
): Outcome['refusal'] {
  if (occurredAt > at + FUTURE_TOLERANCE_MS) {
    return { code: 'occurred_in_future', pointer: '/occurredAt', details: {} };
  }
  if (member.status !== 'active') return { code: 'member_not_active', details: {} };
  if (occurredAt < programme.effectiveAt) {
    return { code: 'before_programme_start', details: {} };
  }
  if (occurredAt < member.enrolledAt && !programme.purchasesBeforeEnrolment) {
    return { code: 'before_enrolment', details: {} };
  }
  const { windowDays, older } = programme.late;
  if (older === 'refuse' && occurredAt < at - windowDays * DAY_MS) {
    return { code: 'event_too_late', details: { windowDays } };
  }
  return undefined;
}

interface Decided {
  explanation: ExplanationItem[];
  billionths: bigint;
  qualifying: bigint;
  counters: Counter[];
}

function posted(
  programme: Programme,
  { member, postings }: Settled,
  action: AccrueAction,
  decided: Decided,
): Outcome {
  const seq = member.version + 1;
  const { points, remainder } = wholePoints(member.remainder, decided.billionths);
  const lot = points === 0 ? undefined : openLot(programme, action, seq, points);
  const isPending = lot !== undefined && lot.availableFrom > action.at;
  const qualifying = member.qualifying + decided.qualifying;
  const tier = tierAt(programme, standingTier(programme, member.tier, qualifying)).code;
  const after: Figures = {
    points: member.points + points,
    held: member.held,
    owed: member.owed,
    pending: member.pending + (isPending ? points : 0),
    qualifying,
    remainder,
    tier,
  };
  const draft: PostingDraft = {
    member: 0,
    seq,
    kind: 'accrue',
    subjectSeq: null,
    versionNo: programme.no,
    occurredAt: action.occurredAt,
    billionths: decided.billionths,
    after,
    explanation: decided.explanation,
    entries:
      lot === undefined
        ? []
        : [{ debit: 'issued', credit: 'points', amount: points, lotSeq: seq, lotN: 0 }],
    opened: lot === undefined ? [] : [lot],
    changed: [],
    counters: decided.counters,
    redemptions: [],
    standing: newStanding(programme, member, seq, tier, qualifying),
  };
  return {
    state: { members: [nextMember(member, draft, isPending)] },
    postings: [...postings, draft],
  };
}

function openLot(programme: Programme, action: AccrueAction, seq: number, points: number): Lot {
  const { occurredAt } = action;
  const { timeZone, returnWindowDays, expiry } = programme;
  return {
    seq,
    n: 0,
    funder: 'own',
    accruedAt: occurredAt,
    availableFrom:
      returnWindowDays === 0 ? occurredAt : endOfDayAfter(timeZone, occurredAt, returnWindowDays),
    expiresAt:
      expiry.kind === 'none' ? null : endOfDayAfterMonths(timeZone, occurredAt, expiry.months),
    amount: points,
    remaining: points,
    held: 0,
  };
}

function newStanding(
  programme: Programme,
  member: MemberState,
  seq: number,
  tier: string,
  qualifying: bigint,
): Standing | undefined {
  if (tier === member.tier) return undefined;
  const { threshold } = tierAt(programme, reachedTier(programme, qualifying));
  const why = { code: 'threshold_reached', qualifying: qualifying.toString(), threshold };
  return { fromSeq: seq, tier, why };
}

function nextMember(member: MemberState, draft: PostingDraft, isPending: boolean): MemberState {
  const opensAt = draft.opened[0]?.availableFrom ?? null;
  const counters = new Map(member.counters);
  for (const { counter, periodStart, used } of draft.counters) {
    counters.set(counterKey(counter, periodStart), used);
  }
  return {
    ...member,
    ...draft.after,
    version: draft.seq,
    changesAt: isPending
      ? Math.min(member.changesAt ?? Infinity, opensAt ?? Infinity)
      : member.changesAt,
    newestAt: Math.max(member.newestAt ?? draft.occurredAt, draft.occurredAt),
    lots: member.lots === undefined ? undefined : [...member.lots, ...draft.opened],
    counters,
  };
}
