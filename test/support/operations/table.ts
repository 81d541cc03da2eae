import { doing } from './activities.js';
import { adjusting, deciding, renewing } from './adjustments.js';
import { clearing } from './clearances.js';
import { granting } from './grants.js';
import { answering, bringing, converting } from './conversions.js';
import { couponing } from './coupons.js';
import type { Operation } from './operation.js';
import { purchasing } from './purchases.js';
import { delivering, ending, holding, paidInPart, tendering, usingVoucher } from './redemptions.js';
import { returning } from './returns.js';
import { refunding, selling } from './sales.js';
import { giving } from './transfers.js';

/**
 * Every operation that moves points, or says yes or no to moving them. A new one is a row here, and
 * every clause of the contract is held to it; the contract fails for a route that has none.
 */
export const operations: readonly Operation[] = [
  { name: 'purchase', status: 201, ...purchasing('/v1/purchases') },
  { name: 'bulk line', status: 201, isLine: true, ...purchasing('/v1/purchases/bulk') },
  { name: 'activity', status: 201, ...doing() },
  { name: 'return', status: 201, ...returning('id') },
  { name: 'return by reference', status: 201, ...returning('reference') },
  { name: 'exchange', status: 201, ...returning('id', true) },
  { name: 'hold', status: 201, ...holding(false) },
  { name: 'hold by the member', status: 201, ...holding(true) },
  { name: 'hold to pay', status: 201, ...tendering },
  { name: 'capture in part', status: 200, ...paidInPart },
  { name: 'capture', status: 200, ...ending('capture', false) },
  { name: 'delivery', status: 200, ...delivering },
  { name: 'coupon', status: 201, ...couponing(false) },
  { name: 'coupon of the member', status: 201, ...couponing(true) },
  { name: 'voucher', status: 200, ...usingVoucher },
  { name: 'release', status: 200, ...ending('release', false) },
  { name: 'release by the member', status: 200, ...ending('release', true) },
  { name: 'adjustment that gives', status: 201, ...adjusting(20) },
  { name: 'adjustment that takes', status: 201, ...adjusting(-20) },
  { name: 'adjustment that waits', status: 202, ...adjusting(150) },
  { name: 'reinstatement', status: 201, ...renewing('reinstatements', 20) },
  { name: 'extension', status: 201, ...renewing('extensions', 20) },
  { name: 'extension that waits', status: 202, ...renewing('extensions', 150) },
  { name: 'clearance', status: 201, ...clearing },
  { name: 'approval', status: 200, ...deciding('approve') },
  { name: 'tier given by hand', status: 201, ...granting },
  { name: 'sale of points', status: 201, ...selling },
  { name: 'refund of points', status: 201, ...refunding },
  { name: 'transfer', status: 201, ...giving },
  { name: 'conversion out', status: 201, ...converting(false) },
  { name: 'conversion out by the member', status: 201, ...converting(true) },
  { name: 'conversion confirmed', status: 200, ...answering('confirm') },
  { name: 'conversion failed', status: 200, ...answering('fail') },
  { name: 'conversion in', status: 201, ...bringing },
  { name: 'rejection', status: 200, ...deciding('reject') },
];

/** Keyed routes about no member, whose own tests hold them to what the contract says of them. */
export const keyedWithoutMember: readonly string[] = ['POST /v1/partners/{code}/blocks'];

/** Writing routes that move no points: nobody's balance is another one for them. */
export const movingNothing: readonly string[] = [
  'DELETE /v1/keys/{id}',
  'DELETE /v1/programme/audits/{id}',
  'DELETE /v1/programme/draft',
  'DELETE /v1/webhooks/{id}',
  'PATCH /v1/programme/draft',
  'PATCH /v1/me/contact',
  'PATCH /v1/me/preferences',
  'POST /v1/conversions/in/preview',
  'POST /v1/conversions/quote',
  'DELETE /v1/lists/{list}',
  'PUT /v1/lists/{list}',
  'PATCH /v1/webhooks/{id}',
  'POST /v1/coupons/batches',
  'POST /v1/keys',
  'POST /v1/me/conversions/quote',
  'POST /v1/me/offers/{code}/activate',
  'POST /v1/me/redemptions/quote',
  'POST /v1/offers/{code}/pause',
  'POST /v1/offers/{code}/resume',
  'POST /v1/me/referrals/claim',
  'POST /v1/jobs/{name}/pause',
  'POST /v1/jobs/{name}/resume',
  'POST /v1/jobs/{name}/runs',
  'POST /v1/notices/{id}/evidence',
  'POST /v1/members',
  'POST /v1/members/find',
  'POST /v1/members/{id}/review',
  'POST /v1/members/{id}/tokens',
  'POST /v1/members/{id}/unfreeze',
  'POST /v1/programme/acceptances',
  'POST /v1/programme/audits',
  'POST /v1/programme/draft/publish',
  'POST /v1/programme/pilots/{no}/promote',
  'POST /v1/programme/pilots/{no}/withdraw',
  'POST /v1/programme/plan',
  'POST /v1/programme/versions',
  'POST /v1/programme/versions/{no}/restore',
  'POST /v1/purchases/preview',
  'POST /v1/purchases/{id}/returns/preview',
  'POST /v1/redemptions/quote',
  'POST /v1/webhooks',
  'POST /v1/webhooks/{id}/replays',
  'POST /v1/webhooks/{id}/secret',
  'POST /v1/webhooks/{id}/test',
  'PUT /v1/programme/draft',
  'PUT /v1/test-clock',
];
