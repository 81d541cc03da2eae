import { Inject, Injectable } from '@nestjs/common';
import { Scheduled } from '../../jobs/job-registry.service.js';
import type { ForeseenPage, Job, Part } from '../../jobs/job.js';
import { isMemberId, publicId } from '../../ledger/address.js';
import {
  WaitingQueries,
  type WaitingOfPartner,
} from '../../ledger/history/waiting-points.queries.js';
import { LedgerService } from '../../ledger/ledger.service.js';
import { formatBillionths } from '../../rules/points.js';
import { WaitingAwards } from './waiting-awards.service.js';

/** Awards points that waited for partners who have paid since, or whose blocks got some back. */
@Scheduled()
@Injectable()
export class WaitingPoints implements Job {
  readonly name = 'waiting-points';
  readonly schedule = { everySeconds: 60 };
  /** In one piece: each partner has one queue over all members. */
  readonly parts = 'whole';

  constructor(
    @Inject(LedgerService) private readonly ledger: LedgerService,
    @Inject(WaitingAwards) private readonly awards: WaitingAwards,
    @Inject(WaitingQueries) private readonly waiting: WaitingQueries,
  ) {}

  async run(part: Part): Promise<void> {
    await this.awards.awardWaiting(part);
  }

  /** Purchases in the order of their partners' queues, each as if it were the next one. */
  async foresee(
    _bucket: number | undefined,
    _asOf: number,
    { after, limit }: { after: string | undefined; limit: number },
  ): Promise<ForeseenPage> {
    const place = after === undefined ? undefined : fromCursor(after);
    const page = place === null ? [] : await this.waiting.queues(place, limit);
    const items = await Promise.all(
      page.map(async (each) => {
        const { partner, memberId, seq, since, billionths } = each;
        const command = { ...this.awards.awarding(partner, each), dryRun: true };
        const { postings } = await this.ledger.submit(command);
        const what = postings.length > 0 ? 'award' : 'look';
        const purchase = publicId('pur', { memberId, seq });
        const details = { partner, purchase, waiting: formatBillionths(billionths) };
        return { memberId, what, dueAt: since, details };
      }),
    );
    const last = page.length < limit ? undefined : page.at(-1);
    return { items, next: last && cursorOf(last) };
  }
}

type Place = Pick<WaitingOfPartner, 'partner' | 'since' | 'memberId' | 'seq'>;

const cursorOf = ({ partner, since, memberId, seq }: Place): string =>
  [String(since), String(seq), memberId, partner].join('.');

/** The opposite; null for a text that is none, behind which there is nothing. */
function fromCursor(text: string): Place | null {
  const [since = '', seq = '', memberId = '', ...partner] = text.split('.');
  const isOne = /^\d{1,15}$/.test(since) && /^\d{1,9}$/.test(seq) && isMemberId(memberId);
  if (!isOne) return null;
  return { since: Number(since), seq: Number(seq), memberId, partner: partner.join('.') };
}
