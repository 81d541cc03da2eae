import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { bucketOf, publicId } from '../../ledger/address.js';
import type { Reach } from '../../members/contact/contacts.queries.js';
import { LeasesQueries, type Fences } from '../sending/leases.queries.js';
import { MailDesk, type MailReply } from './mail.service.js';
import { MessengerDesk } from './messenger.service.js';
import { BOUNCE_MS, channelFor, CLAIM_MS, MESSENGER_MS } from './notice.js';
import { News } from './news.service.js';
import { failed, NoticeTriesQueries, type Tried } from './notice-tries.queries.js';
import type { StoredNotice } from './notices.queries.js';

/** Notices that one process has in hand at once. */
const AT_ONCE = 20;

/** A notice and where it goes; the address is forgotten when it is sent. */
interface Addressed {
  notice: StoredNotice;
  email: string;
}

/**
 * Tells members what they are to be told: over a channel that they allow, and again over the next one
 * where nobody took it. A try is counted before it is made, so that one that dies with its process
 * is made again later and not at once, and not twice by two.
 */
@Injectable()
export class NoticeDesk {
  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(LeasesQueries) private readonly leases: LeasesQueries,
    @Inject(News) private readonly news: News,
    @Inject(NoticeTriesQueries) private readonly tries: NoticeTriesQueries,
    @Inject(MessengerDesk) private readonly messenger: MessengerDesk,
    @Inject(MailDesk) private readonly mail: MailDesk,
  ) {}

  /** Whether more may be due at once. */
  async run(fences: Fences): Promise<boolean> {
    if (!(await this.tries.isAny([...fences.keys()]))) return false;
    const { mails, count } = await this.begin(fences);
    const sent = await Promise.all(mails.map((each) => this.send(each)));
    if (sent.length > 0) await this.end(fences, sent);
    return count === AT_ONCE;
  }

  private async begin(fences: Fences): Promise<{ mails: Addressed[]; count: number }> {
    return this.dataSource.transaction(async (tx) => {
      const standing = [...(await this.leases.standing(tx, fences))];
      await this.tries.believe(tx, standing);
      const { due, count, reached } = await this.news.due(tx, standing, AT_ONCE);
      if (due.length === 0) return { mails: [], count };
      const mails = await this.choose(tx, due, reached);
      return { mails, count };
    });
  }

  /** Hands to the messenger what goes there, notes whom nothing reaches, returns what is mailed. */
  private async choose(
    tx: EntityManager,
    due: readonly StoredNotice[],
    reached: ReadonlyMap<string, Reach>,
  ): Promise<Addressed[]> {
    const listeners = await this.messenger.listeners(tx);
    const channels = due.map((notice) => {
      const reach = reached.get(notice.memberId);
      const messenger = reach?.messenger === true && listeners.length > 0;
      const email = this.mail.isOpen ? reach?.email : undefined;
      const channel = channelFor(notice.tries, { messenger, email: email !== undefined });
      return { notice, channel, email };
    });
    const handed = channels.filter(({ channel }) => channel === 'messenger');
    const messages = handed.map(({ notice }) => notice);
    await this.tries.begin(tx, messages, 'messenger', MESSENGER_MS);
    await this.messenger.send(tx, messages, listeners);
    const nowhere = channels.filter(({ channel }) => channel === undefined);
    await this.tries.end(
      tx,
      nowhere.map(({ notice }) => failed(notice, notice.tries + 1, null, 'no_channel')),
    );
    const mails = channels.flatMap(({ notice, channel, email }) =>
      channel === 'email' && email !== undefined ? [{ notice, email }] : [],
    );
    const mailed = mails.map(({ notice }) => notice);
    await this.tries.begin(tx, mailed, 'email', CLAIM_MS);
    return mails;
  }

  private async send({ notice, email }: Addressed): Promise<Tried> {
    const { memberId, number, about } = notice;
    const id = publicId('ntc', { memberId, seq: number });
    const { title, text } = about;
    return outcomeOf(notice, await this.mail.send({ to: email, title, text, id }));
  }

  private async end(fences: Fences, sent: readonly Tried[]): Promise<void> {
    await this.dataSource.transaction(async (tx) => {
      const standing = await this.leases.standing(tx, fences);
      const ours = sent.filter(({ memberId }) => standing.has(bucketOf(memberId)));
      await this.tries.end(tx, ours);
    });
  }
}

function outcomeOf(notice: StoredNotice, reply: MailReply): Tried {
  const tries = notice.tries + 1;
  if (reply.problem !== undefined) return failed(notice, tries, 'email', reply.problem);
  const { memberId, number } = notice;
  const { receipt } = reply;
  return {
    memberId,
    number,
    tries,
    channel: 'email',
    state: 'accepted',
    wait: BOUNCE_MS,
    problem: null,
    receipt,
  };
}
