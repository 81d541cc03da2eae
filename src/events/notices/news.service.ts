import { Inject, Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { SilencesQueries } from '../../ledger/crowds/silences.queries.js';
import { ContactsQueries, type Reach } from '../../members/contact/contacts.queries.js';
import { PresenceQueries } from '../../members/presence/presence.queries.js';
import { silenceOf } from '../../rules/inactivity/silence.js';
import { NoticeTriesQueries } from './notice-tries.queries.js';
import { NoticesQueries, type StoredNotice } from './notices.queries.js';

/**
 * Notices whose time has come, without those that are no news any more. That is looked at when they are
 * sent, as whoever comes back writes nothing for the sake of a notice.
 */
@Injectable()
export class News {
  constructor(
    @Inject(NoticeTriesQueries) private readonly tries: NoticeTriesQueries,
    @Inject(NoticesQueries) private readonly notices: NoticesQueries,
    @Inject(PresenceQueries) private readonly presences: PresenceQueries,
    @Inject(ContactsQueries) private readonly contacts: ContactsQueries,
    @Inject(SilencesQueries) private readonly silences: SilencesQueries,
  ) {}

  /** Locked, with how their members are reached; and how many were looked at, withdrawn ones included. */
  async due(
    tx: EntityManager,
    buckets: readonly number[],
    limit: number,
  ): Promise<{ due: StoredNotice[]; reached: Map<string, Reach>; count: number }> {
    const found = await this.tries.due(tx, buckets, limit);
    const due: StoredNotice[] = [];
    for (const notice of found) {
      const { memberId, kind, subject } = notice;
      if (!(await this.isOver(notice))) due.push(notice);
      else await this.notices.withdraw(tx, { memberId, kind, subjects: [subject] });
    }
    const reached = await this.contacts.reach(due.map(({ memberId }) => memberId));
    return { due, reached, count: found.length };
  }

  /** Whether it is about a silence that an act of its member has ended. */
  private async isOver({ memberId, about }: StoredNotice): Promise<boolean> {
    const { silentSince } = about.facts;
    if (typeof silentSince !== 'string') return false;
    const present = await this.presences.of(memberId);
    if (present === undefined) return false;
    const { heardAt = null } = (await this.silences.heard([memberId])).get(memberId) ?? {};
    const member = { heardAt, enrolledAt: present.enrolledAt, points: 0, held: 0, owed: 0 };
    return silenceOf(member, present.presence).lastAct > Date.parse(silentSince);
  }
}
