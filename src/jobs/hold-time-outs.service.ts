import { Inject, Injectable } from '@nestjs/common';
import { Cron } from '@nestjs/schedule';
import { Settings } from '../platform/config/settings.js';
import { Log } from '../platform/logging/log.service.js';
import { RedemptionsService } from '../redemptions/redemptions.service.js';
import { VouchersService } from '../redemptions/vouchers/vouchers.service.js';
import { JobRunsQueries } from './job-runs.queries.js';

const JOB = 'hold-time-outs';
const SLOT_SECONDS = 10;

/** Every ten seconds one replica posts the releases of holds and vouchers whose time is up. */
@Injectable()
export class HoldTimeOuts {
  constructor(
    @Inject(RedemptionsService) private readonly redemptions: RedemptionsService,
    @Inject(VouchersService) private readonly vouchers: VouchersService,
    @Inject(JobRunsQueries) private readonly runs: JobRunsQueries,
    @Inject(Settings) private readonly settings: Settings,
    @Inject(Log) private readonly log: Log,
  ) {}

  /** Runs in the slot it wins; a replica that dies leaves the rest to the next slot. */
  @Cron(`*/${String(SLOT_SECONDS)} * * * * *`, { waitForCompletion: true })
  async run(): Promise<number> {
    if (!this.settings.jobs) return 0;
    try {
      const slot = await this.runs.start(JOB, SLOT_SECONDS);
      if (slot === undefined) return 0;
      const timedOut = await this.redemptions.releaseTimedOut();
      const released = timedOut + (await this.vouchers.giveBackLapsed());
      await this.runs.finish(JOB, slot, released);
      return released;
    } catch (error) {
      this.log.event('error', 'A job run failed; the next slot goes on', { job: JOB, err: error });
      return 0;
    }
  }
}
