import { Inject, Injectable } from '@nestjs/common';
import { cursorOf, eachOf, fromCursor, pagesOf, type DueMember } from '../jobs/due.js';
import { Scheduled } from '../jobs/job-registry.service.js';
import { fenced, type Foreseen, type ForeseenPage, type Job, type Part } from '../jobs/job.js';
import type { Command } from '../ledger/command.js';
import { LedgerQueries } from '../ledger/ledger.queries.js';
import { LedgerService } from '../ledger/ledger.service.js';
import type { Outcome } from '../rules/outcome.js';
import { ReviewsService } from './reviews.service.js';

const BY = { caller: 'fealty', actor: 'job/tier-reviews', requestId: 'job/tier-reviews' };

/** Members reviewed at once in each of the parts that a process works on. */
const PAGE = 50;

/**
 * Posts the reviews of tiers that are due. Nothing depends on it: whatever touches a member posts
 * what is due first, and whoever reads a standing is told it.
 */
@Scheduled()
@Injectable()
export class TierReviews implements Job {
  readonly name = 'tier-reviews';
  readonly schedule = { everySeconds: 600 };
  readonly parts = 'buckets';

  constructor(
    @Inject(LedgerService) private readonly ledger: LedgerService,
    @Inject(LedgerQueries) private readonly queries: LedgerQueries,
    @Inject(ReviewsService) private readonly reviews: ReviewsService,
  ) {}

  async run({ bucket = 0, asOf, fence, count }: Part): Promise<void> {
    const due = pagesOf<DueMember>(
      (after) => this.queries.dueForReview(bucket, asOf, { after, limit: PAGE }),
      PAGE,
    );
    await eachOf(due, { fence, count }, async ({ memberId }) => {
      const command = fenced(this.reviews.reviewing(memberId, BY), fence);
      return (await this.ledger.submit(command)).postings.length;
    });
  }

  async foresee(
    bucket = 0,
    asOf: number,
    { after, limit }: { after: string | undefined; limit: number },
  ): Promise<ForeseenPage> {
    const due = await this.queries.dueForReview(bucket, asOf, { after: fromCursor(after), limit });
    const items = await Promise.all(due.map((each) => this.foreseen(each, asOf)));
    const last = due.length < limit ? undefined : due.at(-1);
    return { items: items.flat(), next: last && cursorOf(last) };
  }

  /** What the core would decide of a member: one item for each review that is due. */
  private async foreseen({ memberId, dueAt }: DueMember, asOf: number): Promise<Foreseen[]> {
    const command = this.reviews.reviewing(memberId, BY, asOf);
    let outcome: Outcome | undefined;
    const looking: Command = {
      ...command,
      dryRun: true,
      decide: (state, moment) => {
        const decision = command.decide(state, moment);
        outcome = decision.outcome;
        return decision;
      },
    };
    await this.ledger.submit(looking);
    const steps = outcome?.postings.flatMap(({ standing, occurredAt }) =>
      standing === undefined ? [] : [{ standing, occurredAt }],
    );
    if (steps === undefined || steps.length === 0) {
      return [{ memberId, what: 'review', dueAt, details: {} }];
    }
    return steps.map(({ standing: { from, tier, why }, occurredAt }) => {
      return {
        memberId,
        what: 'review',
        dueAt: occurredAt,
        details: { from, tier, why: why.code },
      };
    });
  }
}
