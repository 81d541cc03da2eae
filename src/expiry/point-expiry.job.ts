import { Inject, Injectable } from '@nestjs/common';
import {
  ExpiryNoticesQueries,
  toldBy,
  type ExpiryNotice,
} from '../events/notices/expiry-notices.queries.js';
import { cursorOf, eachOf, fromCursor, pagesOf } from '../jobs/due.js';
import { Scheduled } from '../jobs/job-registry.service.js';
import { fenced, type Foreseen, type ForeseenPage, type Job, type Part } from '../jobs/job.js';
import { publicId } from '../ledger/address.js';
import type { OpenedBy } from '../ledger/command.js';
import { LedgerService } from '../ledger/ledger.service.js';
import { ExpiringLotsQueries, type ExpiringPoints } from '../ledger/lots/expiring-lots.queries.js';
import { both } from '../ledger/lots/open-lots.queries.js';
import { goesAt } from '../rules/expiry/expire.js';
import { noticesOf } from '../rules/expiry/terms.js';
import { ExpiryService } from './expiry.service.js';
import { SilentPoints, type Looked } from './silent-points.service.js';

/** A member, and the first and last number of the postings whose points go. */
type Going = readonly [memberId: string, opened: OpenedBy];

/** Dates of members looked at, and members let go, at once in each of the parts worked on. */
const PAGE = 125;

/**
 * Posts points that go: their date has passed, and there is evidence that their member was told.
 * Which day they go on does not depend on it; it only finds what is due and has the core decide.
 */
@Scheduled()
@Injectable()
export class PointExpiryJob implements Job {
  readonly name = 'point-expiry';
  readonly schedule = { everySeconds: 3_600 };
  readonly parts = 'buckets';

  constructor(
    @Inject(LedgerService) private readonly ledger: LedgerService,
    @Inject(ExpiringLotsQueries) private readonly lots: ExpiringLotsQueries,
    @Inject(ExpiryNoticesQueries) private readonly notices: ExpiryNoticesQueries,
    @Inject(SilentPoints) private readonly silent: SilentPoints,
    @Inject(ExpiryService) private readonly expiry: ExpiryService,
  ) {}

  async run({ bucket = 0, asOf, fence, count }: Part): Promise<void> {
    await eachOf(this.due(bucket, asOf), { fence, count }, async ([memberId, opened]) => {
      const command = fenced(this.expiry.expiring(memberId, asOf, opened), fence);
      const { postings } = await this.ledger.submit(command);
      return postings.filter(({ kind }) => kind === 'expire').length;
    });
  }

  /** First what has a date of its own, then what goes by silence. */
  async foresee(
    bucket = 0,
    asOf: number,
    { after, limit }: { after: string | undefined; limit: number },
  ): Promise<ForeseenPage> {
    if (after?.startsWith(SILENT) === true)
      return this.foreseeSilent(bucket, asOf, { after, limit }, []);
    const passed = { from: undefined, until: asOf };
    const page = await this.lots.between(bucket, passed, { after: fromCursor(after), limit });
    const items = await this.foreseenOf(page, asOf);
    const last = page.length < limit ? undefined : page.at(-1);
    if (last !== undefined) return { items, next: cursorOf(last) };
    return this.foreseeSilent(bucket, asOf, { after: SILENT, limit: limit - page.length }, items);
  }

  private async foreseeSilent(
    bucket: number,
    asOf: number,
    { after, limit }: { after: string; limit: number },
    before: readonly Foreseen[],
  ): Promise<ForeseenPage> {
    const range = { after: fromCursor(after.slice(SILENT.length) || undefined), limit };
    const looked = await this.silent.toGo(bucket, asOf, range, true);
    const items = [...before, ...(await this.foreseenOf(passedBy(looked, asOf), asOf))];
    const last = looked.length < limit ? undefined : looked.at(-1);
    return { items, next: last && `${SILENT}${cursorOf(last)}` };
  }

  /** Members of whom something goes, a page at a time. */
  private async *due(bucket: number, asOf: number): AsyncGenerator<readonly Going[]> {
    const programme = this.ledger.programmes.at(asOf);
    if (programme === undefined || noticesOf(programme.expiry) === undefined) return;
    const passed = { from: undefined, until: asOf };
    const pages = pagesOf<ExpiringPoints>(
      (after) => this.lots.between(bucket, passed, { after, limit: PAGE }),
      PAGE,
    );
    for await (const page of pages) yield this.going(page, asOf);
    const looks = pagesOf<Looked>(
      (after) => this.silent.toGo(bucket, asOf, { after, limit: PAGE }),
      PAGE,
    );
    for await (const page of looks) yield this.going(passedBy(page, asOf), asOf);
  }

  /** Of whom something goes by now, and which postings opened it. */
  private async going(page: readonly ExpiringPoints[], asOf: number): Promise<Going[]> {
    const known = await this.notices.of(page);
    const due = page.filter((each) => {
      const goes = this.goes(each, known.get(each.memberId) ?? [], asOf);
      return each.points > each.held && goes !== undefined && goes.at <= asOf;
    });
    const going = new Map<string, OpenedBy>();
    for (const { memberId, fromSeq, upTo } of due) {
      const opened = { fromSeq, upTo };
      going.set(memberId, both(going.get(memberId) ?? opened, opened));
    }
    return [...going];
  }

  /** When the first of these points go, and by which evidence. */
  private goes(
    { dueAt, fromSeq, silentSince }: ExpiringPoints,
    notices: readonly ExpiryNotice[],
    asOf: number,
  ): ReturnType<typeof goesAt> {
    const programme = this.ledger.programmes.at(asOf);
    const terms = programme && noticesOf(programme.expiry);
    if (programme === undefined || terms === undefined) return undefined;
    const told = notices.flatMap(toldBy);
    const due = { expiresAt: dueAt, ofSilence: silentSince !== undefined, seq: fromSeq };
    return goesAt(programme.timeZone, due, told, terms);
  }

  private async foreseenOf(page: readonly ExpiringPoints[], asOf: number): Promise<Foreseen[]> {
    const known = await this.notices.of(page);
    return page.map((each) => this.foreseen(each, known.get(each.memberId) ?? [], asOf));
  }

  private foreseen(each: ExpiringPoints, notices: readonly ExpiryNotice[], asOf: number): Foreseen {
    const { memberId, dueAt, points, held, silentSince } = each;
    const expiresAt = new Date(dueAt).toISOString();
    const because = silentSince !== undefined && {
      silentSince: new Date(silentSince).toISOString(),
    };
    const goes = this.goes(each, notices, asOf);
    if (goes === undefined) {
      return {
        memberId,
        what: 'no-evidence',
        dueAt,
        details: { points, held, expiresAt, ...because },
      };
    }
    const { at, told } = goes;
    const notice = publicId('ntc', { memberId, seq: told.notice });
    const evidence = { evidence: told.evidence, notice };
    const details = { points, held, expiresAt, ...because, ...evidence };
    return { memberId, what: at <= asOf ? 'expire' : 'told-late', dueAt: at, details };
  }
}

/** Begins the cursor of what goes by silence. */
const SILENT = 'silent/';

const passedBy = (looked: readonly Looked[], asOf: number): ExpiringPoints[] =>
  looked.flatMap(({ points }) => points.filter(({ dueAt }) => dueAt <= asOf));
