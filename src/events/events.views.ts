import { BalanceFigures, balanceOf } from '../ledger/ledger.views.js';
import { publicId } from '../ledger/address.js';
import type { ToldPosting } from '../ledger/outbox/outbox.queries.js';
import type { Outgoing } from '../platform/openapi/outgoing.service.js';
import { Shown } from '../platform/openapi/view.decorator.js';
import { stages } from '../rules/inactivity/terms.js';
import { formatBillionths } from '../rules/points.js';
import {
  AlertData,
  FreezeData,
  HeadsData,
  OfferData,
  PublishedData,
  SettlementData,
} from './announcements/announcements.views.js';
import type { StoredNotice } from './notices/notices.queries.js';
import { eventTypeNames, eventTypes, type EventType } from './catalogue.js';

const instant = (at: number): string => new Date(at).toISOString();

export class EnrolledData {
  @Shown('memberId')
  member: string;
}

export class PostedData {
  @Shown('memberId')
  member: string;

  @Shown('text', 'Id of the posting; /v1/postings/{id}/explanation says why.')
  posting: string;

  @Shown('whole', "Counts the member's postings from 1 without gaps.")
  number: number;

  @Shown('text', 'Kind of the posting, such as accrue.')
  kind: string;

  @Shown('text', 'Code of the retailer it was booked by; null = by nobody of them.', 'nullable')
  retailer: string | null;

  @Shown('whole', 'Points that came to those not held, or left them where negative.')
  points: number;

  @Shown('decimal', 'To the billionth, where a purchase earned or lost them.')
  exactPoints: string;

  @Shown('text', 'The posting it is about, such as the hold of a capture.', 'nullable')
  subject: string | null;

  @Shown('instant')
  occurredAt: string;

  @Shown('whole')
  programmeVersion: number;

  @Shown(BalanceFigures, 'What the member had right after it.')
  balance: BalanceFigures;

  @Shown('text', 'Code of the tier right after it; empty where the programme has none.')
  tier: string;
}

export class TierChangedData {
  @Shown('memberId')
  member: string;

  @Shown('text', 'The posting that changed it.')
  posting: string;

  @Shown('text', 'Code of the tier before; empty at the first one.')
  from: string;

  @Shown('text')
  to: string;

  @Shown('instant')
  occurredAt: string;
}

export class StageChangedData {
  @Shown('memberId')
  member: string;

  @Shown('text', 'The posting that says so.')
  posting: string;

  @Shown({ enum: [...stages] }, 'The stage that was posted before.')
  from: string;

  @Shown({ enum: [...stages] })
  to: string;

  @Shown('instant', 'Their last act; by now there may be a later one.')
  silentSince: string;

  @Shown('instant', 'When the stage began.')
  occurredAt: string;
}

/** Who takes it passes it on to the member: 2xx is the evidence that they were told. */
export class NoticeData {
  @Shown('memberId')
  member: string;

  @Shown('text')
  notice: string;

  @Shown('text', 'What it is about, such as points_expiring.')
  kind: string;

  @Shown('text')
  title: string;

  @Shown('text', 'What the member is to read.')
  text: string;

  @Shown({ type: 'object', additionalProperties: true }, 'The same for programs.')
  facts: object;

  @Shown('instant')
  dueAt: string;
}

export class TestData {
  @Shown('text', 'The endpoint that is tried out.')
  endpoint: string;
}

export function postedData(posting: ToldPosting): PostedData {
  const { memberId, seq, subjectSeq, caller, after } = posting;
  return {
    member: memberId,
    posting: publicId('pst', { memberId, seq }),
    number: seq,
    kind: posting.kind,
    retailer: caller.startsWith('r/') ? caller.slice(2) : null,
    points: posting.points,
    exactPoints: formatBillionths(posting.billionths),
    subject: subjectSeq === null ? null : publicId('pst', { memberId, seq: subjectSeq }),
    occurredAt: instant(posting.occurredAt),
    programmeVersion: posting.versionNo,
    balance: balanceOf(after),
    tier: after.tier,
  };
}

export function tierChangedData({
  memberId,
  seq,
  effects,
  occurredAt,
}: ToldPosting): TierChangedData {
  const [to = '', , , , from = ''] = effects.standing ?? [];
  return {
    member: memberId,
    posting: publicId('pst', { memberId, seq }),
    from: String(from),
    to: String(to),
    occurredAt: instant(occurredAt),
  };
}

export function stageChangedData({
  memberId,
  seq,
  effects,
  occurredAt,
}: ToldPosting): StageChangedData {
  const [to = '', from = '', silentFrom = occurredAt] = effects.stage ?? [];
  return {
    member: memberId,
    posting: publicId('pst', { memberId, seq }),
    from,
    to,
    silentSince: instant(silentFrom),
    occurredAt: instant(occurredAt),
  };
}

export function noticeData({ memberId, number, kind, about, dueAt }: StoredNotice): NoticeData {
  const { title, text, facts } = about;
  const notice = publicId('ntc', { memberId, seq: number });
  return { member: memberId, notice, kind, title, text, facts, dueAt: dueAt.toISOString() };
}

/** What `data` of an event is; postings are all told of in one shape. */
const dataOf: Partial<Record<EventType, Outgoing['data']>> = {
  'member.enrolled': EnrolledData,
  'tier.changed': TierChangedData,
  'stage.changed': StageChangedData,
  'notice.due': NoticeData,
  'programme.published': PublishedData,
  'offer.paused': OfferData,
  'offer.resumed': OfferData,
  'spending.frozen': FreezeData,
  'spending.unfrozen': FreezeData,
  'monitor.alerted': AlertData,
  'settlement.ready': SettlementData,
  'heads.signed': HeadsData,
  'webhook.test': TestData,
};

/** The catalogue as the OpenAPI document has it. */
export const describedEvents = (): Outgoing[] =>
  eventTypeNames.map((type) => ({
    type,
    summary: eventTypes[type],
    data: dataOf[type] ?? PostedData,
  }));
