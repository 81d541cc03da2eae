import { Inject, Injectable } from '@nestjs/common';
import { Scheduled } from '../jobs/job-registry.service.js';
import type { ForeseenPage, Job, Part } from '../jobs/job.js';
import { Log } from '../platform/logging/log.service.js';
import { MonitorsService } from './monitors.service.js';

/** Looks each night at what members and staff did in the four weeks before. */
@Scheduled()
@Injectable()
export class Monitors implements Job {
  readonly name = 'monitors';
  /** Twenty past three, when few buy and no other job of the night reads much. */
  readonly schedule = { minuteOfDay: 200 };
  /** In one piece: what is counted is of all members together. */
  readonly parts = 'whole';

  constructor(
    @Inject(MonitorsService) private readonly monitors: MonitorsService,
    @Inject(Log) private readonly log: Log,
  ) {}

  async run({ asOf, fence, count }: Part): Promise<void> {
    const { kept, begun } = await this.monitors.run(asOf, () => {
      fence.hold();
    });
    for (const { monitor, subject, threshold, hits, total, most } of begun) {
      const fields = { monitor, subject, threshold, hits, total, most };
      this.log.event('warn', 'Members or staff do more of something than is normal', fields);
    }
    count(kept);
  }

  /** What would alert, all on one page: there are as many as rules at most. */
  async foresee(_bucket: number | undefined, asOf: number): Promise<ForeseenPage> {
    const night = await this.monitors.foreseen(asOf);
    const items = (night?.judged ?? [])
      .filter(({ state }) => state === 'alerting')
      .map(({ monitor, subject, threshold, hits, total, most }) => ({
        memberId: null,
        what: 'alert',
        dueAt: asOf,
        details: { monitor, subject, threshold, hits, total, most },
      }));
    return { items, next: undefined };
  }
}
