import { Inject, Injectable } from '@nestjs/common';
import { auditLine } from '../../access/audit.service.js';
import { StaffReading } from '../../access/staff.queries.js';
import { parsePublicId, publicId } from '../../ledger/address.js';
import type { Decision, Posted } from '../../ledger/command.js';
import { LedgerQueries } from '../../ledger/ledger.queries.js';
import { LedgerService } from '../../ledger/ledger.service.js';
import type { Posting } from '../../ledger/posting.js';
import { memberFacts } from '../../members/member-facts.queries.js';
import { bodyHash } from '../../platform/http/canonical.js';
import { DomainError } from '../../platform/http/domain-error.js';
import { decided } from '../../programmes/decide.js';
import { staffIdOf, type AdjustmentRequest } from '../adjustments.service.js';

/** Clearances of what guards withhold: commands of the ledger that the core decides. */
@Injectable()
export class ClearancesService {
  constructor(
    @Inject(LedgerService) private readonly ledger: LedgerService,
    @Inject(LedgerQueries) private readonly queries: LedgerQueries,
  ) {}

  /** Clears what is withheld of an event, by the id of its posting, with a line in the audit log. */
  async clear(id: string, reason: string, request: AdjustmentRequest): Promise<Posted> {
    const { caller, requestId, idempotencyKey } = request;
    const userId = staffIdOf(caller);
    const staff = new StaffReading([userId]);
    const { memberId, seq, versionNo } = await this.event(id);
    return this.ledger.submit({
      memberIds: [memberId],
      caller: caller.id,
      operation: 'clear',
      actor: caller.actor,
      requestId,
      idempotency: { key: idempotencyKey, bodyHash: bodyHash({ memberId, seq, reason }) },
      needs: () => ({ spending: true, counters: [], facts: [memberFacts, staff] }),
      decide: (state, moment): Decision => {
        const requester = staff.allowed(userId, 'withheld:clear');
        const { now, programmes } = moment;
        const awarding = programmes.version(versionNo);
        const by = { at: now, event: seq, awarding, requester };
        const outcome = decided(state, moment, { kind: 'clear', ...by });
        const answer = outcome.postings.at(-1);
        if (outcome.refusal !== undefined || answer === undefined) return { outcome, owned: [] };
        const posting = publicId('pst', { memberId, seq: answer.seq });
        const line = auditLine(now, {
          actor: caller.actor,
          action: 'points.cleared',
          subject: `member/${memberId}`,
          details: { reason, event: id, posting },
        });
        return { outcome, owned: [line] };
      },
    });
  }

  /** The posting of a purchase or an activity; postings never change, so no lock is needed. */
  private async event(id: string): Promise<Posting> {
    const address = parsePublicId('pst', id);
    const posting = address === undefined ? undefined : await this.queries.posting(address);
    if (posting?.kind === 'accrue') return posting;
    throw new DomainError('not_found', 'There is no such purchase or activity.');
  }
}
