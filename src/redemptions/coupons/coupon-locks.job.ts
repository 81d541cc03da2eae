import { Inject, Injectable } from '@nestjs/common';
import { Scheduled } from '../../jobs/job-registry.service.js';
import type { ForeseenPage, Job, Part } from '../../jobs/job.js';
import { IdleLimitsQueries } from '../../ledger/limits/idle-limits.queries.js';
import { SINGLE } from './coupon-codes.queries.js';

/** Rows cleared at once, so that nobody waits for them. */
const PAGE = 1_000;

/**
 * Clears the rows at which those queue who redeem the same coupon. That it was used is another row,
 * which stays.
 */
@Scheduled()
@Injectable()
export class CouponLocks implements Job {
  readonly name = 'coupon-locks';
  readonly schedule = { everySeconds: 3_600 };
  readonly parts = 'whole';

  constructor(@Inject(IdleLimitsQueries) private readonly limits: IdleLimitsQueries) {}

  async run({ fence, count }: Part): Promise<void> {
    for (;;) {
      fence.hold();
      const cleared = await this.limits.clear(SINGLE, PAGE);
      count(cleared);
      if (cleared < PAGE) return;
    }
  }

  async foresee(
    _bucket: number | undefined,
    asOf: number,
    { after = '', limit }: { after: string | undefined; limit: number },
  ): Promise<ForeseenPage> {
    const ids = await this.limits.idle(SINGLE, after, limit);
    const items = ids.map(() => ({ memberId: null, what: 'clear', dueAt: asOf, details: {} }));
    return { items, next: ids.length < limit ? undefined : ids.at(-1) };
  }
}
