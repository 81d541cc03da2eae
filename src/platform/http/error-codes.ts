/** Every stable error code with its HTTP status; a code that is not here does not compile. */
export const errorStatus = {
  // Malformed requests.
  invalid_request: 400,
  invalid_json: 400,
  idempotency_key_missing: 400,
  idempotency_key_invalid: 400,
  // Access.
  unauthenticated: 401,
  forbidden: 403,
  self_approval: 403,
  own_account: 403,
  // Not there, or not yours: the same answer.
  not_found: 404,
  unknown_member: 404,
  original_not_found: 404,
  // Conflicts.
  request_in_flight: 409,
  duplicate_reference: 409,
  already_enrolled: 409,
  no_programme: 409,
  approval_decided: 409,
  approval_lapsed: 409,
  too_many_approvals: 409,
  newer_version: 409,
  // Optimistic locking.
  draft_changed: 412,
  precondition_required: 428,
  // Transport.
  request_timeout: 408,
  payload_too_large: 413,
  unsupported_media_type: 415,
  unsupported_encoding: 415,
  // Too many; nothing was looked at.
  rate_limited: 429,
  // Well-formed but not possible.
  idempotency_key_reused: 422,
  purchase_does_not_add_up: 422,
  occurred_in_future: 422,
  unknown_reward: 422,
  redemption_not_usable: 422,
  points_tender_differs: 422,
  points_do_not_pay: 422,
  tender_too_small: 422,
  tender_not_in_steps: 422,
  tender_above_share: 422,
  not_a_tender: 422,
  not_on_its_way: 422,
  delivery_is_over: 422,
  capture_exceeds_hold: 422,
  return_before_purchase: 422,
  return_exceeds_purchase: 422,
  redemption_not_on_purchase: 422,
  unknown_reason: 422,
  unknown_tier: 422,
  grant_end_not_possible: 422,
  unknown_choice: 422,
  birth_month_stands: 422,
  consent_required: 422,
  consent_in_future: 422,
  invalid_programme: 422,
  programme_starts_too_soon: 422,
  patch_not_applicable: 422,
  as_of_in_future: 422,
  valid_at_in_future: 422,
  clock_goes_back: 422,
  clock_too_far: 422,
  // Business refusals, stored and replayed.
  before_enrolment: 422,
  before_programme_start: 422,
  event_too_late: 422,
  accrual_too_large: 422,
  member_not_active: 422,
  insufficient_points: 422,
  tier_too_low: 422,
  reward_not_available: 422,
  out_of_stock: 422,
  hold_expired: 422,
  redemption_already_captured: 422,
  redemption_already_released: 422,
  redemption_returned: 422,
  nothing_left_to_return: 422,
  purchase_erased: 422,
  staff_limit_reached: 422,
  member_limit_reached: 422,
  // Ours.
  internal_error: 500,
  unavailable: 503,
  overloaded: 503,
} as const;

export type ErrorCode = keyof typeof errorStatus;

/** Whether a string is one of the codes; refusals of the core carry theirs as plain strings. */
export function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(errorStatus, code);
}
