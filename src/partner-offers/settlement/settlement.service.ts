import { Inject, Injectable } from '@nestjs/common';
import type { Caller } from '../../access/caller.js';
import { PartnerFlowsQueries } from '../../ledger/history/partner-flows.queries.js';
import { ProgrammeBookService } from '../../programmes/programme-book.service.js';
import type { Programme } from '../../rules/programme.js';
import { BlocksQueries } from '../partners/blocks.queries.js';
import { maySee, noPartner } from '../partners/partners.service.js';
import { isClosed, monthOf, SETTLING_S } from './month.js';
import { statementOf, type Statement } from './statement.js';

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
    return this.flows.inSnapshot(async (tx) => {
      const moment = await this.flows.moment(tx, SETTLING_S);
      const { now } = moment;
      const period = monthOf(name, this.programmes, now);
      if (!maySee(caller, code) || !this.isPartner(code, now)) throw noPartner();
      const { from, until } = period;
      const statement = statementOf({
        ...{ partner: code, period },
        blocks: await this.blocks.of(code, tx),
        before: await this.flows.funded(tx, code, { from: 0, until: from }),
        during: await this.flows.funded(tx, code, { from, until }),
        redeemed: await this.flows.redeemed(tx, code, { from, until }),
        converted: await this.flows.converted(tx, code, { from, until }),
        termsIn: (no) => this.programmes.version(no).partners.byCode.get(code)?.terms,
      });
      const last = this.programmes.at(Math.min(until - 1, now)) ?? programme;
      const alertBelow = last.partners.byCode.get(code)?.terms?.prepaid?.alertBelow;
      return { statement, programme, isClosed: isClosed(period, moment), alertBelow };
    });
  }

  /** A retailer that was a partner once may still be owed something. */
  private isPartner(code: string, now: number): boolean {
    return this.programmes.begunBy(now).some(({ partners }) => partners.byCode.has(code));
  }
}
