import {
  Instant,
  Minor,
  Nested,
  OneOf,
  Optional,
  Text,
  WholeNumber,
} from '../../platform/http/field.decorator.js';
import { MemberReference } from '../../members/members.requests.js';

/** Units that a meter can show. */
export const READING_MAX = 1_000_000_000;

export const activityKinds = [
  'visit',
  'deposit',
  'review',
  'survey',
  'profile',
  'meter_reading',
] as const;

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

  /** Code of the metered category, of a meter reading. */
  @Optional()
  @Text(1, 32, /^[a-z0-9][a-z0-9_-]*$/)
  category?: string;

  /** Whole units on the meter, which only ever grow. */
  @Optional()
  @WholeNumber(0, READING_MAX)
  reading?: number;

  @Optional()
  @Text(1, 64)
  location?: string;

  @Optional()
  @Text(1, 32, /^[a-z0-9][a-z0-9_-]*$/)
  channel?: string;
}
