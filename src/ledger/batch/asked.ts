import type { PostingDraft } from '../../rules/outcome.js';
import type { Command } from '../command.js';
import { compactEffects, type Posting } from '../posting.js';

/** Who asked for a posting, and under which key. */
export type Asked = Pick<
  Posting,
  'caller' | 'operation' | 'idempotencyKey' | 'bodyHash' | 'actor' | 'requestId'
>;

/**
 * The last posting of a command has its key; the return of an exchange and the other half of a
 * transfer are asked for by the same caller. A correction is the programme's own doing, as it may be about another retailer's purchase;
 * it names whose event led to it. What time has done nobody asked for.
 */
export function askedBy(command: Command, { kind }: PostingDraft, isMain: boolean): Asked {
  const { caller, operation, actor, requestId, idempotency } = command;
  const noKey = { idempotencyKey: null, bodyHash: null };
  if (isMain) {
    const { key = null, bodyHash = null } = idempotency ?? {};
    return { caller, operation, idempotencyKey: key, bodyHash, actor, requestId };
  }
  if (kind === 'return' || kind === 'transfer' || kind === 'refer')
    return { caller, operation, ...noKey, actor, requestId };
  if (kind === 'correct') {
    return { caller: 'fealty', operation: 'correct', ...noKey, actor, requestId };
  }
  return { caller: 'fealty', operation: 'settle', ...noKey, actor: 'fealty', requestId: 'settle' };
}

/** The posting but for its hash, which is taken of it: nothing is added to a copy. */
export function postingOf(
  { caller, operation, idempotencyKey, bodyHash, actor, requestId }: Asked,
  memberId: string,
  draft: PostingDraft,
  chain: Pick<Posting, 'recordedAt' | 'contentDigest' | 'prevHash'>,
): Posting {
  return {
    memberId,
    seq: draft.seq,
    kind: draft.kind,
    caller,
    operation,
    idempotencyKey,
    bodyHash,
    versionNo: draft.versionNo,
    subjectSeq: draft.subjectSeq,
    occurredAt: draft.occurredAt,
    recordedAt: chain.recordedAt,
    actor,
    requestId,
    billionths: draft.billionths,
    after: draft.after,
    explanation: draft.explanation,
    effects: compactEffects(draft),
    contentDigest: chain.contentDigest,
    prevHash: chain.prevHash,
    hash: '',
  };
}
