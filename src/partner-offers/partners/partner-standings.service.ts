import { Inject, Injectable } from '@nestjs/common';
import type { Caller } from '../../access/caller.js';
import { WaitingQueries, type WaitingTotal } from '../../ledger/history/waiting-points.queries.js';
import { SharedLimitsQueries } from '../../ledger/limits/used.queries.js';
import { ProgrammeBookService } from '../../programmes/programme-book.service.js';
import { blockOf, type Partner } from '../../rules/partners/terms.js';
import type { Programme } from '../../rules/programme.js';
import { BlocksQueries, type Block } from './blocks.queries.js';
import { maySee, noPartner } from './partners.service.js';

/** A partner, and what is left of what it has paid for. */
export interface PartnerStanding {
  partner: Partner;
  /** Whole points of all blocks, and those of them that are used. */
  total: number;
  used: number;
  /** What waits until it pays. */
  waiting: Pick<WaitingTotal, 'purchases' | 'billionths'>;
}

/** Partners as the version in force has them, with what they have paid for, to be read. */
@Injectable()
export class PartnerStandings {
  constructor(
    @Inject(ProgrammeBookService) private readonly programmes: ProgrammeBookService,
    @Inject(BlocksQueries) private readonly blocks: BlocksQueries,
    @Inject(SharedLimitsQueries) private readonly limits: SharedLimitsQueries,
    @Inject(WaitingQueries) private readonly waiting: WaitingQueries,
  ) {}

  /** Every partner for the staff; a retailer is shown itself only. */
  async list(caller: Caller): Promise<{ programme: Programme; standings: PartnerStanding[] }> {
    const programme = await this.programmes.inForce();
    const partners = [...programme.partners.byCode.values()].filter(({ code }) =>
      maySee(caller, code),
    );
    return { programme, standings: await this.standings(partners) };
  }

  /** One partner with its blocks; what the caller may not see is not found. */
  async one(
    code: string,
    caller: Caller,
  ): Promise<{ programme: Programme; standing: PartnerStanding; blocks: Block[] }> {
    const programme = await this.programmes.inForce();
    const partner = maySee(caller, code) ? programme.partners.byCode.get(code) : undefined;
    if (partner === undefined) throw noPartner();
    const [standing] = await this.standings([partner]);
    if (standing === undefined) throw new Error('invariant: a partner has a standing');
    return { programme, standing, blocks: await this.blocks.of(code) };
  }

  private async standings(partners: readonly Partner[]): Promise<PartnerStanding[]> {
    const [totals, used, waiting] = await Promise.all([
      this.blocks.totals(),
      this.limits.used(partners.map(({ code }) => blockOf(code))),
      this.waiting.totals(),
    ]);
    const nothing = { purchases: 0, billionths: 0n };
    return partners.map((partner) => ({
      partner,
      total: totals.get(partner.code) ?? 0,
      used: used.get(blockOf(partner.code)) ?? 0,
      waiting: waiting.find((each) => each.partner === partner.code) ?? nothing,
    }));
  }
}
