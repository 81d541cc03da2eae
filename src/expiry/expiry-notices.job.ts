import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { DataSource } from 'typeorm';
import {
  ExpiryNoticesQueries,
  toldBy,
  type ExpiryNotice,
} from '../events/notices/expiry-notices.queries.js';
import type { NoticeDraft } from '../events/notices/notice.js';
import { NoticesQueries } from '../events/notices/notices.queries.js';
import { cursorOf, fromCursor, noSuchCursor, pagesOf, type DueMember } from '../jobs/due.js';
import { JobRegistry } from '../jobs/job-registry.service.js';
import type { Foreseen, ForeseenPage, Job, Part } from '../jobs/job.js';
import { BUCKETS } from '../ledger/address.js';
import { LedgerService } from '../ledger/ledger.service.js';
import { ExpiringLotsQueries, type ExpiringPoints } from '../ledger/lots/expiring-lots.queries.js';
import { goesAt } from '../rules/expiry/expire.js';
import { noticesOf, type ExpiryNotices } from '../rules/expiry/terms.js';
import { DAY_MS } from '../rules/period.js';
import type { Programme } from '../rules/programme.js';
import { noticeOf } from './expiry-words.js';
import { stagesAt, type Stage } from './stages.js';

/** Points told of in one transaction. */
const PAGE = 1_000;
/** What has to be tried before the date in balance and answers is evidence enough. */
const LAST_RESORT = { tries: 3, days: 30 };

interface Plan {
  programme: Programme;
  terms: ExpiryNotices;
  stages: Stage[];
}

/**
 * Tells members which points go and when: so many days before, and once more where the date has passed
 * and nobody had told them of these points. In one piece, as a day that was missed is told like any
 * other: cut in 64, many of them would cost more to look at than to do.
 */
@Injectable()
export class ExpiryNoticesJob implements Job, OnModuleInit {
  readonly name = 'expiry-notices';
  /** At nine in the morning, as people are written to. */
  readonly schedule = { minuteOfDay: 540 };
  readonly parts = 'whole';

  constructor(
    @Inject(JobRegistry) private readonly jobs: JobRegistry,
    @Inject(LedgerService) private readonly ledger: LedgerService,
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(ExpiringLotsQueries) private readonly lots: ExpiringLotsQueries,
    @Inject(NoticesQueries) private readonly notices: NoticesQueries,
    @Inject(ExpiryNoticesQueries) private readonly told: ExpiryNoticesQueries,
  ) {}

  onModuleInit(): void {
    this.jobs.register(this);
  }

  async run({ asOf, fence, count }: Part): Promise<void> {
    const plan = this.planAt(asOf);
    if (plan === undefined) return;
    for (let bucket = 0; bucket < BUCKETS; bucket += 1) {
      for (const stage of plan.stages) {
        const pages = pagesOf<ExpiringPoints>(
          (after) => this.lots.between(bucket, stage, { after, limit: PAGE }),
          PAGE,
        );
        for await (const page of pages) {
          fence.hold();
          count(await this.tell(plan, stage, page, asOf));
        }
      }
    }
  }

  async foresee(
    _bucket: number | undefined,
    asOf: number,
    { after, limit }: { after: string | undefined; limit: number },
  ): Promise<ForeseenPage> {
    const place = placeOf(after);
    const plan = this.planAt(asOf);
    const items: Foreseen[] = [];
    const [bucket, at] = [Math.floor(place.step / STEPS), place.step % STEPS];
    const stage = plan?.stages[at];
    if (plan === undefined || bucket >= BUCKETS) return { items, next: undefined };
    const next = (step: number, due?: DueMember): string =>
      `${String(step)}/${due === undefined ? '' : cursorOf(due)}`;
    if (stage === undefined) return { items, next: next((bucket + 1) * STEPS) };
    const page = await this.lots.between(bucket, stage, { after: place.after, limit });
    for (const draft of await this.drafts(plan, stage, page, asOf)) {
      const { memberId, facts } = draft;
      const { points, expiresAt } = facts as { points: number; expiresAt: string };
      const details = { points, expiresAt, daysBefore: stage.days };
      items.push({ memberId, what: 'notice', dueAt: asOf, details });
    }
    return { items, next: next(place.step + (page.length < limit ? 1 : 0), full(page, limit)) };
  }

  private planAt(asOf: number): Plan | undefined {
    const programme = this.ledger.programmes.at(asOf);
    const terms = programme && noticesOf(programme.expiry);
    if (programme === undefined || terms === undefined) return undefined;
    return { programme, terms, stages: stagesAt(programme.timeZone, terms, asOf) };
  }

  /** Returns how many notices are new. */
  private async tell(
    plan: Plan,
    stage: Stage,
    page: readonly ExpiringPoints[],
    asOf: number,
  ): Promise<number> {
    const drafts = await this.drafts(plan, stage, page, asOf);
    const unreached = stage.days === 0 ? await this.unreached(plan, page, asOf) : [];
    if (drafts.length === 0 && unreached.length === 0) return 0;
    return this.dataSource.transaction(async (tx) => {
      await this.lots.lock(
        tx,
        drafts.map(({ memberId }) => memberId),
      );
      await this.told.lastResort(tx, unreached, asOf);
      return this.notices.write(tx, drafts);
    });
  }

  /** The notices of a page; of dates that have passed, only where nobody has told of the points. */
  private async drafts(
    { programme, terms }: Plan,
    { days }: Stage,
    page: readonly ExpiringPoints[],
    asOf: number,
  ): Promise<NoticeDraft[]> {
    const known = days > 0 ? undefined : await this.told.of(page.map(({ memberId }) => memberId));
    return page
      .filter((each) => {
        const own = known?.get(each.memberId) ?? [];
        return !own.some((notice) => mayCover(programme, terms, each, notice));
      })
      .map((each) => {
        return noticeOf(programme, each, { days, leastDays: terms.leastDays, madeAt: asOf });
      });
  }

  /** Notices that told nobody, however often it was tried, where that is enough. */
  private async unreached(
    { programme, terms }: Plan,
    page: readonly ExpiringPoints[],
    asOf: number,
  ): Promise<ExpiryNotice[]> {
    if (!terms.lastResort) return [];
    const known = await this.told.of(page.map(({ memberId }) => memberId));
    return page.flatMap((each) => {
      const own = (known.get(each.memberId) ?? []).filter((notice) => {
        return mayCover(programme, terms, each, notice);
      });
      if (own.some(({ evidence }) => evidence !== null)) return [];
      return own.filter(
        ({ state, tries, madeAt }) =>
          state === 'unreachable' &&
          tries >= LAST_RESORT.tries &&
          asOf - madeAt >= LAST_RESORT.days * DAY_MS,
      );
    });
  }
}

/** Whether a notice tells of all these points, or may still; one whose evidence is too old does not. */
function mayCover(
  { timeZone }: Programme,
  terms: ExpiryNotices,
  { dueAt, upTo }: ExpiringPoints,
  notice: ExpiryNotice,
): boolean {
  if (notice.expiresAt !== dueAt || notice.upTo < upTo || notice.state === 'withdrawn')
    return false;
  if (notice.evidence === null) return true;
  return goesAt(timeZone, { expiresAt: dueAt, seq: upTo }, toldBy(notice), terms) !== undefined;
}

/** More than a bucket has stages. */
const STEPS = 16;

const full = (page: readonly ExpiringPoints[], limit: number): ExpiringPoints | undefined =>
  page.length < limit ? undefined : page.at(-1);

/** Bucket and stage as one number, and behind whom. */
function placeOf(after: string | undefined): { step: number; after: DueMember | undefined } {
  if (after === undefined) return { step: 0, after: undefined };
  const [, step, rest] = /^(\d{1,4})\/(.*)$/.exec(after) ?? [];
  if (step === undefined || rest === undefined) throw noSuchCursor();
  return { step: Number(step), after: fromCursor(rest === '' ? undefined : rest) };
}
