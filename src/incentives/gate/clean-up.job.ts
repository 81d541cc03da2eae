import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Scheduled } from '../../jobs/job-registry.service.js';
import type { Foreseen, ForeseenPage, Job, Part } from '../../jobs/job.js';
import { DAY_MS } from '../../rules/period.js';
import { clearAudits, countCleared } from './audits.queries.js';

/** Rows forgotten at once, so that nobody waits for them. */
const PAGE = 100;
/** For how long an audit that nothing came of is kept: what it found is tried on later documents. */
const KEPT_MS = 90 * DAY_MS;

/** Forgets audits of long ago after which nothing was published, and for which nobody answers. */
@Scheduled()
@Injectable()
export class AuditCleanUp implements Job {
  readonly name = 'audit-clean-up';
  /** A quarter to five in the morning. */
  readonly schedule = { minuteOfDay: 285 };
  readonly parts = 'whole';

  constructor(@Inject(DataSource) private readonly dataSource: DataSource) {}

  /** Each page is a transaction of its own, so whoever goes on finds what is left. */
  async run({ asOf, fence, count }: Part): Promise<void> {
    let cleared: number;
    do {
      fence.hold();
      cleared = await clearAudits(this.dataSource.manager, new Date(asOf - KEPT_MS), PAGE);
      count(cleared);
    } while (cleared === PAGE);
  }

  /** How many there are; they are of nobody, so that there is only one page. */
  async foresee(_bucket: number | undefined, asOf: number): Promise<ForeseenPage> {
    const rows = await countCleared(this.dataSource.manager, new Date(asOf - KEPT_MS));
    const items: Foreseen[] =
      rows === 0 ? [] : [{ memberId: null, what: 'audits', dueAt: asOf, details: { rows } }];
    return { items, next: undefined };
  }
}
