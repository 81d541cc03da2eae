import { Inject, Injectable } from '@nestjs/common';
import { cursorOf, eachOf, fromCursor, noSuchCursor, pagesOf } from '../../jobs/due.js';
import { Scheduled } from '../../jobs/job-registry.service.js';
import { fenced, type ForeseenPage, type Job, type Part } from '../../jobs/job.js';
import { LedgerService } from '../../ledger/ledger.service.js';
import { RedemptionsQueries, type LapsedVoucher } from '../redemptions.queries.js';
import { VouchersService } from './vouchers.service.js';

/** Vouchers whose points come back at once. */
const PAGE = 500;

/** Gives the points of vouchers back that lapsed unused, where the programme says so. */
@Scheduled()
@Injectable()
export class VoucherLapses implements Job {
  readonly name = 'voucher-lapses';
  readonly schedule = { everySeconds: 10 };
  readonly parts = 'whole';

  constructor(
    @Inject(LedgerService) private readonly ledger: LedgerService,
    @Inject(VouchersService) private readonly vouchers: VouchersService,
    @Inject(RedemptionsQueries) private readonly queries: RedemptionsQueries,
  ) {}

  async run({ asOf, fence, count }: Part): Promise<void> {
    const lapsed = pagesOf<LapsedVoucher>(
      (after) => this.queries.lapsed(asOf, { after, limit: PAGE }),
      PAGE,
    );
    await eachOf(lapsed, { fence, count }, async (voucher) => {
      const command = fenced(this.vouchers.givingBack(voucher), fence);
      return (await this.ledger.submit(command)).postings.length;
    });
  }

  async foresee(
    _bucket: number | undefined,
    asOf: number,
    { after, limit }: { after: string | undefined; limit: number },
  ): Promise<ForeseenPage> {
    const [, seq, cursor] = /^(\d{1,9})\.(.*)$/.exec(after ?? '') ?? [];
    if (after !== undefined && cursor === undefined) throw noSuchCursor();
    const from = fromCursor(cursor);
    const behind = from && { ...from, seq: Number(seq), points: 0 };
    const lapsed = await this.queries.lapsed(asOf, { after: behind, limit });
    const items = lapsed.map(({ memberId, dueAt, points }) => {
      return { memberId, dueAt, what: 'lapse', details: { points } };
    });
    const last = lapsed.length < limit ? undefined : lapsed.at(-1);
    return { items, next: last && `${String(last.seq)}.${cursorOf(last)}` };
  }
}
