import { Inject, Injectable } from '@nestjs/common';
import { eachOf, noSuchCursor } from '../jobs/due.js';
import { Scheduled } from '../jobs/job-registry.service.js';
import { fenced, type ForeseenPage, type Job, type Part } from '../jobs/job.js';
import { isMemberId } from '../ledger/address.js';
import { LedgerService } from '../ledger/ledger.service.js';
import { ReferralsQueries } from './referrals.queries.js';
import { ReferralsService } from './referrals.service.js';

/** Pays for friends who have stayed, and takes back what returns undid. */
@Scheduled()
@Injectable()
export class ReferralPayments implements Job {
  readonly name = 'referral-payments';
  readonly schedule = { everySeconds: 60 };
  readonly parts = 'whole';

  constructor(
    @Inject(LedgerService) private readonly ledger: LedgerService,
    @Inject(ReferralsService) private readonly referrals: ReferralsService,
    @Inject(ReferralsQueries) private readonly queries: ReferralsQueries,
  ) {}

  /** Decides every claim about which something may have changed; counts those paid or undone. */
  async run({ asOf, fence, count }: Part): Promise<void> {
    await eachOf(this.queries.due(asOf), { fence, count }, async (claim) => {
      const { postings } = await this.ledger.submit(fenced(this.referrals.deciding(claim), fence));
      return postings.length > 0 ? 1 : 0;
    });
  }

  async foresee(
    _bucket: number | undefined,
    asOf: number,
    { after, limit }: { after: string | undefined; limit: number },
  ): Promise<ForeseenPage> {
    if (after !== undefined && !isMemberId(after)) throw noSuchCursor();
    const claims = await this.queries.dueBehind(after, asOf, limit);
    const items = await Promise.all(
      claims.map(async (claim) => {
        const command = { ...this.referrals.deciding(claim), dryRun: true };
        const { postings } = await this.ledger.submit(command);
        const { friend, referrer, claimedAt } = claim;
        const what = postings.length > 0 ? 'pay-or-undo' : 'look';
        return { memberId: friend, what, dueAt: claimedAt, details: { referrer } };
      }),
    );
    const last = claims.length < limit ? undefined : claims.at(-1);
    return { items, next: last?.friend };
  }
}
