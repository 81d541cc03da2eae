import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import type { Caller } from '../access/caller.js';
import { purchaseFacts } from '../accrual/purchase-facts.queries.js';
import { bucketOf } from '../ledger/address.js';
import type { Command } from '../ledger/command.js';
import { EnrolmentSteps } from '../members/enrolment-steps.service.js';
import { memberFacts } from '../members/member-facts.queries.js';
import { MembersService } from '../members/members.service.js';
import { memberOf } from '../members/own-member.js';
import { DomainError } from '../platform/http/domain-error.js';
import { programmeFor } from '../programmes/decide.js';
import { act } from '../rules/act.js';
import { DAY_MS } from '../rules/period.js';
import { REFERRAL_BUDGET } from '../rules/referrals/terms.js';
import { claimFacts, claimWriter } from './claims.queries.js';
import { ReferralCodes, type Offered } from './referral-codes.service.js';
import { ReferralsQueries, type OpenClaim } from './referrals.queries.js';
import {
  ownClaimView,
  referralsView,
  type OwnClaimView,
  type ReferralsView,
} from './referrals.views.js';

/** The longest a programme lets a member wait with a code, so nothing of theirs is older. */
const CLAIM_DAYS_MAX = 90;

/** Friends: who referred whom, and the command that pays for those who stay. */
@Injectable()
export class ReferralsService implements OnModuleInit {
  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(MembersService) private readonly members: MembersService,
    @Inject(ReferralsQueries) private readonly queries: ReferralsQueries,
    @Inject(ReferralCodes) private readonly codes: ReferralCodes,
    @Inject(EnrolmentSteps) private readonly enrolments: EnrolmentSteps,
  ) {}

  onModuleInit(): void {
    this.enrolments.register(async ({ referralCode }, caller) => {
      if (referralCode === undefined) return undefined;
      const offered = await this.codes.offered(referralCode, caller, '/referralCode');
      return async (tx, { id, enrolledAt }) => this.write(tx, id, offered, enrolledAt);
    });
  }

  /** A member's code, what it is good for, and what became of it. */
  async referrals(caller: Caller): Promise<ReferralsView> {
    const memberId = memberOf(caller);
    const [code, friends, own, terms] = await Promise.all([
      this.queries.codeOf(memberId),
      this.queries.friendsOf(memberId),
      this.queries.claimOf(memberId),
      this.codes.terms(),
    ]);
    return referralsView(code, terms, friends, own);
  }

  /** A member who has just enrolled says whose code they have. */
  async claim(code: string, caller: Caller): Promise<OwnClaimView> {
    const memberId = memberOf(caller);
    const offered = await this.codes.offered(code, caller, '/code');
    const { status, enrolledAt } = await this.members.membership(memberId);
    if (status !== 'active') {
      throw new DomainError('member_not_active', 'The membership is not active.');
    }
    if (offered.now >= enrolledAt + offered.terms.claimMs) {
      throw new DomainError('referral_too_late', 'A code is claimed soon after enrolling.');
    }
    await this.dataSource.transaction(async (tx) => this.write(tx, memberId, offered, offered.now));
    const own = await this.queries.claimOf(memberId);
    if (own === undefined) throw new Error('invariant: a claim that was written is there');
    return ownClaimView(own);
  }

  /** The command that decides a claim: pays for a friend who stayed, or takes back what was paid. */
  deciding({ friend, referrer, claimedAt }: OpenClaim): Command {
    return {
      memberIds: [friend, referrer],
      caller: 'fealty',
      operation: 'refer',
      actor: 'job/referrals',
      requestId: 'job/referrals',
      needs: () => ({
        spending: true,
        counters: [],
        facts: [memberFacts, claimFacts, purchaseFacts],
        since: claimedAt - CLAIM_DAYS_MAX * DAY_MS,
        shared: [REFERRAL_BUDGET],
      }),
      decide: (state, { now, programmes }) => {
        const programme = programmeFor(programmes, now, now);
        const action = { kind: 'refer', at: now, versions: programmes } as const;
        const outcome = act(programme, state, action);
        const seen = outcome.state.members[0]?.version ?? 0;
        const rows =
          outcome.referral === undefined
            ? []
            : [{ bucket: bucketOf(friend), memberId: friend, seen, claim: outcome.referral }];
        return { outcome, owned: [{ writer: claimWriter, rows }] };
      },
    };
  }

  private async write(
    tx: EntityManager,
    friend: string,
    { referrer, versionNo, endsAfterMs, pointer }: Offered,
    claimedAt: number,
  ): Promise<void> {
    const terms = { versionNo, claimedAt, endsAt: claimedAt + endsAfterMs };
    const refuse = (
      code: 'own_referral_code' | 'referral_circle' | 'referral_claimed',
      detail: string,
    ): never => {
      throw new DomainError(code, detail, {}, [{ pointer, code, detail }]);
    };
    if (friend === referrer) refuse('own_referral_code', 'The code is the member’s own.');
    const done = await this.queries.claim(tx, { friend, referrer }, terms);
    if (done === 'circle')
      refuse('referral_circle', 'Whose code it is was referred by the member.');
    if (done === 'claimed_before') refuse('referral_claimed', 'The member has claimed a code.');
  }
}
