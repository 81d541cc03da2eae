import { Inject, Injectable } from '@nestjs/common';
import { Cron } from '@nestjs/schedule';
import { Settings } from '../platform/config/settings.js';
import { Log } from '../platform/logging/log.service.js';
import { ReferralsService } from '../referrals/referrals.service.js';
import { JobRunsQueries } from './job-runs.queries.js';

const JOB = 'referral-payments';
const SLOT_SECONDS = 60;

/** Every minute one replica pays for friends who have stayed, and takes back what returns undid. */
@Injectable()
export class ReferralPayments {
  constructor(
    @Inject(ReferralsService) private readonly referrals: ReferralsService,
    @Inject(JobRunsQueries) private readonly runs: JobRunsQueries,
    @Inject(Settings) private readonly settings: Settings,
    @Inject(Log) private readonly log: Log,
  ) {}

  /** Runs in the slot it wins; what it leaves undone is found by the next slot. */
  @Cron('30 * * * * *', { waitForCompletion: true })
  async run(): Promise<number> {
    if (!this.settings.jobs) return 0;
    try {
      const slot = await this.runs.start(JOB, SLOT_SECONDS);
      if (slot === undefined) return 0;
      const done = await this.referrals.settle();
      await this.runs.finish(JOB, slot, done);
      return done;
    } catch (error) {
      this.log.event('error', 'A job run failed; the next slot goes on', { job: JOB, err: error });
      return 0;
    }
  }
}
