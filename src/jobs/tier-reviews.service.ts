import { Inject, Injectable } from '@nestjs/common';
import { Cron } from '@nestjs/schedule';
import { Settings } from '../platform/config/settings.js';
import { Log } from '../platform/logging/log.service.js';
import { ReviewsService } from '../tiers/reviews.service.js';
import { JobRunsQueries } from './job-runs.queries.js';

const JOB = 'tier-reviews';
const SLOT_SECONDS = 600;

/**
 * Every ten minutes one replica posts the reviews of tiers that are due. Nothing depends on it:
 * whatever touches a member posts what is due first, and whoever reads a standing is told it.
 */
@Injectable()
export class TierReviews {
  constructor(
    @Inject(ReviewsService) private readonly reviews: ReviewsService,
    @Inject(JobRunsQueries) private readonly runs: JobRunsQueries,
    @Inject(Settings) private readonly settings: Settings,
    @Inject(Log) private readonly log: Log,
  ) {}

  /** Returns how many postings it made; a replica that dies leaves the rest to the next slot. */
  @Cron('15 */10 * * * *', { waitForCompletion: true })
  async run(): Promise<number> {
    if (!this.settings.jobs) return 0;
    try {
      const slot = await this.runs.start(JOB, SLOT_SECONDS);
      if (slot === undefined) return 0;
      const posted = await this.reviews.reviewDue();
      await this.runs.finish(JOB, slot, posted);
      return posted;
    } catch (error) {
      this.log.event('error', 'A job run failed; the next slot goes on', { job: JOB, err: error });
      return 0;
    }
  }
}
