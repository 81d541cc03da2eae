/**
 * Why a posting has the points it has: one item per rule considered (and per line that could not
 * earn), stored as short arrays and rendered with the version's names. The billionths of all items
 * sum to the posting's billionths.
 */

export const reasonCodes = [
  // Applied.
  'rate_applied',
  'category_rate_applied',
  'tier_bonus_applied',
  'purchase_bonus_applied',
  'purchase_bonus_capped',
  // More than the basket of the purchase had before; the detail is what it had.
  'basket_topped_up',
  'unit_rate_applied',
  'multiplier_applied',
  'step_applied',
  'activity_applied',
  'reduction_applied',
  'capped',
  'member_cap_reached',
  'budget_capped',
  // What a partner's block has too little for; the detail is the partner.
  'waits_for_partner',
  'partner_paid',
  'waiting_cancelled',
  'surprise_given',
  // Points that are withheld for a while; the detail is the most of the guard.
  'fast_purchases',
  'fast_points',
  // Skipped rules.
  'no_line_in_category',
  'category_rate_goes_first',
  'no_eligible_amount',
  'tier_has_no_bonus',
  'below_minimum_amount',
  'cap_reached',
  'cool_down_running',
  'basket_paid_before',
  'condition_not_met',
  'no_line_matches',
  'better_rule_in_lane',
  'nothing_to_multiply',
  'below_first_step',
  'not_an_activity',
  'not_a_reading',
  'no_baseline',
  'nothing_saved',
  'budget_used_up',
  'slot_full',
  'offer_paused',
  'not_activated',
  'held_out',
  'not_listed',
  // Lines that cannot earn.
  'category_excluded',
  'category_cash_like',
  'category_metered',
  'category_regulated',
  'category_harmful',
  'category_undeclared',
  'label_contradicted',
  // Returns and corrections.
  'returned',
  'minimum_no_longer_met',
  'decided_anew',
  'late_event_changed',
  'remainder_moved',
  // Points that had gone by expiry before they were taken back.
  'expired_before',
  'taken_from_other_points',
  'points_owed',
  'owed_repaid',
  'reward_given_back',
  'tender_given_back',
  'tier_kept_until_review',
  // Reviews; the detail is the tier they leave, or the reason of a grant.
  'tier_kept',
  'near_miss_kept',
  'not_counted_in_full',
  'no_review_any_more',
  'grace_started',
  'tier_lowered',
  'tier_granted',
  'grant_ended',
  // Silence; the detail is the stage, and after how many days it comes.
  'stage_reached',
  // Facts about the event.
  'late_event',
  'decided_as_of_today',
  'paid_by_excluded_tender',
  // Points that went; the detail is the evidence and the notice that allow it.
  'expired',
  // Since when nothing was heard of their member; the detail is the day of the last act.
  'silent_since',
  // Points that came back, as an event that came late shows that their member was not silent.
  'was_not_silent',
  // Redemptions.
  'hold_timed_out',
  'hold_placed',
  'former_price_honoured',
  'hold_captured',
  'rest_released',
  'delivery_sent',
  'delivery_arrived',
  'delivery_failed',
  'voucher_used',
  'voucher_lapsed',
  'hold_released',
  // Adjustments; the detail is the reason's code, or the approval's number.
  'adjustment_given',
  'adjustment_taken',
  'adjustment_approved',
  // Renewals; the detail is the reason's code, or the day.
  'points_reinstated',
  'points_extended',
  'last_day',
  // Withheld points that staff let go; the detail is how many.
  'points_cleared',
  // Gifts; the detail is the kind's code.
  'coupon_redeemed',
  'offer_activated',
  // Transfers between members.
  'points_given',
  'transfer_fee',
  'points_received',
  // Points bought; the detail is what was paid.
  'points_bought',
  'points_refunded',
  // Conversions; the detail is units and code of the partner's currency, or the points of a fee.
  'conversion_placed',
  'conversion_fee_held',
  'points_converted',
  'conversion_fee',
  'units_converted',
  // Referrals.
  'referral_friend_paid',
  'referral_paid',
  'referral_cap_reached',
  'referrer_not_active',
  'referral_taken_back',
  // Refusals.
  'refused',
] as const;

export type ReasonCode = (typeof reasonCodes)[number];

/**
 * Rule number of a tier's bonus, of items that no rule made, of the caps on all rules together, of
 * what waits until a partner has paid, and of guards that withhold, by their places.
 */
export const TIER_RULE = -1;
export const NO_RULE = -2;
export const MEMBER_CAP = -3;
export const WAITS = -4;
export const WITHHELD = -5;
/** Line number of items about the whole event. */
export const WHOLE_EVENT = -1;

/**
 * [rule number in its version, line index, reason code, billionths as a string, detail?]. The
 * detail is a number that explains (basis in minor units, minimum, cap) or a matched label.
 */
export type ExplanationItem =
  | readonly [rule: number, line: number, code: ReasonCode, billionths: string]
  | readonly [
      rule: number,
      line: number,
      code: ReasonCode,
      billionths: string,
      detail: number | string,
    ];

export type Explanation = readonly ExplanationItem[];

/** The exact sum of an explanation in billionths. */
export function sumOf(explanation: Explanation): bigint {
  let sum = 0n;
  for (const item of explanation) if (item[3] !== '0') sum += BigInt(item[3]);
  return sum;
}
