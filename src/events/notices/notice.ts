/** What a member is to be told, how often it is tried, and what counts as having told them. */

export type NoticeChannel = 'email' | 'messenger';

/** A mail server took it and no bounce came; the messenger answered 2xx; the member saw it; ... */
export const noticeEvidence = ['email', 'messenger', 'shown', 'last_resort'] as const;
export type NoticeEvidence = (typeof noticeEvidence)[number];

export const noticeStates = ['due', 'accepted', 'told', 'unreachable', 'withdrawn'] as const;
export type NoticeState = (typeof noticeStates)[number];

/** The kind of notices that tell when points go. */
export const EXPIRING = 'points_expiring';

/** Something to tell a member. The same kind and subject are told once. */
export interface NoticeDraft {
  memberId: string;
  /** Such as `points_expiring`. */
  kind: string;
  /** What tells it from others of its kind, such as the day it is about. */
  subject: string;
  /** What the member reads. */
  title: string;
  text: string;
  /** The same for programs: codes and figures, nothing personal. */
  facts: Readonly<Record<string, unknown>>;
  /** Milliseconds since 1970, by the programme's clock, as is the time below. */
  madeAt: number;
  /** When it is to be sent, and not before. */
  dueAt: number;
}

export interface NoticeAddress {
  memberId: string;
  /** Counts the member's notices from 1. */
  number: number;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Waits after each try that told nobody: 31 days and a few hours in all. */
const waits = [HOUR, 6 * HOUR, DAY, 3 * DAY, 7 * DAY, 10 * DAY, 10 * DAY];

/** Milliseconds until the next try after so many, from 1; undefined = there is none. */
export const noticeWaitAfter = (tries: number): number | undefined => waits[tries - 1];

/** A bounce comes within this time, or none does. */
export const BOUNCE_MS = 72 * HOUR;
/** Nobody else tries what a process has begun for so long. */
export const CLAIM_MS = 15 * MINUTE;
/** A messenger's delivery ends by itself before that. */
export const MESSENGER_MS = 5 * DAY;

/** The channel of a try: they take turns where a member allows both. */
export function channelFor(
  tries: number,
  open: Readonly<Record<NoticeChannel, boolean>>,
): NoticeChannel | undefined {
  const channels = (['messenger', 'email'] as const).filter((channel) => open[channel]);
  return channels[tries % Math.max(1, channels.length)];
}

const STREAM = 'notice/';

/** A notice is sent by itself and waits for no other. */
export const noticeStream = ({ memberId, number }: NoticeAddress): string =>
  `${STREAM}${memberId}/${String(number)}`;

/** The notice a stream is, or undefined when it is none. */
export function noticeOfStream(stream: string): NoticeAddress | undefined {
  if (!stream.startsWith(STREAM)) return undefined;
  const [memberId = '', number = ''] = stream.slice(STREAM.length).split('/');
  return { memberId, number: Number(number) };
}

/** What a mail server said, without whom it was about. */
export const receiptOf = (response: string): string =>
  response.replaceAll(/\S*@\S*/g, '...').slice(0, 200);
