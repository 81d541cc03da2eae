/**
 * Points that are bought, for money that a retailer has taken, and given back for it while none of
 * them is spent. They are no event: they qualify for nothing, and pay no debt.
 */
import { NO_RULE, WHOLE_EVENT, type ExplanationItem } from '../explanation.js';
import { dateFrom } from '../expiry/terms.js';
import { BILLION } from '../points.js';
import type { Programme } from '../programme.js';
import { Moves } from '../spending/moves.js';
import { blank, read, refused, withNextChange, type Settled } from '../spending/settle.js';
import type { Outcome, Refusal } from '../outcome.js';
import type { MemberState } from '../state.js';
import { counterOf } from '../transfers/terms.js';
import { costOf, saleKey, type SaleTerms } from './terms.js';

export interface SellAction {
  kind: 'sell';
  at: number;
  points: number;
  /** Minor units that were paid. */
  paid: number;
}

export interface RefundSaleAction {
  kind: 'refund_sale';
  at: number;
  /** Number of the sale, when it was, and how many points it sold. */
  sale: { seq: number; at: number; points: number };
  /** The version that sold them. */
  soldBy: Programme;
}

/** Sells points at the programme's price, or says why not. */
export function sell(programme: Programme, settled: Settled, action: SellAction): Outcome {
  const { at, points } = action;
  const { member } = settled;
  const refusal = whyNot(programme, member, action);
  if (refusal !== undefined) return refused(programme, settled, action, refusal);
  const expiresAt = dateFrom(programme, at);
  const key = saleKey(programme.timeZone, at);
  return posted(programme, settled, at, {
    move: (moves) => {
      moves.buy(points, { funder: 'own', accruedAt: at, availableFrom: at, expiresAt });
    },
    item: [NO_RULE, WHOLE_EVENT, 'points_bought', exact(points), action.paid],
    counted: [key, (member.counters.get(key) ?? 0) + points],
    subjectSeq: null,
  });
}

/** Takes the points of a sale back, all of them, while they are all there. */
export function refundSale(
  programme: Programme,
  settled: Settled,
  action: RefundSaleAction,
): Outcome {
  const { at, sale, soldBy } = action;
  const { member } = settled;
  const { refundMs = 0 } = soldBy.pointSales ?? {};
  const lots = read(member).lots.filter(({ seq, origin }) => (origin?.seq ?? seq) === sale.seq);
  const left = lots.reduce((sum, { remaining, held }) => sum + remaining - held, 0);
  const isWhole = left === sale.points;
  const code = at >= sale.at + refundMs ? 'refund_too_late' : isWhole ? undefined : 'points_spent';
  if (code !== undefined) {
    return refused(programme, settled, action, { code, details: {} }, sale.seq);
  }
  const key = saleKey(soldBy.timeZone, sale.at);
  return posted(programme, settled, at, {
    move: (moves) => {
      const parts = lots.map(({ seq, n, remaining }) => ({ seq, n, amount: remaining }));
      moves.pay(
        parts.filter(({ amount }) => amount > 0),
        'bought',
      );
    },
    item: [NO_RULE, WHOLE_EVENT, 'points_refunded', exact(-sale.points)],
    counted: [key, Math.max(0, (member.counters.get(key) ?? 0) - sale.points)],
    subjectSeq: sale.seq,
  });
}

const exact = (points: number): string => (BigInt(points) * BILLION).toString();

function posted(
  programme: Programme,
  { member, postings }: Settled,
  at: number,
  what: {
    move: (moves: Moves) => void;
    item: ExplanationItem;
    counted: [key: string, used: number];
    subjectSeq: number | null;
  },
): Outcome {
  const seq = member.version + 1;
  const moves = new Moves(seq, member);
  what.move(moves);
  const { figures, lots, opened, changed } = moves.done(at);
  const counters = new Map([...member.counters, what.counted]);
  const next = withNextChange({ ...member, ...figures, version: seq, lots, counters }, at);
  const draft = {
    ...blank(programme, next, at),
    kind: 'sell' as const,
    subjectSeq: what.subjectSeq,
    billionths: BigInt(what.item[3]),
    explanation: [what.item],
    entries: moves.entries,
    opened,
    changed,
    counters: [counterOf(...what.counted)],
    moved: next.points - member.points,
  };
  return { state: { members: [next] }, postings: [...postings, draft] };
}

function whyNot(
  programme: Programme,
  member: MemberState,
  { at, points, paid }: SellAction,
): Refusal | undefined {
  const { pointSales: terms } = programme;
  if (terms === undefined) return { code: 'points_not_sold', pointer: '/points', details: {} };
  const refusal = wrongly(terms, points, paid);
  if (refusal !== undefined) return refusal;
  if (member.status !== 'active') return { code: 'member_not_active', details: {} };
  const used = member.counters.get(saleKey(programme.timeZone, at)) ?? 0;
  if (used + points <= terms.perYear) return undefined;
  const details = { limit: terms.perYear, used, asked: points };
  return { code: 'sale_limit_reached', details };
}

function wrongly(terms: SaleTerms, points: number, paid: number): Refusal | undefined {
  const { minimumPoints, step, packages } = terms;
  const pointer = '/points';
  const isPackage = packages.has(points);
  if (!isPackage && points < minimumPoints)
    return { code: 'sale_too_small', pointer, details: { minimumPoints } };
  if (!isPackage && points % step !== 0)
    return { code: 'sale_not_in_steps', pointer, details: { step } };
  const amount = costOf(terms, points);
  if (paid === amount) return undefined;
  return { code: 'paid_differs', pointer: '/paid/amount', details: { amount } };
}
