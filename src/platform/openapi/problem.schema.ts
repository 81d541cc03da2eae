import { errorStatus } from '../http/error-codes.js';

const text = { type: 'string' };
const instant = { type: 'string', format: 'date-time' };
const points = { type: 'integer', format: 'int64' };

/** What some codes add, so that a caller can go on without reading the words. */
const details = {
  purchase: { ...text, description: 'duplicate_reference: the purchase booked under it.' },
  memberId: { ...text, format: 'uuid', description: 'already_enrolled: who has it.' },
  windowDays: { ...points, description: 'event_too_late: how old an event may be.' },
  maximumPoints: { ...points, description: 'accrual_too_large: what one purchase may accrue.' },
  reward: { ...text, description: 'unknown_reward: what was asked for.' },
  reason: { ...text, description: 'unknown_reason: what was asked for.' },
  minimumTier: { ...text, description: 'tier_too_low: the tier the reward is kept for.' },
  available: { ...points, description: 'insufficient_points: what the member has.' },
  required: { ...points, description: 'insufficient_points: what it would take.' },
  missing: { ...points, description: 'insufficient_points: the difference.' },
  from: {
    ...instant,
    description: 'reward_not_available, transfer_too_soon, conversion_too_soon: from when.',
  },
  until: { ...instant, description: 'reward_not_available, voucher_lapsed: until when.' },
  minimumPoints: {
    ...points,
    description:
      'tender_too_small, transfer_too_small, sale_too_small, conversion_too_small: the fewest.',
  },
  minimumUnits: { ...points, description: 'conversion_too_small: the fewest units.' },
  step: {
    ...points,
    description:
      'tender_not_in_steps, sale_not_in_steps, conversion_not_in_steps: in what multiples.',
  },
  amount: {
    ...points,
    description: 'tender_above_share, paid_differs: minor units the points pay or cost.',
  },
  maximum: {
    ...points,
    description: 'tender_above_share, capture_exceeds_hold: minor units they may pay.',
  },
  minimum: {
    ...points,
    description: 'total_needed, below_minimum_purchase: minor units of the purchase at least.',
  },
  redeemed: { ...points, description: 'points_tender_differs: what the redemptions pay.' },
  tendered: { ...points, description: 'points_tender_differs: what the tenders say.' },
  delivery: { ...text, description: 'delivery_is_over: how far it has come.' },
  quantityLeft: { ...points, description: 'return_exceeds_purchase: pieces left of the line.' },
  amountLeft: { ...points, description: 'return_exceeds_purchase: minor units left of the line.' },
  limit: { ...points, description: '..._limit_reached: the most points in the time.' },
  used: { ...points, description: '... of which are used already.' },
  asked: { ...points, description: '... and how many more were asked for.' },
  earliest: { ...instant, description: 'programme_starts_too_soon: when it may start.' },
  newest: { ...points, description: 'newer_version: number of the newest version.' },
  version: { ...points, description: 'pilot_running: number of the piloted version.' },
  changedAt: { ...instant, description: 'draft_changed: when it was changed last.' },
  changedBy: { ...text, description: 'draft_changed: by whom, as the audit log names actors.' },
  changeableFrom: { ...instant, description: 'birth_month_stands: when another may be said.' },
  least: { ...points, description: 'reading_not_plausible: units on the meter at least.' },
  most: { ...points, description: '... and at most, where that is known.' },
  retryAfter: { ...points, description: 'rate_limited: seconds to wait.' },
  newestStarts: { ...instant, description: 'programme_starts_too_soon: when the newest does.' },
};

export const problemSchema = {
  type: 'object',
  description: 'RFC 9457 problem details.',
  required: ['type', 'title', 'status', 'code', 'detail', 'requestId'],
  properties: {
    type: { ...text, format: 'uri-reference' },
    title: text,
    status: { type: 'integer' },
    code: {
      ...text,
      enum: Object.keys(errorStatus),
      description: 'Stable; meant for programs.',
    },
    detail: text,
    requestId: text,
    errors: {
      type: 'array',
      items: {
        type: 'object',
        required: ['pointer', 'code', 'detail'],
        properties: { pointer: { ...text, format: 'json-pointer' }, code: text, detail: text },
      },
    },
    ...details,
  },
};

export const problemResponse = {
  description: 'The request was refused, or something went wrong.',
  content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
};

const header = (description: string, schema: object = text): object => ({ description, schema });

/** Once for all operations; they refer to it. */
export const rateLimitedResponse = {
  description:
    'Too many requests, or too many wrong guesses (`rate_limited`). Nothing was done, and no idempotency key is used up.',
  headers: {
    'Retry-After': header('Whole seconds to wait.', { type: 'integer', minimum: 1 }),
    'RateLimit-Policy': header('Name of the limit, q = how many, w = in how many seconds.'),
    RateLimit: header('Name of the limit, r = how many are left, t = for how many seconds.'),
  },
  content: problemResponse.content,
};
