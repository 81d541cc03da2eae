/** What can be heard of: a closed list, and which of it a posting is. */
import type { Happened } from '../ledger/outbox/outbox.queries.js';
import type { PostingKind } from '../rules/outcome.js';

/**
 * Every type of event with the sentence that documents it. The place of a type in its posting is
 * part of its id, so it never changes.
 */
export const eventTypes = {
  'member.enrolled': 'A member has enrolled.',
  'points.accrued': 'A purchase or an activity of a member was booked.',
  'points.returned': 'A purchase came back, whole or in part.',
  'points.corrected': 'An earlier decision came out differently.',
  'points.held': 'Points were reserved by a redemption.',
  'points.redeemed': 'Points were spent, or the delivery of what they bought moved on.',
  'points.released': 'Points came back from a redemption.',
  'points.adjusted': 'Staff gave or took points.',
  'points.awarded': 'A coupon or an offer gave points.',
  'points.transferred': 'Points went from one member to another.',
  'points.referred': 'A referral was paid, or taken back.',
  'points.expired': 'Points went that nobody used, after their member was told.',
  'points.reinstated': 'Points that had gone came back.',
  'points.extended': 'Points of a member go later than before.',
  'points.cleared': 'Points that a guard withheld can be spent earlier, as staff have looked.',
  'points.sold': 'Points were bought, or a sale was undone.',
  'points.converted': "Units of a partner's currency became points.",
  'tier.reviewed': 'The tier of a member was reviewed or given by hand.',
  'tier.changed': 'A member has another tier than before.',
  'stage.changed': 'A member was silent for so long that they are in another stage.',
  'notice.due': 'A member is to be told something: 2xx says that you have told them.',
  'programme.published': 'A version of the programme was published.',
  'offer.paused': 'An offer was paused.',
  'offer.resumed': 'A paused offer goes on.',
  'spending.frozen': 'What is stored of a member is not what was posted; they spend nothing.',
  'spending.unfrozen': 'Staff have let a member spend again.',
  'monitor.alerted': 'A monitor has found more of something than is normal.',
  'settlement.ready': 'What a partner owes for a month, or is owed, is settled.',
  'heads.signed': 'The signed heads of a day are ready.',
  'webhook.test': 'Somebody tries out whether events arrive.',
} as const;

export type EventType = keyof typeof eventTypes;

export const eventTypeNames = Object.keys(eventTypes) as EventType[];

/** What an endpoint may choose; whoever tries one out needs no choice. */
export const choosableTypes = eventTypeNames.filter((type) => type !== 'webhook.test');

/** A refusal changed nothing, so there is nothing to tell. */
const byKind: Readonly<Record<PostingKind, EventType | undefined>> = {
  accrue: 'points.accrued',
  return: 'points.returned',
  correct: 'points.corrected',
  hold: 'points.held',
  redeem: 'points.redeemed',
  release: 'points.released',
  adjust: 'points.adjusted',
  award: 'points.awarded',
  transfer: 'points.transferred',
  refer: 'points.referred',
  sell: 'points.sold',
  convert: 'points.converted',
  expire: 'points.expired',
  reinstate: 'points.reinstated',
  extend: 'points.extended',
  clear: 'points.cleared',
  review: 'tier.reviewed',
  stage: 'stage.changed',
  refused: undefined,
};

/** An endpoint and the types of events it wants. */
export interface Wanting {
  id: string;
  types: ReadonlySet<string>;
}

/** An event of a posting: its place there, and what it is. */
export interface PostedEvent {
  n: number;
  type: EventType;
}

const isKind = (kind: string): kind is PostingKind => Object.hasOwn(byKind, kind);

/** What there is to hear of a posting, in order. */
export function eventsOf({ seq, kind, tiers }: Happened): PostedEvent[] {
  if (seq === 0) return [{ n: 0, type: 'member.enrolled' }];
  const type = kind !== undefined && isKind(kind) ? byKind[kind] : undefined;
  const first: PostedEvent[] = type === undefined ? [] : [{ n: 0, type }];
  const isChange = tiers !== undefined && tiers.before !== tiers.after;
  return isChange ? [...first, { n: 1, type: 'tier.changed' }] : first;
}
