import { Inject, Injectable } from '@nestjs/common';
import type { Caller } from '../../access/caller.js';
import { PartnerFlowsQueries } from '../../ledger/history/partner-flows.queries.js';
import { SalesFlowsQueries } from '../../ledger/history/sales-flows.queries.js';
import { ProgrammeBookService } from '../../programmes/programme-book.service.js';
import type { Programme } from '../../rules/programme.js';
import { maySee, noPartner } from '../partners/partners.service.js';
import { isClosed, monthOf, SETTLING_S } from '../settlement/month.js';
import { creditOf, type Credit } from './credit.js';

export interface CreditReport {
  credit: Credit;
  programme: Programme;
  /** Whether nothing can come to the month any more, so that it will always read the same. */
  isClosed: boolean;
}

/** What agents' sales earned, out of the ledger, computed anew each time: nothing of it is kept. */
@Injectable()
export class CreditsService {
  constructor(
    @Inject(PartnerFlowsQueries) private readonly flows: PartnerFlowsQueries,
    @Inject(SalesFlowsQueries) private readonly sales: SalesFlowsQueries,
    @Inject(ProgrammeBookService) private readonly programmes: ProgrammeBookService,
  ) {}

  /** The credits of an agent for a month, such as `2026-06`. */
  async report(
    agent: string,
    name: string,
    caller: Pick<Caller, 'retailer'>,
  ): Promise<CreditReport> {
    const programme = await this.programmes.inForce();
    return this.flows.inSnapshot(async (tx) => {
      const moment = await this.flows.moment(tx, SETTLING_S);
      const period = monthOf(name, this.programmes, moment.now);
      if (!maySee(caller, agent) || !this.isAgent(agent, moment.now)) throw noPartner();
      const flows = await this.sales.flows(tx, agent, period);
      const members = await this.sales.members(tx, agent, period);
      const credit = creditOf(agent, period, flows, members);
      return { credit, programme, isClosed: isClosed(period, moment) };
    });
  }

  /** A retailer that was an agent once may still have its sales returned. */
  private isAgent(code: string, now: number): boolean {
    return this.programmes
      .begunBy(now)
      .some(({ partners }) => partners.byCode.get(code)?.kind === 'agent');
  }
}
