import { Inject, Injectable } from '@nestjs/common';
import { Cron } from '@nestjs/schedule';
import { HeadsFolder } from '../ledger/proof/heads-folder.writer.js';
import { HeadsService } from '../ledger/proof/heads.service.js';
import { Settings } from '../platform/config/settings.js';
import { Log } from '../platform/logging/log.service.js';
import { JobRunsQueries } from './job-runs.queries.js';

const JOB = 'daily-heads';
const SLOT_SECONDS = 600;

/**
 * Every ten minutes one replica makes the heads of days that are over and have none: usually that
 * is yesterday, once, and after an outage every day in between. Every replica with a folder for
 * them writes the files that its folder lacks.
 */
@Injectable()
export class DailyHeads {
  constructor(
    @Inject(HeadsService) private readonly heads: HeadsService,
    @Inject(HeadsFolder) private readonly folder: HeadsFolder,
    @Inject(JobRunsQueries) private readonly runs: JobRunsQueries,
    @Inject(Settings) private readonly settings: Settings,
    @Inject(Log) private readonly log: Log,
  ) {}

  /** Returns how many days it made. */
  @Cron('30 */10 * * * *', { waitForCompletion: true })
  async run(): Promise<number> {
    if (!this.settings.jobs) return 0;
    try {
      const slot = await this.runs.start(JOB, SLOT_SECONDS);
      const made = slot === undefined ? [] : await this.heads.catchUp();
      if (slot !== undefined) await this.runs.finish(JOB, slot, made.length);
      const { headsDir } = this.settings;
      if (headsDir !== undefined) await this.folder.writeMissing(headsDir);
      return made.length;
    } catch (error) {
      this.log.event('error', 'A job run failed; the next slot goes on', { job: JOB, err: error });
      return 0;
    }
  }
}
