import { Inject, Injectable } from '@nestjs/common';
import { cursorOf, eachOf, fromCursor, pagesOf, type DueMember } from '../jobs/due.js';
import { Scheduled } from '../jobs/job-registry.service.js';
import { fenced, type ForeseenPage, type Job, type Part } from '../jobs/job.js';
import { LedgerService } from '../ledger/ledger.service.js';
import { RedemptionsQueries } from './redemptions.queries.js';
import { RedemptionsService } from './redemptions.service.js';

/** Members released at once. */
const PAGE = 500;

/** Posts the releases of holds whose time is up. */
@Scheduled()
@Injectable()
export class HoldTimeOuts implements Job {
  readonly name = 'hold-time-outs';
  readonly schedule = { everySeconds: 10 };
  /** In one piece: cut in 64, looking would cost more than it finds. */
  readonly parts = 'whole';

  constructor(
    @Inject(LedgerService) private readonly ledger: LedgerService,
    @Inject(RedemptionsService) private readonly redemptions: RedemptionsService,
    @Inject(RedemptionsQueries) private readonly queries: RedemptionsQueries,
  ) {}

  async run({ asOf, fence, count }: Part): Promise<void> {
    const due = pagesOf<DueMember>(
      (after) => this.queries.membersDue(asOf, { after, limit: PAGE }),
      PAGE,
    );
    await eachOf(due, { fence, count }, async ({ memberId }) => {
      const command = fenced(this.redemptions.settling(memberId), fence);
      return (await this.ledger.submit(command)).postings.length;
    });
  }

  async foresee(
    _bucket: number | undefined,
    asOf: number,
    { after, limit }: { after: string | undefined; limit: number },
  ): Promise<ForeseenPage> {
    const due = await this.queries.membersDue(asOf, { after: fromCursor(after), limit });
    const items = due.map((each) => ({ ...each, what: 'release', details: {} }));
    const last = due.length < limit ? undefined : due.at(-1);
    return { items, next: last && cursorOf(last) };
  }
}
