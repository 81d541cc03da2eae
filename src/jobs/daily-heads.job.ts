import { Inject, Injectable } from '@nestjs/common';
import { HeadsService } from '../ledger/proof/heads.service.js';
import { Scheduled } from './job-registry.service.js';
import type { ForeseenPage, Job, Part } from './job.js';

/**
 * Makes the heads of days that are over and have none: usually that is yesterday, once, and after an
 * outage every day in between. Days of heads are UTC days, and each is made under a lock of its own
 * in one transaction, so a holder that was paused can make none twice.
 */
@Scheduled()
@Injectable()
export class DailyHeads implements Job {
  readonly name = 'daily-heads';
  readonly schedule = { everySeconds: 600 };
  readonly parts = 'whole';

  constructor(@Inject(HeadsService) private readonly heads: HeadsService) {}

  async run({ count }: Part): Promise<void> {
    count((await this.heads.catchUp()).length);
  }

  async foresee(
    _bucket: number | undefined,
    _asOf: number,
    { after, limit }: { after: string | undefined; limit: number },
  ): Promise<ForeseenPage> {
    const days = (await this.heads.missing()).filter((day) => after === undefined || day > after);
    const page = days.slice(0, limit);
    const items = page.map((day) => {
      return { memberId: null, what: 'head', dueAt: Date.parse(day), details: { day } };
    });
    return { items, next: page.length < days.length ? page.at(-1) : undefined };
  }
}
