import { Inject, Injectable } from '@nestjs/common';
import { auditLine } from '../access/audit.service.js';
import type { Caller } from '../access/caller.js';
import { StaffReading } from '../access/staff.queries.js';
import { bucketOf, publicId } from '../ledger/address.js';
import { undated } from '../events/notices/expiry-notices.queries.js';
import type { Command, FactReader, OwnedRows, Posted } from '../ledger/command.js';
import { LedgerService } from '../ledger/ledger.service.js';
import { goneFacts } from '../ledger/lots/gone-lots.queries.js';
import { memberFacts } from '../members/member-facts.queries.js';
import { bodyHash } from '../platform/http/canonical.js';
import { DomainError } from '../platform/http/domain-error.js';
import { decided } from '../programmes/decide.js';
import type { Action } from '../rules/act.js';
import { adjustmentLimits, waitingLimit } from '../rules/actions/adjustment-limits.js';
import { isStale } from '../rules/spending/settle.js';
import type { Approval, Renewal } from '../rules/state.js';
import {
  approvalFacts,
  askWriter,
  decisionWriter,
  type ApprovalRow,
  type DecisionRow,
  type StoredApproval,
} from './approvals.queries.js';
import { newNote, noteWriter } from './notes.queries.js';
import { decidedWriter, waitingWriter } from './waiting.queries.js';

export interface AdjustmentRequest {
  caller: Caller;
  requestId: string;
  idempotencyKey: string;
}

export interface Wanted {
  memberId: string;
  points: number;
  reason: string;
  note: string | undefined;
  /** What else it is than giving or taking. */
  renewal?: Renewal | undefined;
}

const iso = (instant: number): string => new Date(instant).toISOString();

/** Adjustments and decisions on approvals: each a command of the ledger that the core decides. */
@Injectable()
export class AdjustmentsService {
  constructor(@Inject(LedgerService) private readonly ledger: LedgerService) {}

  /**
   * Posts an adjustment, or asks for a second person: then there is no posting, and the approval is
   * found by the request's key.
   */
  async request(wanted: Wanted, request: AdjustmentRequest): Promise<Posted> {
    const { memberId, points, reason, renewal } = wanted;
    const kind = renewal?.kind ?? 'adjust';
    const userId = staffIdOf(request.caller);
    const staff = new StaffReading([userId]);
    const note = wanted.note === undefined ? undefined : newNote(memberId, wanted.note);
    const asked = { memberId, points, reason, note: wanted.note ?? null };
    const noted: OwnedRows[] = note === undefined ? [] : [{ writer: noteWriter, rows: [note.row] }];
    return this.ledger.submit({
      ...command(memberId, request, kind),
      idempotency: {
        key: request.idempotencyKey,
        bodyHash: bodyHash({ ...asked, ...(renewal && { lastDay: renewal.lastDay }) }),
      },
      limits: [...adjustmentLimits(userId, memberId), waitingLimit(userId)],
      needs: (account, { now }) => ({
        spending: points < 0 || renewal !== undefined || isStale(account, now),
        counters: [],
        facts: [memberFacts, approvalFacts, staff, ...goneOf(renewal)],
      }),
      decide: (state, moment) => {
        const requester = staff.allowed(userId, 'adjustments:write');
        const at = moment.now;
        const by = { at, points, reason, requester };
        const action: Action =
          renewal === undefined ? { kind: 'adjust', ...by } : { ...renewal, ...by };
        const outcome = decided(state, moment, action);
        if (outcome.approval !== undefined) {
          const row = approvalRow(memberId, outcome.approval, request, note?.row.digest ?? null);
          const waits = { writer: waitingWriter, rows: [row] };
          return { outcome, owned: [{ writer: askWriter, rows: [row] }, waits, ...noted] };
        }
        if (outcome.refusal !== undefined) return { outcome, owned: [] };
        const owned = [...noted, ...undated(state, outcome.state)];
        return { outcome, owned, ...(note !== undefined && { contentDigest: note.digest }) };
      },
    });
  }

  /** Says yes or no for the caller. A yes that limits or balance refuse leaves the approval waiting. */
  async decide(
    kind: 'approve' | 'reject',
    asked: StoredApproval,
    request: AdjustmentRequest,
  ): Promise<Posted> {
    const { memberId, n, noteDigest, renewal } = asked;
    const userId = staffIdOf(request.caller);
    const staff = new StaffReading([userId, asked.requester]);
    return this.ledger.submit({
      ...command(memberId, request, kind),
      // The adjustment is the act of who asked for it; who approved it is in its effects.
      actor: `user/${asked.requester}`,
      idempotency: { key: request.idempotencyKey, bodyHash: bodyHash({ memberId, approval: n }) },
      limits: [...adjustmentLimits(asked.requester, memberId), waitingLimit(asked.requester)],
      needs: () => ({
        spending: true,
        counters: [],
        facts: [memberFacts, approvalFacts, staff, ...goneOf(renewal)],
      }),
      decide: (state, moment) => {
        const decider = staff.allowed(userId, 'adjustments:approve');
        const requester = staff.of(asked.requester);
        if (requester === undefined) throw new Error('invariant: staff users are never deleted');
        const at = moment.now;
        const action = { kind, at, approval: n, requester, decider };
        const outcome = decided(state, moment, action);
        if (outcome.approval === undefined) return { outcome, owned: [] };
        return {
          outcome,
          owned: [
            ...decisionRows(memberId, outcome.approval, request.caller),
            ...undated(state, outcome.state),
          ],
          ...(noteDigest !== null && kind === 'approve' && { contentDigest: noteDigest }),
        };
      },
    });
  }
}

/** The user id of a staff caller; the permissions let nobody else come here. */
export function staffIdOf({ kind, id }: Caller): string {
  if (kind !== 'user') throw new DomainError('forbidden', 'Staff only.');
  return id.slice('u/'.length);
}

type CommandParts = Pick<Command, 'memberIds' | 'caller' | 'operation' | 'actor' | 'requestId'>;

const command = (
  memberId: string,
  { caller, requestId }: AdjustmentRequest,
  operation: string,
): CommandParts => ({
  memberIds: [memberId],
  caller: caller.id,
  operation,
  actor: caller.actor,
  requestId,
});

/** What must be known of points that went before some come back. */
const goneOf = (renewal: Renewal | undefined): FactReader[] =>
  renewal?.kind === 'reinstate' ? [goneFacts] : [];

function approvalRow(
  memberId: string,
  approval: Approval,
  { idempotencyKey }: AdjustmentRequest,
  noteDigest: string | null,
): ApprovalRow {
  const { n, points, reason, requester, requestedAt, lapsesAt, renewal } = approval;
  return {
    bucket: bucketOf(memberId),
    member_id: memberId,
    n,
    points,
    reason,
    kind: renewal?.kind ?? 'adjust',
    last_day: renewal?.lastDay ?? null,
    note_digest: noteDigest,
    requester,
    requested_at: iso(requestedAt),
    lapses_at: iso(lapsesAt),
    idem_key: idempotencyKey,
  };
}

/** The decision, and its line in the audit log. */
function decisionRows(memberId: string, approval: Approval, { actor }: Caller): OwnedRows[] {
  const { n, state, decider, decidedAt, postingSeq, points, reason, requester } = approval;
  if (decidedAt === null) throw new Error('invariant: a decision has a time');
  const row: DecisionRow = {
    bucket: bucketOf(memberId),
    member_id: memberId,
    n,
    state,
    decider,
    decided_at: iso(decidedAt),
    posting_seq: postingSeq,
  };
  const line = auditLine(decidedAt, {
    actor,
    action: `adjustment.${state}`,
    subject: `approval/${publicId('apr', { memberId, seq: n })}`,
    details: {
      member: memberId,
      points,
      reason,
      requestedBy: requester,
      posting: postingSeq === null ? null : publicId('pst', { memberId, seq: postingSeq }),
    },
  });
  const { bucket, member_id } = row;
  const waited = { requester, lapses_at: iso(approval.lapsesAt), bucket, member_id, n };
  return [{ writer: decisionWriter, rows: [row] }, { writer: decidedWriter, rows: [waited] }, line];
}
