import { Inject, Injectable } from '@nestjs/common';
import { Cron } from '@nestjs/schedule';
import { HeadsFolder } from '../ledger/proof/heads-folder.writer.js';
import { Settings } from '../platform/config/settings.js';
import { weightOf } from '../platform/http/passing.js';
import { Log } from '../platform/logging/log.service.js';
import { JobRunner } from './job-runner.service.js';

/** What makes a process look: its timers, where it is to run jobs at all. */
@Injectable()
export class Watch {
  constructor(
    @Inject(JobRunner) private readonly runner: JobRunner,
    @Inject(HeadsFolder) private readonly folder: HeadsFolder,
    @Inject(Settings) private readonly settings: Settings,
    @Inject(Log) private readonly log: Log,
  ) {}

  @Cron('*/5 * * * * *', { waitForCompletion: true })
  async look(): Promise<void> {
    await this.attempt('jobs', () => this.runner.look());
  }

  /** Every replica with a folder for daily heads writes the files that its own folder lacks. */
  @Cron('50 */5 * * * *', { waitForCompletion: true })
  async writeHeads(): Promise<void> {
    const { headsDir } = this.settings;
    if (headsDir === undefined) return;
    await this.attempt('heads', () => this.folder.writeMissing(headsDir));
  }

  private async attempt(what: string, work: () => Promise<unknown>): Promise<void> {
    if (!this.settings.jobs) return;
    try {
      await work();
    } catch (error) {
      this.log.event(weightOf(error), 'Scheduled work failed; it is tried again', {
        what,
        err: error,
      });
    }
  }
}
