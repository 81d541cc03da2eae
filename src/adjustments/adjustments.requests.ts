import { MemberReference } from '../members/members.requests.js';
import { Nested, OneOf, Optional, Text, WholeNumber } from '../platform/http/field.decorator.js';

/** Beyond the largest limit a programme can have. */
const POINTS_MAX = 1_000_000_000;

export const approvalStates = ['pending', 'approved', 'rejected', 'lapsed'] as const;

export class RequestAdjustment {
  @Nested(() => MemberReference)
  member: MemberReference;

  /** Whole points, not 0: positive gives, negative takes. */
  @WholeNumber(-POINTS_MAX, POINTS_MAX)
  points: number;

  /** Code of a reason of the live programme. */
  @Text(1, 32)
  reason: string;

  /** What happened, for colleagues; the member does not see it, and it can be erased. */
  @Optional()
  @Text(1, 500)
  note?: string;
}

export class RenewPoints {
  /** Whole points: those that would go first, or of those that went the last ones. */
  @WholeNumber(1, POINTS_MAX)
  points: number;

  /** Last day on which they can be used, in the programme's time zone: `2028-03-31`; within ten years. */
  @Text(10, 10, /^20\d{2}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])$/)
  lastDay: string;

  /** Code of a reason of the live programme. */
  @Text(1, 32)
  reason: string;

  /** What happened, for colleagues; the member does not see it, and it can be erased. */
  @Optional()
  @Text(1, 500)
  note?: string;
}

export class ApprovalPage {
  /** Every state when left out. */
  @Optional()
  @OneOf(approvalStates)
  state?: (typeof approvalStates)[number];

  /** `next` of the page before. */
  @Optional()
  @Text(1, 64)
  cursor?: string;

  /** Approvals on a page, 1 to 200; 50 when left out. */
  @Optional()
  @Text(1, 3, /^([1-9]\d?|1\d\d|200)$/)
  limit?: string;
}
