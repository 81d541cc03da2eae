import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import {
  ExpiryNoticesQueries,
  toldBy,
  type ExpiryNotice,
} from '../events/notices/expiry-notices.queries.js';
import type { NoticeDraft } from '../events/notices/notice.js';
import { NoticesQueries } from '../events/notices/notices.queries.js';
import { LedgerService } from '../ledger/ledger.service.js';
import { ExpiringLotsQueries, type ExpiringPoints } from '../ledger/lots/expiring-lots.queries.js';
import { goesAt } from '../rules/expiry/expire.js';
import { noticesOf, type ExpiryNotices } from '../rules/expiry/terms.js';
import { DAY_MS } from '../rules/period.js';
import type { Programme } from '../rules/programme.js';
import { noticeOf } from './expiry-words.js';
import { stagesAt, type Stage } from './stages.js';

/** What has to be tried before the date in balance and answers is evidence enough. */
const LAST_RESORT = { tries: 3, days: 30 };

/** What members are told on a day, and under which terms. */
export interface Plan {
  programme: Programme;
  terms: ExpiryNotices;
  stages: Stage[];
}

/** Notices of members; undefined = it does not matter what they were told. */
type Known = ReadonlyMap<string, readonly ExpiryNotice[]> | undefined;

/** Makes notices of points that go, and says of whom nobody was reached. */
@Injectable()
export class ExpiryTelling {
  constructor(
    @Inject(LedgerService) private readonly ledger: LedgerService,
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(ExpiringLotsQueries) private readonly lots: ExpiringLotsQueries,
    @Inject(NoticesQueries) private readonly notices: NoticesQueries,
    @Inject(ExpiryNoticesQueries) private readonly told: ExpiryNoticesQueries,
  ) {}

  /** Undefined = nobody is told of anything. */
  planAt(asOf: number): Plan | undefined {
    const programme = this.ledger.programmes.at(asOf);
    const terms = programme && noticesOf(programme.expiry);
    if (programme === undefined || terms === undefined) return undefined;
    return { programme, terms, stages: stagesAt(programme.timeZone, terms, asOf) };
  }

  /** Returns how many notices are new. */
  async tell(
    plan: Plan,
    stage: Stage,
    page: readonly ExpiringPoints[],
    asOf: number,
  ): Promise<number> {
    const known = await this.knownOf(stage, page);
    const drafts = this.drafted(plan, stage, page, { known, asOf });
    const unreached = known === undefined ? [] : this.unreached(plan, page, { known, asOf });
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
  async drafts(
    plan: Plan,
    stage: Stage,
    page: readonly ExpiringPoints[],
    asOf: number,
  ): Promise<NoticeDraft[]> {
    return this.drafted(plan, stage, page, { known: await this.knownOf(stage, page), asOf });
  }

  /** What was told of dates that have passed; of others it does not matter. */
  private async knownOf({ days }: Stage, page: readonly ExpiringPoints[]): Promise<Known> {
    return days > 0 ? undefined : this.told.of(page);
  }

  private drafted(
    { programme, terms }: Plan,
    { days }: Stage,
    page: readonly ExpiringPoints[],
    { known, asOf }: { known: Known; asOf: number },
  ): NoticeDraft[] {
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
  private unreached(
    { programme, terms }: Plan,
    page: readonly ExpiringPoints[],
    { known, asOf }: { known: NonNullable<Known>; asOf: number },
  ): ExpiryNotice[] {
    if (!terms.lastResort) return [];
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
  { dueAt, upTo, silentSince }: ExpiringPoints,
  notice: ExpiryNotice,
): boolean {
  const ofSilence = silentSince !== undefined;
  if (notice.ofSilence !== ofSilence) return false;
  if (notice.expiresAt !== dueAt || notice.upTo < upTo || notice.state === 'withdrawn')
    return false;
  if (notice.evidence === null) return true;
  return (
    goesAt(timeZone, { expiresAt: dueAt, ofSilence, seq: upTo }, toldBy(notice), terms) !==
    undefined
  );
}
