import { Inject, Injectable } from '@nestjs/common';
import { Scheduled } from '../jobs/job-registry.service.js';
import type { Foreseen, ForeseenPage, Job, Part } from '../jobs/job.js';
import { IdleLimitsQueries } from '../ledger/limits/idle-limits.queries.js';
import {
  ADJUSTMENT_LIMITS,
  LIMIT_WINDOW_MS,
  WAITING_LIMITS,
} from '../rules/actions/adjustment-limits.js';
import { WaitingQueries } from './waiting.queries.js';

/** Rows forgotten at once, so that nobody waits for them. */
const PAGE = 1_000;

/**
 * Forgets what no limit on adjustments reaches any more: uses behind the window, approvals that have
 * lapsed, and rows to queue at of users and members of whom nothing is left. Postings and approvals
 * say all of it, for good.
 */
@Scheduled()
@Injectable()
export class CleanUp implements Job {
  readonly name = 'clean-up';
  /** Half past four in the morning. */
  readonly schedule = { minuteOfDay: 270 };
  readonly parts = 'whole';

  constructor(
    @Inject(IdleLimitsQueries) private readonly limits: IdleLimitsQueries,
    @Inject(WaitingQueries) private readonly waiting: WaitingQueries,
  ) {}

  /** Each page is a transaction of its own, so whoever goes on finds what is left. */
  async run({ asOf, fence, count }: Part): Promise<void> {
    const before = asOf - LIMIT_WINDOW_MS;
    for (const forget of [
      () => this.limits.forget(ADJUSTMENT_LIMITS, before, PAGE),
      () => this.waiting.forgetLapsed(asOf, PAGE),
      () => this.limits.clear(ADJUSTMENT_LIMITS, PAGE),
      () => this.limits.clear(WAITING_LIMITS, PAGE),
    ]) {
      let forgotten: number;
      do {
        fence.hold();
        forgotten = await forget();
        count(forgotten);
      } while (forgotten === PAGE);
    }
  }

  /** How many rows of each kind; they are of nobody, so that there is only one page. */
  async foresee(_bucket: number | undefined, asOf: number): Promise<ForeseenPage> {
    const before = asOf - LIMIT_WINDOW_MS;
    const rows: [what: string, rows: number][] = [
      ['uses', await this.limits.countUses(ADJUSTMENT_LIMITS, before)],
      ['lapsed', await this.waiting.countLapsed(asOf)],
      [
        'locks',
        (await this.limits.countIdle(ADJUSTMENT_LIMITS, before)) +
          (await this.limits.countIdle(WAITING_LIMITS, before)),
      ],
    ];
    const items = rows.flatMap(([what, count]): Foreseen[] =>
      count === 0 ? [] : [{ memberId: null, what, dueAt: asOf, details: { rows: count } }],
    );
    return { items, next: undefined };
  }
}
