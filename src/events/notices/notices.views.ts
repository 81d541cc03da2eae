import { publicId } from '../../ledger/address.js';
import { Shown } from '../../platform/openapi/view.decorator.js';
import { noticeEvidence, noticeStates } from './notice.js';
import type { StoredNotice } from './notices.queries.js';

export class NoticeView {
  @Shown('text')
  id: string;

  @Shown('text', 'What it is about, such as points_expiring.')
  kind: string;

  @Shown('text')
  title: string;

  @Shown('text')
  text: string;

  @Shown('instant', 'From when on the member is told.')
  dueAt: string;
}

export class NoticesView {
  @Shown([NoticeView], 'Newest first, fifty at most.')
  items: NoticeView[];
}

export class SentNoticeView extends NoticeView {
  @Shown('instant')
  madeAt: string;

  @Shown(
    { enum: [...noticeStates] },
    'accepted: a mail server took it, and a bounce may still come; unreachable: nothing is left to try.',
  )
  state: string;

  @Shown(
    { type: 'string', enum: ['email', 'messenger', null] },
    'Of the last try; null before it, or where the member allows none.',
    'nullable',
  )
  channel: string | null;

  @Shown('whole')
  tries: number;

  @Shown('instant', 'When it is tried next; null when it is not.', 'nullable')
  nextAt: string | null;

  @Shown('text', 'Why the last try told nobody, such as no_channel or smtp_550.', 'nullable')
  problem: string | null;

  @Shown('text', 'What the mail server answered, without the address.', 'nullable')
  receipt: string | null;

  @Shown({ type: 'string', enum: [...noticeEvidence, null] }, 'How it is known.', 'nullable')
  evidence: string | null;

  @Shown('instant', 'Since when they have been told.', 'nullable')
  evidenceAt: string | null;
}

/** What whoever passed a notice on is told of it. */
export class ToldNoticeView {
  @Shown('text')
  id: string;

  @Shown({ enum: [...noticeStates] })
  state: string;

  @Shown({ type: 'string', enum: [...noticeEvidence, null] }, 'How it is known.', 'nullable')
  evidence: string | null;

  @Shown('instant', 'Since when the member has been told.', 'nullable')
  evidenceAt: string | null;
}

export function toldNoticeView(notice: StoredNotice): ToldNoticeView {
  const { id, state, evidence, evidenceAt } = sentNoticeView(notice);
  return { id, state, evidence, evidenceAt };
}

export class SentNoticesView {
  @Shown([SentNoticeView], 'Newest first, two hundred at most.')
  items: SentNoticeView[];
}

export function noticeView({ memberId, number, kind, about, dueAt }: StoredNotice): NoticeView {
  const { title, text } = about;
  const id = publicId('ntc', { memberId, seq: number });
  return { id, kind, title, text, dueAt: dueAt.toISOString() };
}

export function sentNoticeView(notice: StoredNotice): SentNoticeView {
  const { state, channel, tries, problem, receipt, evidence } = notice;
  return Object.assign(noticeView(notice), {
    madeAt: notice.madeAt.toISOString(),
    state,
    channel,
    tries,
    problem,
    receipt,
    evidence,
    nextAt: state === 'due' ? notice.nextAt.toISOString() : null,
    evidenceAt: notice.evidenceAt?.toISOString() ?? null,
  });
}
