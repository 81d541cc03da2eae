import { bucketOf } from '../../src/ledger/address.js';
import type { CompactEffects, Posting } from '../../src/ledger/posting.js';
import type { StoredEntry } from '../../src/ledger/rebuild/text-row.js';
import { aMember, NOON } from '../support/state.js';

export const { memberId } = aMember();
export const own = { bucket: String(bucketOf(memberId)), member_id: memberId };
/** The key of a row, as differences name it. */
export const name = (...key: (number | string)[]): string =>
  [own.bucket, memberId, ...key].join('/');
/** An instant some hours after noon, as the database spells it. */
export const at = (hours: number): string => `2026-06-16T${String(11 + hours)}:00:00.000000Z`;
export const nobody = {
  points: 0,
  held: 0,
  owed: 0,
  pending: 0,
  qualifying: 0n,
  remainder: 0n,
  tier: '',
};

/** A posting of nothing, with what a test says of it. */
export function posting(seq: number, more: Partial<Posting> = {}): Posting {
  return {
    ...{ memberId, seq, kind: 'adjust', caller: 'r/shop', operation: 'adjust' },
    ...{ idempotencyKey: null, bodyHash: null, versionNo: 1, subjectSeq: null },
    ...{ occurredAt: NOON, recordedAt: NOON, actor: 'key/test', requestId: 'request' },
    ...{ billionths: 0n, after: nobody, explanation: [], effects: {}, contentDigest: null },
    ...{ prevHash: '', hash: `hash ${String(seq)}`, ...more },
  };
}
export const entry = (
  seq: number,
  debit: StoredEntry['debit'],
  credit: StoredEntry['credit'],
  amount: number,
  of: Partial<StoredEntry> = {},
): StoredEntry => ({ seq, n: 0, debit, credit, amount, lotSeq: 1, lotN: 0, ...of });
export const facts = (postings: Posting[], entries: StoredEntry[] = []) => ({
  ...{ memberId, postings, entries },
});
/** A posting whose effects are whatever a forger left. */
export const forgedEffects = (effects: unknown): Posting =>
  posting(9, { effects: effects as CompactEffects });
