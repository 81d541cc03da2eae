import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { renderHeads } from '../../ledger/proof/heads-file.js';
import { HeadsQueries } from '../../ledger/proof/heads.queries.js';
import { OutboxQueries, type ToldPosting } from '../../ledger/outbox/outbox.queries.js';
import { EnrolmentsQueries } from '../../members/enrolments.queries.js';
import { AnnouncementsQueries, type Announcement } from '../announcements/announcements.queries.js';
import { announcementOf } from '../announcements/announcements.service.js';
import { noticeOfStream, noticeStream } from '../notices/notice.js';
import { NoticesQueries, type StoredNotice } from '../notices/notices.queries.js';
import type { DueDelivery } from '../deliveries/deliveries.queries.js';
import { noticeData, postedData, stageChangedData, tierChangedData } from '../events.views.js';

const keyOf = ({ memberId, seq }: { memberId: string; seq: number }): string =>
  `${memberId}/${String(seq)}`;

/** The stream of a member is the member; every other one says what it is before a slash. */
const isOfMember = ({ stream }: DueDelivery): boolean => !stream.includes('/');

const bodyOf = (type: string, timestamp: Date, data: unknown): string =>
  JSON.stringify({ type, timestamp: timestamp.toISOString(), data });

function dataOf(type: string, posting: ToldPosting): object {
  if (type === 'tier.changed') return tierChangedData(posting);
  if (type === 'stage.changed') return stageChangedData(posting);
  return postedData(posting);
}

/** What deliveries tell of, read for all of them at once. */
interface Told {
  postings: ReadonlyMap<string, ToldPosting>;
  enrolments: ReadonlyMap<string, Date>;
  announcements: ReadonlyMap<string, Announcement>;
  notices: ReadonlyMap<string, StoredNotice>;
}

/**
 * What is posted: rendered anew for each try from what is kept anyway, so that an event is stored
 * nowhere twice and says the same whenever it is sent.
 */
@Injectable()
export class Bodies {
  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(OutboxQueries) private readonly outbox: OutboxQueries,
    @Inject(EnrolmentsQueries) private readonly enrolments: EnrolmentsQueries,
    @Inject(AnnouncementsQueries) private readonly announcements: AnnouncementsQueries,
    @Inject(HeadsQueries) private readonly heads: HeadsQueries,
    @Inject(NoticesQueries) private readonly notices: NoticesQueries,
  ) {}

  /** By the event's id; what is not there any more is left out. */
  async of(deliveries: readonly DueDelivery[]): Promise<Map<string, string>> {
    const told = await this.read(deliveries);
    const bodies = new Map<string, string>();
    for (const delivery of deliveries) {
      const body = await this.render(delivery, told);
      if (body !== undefined) bodies.set(delivery.event, body);
    }
    return bodies;
  }

  private async read(deliveries: readonly DueDelivery[]): Promise<Told> {
    const ofMembers = deliveries.filter(isOfMember);
    const addresses = ofMembers.map(({ stream, seq }) => ({ memberId: stream, seq }));
    const distinct = [...new Map(addresses.map((each) => [keyOf(each), each])).values()];
    const newcomers = distinct.filter(({ seq }) => seq === 0).map(({ memberId }) => memberId);
    const announced = deliveries.flatMap(({ stream }) => announcementOf(stream) ?? []);
    const noticed = deliveries.flatMap(({ stream }) => noticeOfStream(stream) ?? []);
    const notices = await this.notices.byAddress(noticed);
    const postings = await this.outbox.postings(distinct.filter(({ seq }) => seq > 0));
    const announcements = await this.announcements.byIds(this.dataSource, announced);
    return {
      postings: new Map(postings.map((each) => [keyOf(each), each])),
      enrolments: newcomers.length === 0 ? new Map() : await this.enrolments.of(newcomers),
      announcements: new Map(announcements.map((each) => [each.id, each])),
      notices: new Map(notices.map((each) => [noticeStream(each), each])),
    };
  }

  private async render(delivery: DueDelivery, told: Told): Promise<string | undefined> {
    const { type, stream, seq, endpoint, now } = delivery;
    if (type === 'webhook.test') return bodyOf(type, now, { endpoint });
    const announcement = told.announcements.get(announcementOf(stream) ?? '');
    if (announcement !== undefined) return this.announcement(announcement);
    const notice = told.notices.get(stream);
    if (notice !== undefined) return bodyOf(type, notice.madeAt, noticeData(notice));
    if (seq === 0) {
      const enrolledAt = told.enrolments.get(stream);
      return enrolledAt && bodyOf(type, enrolledAt, { member: stream });
    }
    const posting = told.postings.get(keyOf({ memberId: stream, seq }));
    if (posting === undefined) return undefined;
    return bodyOf(type, new Date(posting.recordedAt), dataOf(type, posting));
  }

  /** The heads of a day are sent whole, as the file of that day holds them: they leave the house. */
  private async announcement({ type, at, data }: Announcement): Promise<string> {
    if (type !== 'heads.signed') return bodyOf(type, at, data);
    const { day } = data as { day: string };
    const file: unknown = JSON.parse(renderHeads(day, await this.heads.heads(day)));
    return bodyOf(type, at, file);
  }
}
