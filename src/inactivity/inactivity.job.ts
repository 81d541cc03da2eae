import { Inject, Injectable } from '@nestjs/common';
import { cursorOf, eachOf, fromCursor, pagesOf } from '../jobs/due.js';
import { Scheduled } from '../jobs/job-registry.service.js';
import { fenced, type ForeseenPage, type Job, type Part } from '../jobs/job.js';
import { LedgerService } from '../ledger/ledger.service.js';
import { SilentMembers, type Judged } from './silent-members.service.js';

/** Members looked at with one reading. */
const PAGE = 200;

/** Posts the stages that silent members have come to, at the end of each local day. */
@Scheduled()
@Injectable()
export class InactivityJob implements Job {
  readonly name = 'inactivity';
  readonly schedule = { minuteOfDay: 60 };
  readonly parts = 'buckets';

  constructor(
    @Inject(LedgerService) private readonly ledger: LedgerService,
    @Inject(SilentMembers) private readonly silent: SilentMembers,
  ) {}

  async run({ bucket = 0, asOf, fence, count }: Part): Promise<void> {
    await eachOf(this.moving(bucket, asOf, fence), { fence, count }, async ({ member }) => {
      const command = fenced(this.silent.growing(member.memberId, asOf), fence);
      return (await this.ledger.submit(command)).postings.length;
    });
  }

  async foresee(
    bucket = 0,
    asOf: number,
    { after, limit }: { after: string | undefined; limit: number },
  ): Promise<ForeseenPage> {
    const due = await this.silent.due(bucket, asOf, { after: fromCursor(after), limit });
    const items = due.flatMap(({ member: { memberId, presence }, steps }) =>
      steps.map(({ terms: { stage, days }, at }) => ({
        memberId,
        what: 'stage',
        dueAt: at,
        details: { from: presence.stage, stage, days },
      })),
    );
    const last = due.length < limit ? undefined : due.at(-1);
    return { items, next: last && cursorOf(last.member) };
  }

  /** Of each page those of whom there is something to post; the others are looked at again later. */
  private async *moving(
    bucket: number,
    asOf: number,
    fence: Part['fence'],
  ): AsyncGenerator<readonly Judged[]> {
    const due = pagesOf<Judged>(
      (after) => this.silent.due(bucket, asOf, { after: after?.member, limit: PAGE }),
      PAGE,
    );
    for await (const page of due) {
      fence.hold();
      await this.silent.putOff(page.filter(({ steps }) => steps.length === 0));
      yield page.filter(({ steps }) => steps.length > 0);
    }
  }
}
