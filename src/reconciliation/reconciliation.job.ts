import { Inject, Injectable } from '@nestjs/common';
import { noSuchCursor } from '../jobs/due.js';
import { Scheduled } from '../jobs/job-registry.service.js';
import type { ForeseenPage, Job, Part } from '../jobs/job.js';
import { isMemberId } from '../ledger/address.js';
import {
  MembersCheck,
  type CheckedMember,
  type Slice,
} from '../ledger/proof/members-check.service.js';
import { DAY_MS } from '../rules/period.js';
import { Freezing, namesOf } from './freezing.service.js';

/** Nights in which all members have had their turn. */
const NIGHTS = 7;
/** Members read at once. */
const PAGE = 100;

/** Holds a seventh of the members against what their postings say, each night another one. */
@Scheduled()
@Injectable()
export class Reconciliation implements Job {
  readonly name = 'reconciliation';
  readonly schedule = { minuteOfDay: 300 };
  readonly parts = 'buckets';

  constructor(
    @Inject(MembersCheck) private readonly members: MembersCheck,
    @Inject(Freezing) private readonly freezing: Freezing,
  ) {}

  async run({ bucket = 0, asOf, fence, count }: Part): Promise<void> {
    for await (const page of this.pages(sliceOf(bucket, asOf))) {
      fence.hold();
      for (const each of page) {
        if (each.differences.length > 0) await this.freezing.freeze(each, fence);
      }
      count(page.length);
    }
  }

  async foresee(
    bucket = 0,
    asOf: number,
    { after, limit }: { after: string | undefined; limit: number },
  ): Promise<ForeseenPage> {
    if (after !== undefined && !isMemberId(after)) throw noSuchCursor();
    const page = await this.members.page(sliceOf(bucket, asOf), after, Math.min(limit, PAGE));
    const items = page
      .filter(({ differences }) => differences.length > 0)
      .map(({ memberId, differences }) => ({
        memberId,
        what: 'freeze',
        dueAt: asOf,
        details: { found: namesOf(differences).join(', ') },
      }));
    return { items, next: page.at(-1)?.memberId };
  }

  private async *pages(slice: Slice): AsyncGenerator<readonly CheckedMember[]> {
    let after: string | undefined;
    for (;;) {
      const page = await this.members.page(slice, after, PAGE);
      after = page.at(-1)?.memberId;
      if (after === undefined) return;
      yield page;
    }
  }
}

const sliceOf = (bucket: number, asOf: number): Slice => ({
  bucket,
  slices: NIGHTS,
  slice: Math.floor(asOf / DAY_MS) % NIGHTS,
});
