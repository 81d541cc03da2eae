import { Inject, Injectable } from '@nestjs/common';
import type { Caller } from '../../access/caller.js';
import { PartnerFlowsQueries } from '../../ledger/history/partner-flows.queries.js';
import { DomainError } from '../../platform/http/domain-error.js';
import { ProgrammeBookService } from '../../programmes/programme-book.service.js';
import type { Programme } from '../../rules/programme.js';
import { BlocksQueries } from '../partners/blocks.queries.js';
import { maySee, noPartner } from '../partners/partners.service.js';
import { periodOf, type Period } from './period.js';
import { statementOf, type Statement } from './statement.js';

/** Seconds behind a month after which nothing is recorded in it any more, if nobody is writing. */
const SETTLING_S = 300;

export interface Settlement {
  statement: Statement;
  programme: Programme;
  /** Whether nothing can come to the month any more, so that it will always read the same. */
  isClosed: boolean;
  /** Points left below which the partner was to be told when the month ended, or is to be now. */
  alertBelow: number | undefined;
}

/** Statements out of the ledger, computed anew each time: nothing of them is kept. */
@Injectable()
export class SettlementService {
  constructor(
    @Inject(PartnerFlowsQueries) private readonly flows: PartnerFlowsQueries,
    @Inject(BlocksQueries) private readonly blocks: BlocksQueries,
    @Inject(ProgrammeBookService) private readonly programmes: ProgrammeBookService,
  ) {}

  /** The statement of a partner for a month, such as `2026-06`. */
  async statement(
    code: string,
    name: string,
    caller: Pick<Caller, 'retailer'>,
  ): Promise<Settlement> {
    const programme = await this.programmes.inForce();
    const period = this.period(name);
    return this.flows.inSnapshot(async (tx) => {
      const { now, isQuiet } = await this.flows.moment(tx, SETTLING_S);
      if (!maySee(caller, code) || !this.isPartner(code, now)) throw noPartner();
      if (period.from > now) {
        throw new DomainError('period_in_future', 'The month has not begun.');
      }
      const { from, until } = period;
      const statement = statementOf({
        ...{ partner: code, period },
        blocks: await this.blocks.of(code, tx),
        before: await this.flows.funded(tx, code, { from: 0, until: from }),
        during: await this.flows.funded(tx, code, { from, until }),
        redeemed: await this.flows.redeemed(tx, code, { from, until }),
        termsIn: (no) => this.programmes.version(no).partners.byCode.get(code)?.terms,
      });
      const isClosed = now >= until + SETTLING_S * 1_000 && isQuiet;
      const last = this.programmes.at(Math.min(until - 1, now)) ?? programme;
      const alertBelow = last.partners.byCode.get(code)?.terms?.prepaid?.alertBelow;
      return { statement, programme, isClosed, alertBelow };
    });
  }

  /** A retailer that was a partner once may still be owed something. */
  private isPartner(code: string, now: number): boolean {
    return this.programmes.begunBy(now).some(({ partners }) => partners.byCode.has(code));
  }

  private period(name: string): Period {
    const first = this.programmes.version(1);
    const zoneAt = (instant: number): string => (this.programmes.at(instant) ?? first).timeZone;
    const period = periodOf(name, zoneAt);
    if (period !== undefined) return period;
    const faults = [{ pointer: '/period', code: 'is_month', detail: 'must be a month: 2026-06' }];
    throw new DomainError(
      'invalid_request',
      'The period is no month, such as 2026-06.',
      {},
      faults,
    );
  }
}
