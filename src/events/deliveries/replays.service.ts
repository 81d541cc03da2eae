import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { BUCKETS, bucketOf } from '../../ledger/address.js';
import { OutboxQueries, type Happened } from '../../ledger/outbox/outbox.queries.js';
import { EnrolmentsQueries } from '../../members/enrolments.queries.js';
import { DomainError } from '../../platform/http/domain-error.js';
import { AnnouncementsQueries } from '../announcements/announcements.queries.js';
import { announcing } from '../announcements/announcements.service.js';
import { eventTypeNames, type Wanting } from '../catalogue.js';
import { parseAnnouncementEventId, parseEventId } from '../event-id.js';
import { LeasesQueries } from '../sending/leases.queries.js';
import { cursorOf, parseCursor } from './cursor.js';
import { DeliveriesQueries, type NewDelivery } from './deliveries.queries.js';
import { deliveriesOf } from './fan-out.service.js';

/** Members or postings looked at for one answer. */
const PAGE = 2_000;

interface Stretch {
  from: Date;
  to: Date;
}

export interface SentAgain {
  events: number;
  next: string | undefined;
}

/** Where a range has come to: among the enrolments first, then among the postings. */
const place = [/^(?:enrolled|recorded)$/, /^\d{1,18}$/, /^[0-9a-f-]{36}$/, /^\d{1,10}$/];
const NOBODY = '00000000-0000-0000-0000-000000000000';

/** Sends events again that an endpoint has had, missed, or never asked for. */
@Injectable()
export class Replays {
  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(OutboxQueries) private readonly outbox: OutboxQueries,
    @Inject(EnrolmentsQueries) private readonly enrolments: EnrolmentsQueries,
    @Inject(AnnouncementsQueries) private readonly announcements: AnnouncementsQueries,
    @Inject(DeliveriesQueries) private readonly deliveries: DeliveriesQueries,
    @Inject(LeasesQueries) private readonly leases: LeasesQueries,
  ) {}

  /** One event, whether the endpoint wants its type or not. 404 where there is no such event. */
  async one(endpoint: string, event: string): Promise<SentAgain> {
    const rows = (await this.find(endpoint, event)).filter((each) => each.event === event);
    if (rows.length === 0) throw new DomainError('not_found', 'There is no such event.');
    await this.send(rows);
    return { events: rows.length, next: undefined };
  }

  /**
   * What the endpoint wants of a stretch of time, by when it was recorded, a page of it. Enrolments
   * and what happened to the programme come first, in any order; postings in theirs.
   */
  async range(endpoint: Wanting, stretch: Stretch, cursor?: string): Promise<SentAgain> {
    if (cursor === undefined) {
      const announced = await this.announcements.between(this.dataSource, stretch.from, stretch.to);
      const rows = announcing(announced, [endpoint]);
      await this.send(rows);
      const page = await this.enrolled(endpoint, stretch, undefined);
      return { ...page, events: page.events + rows.length };
    }
    const parts = parseCursor(cursor, place) ?? [];
    const [phase, , member] = parts;
    return phase === 'enrolled'
      ? this.enrolled(endpoint, stretch, member)
      : this.recorded(endpoint, stretch, parts);
  }

  /** Bucket by bucket: one pass over the members, in pages. */
  private async enrolled(
    endpoint: Wanting,
    stretch: Stretch,
    after: string | undefined,
  ): Promise<SentAgain> {
    const ids: string[] = [];
    let behind = after;
    let bucket = after === undefined ? 0 : bucketOf(after);
    while (bucket < BUCKETS && ids.length < PAGE) {
      const wanted = PAGE - ids.length;
      const found = await this.enrolments.between(bucket, stretch, behind, wanted);
      ids.push(...found);
      behind = found.length < wanted ? undefined : found.at(-1);
      if (behind === undefined) bucket += 1;
    }
    const happened = ids.map((memberId): Happened => ({
      memberId,
      seq: 0,
      kind: undefined,
      tiers: undefined,
    }));
    const events = await this.send(deliveriesOf(happened, [endpoint]));
    const last = ids.at(-1);
    const isMore = bucket < BUCKETS && last !== undefined;
    return { events, next: cursorOf(isMore ? ['enrolled', 0, last, 0] : START) };
  }

  private async recorded(
    endpoint: Wanting,
    stretch: Stretch,
    parts: readonly string[],
  ): Promise<SentAgain> {
    const [, recordedAt = '0', memberId = NOBODY, seq = '0'] = parts;
    const after = { recordedAt, memberId, seq: Number(seq) };
    const page = await this.outbox.recorded(stretch, after, PAGE);
    const events = await this.send(deliveriesOf(page, [endpoint]));
    const last = page.length === PAGE ? page.at(-1) : undefined;
    const next = last && cursorOf(['recorded', last.recordedAt, last.memberId, last.seq]);
    return { events, next };
  }

  private async find(endpoint: string, event: string): Promise<NewDelivery[]> {
    const all = (types: readonly string[]): Wanting[] => [{ id: endpoint, types: new Set(types) }];
    const announcement = parseAnnouncementEventId(event);
    if (announcement !== undefined) {
      const found = await this.announcements.byIds(this.dataSource, [announcement]);
      return announcing(found, all(found.map(({ type }) => type)));
    }
    const address = parseEventId(event);
    if (address === undefined) return [];
    const { memberId, seq } = address;
    if (seq === 0 && (await this.enrolments.of([memberId])).size === 0) return [];
    const happened = await this.outbox.facts(this.dataSource.manager, [address]);
    return deliveriesOf(happened, all(eventTypeNames));
  }

  private async send(rows: readonly NewDelivery[]): Promise<number> {
    if (rows.length === 0) return 0;
    await this.dataSource.transaction(async (tx) => {
      await this.leases.hold(tx, [...new Set(rows.map(({ bucket }) => bucket))]);
      await this.deliveries.addAgain(tx, rows);
    });
    return rows.length;
  }
}

const START = ['recorded', 0, NOBODY, 0];
