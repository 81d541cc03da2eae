import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { auditWriter } from '../access/audit.service.js';
import type { Caller } from '../access/caller.js';
import { StaffReading } from '../access/staff.queries.js';
import { BUCKETS, publicId } from '../ledger/address.js';
import { type Command, type Decision, type Posted } from '../ledger/command.js';
import { LedgerQueries } from '../ledger/ledger.queries.js';
import { LedgerService } from '../ledger/ledger.service.js';
import { memberFacts } from '../members/member-facts.queries.js';
import { bodyHash } from '../platform/http/canonical.js';
import { DomainError } from '../platform/http/domain-error.js';
import { programmeFor, refusalError } from '../programmes/decide.js';
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

/** Members reviewed in one round of the sweep. */
const DUE_BATCH = 200;

/** Reviews of tiers, and tiers given by hand: each a command of the ledger that the core decides. */
@Injectable()
export class ReviewsService {
  constructor(
    @Inject(LedgerService) private readonly ledger: LedgerService,
    @Inject(LedgerQueries) private readonly queries: LedgerQueries,
  ) {}

  /** Posts what is due of a member by now: reviews, and holds whose time is up. */
  async review(
    memberId: string,
    by: Pick<Command, 'caller' | 'actor' | 'requestId'>,
  ): Promise<Posted> {
    return this.ledger.submit({
      ...by,
      memberIds: [memberId],
      operation: 'review',
      needs: (account, { now }) => ({
        spending: isStale(account, now),
        counters: [],
        facts: [memberFacts],
      }),
      decide: (state, { now, programmes }): Decision => {
        const programme = programmeFor(programmes, now, now);
        return { outcome: act(programme, state, { kind: 'settle', at: now }), owned: [] };
      },
    });
  }

  /** Posts the reviews of every member who is due; returns how many postings that took. */
  async reviewDue(): Promise<number> {
    const by = { caller: 'fealty', actor: 'job/tier-reviews', requestId: 'job/tier-reviews' };
    const now = await this.queries.now();
    let posted = 0;
    for (let bucket = 0; bucket < BUCKETS; bucket++) {
      for (;;) {
        const due = await this.queries.dueForReview(bucket, now, DUE_BATCH);
        const done = await Promise.all(due.map((memberId) => this.review(memberId, by)));
        const count = done.reduce((sum, { postings }) => sum + postings.length, 0);
        posted += count;
        // Members that are due and have nothing posted would come again for ever.
        if (due.length < DUE_BATCH || count === 0) break;
      }
    }
    return posted;
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
      decide: (state, { now, programmes }): Decision => {
        const requester = staff.of(userId);
        if (requester?.active !== true || !requester.permissions.includes('tiers:grant')) {
          throw new DomainError('forbidden', 'The credential does not allow this.');
        }
        const programme = programmeFor(programmes, now, now);
        if (!isDay(until)) throw refusalError(noSuchDay);
        const end = endOfDay(programme.timeZone, until);
        const action = { kind: 'grant', at: now, tier, until: end, reason, requester } as const;
        const outcome = act(programme, state, action);
        const answer = outcome.postings.at(-1);
        if (outcome.refusal !== undefined && answer?.kind !== 'refused') {
          throw refusalError(outcome.refusal);
        }
        if (outcome.refusal !== undefined || answer === undefined) return { outcome, owned: [] };
        const entry = {
          ...{ id: randomUUID(), at: new Date(now).toISOString(), actor: caller.actor },
          action: 'tier.granted',
          subject: `member/${memberId}`,
          details: { tier, until, reason, posting: publicId('pst', { memberId, seq: answer.seq }) },
        };
        return { outcome, owned: [{ writer: auditWriter, rows: [entry] }] };
      },
    });
  }
}
