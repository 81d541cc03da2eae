import { Inject, Injectable } from '@nestjs/common';
import { noticesWriter } from '../../events/notices/notices.queries.js';
import type { NoticeDraft } from '../../events/notices/notice.js';
import { cursorOf, eachOf, fromCursor, pagesOf, type DueMember } from '../../jobs/due.js';
import { Scheduled } from '../../jobs/job-registry.service.js';
import { fenced, type Foreseen, type ForeseenPage, type Job, type Part } from '../../jobs/job.js';
import type { Command, Decision } from '../../ledger/command.js';
import { LedgerQueries } from '../../ledger/ledger.queries.js';
import { LedgerService } from '../../ledger/ledger.service.js';
import { memberFacts } from '../../members/member-facts.queries.js';
import { programmeFor } from '../../programmes/decide.js';
import { act } from '../../rules/act.js';
import { DAY_MS } from '../../rules/period.js';
import { isStale } from '../../rules/spending/settle.js';
import { progressOf } from '../../rules/standing/progress.js';
import { dueAt, pointOf } from '../../rules/standing/stand.js';
import { tierCounters } from '../../rules/standing/tally.js';
import { warningNotice } from './words.js';

const BY = { caller: 'fealty', actor: 'job/tier-warnings', requestId: 'job/tier-warnings' };

/** Members looked at with one reading. */
const PAGE = 200;
/** A day, and the hour by which some are longer. */
const SINCE_LAST_MS = DAY_MS + 3_600_000;
const FIRST_MEMBER = '00000000-0000-4000-8000-000000000000';

/** Warns members whose tier is near a review that it would not pass. */
@Scheduled()
@Injectable()
export class TierWarnings implements Job {
  readonly name = 'tier-warnings';
  readonly schedule = { minuteOfDay: 120 };
  readonly parts = 'buckets';

  constructor(
    @Inject(LedgerService) private readonly ledger: LedgerService,
    @Inject(LedgerQueries) private readonly queries: LedgerQueries,
  ) {}

  async run({ bucket = 0, asOf, fence, count }: Part): Promise<void> {
    const due = pagesOf<DueMember>((after) => this.due(bucket, asOf, after, PAGE), PAGE);
    await eachOf(due, { fence, count }, async ({ memberId }) => {
      const told: NoticeDraft[] = [];
      await this.ledger.submit(fenced(warning(memberId, told), fence));
      return told.length;
    });
  }

  async foresee(
    bucket = 0,
    asOf: number,
    { after, limit }: { after: string | undefined; limit: number },
  ): Promise<ForeseenPage> {
    const due = await this.due(bucket, asOf, fromCursor(after), limit);
    const items: Foreseen[] = [];
    for (const each of due) {
      const told: NoticeDraft[] = [];
      await this.ledger.submit({ ...warning(each.memberId, told), dryRun: true });
      items.push(...told.map(({ text }) => ({ ...each, what: 'warning', details: { text } })));
    }
    const last = due.length < limit ? undefined : due.at(-1);
    return { items, next: last && cursorOf(last) };
  }

  /** Whose warning time began since the run of the day before. */
  private async due(
    bucket: number,
    asOf: number,
    after: DueMember | undefined,
    limit: number,
  ): Promise<DueMember[]> {
    const ladder = this.ledger.programmes.at(asOf)?.ladder;
    if (ladder?.notices.has('warning') !== true) return [];
    const until = asOf + ladder.warningDays * DAY_MS;
    const from = { memberId: FIRST_MEMBER, dueAt: until - SINCE_LAST_MS };
    return this.queries.dueForReview(bucket, until, { after: after ?? from, limit });
  }
}

/** Tells a member of the review that they would not pass, decided on them as they are then. */
function warning(memberId: string, told: NoticeDraft[]): Command {
  return {
    ...BY,
    memberIds: [memberId],
    operation: 'warn',
    needs: (account, { now, programmes }) => ({
      spending: isStale(account, now),
      counters: tierCounters(
        programmes.begunBy(now),
        Math.min(dueAt(account.review) ?? now, now),
        true,
      ),
      facts: [memberFacts],
    }),
    decide: (state, { now, programmes }): Decision => {
      told.length = 0;
      const programme = programmeFor(programmes, now, now);
      const outcome = act(programme, state, { kind: 'settle', at: now });
      const [member] = outcome.state.members;
      const { keeping } = member === undefined ? {} : progressOf(programme, pointOf(member), now);
      const notice = keeping && warningNotice(programme, keeping);
      if (member?.status !== 'active' || notice === undefined) return { outcome, owned: [] };
      told.push({ ...notice, memberId, madeAt: now, dueAt: now });
      return { outcome, owned: [{ writer: noticesWriter, rows: told }] };
    },
  };
}
