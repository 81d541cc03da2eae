/**
 * The only decider. Everything that moves points, and everything that says what would happen,
 * calls it with a programme version, the member's state and an action; it returns the state after
 * and the postings that lead there. It reads no clock, draws no number and writes nothing.
 */
import { accrue, type AccrueAction } from './actions/accrue.js';
import { adjust, type AdjustAction } from './actions/adjust.js';
import { activateOffer, type ActivateAction } from './gifts/activate.js';
import { expire, type ExpireAction } from './expiry/expire.js';
import { withProof } from './expiry/not-silent.js';
import { renew, type RenewAction } from './expiry/renew.js';
import { redeemCoupon, type CouponAction } from './gifts/award.js';
import { decideApproval, type DecideApprovalAction } from './actions/approve.js';
import { clear, type ClearAction } from './velocity/clear.js';
import { withActs } from './inactivity/acts.js';
import { growSilent, type GrowSilentAction } from './inactivity/grow-silent.js';
import type { Programme } from './programme.js';
import { returnPurchase, type ReturnAction } from './actions/return.js';
import { deliver, type DeliverAction } from './actions/deliver.js';
import { grantTier, settleReviews, type GrantAction } from './actions/review.js';
import { hold, type HoldAction } from './actions/hold.js';
import { settleHold, type SettleHoldAction } from './actions/redeem.js';
import { tender, type TenderAction } from './actions/tender.js';
import { lapse, use, type LapseAction, type UseAction } from './spending/use.js';
import { refused, settle, type Settled } from './spending/settle.js';
import { awardWaiting, type AwardWaitingAction } from './partners/award-waiting.js';
import { convertIn, type ConvertInAction } from './conversions/in.js';
import { convertOut, type ConvertOutAction } from './conversions/out.js';
import { refer, type ReferAction } from './referrals/refer.js';
import { refundSale, sell, type RefundSaleAction, type SellAction } from './sales/sell.js';
import { transfer, type TransferAction } from './transfers/transfer.js';
import type { Outcome, Refusal } from './outcome.js';
import type { State } from './state.js';

/** Posts what time alone has done, and nothing else. */
export interface SettleAction {
  kind: 'settle';
  at: number;
}

export type Action =
  | AccrueAction
  | ReturnAction
  | HoldAction
  | TenderAction
  | SettleHoldAction
  | DeliverAction
  | UseAction
  | LapseAction
  | CouponAction
  | ActivateAction
  | SettleAction
  | GrowSilentAction
  | ExpireAction
  | AdjustAction
  | RenewAction
  | ClearAction
  | GrantAction
  | TransferAction
  | ReferAction
  | SellAction
  | AwardWaitingAction
  | RefundSaleAction
  | ConvertOutAction
  | ConvertInAction
  | DecideApprovalAction;

/**
 * Decides one action. A preview and a quote are the same call with its postings left unwritten.
 * Holds whose time is up are released first, and tiers whose review is due reviewed, in postings of
 * their own.
 */
export function act(programme: Programme, state: State, action: Action): Outcome {
  return withActs(decided(programme, state, action));
}

function decided(programme: Programme, state: State, action: Action): Outcome {
  const settled = settledAt(programme, state, action);
  switch (action.kind) {
    case 'accrue':
      return withProof(programme, settled, action, (known) => {
        return accrue(programme, state, known, action);
      });
    case 'return':
      return withProof(programme, settled, action, (known) => {
        return returnPurchase(programme, state, known, action);
      });
    case 'hold':
      return hold(programme, state, settled, action);
    case 'tender':
      return tender(programme, settled, action);
    case 'capture':
    case 'release':
      return settleHold(programme, settled, action);
    case 'deliver':
      return deliver(programme, settled, action);
    case 'use':
      return use(programme, settled, action);
    case 'lapse':
      return lapse(programme, settled, action);
    case 'coupon':
      return redeemCoupon(programme, state, settled, action);
    case 'activate':
      return activateOffer(programme, state, settled, action);
    case 'adjust':
    case 'reinstate':
    case 'extend':
    case 'clear':
    case 'approve':
    case 'reject':
    case 'grant':
      return byHand(programme, state, settled, action);
    case 'transfer':
      return transfer(programme, settled, settledAt(programme, state, action, 1), action);
    case 'refer':
      return refer(state, settled, settledAt(programme, state, action, 1), action);
    case 'sell':
      return sell(programme, settled, action);
    case 'refund_sale':
      return refundSale(programme, settled, action);
    case 'award_waiting':
      return awardWaiting(programme, state, settled, action);
    case 'convert_out':
      return convertOut(programme, settled, action);
    case 'convert_in':
      return convertIn(programme, state, settled, action);
    case 'grow_silent':
      return growSilent(settled, action);
    case 'expire':
      return expire(programme, settled, action);
    case 'settle':
      return { state: { members: [settled.member] }, postings: settled.postings };
  }
}

/** What staff do by hand. */
function byHand(
  programme: Programme,
  state: State,
  settled: Settled,
  action: AdjustAction | RenewAction | ClearAction | DecideApprovalAction | GrantAction,
): Outcome {
  switch (action.kind) {
    case 'adjust':
      return adjust(programme, state, settled, action);
    case 'reinstate':
    case 'extend':
      return renew(programme, state, settled, action);
    case 'clear':
      return clear(state, settled, action);
    case 'approve':
    case 'reject':
      return decideApproval(programme, state, settled, action);
    case 'grant':
      return grantTier(programme, state, settled, action);
  }
}

/**
 * What becomes of several actions asked for as one when `act` refuses one of them: nothing but the
 * refusal, on the state from before the first.
 */
export function refuseWhole(
  programme: Programme,
  state: State,
  action: AccrueAction,
  refusal: Refusal,
): Outcome {
  return refused(programme, settledAt(programme, state, action), action, refusal);
}

function settledAt(programme: Programme, { members }: State, action: Action, place = 0): Settled {
  const member = members[place];
  if (member === undefined) throw new Error('invariant: an action names at least one member');
  const { at } = action;
  const isEvent = action.kind === 'accrue' || action.kind === 'return' || action.kind === 'refer';
  const inForce = isEvent ? action.versions.at(at) : undefined;
  return settleReviews(inForce ?? programme, settle(programme, member, at), at);
}
