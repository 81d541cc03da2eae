/** What every deciding feature does alike: choose the version, and turn a refusal into an error. */
import type { Moment, ProgrammeBook, Who } from '../ledger/command.js';
import { answerOf, type Posted } from '../ledger/command.js';
import type { Posting } from '../ledger/posting.js';
import { DomainError } from '../platform/http/domain-error.js';
import { isErrorCode } from '../platform/http/error-codes.js';
import { act, type Action } from '../rules/act.js';
import { NO_RULE } from '../rules/explanation.js';
import type { Programme } from '../rules/programme.js';
import type { Outcome, Refusal } from '../rules/outcome.js';
import type { State } from '../rules/state.js';

/**
 * The version that decides an event: the one in force when it occurred, for whom and where it did, or
 * for an event before the first version the one in force now, which then refuses it with a reason.
 */
export function programmeFor(
  book: ProgrammeBook,
  occurredAt: number,
  now: number,
  who?: Who,
): Programme {
  const programme = book.at(occurredAt, who) ?? book.at(now, who);
  if (programme === undefined) {
    throw new DomainError('no_programme', 'No programme version is in force.');
  }
  return programme;
}

/**
 * What the core says of an action by the version in force now. A refusal that it posted nothing of is
 * thrown, and gives the key back.
 */
export function decided(state: State, { now, programmes }: Moment, action: Action): Outcome {
  const outcome = act(programmeFor(programmes, now, now), state, action);
  if (outcome.refusal !== undefined && outcome.postings.at(-1)?.kind !== 'refused') {
    throw refusalError(outcome.refusal);
  }
  return outcome;
}

/** A refusal as the error that tells the caller; its details become members of the problem. */
export function refusalError({ code, pointer, details }: Refusal): DomainError {
  if (!isErrorCode(code)) throw new Error(`invariant: ${code} is a listed error code`);
  const faults = pointer === undefined ? [] : [{ pointer, code, detail: words[code] ?? code }];
  return new DomainError(code, words[code] ?? 'The action was refused.', details, faults);
}

/** The refusal a posting of kind `refused` stores; undefined for every other posting. */
export function storedRefusal(posted: Posted): DomainError | undefined {
  const posting = answerOf(posted);
  if (posting.kind !== 'refused') return undefined;
  const item = posting.explanation.find(([rule, , code]) => rule === NO_RULE && code === 'refused');
  const refusal = JSON.parse(String(item?.[4])) as Refusal;
  const error = refusalError(refusal);
  const again = 'The refusal is final for this key: use a new key to try again.';
  return new DomainError(error.code, `${error.message} ${again}`, error.details, error.faults);
}

/** A reply as far as an answer tells anything in its headers. */
interface Marked {
  header(name: string, value: string): unknown;
}

/** Says of an answer, a refusal too, that it was given before under the same key. */
export function markReplay({ replayed }: Pick<Posted, 'replayed'>, reply: Marked): void {
  if (replayed) reply.header('Idempotency-Replayed', 'true');
}

/** The posting that answers a request, marked when it did before; throws the refusal it may be. */
export function answered(posted: Posted, reply: Marked): Posting {
  markReplay(posted, reply);
  const refusal = storedRefusal(posted);
  if (refusal !== undefined) throw refusal;
  return answerOf(posted);
}

const words: Partial<Record<string, string>> = {
  occurred_in_future: 'The event lies in the future.',
  unknown_reward: 'The programme has no such reward.',
  before_enrolment: 'The purchase was made before the member enrolled.',
  before_programme_start: 'The purchase was made before the programme started.',
  reading_not_plausible: 'The reading does not fit to those before and after it.',
  event_too_late: 'The event is older than the programme accepts.',
  accrual_too_large: 'One purchase cannot accrue that many points.',
  member_not_active: 'The membership is not active.',
  spending_frozen: 'Spending is stopped until somebody has looked at what is stored.',
  insufficient_points: 'There are not enough available points.',
  tier_too_low: 'The reward is for a higher tier.',
  reward_not_available: 'The reward cannot be had now.',
  points_do_not_pay: 'The programme has no points that pay.',
  tender_too_small: 'The programme takes more points than that at a time.',
  tender_not_in_steps: 'The programme takes points in whole steps.',
  tender_above_share: 'Points may not pay that much of the purchase.',
  points_tender_differs: 'What is paid by points is not what the named redemptions pay.',
  not_on_its_way: 'The redemption is not captured, or nothing of it has to be delivered.',
  delivery_is_over: 'The delivery has come further than that already.',
  not_a_tender: 'Only of points that pay can a part be captured.',
  capture_exceeds_hold: 'The points that are held pay less.',
  points_not_sold: 'The programme sells no points.',
  sale_too_small: 'The programme sells more points than that at a time.',
  sale_not_in_steps: 'The programme sells points in whole steps.',
  paid_differs: 'That is not what the points cost.',
  sale_limit_reached: 'That is more than is sold for one member in a year.',
  conversion_not_offered: 'The programme does not convert that.',
  conversion_too_small: 'The programme converts more than that at a time.',
  conversion_not_in_steps: 'The programme converts in whole steps.',
  conversion_too_soon: 'The time between two conversions is not over.',
  conversion_limit_reached: 'That is more than is converted for one member in the time.',
  refund_too_late: 'The time in which the sale could be refunded is over.',
  points_spent: 'Some of the points are spent, held or given back already.',
  transfers_not_offered: 'In this programme members do not give points to each other.',
  transfer_too_small: 'The programme wants more points than that to be given at a time.',
  transfer_to_self: 'Points are given to somebody else.',
  transfer_too_soon: 'The time between two transfers is not over.',
  transfer_limit_reached: 'That is more than the member may give in the time.',
  receiver_limit_reached: 'That is more than the receiver may still receive.',
  receiver_not_active: 'The membership of the receiver is not active.',
  points_are_owed: 'Who owes points cannot give any.',
  out_of_stock: 'There is none of the reward left.',
  hold_expired: 'The time of the hold is up; its points are available again.',
  redemption_already_captured: 'The redemption is captured.',
  redemption_already_released: 'The redemption is released.',
  redemption_returned: 'The redemption was given back with a return.',
  coupon_already_used: 'The coupon is used.',
  coupon_not_valid: 'The coupon is not valid now.',
  coupon_limit_reached: 'The member has redeemed as many of these coupons as one may.',
  offer_not_running: 'The offer does not run now.',
  offer_is_paused: 'The offer is paused.',
  offer_not_for_member: 'The offer is not for this member.',
  offer_already_activated: 'The member has activated the offer already.',
  gift_limit_reached: 'That is more than one member may be given.',
  budget_spent: 'The budget that would pay it is spent.',
  voucher_already_used: 'The voucher is used.',
  voucher_lapsed: 'The voucher was to be used earlier.',
  voucher_not_taken_here: 'The voucher is taken by other retailers.',
  below_minimum_purchase: 'The voucher is for larger purchases.',
  purchase_came_back: 'Everything of the purchase has come back.',
  total_needed: 'The voucher is for purchases of a certain size: say what this one costs.',
  redemption_not_usable:
    'No captured redemption of this member and retailer is left under this id.',
  redemption_not_on_purchase: 'No such redemption was used on the purchase, or it is back already.',
  return_before_purchase: 'The return happened before the purchase.',
  return_exceeds_purchase: 'The purchase has no such line, or less of it left.',
  nothing_left_to_return: 'Everything of the purchase has come back already.',
  purchase_erased: 'What was bought is erased, so nothing of it can be returned.',
  date_not_possible: 'Points are renewed until a day to come, within ten years.',
  too_few_points_went: 'Fewer points of the member have gone.',
  too_few_points_to_extend: 'The member has fewer points that are not held and go before that.',
  unknown_reason: 'The programme has no such reason.',
  unknown_tier: 'The programme has no such tier above its first one.',
  grant_end_not_possible: 'A tier is given until a day to come, within two years.',
  own_account: 'Nobody adjusts, approves, clears or gives a tier for their own membership.',
  nothing_withheld: 'No guard withholds points of that, or none any more.',
  self_approval: 'Somebody else must approve what you asked for.',
  approval_decided: 'The approval is decided already.',
  approval_lapsed: 'The approval was not decided in time; ask again.',
  too_many_approvals:
    'Too much of what you asked for waits already; have some of it decided first.',
  staff_limit_reached: 'That is more than one staff user may adjust in 24 hours.',
  partner_block_empty: 'The block of points of the partner has too little left for the purchase.',
  member_limit_reached: 'That is more than may be adjusted for one member in 24 hours.',
};
