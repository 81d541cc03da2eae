import {
  Instant,
  Minor,
  Nested,
  OneOf,
  Optional,
  Text,
} from '../../platform/http/field.decorator.js';
import { MemberReference } from '../../members/members.requests.js';

export const activityKinds = ['visit', 'deposit', 'review', 'survey', 'profile'] as const;

/** Something a member did that is no purchase. What a review says is not asked. */
export class RecordActivity {
  @Nested(() => MemberReference)
  member: MemberReference;

  /** The retailer's own number of the activity, unique for ever. */
  @Text(1, 100)
  reference: string;

  /** When it was done. */
  @Instant()
  occurredAt: string;

  @OneOf(activityKinds)
  kind: (typeof activityKinds)[number];

  /** What it is worth in minor units, where it has a worth: what was deposited. */
  @Optional()
  @Minor()
  value?: number;

  @Optional()
  @Text(1, 64)
  location?: string;

  @Optional()
  @Text(1, 32, /^[a-z0-9][a-z0-9_-]*$/)
  channel?: string;
}
