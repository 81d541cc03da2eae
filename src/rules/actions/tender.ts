/**
 * Points that pay for a part of a purchase: held for the amount they pay at the programme's rate,
 * captured when the purchase is paid, and given back by its share when something comes back.
 */
import { MILLION } from '../points.js';
import { TENDER, type Programme, type Tender } from '../programme.js';
import { barred } from '../spending/barred.js';
import { choose } from '../spending/lots.js';
import { read, refused, type Settled } from '../spending/settle.js';
import type { Outcome, Refusal } from '../outcome.js';
import type { MemberState } from '../state.js';
import { insufficient, placed } from './hold.js';

export interface TenderAction {
  kind: 'tender';
  at: number;
  retailer: string;
  points: number;
  /** Minor units of the whole purchase. */
  total: number;
}

/** Minor units that points pay, rounded down. */
export function paidBy({ rate }: Tender, points: number): number {
  return Number((BigInt(points) * rate) / MILLION);
}

/** Reserves points that pay, or says why they do not. */
export function tender(programme: Programme, settled: Settled, action: TenderAction): Outcome {
  const { points, at } = action;
  const terms = programme.tender;
  if (terms === undefined) {
    const refusal = { code: 'points_do_not_pay', pointer: '/tender', details: {} };
    return refused(programme, settled, action, refusal);
  }
  const refusal = whyNot(terms, settled.member, action);
  const lots = choose(read(settled.member).lots, points, at);
  if (refusal !== undefined || lots === undefined) {
    const why = refusal ?? insufficient(settled.member, points, at);
    return refused(programme, settled, action, why);
  }
  const amount = paidBy(terms, points);
  return placed(programme, settled, action, { reward: TENDER, points, lots, amount });
}

function whyNot(terms: Tender, member: MemberState, action: TenderAction): Refusal | undefined {
  const { points, total } = action;
  const { minimumPoints, step, maximumShare } = terms;
  const pointer = '/tender/points';
  if (points < minimumPoints) {
    return { code: 'tender_too_small', pointer, details: { minimumPoints } };
  }
  if (points % step !== 0) return { code: 'tender_not_in_steps', pointer, details: { step } };
  const maximum = Number((BigInt(total) * maximumShare) / MILLION);
  const amount = paidBy(terms, points);
  if (amount > maximum) {
    return { code: 'tender_above_share', pointer, details: { amount, maximum } };
  }
  return barred(member);
}
