import { Inject, Injectable } from '@nestjs/common';
import { auditLine } from '../access/audit.service.js';
import type { Caller } from '../access/caller.js';
import { StaffReading } from '../access/staff.queries.js';
import { publicId } from '../ledger/address.js';
import { type Command, type Decision, type Posted } from '../ledger/command.js';
import { LedgerService } from '../ledger/ledger.service.js';
import { memberFacts } from '../members/member-facts.queries.js';
import { bodyHash } from '../platform/http/canonical.js';
import { DomainError } from '../platform/http/domain-error.js';
import { decided, programmeFor, refusalError } from '../programmes/decide.js';
import { act } from '../rules/act.js';
import { isStale } from '../rules/spending/settle.js';
import { endOfDay, isDay } from './days.js';
import type { GrantTier } from './tiers.requests.js';

export interface TierRequest {
  caller: Caller;
  requestId: string;
  idempotencyKey: string;
}

const noSuchDay = { code: 'grant_end_not_possible', pointer: '/until', details: {} };

/** Who asks for a review. */
type ReviewedBy = Pick<Command, 'caller' | 'actor' | 'requestId'>;

/** Reviews of tiers, and tiers given by hand: each a command of the ledger that the core decides. */
@Injectable()
export class ReviewsService {
  constructor(@Inject(LedgerService) private readonly ledger: LedgerService) {}

  /** Posts what is due of a member by now: reviews, and holds whose time is up. */
  async review(memberId: string, by: ReviewedBy): Promise<Posted> {
    return this.ledger.submit(this.reviewing(memberId, by));
  }

  /** The command that does so; `at` = as of another instant, for a look at what would be. */
  reviewing(memberId: string, by: ReviewedBy, at?: number): Command {
    return {
      ...by,
      memberIds: [memberId],
      operation: 'review',
      ...(at !== undefined && { occurredAt: at }),
      needs: (account, { now }) => ({
        spending: isStale(account, at ?? now),
        counters: [],
        facts: [memberFacts],
      }),
      decide: (state, { now, programmes }): Decision => {
        const instant = Math.max(now, at ?? now);
        const programme = programmeFor(programmes, instant, now);
        return { outcome: act(programme, state, { kind: 'settle', at: instant }), owned: [] };
      },
    };
  }

  /** Gives a tier until the end of a local day, with a line in the audit log; a refusal is a posting. */
  async grant(memberId: string, asked: GrantTier, request: TierRequest): Promise<Posted> {
    const { caller, requestId, idempotencyKey } = request;
    if (caller.kind !== 'user') throw new DomainError('forbidden', 'Staff only.');
    const userId = caller.id.slice('u/'.length);
    const staff = new StaffReading([userId]);
    const { tier, until, reason } = asked;
    return this.ledger.submit({
      memberIds: [memberId],
      caller: caller.id,
      operation: 'grant',
      actor: caller.actor,
      requestId,
      idempotency: {
        key: idempotencyKey,
        bodyHash: bodyHash({ memberId, tier, until, reason }),
      },
      needs: (account, { now }) => ({
        spending: isStale(account, now),
        counters: [],
        facts: [memberFacts, staff],
      }),
      decide: (state, moment): Decision => {
        const requester = staff.allowed(userId, 'tiers:grant');
        if (!isDay(until)) throw refusalError(noSuchDay);
        const { now, programmes } = moment;
        const end = endOfDay(programmeFor(programmes, now, now).timeZone, until);
        const by = { at: now, tier, until: end, reason, requester };
        const outcome = decided(state, moment, { kind: 'grant', ...by });
        const answer = outcome.postings.at(-1);
        if (outcome.refusal !== undefined || answer === undefined) return { outcome, owned: [] };
        const posting = publicId('pst', { memberId, seq: answer.seq });
        const line = auditLine(now, {
          actor: caller.actor,
          action: 'tier.granted',
          subject: `member/${memberId}`,
          details: { tier, until, reason, posting },
        });
        return { outcome, owned: [line] };
      },
    });
  }
}
