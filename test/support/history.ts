/** What a member's postings decided before, as returns and late events read it. */
import type { PastDecision } from '../../src/rules/state.js';
import { NOON } from './state.js';

/** A decision of version 1 about a purchase of its own number, at noon, that gave nothing. */
export function aPast({
  seq,
  ...overrides
}: Partial<PastDecision> & { seq: number }): PastDecision {
  const { occurredAt = NOON } = overrides;
  return {
    ...{ seq, kind: 'accrue', purchase: seq, event: seq, versionNo: 1 },
    ...{ occurredAt, recordedAt: occurredAt, explanation: [], held: 'blue', tier: 'blue' },
    returned: [],
    ...overrides,
  };
}
