import { MemberReference } from '../members/members.requests.js';
import { Nested, Text } from '../platform/http/field.decorator.js';

export class RequestRedemption {
  @Nested(() => MemberReference)
  member: MemberReference;

  /** Code of a reward of the live programme. */
  @Text(1, 64)
  reward: string;
}

/** The same from a member's own token, which already says who. */
export class RequestOwnRedemption {
  @Text(1, 64)
  reward: string;
}
