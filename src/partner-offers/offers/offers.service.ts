import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { AuditService } from '../../access/audit.service.js';
import type { Caller } from '../../access/caller.js';
import { LedgerService } from '../../ledger/ledger.service.js';
import { SharedLimitsQueries } from '../../ledger/limits/used.queries.js';
import { memberFactsFor } from '../../members/member-facts.queries.js';
import { DomainError } from '../../platform/http/domain-error.js';
import { ProgrammeBookService } from '../../programmes/programme-book.service.js';
import { countersNeeded } from '../../rules/earning/counters.js';
import { nothingBought, validOffers, type ValidOffer } from '../../rules/offers/valid.js';
import type { Programme } from '../../rules/programme.js';
import { offerFactsFor } from './offer-facts.queries.js';
import { OffersQueries } from './offers.queries.js';
import { liveOfferView, type LiveOfferView } from './offers.views.js';

export interface Valid {
  programme: Programme;
  offers: ValidOffer[];
}

/** Offers of the version in force: for a member, and for the staff who look after them. */
@Injectable()
export class OffersService {
  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(AuditService) private readonly audit: AuditService,
    @Inject(ProgrammeBookService) private readonly programmes: ProgrammeBookService,
    @Inject(LedgerService) private readonly ledger: LedgerService,
    @Inject(SharedLimitsQueries) private readonly limits: SharedLimitsQueries,
    @Inject(OffersQueries) private readonly queries: OffersQueries,
  ) {}

  /** What a member may use now, decided on what an accrual is decided on; nothing is written. */
  async validFor(memberId: string, caller: Caller, requestId: string): Promise<Valid> {
    const programme = await this.programmes.inForce();
    let offers: ValidOffer[] = [];
    await this.ledger.submit({
      memberIds: [memberId],
      caller: caller.id,
      operation: 'offers',
      actor: caller.actor,
      requestId,
      dryRun: true,
      needs: (_account, { now }) => ({
        spending: false,
        counters: countersNeeded(programme, now, nothingBought),
        facts: [memberFactsFor(programme), ...offerFactsFor(programme, now)],
      }),
      decide: (state, { now }) => {
        const [member] = state.members;
        if (member?.status === 'active') {
          // A token of a member may have been minted at a till; it is not used there alone.
          const retailer = caller.memberId === undefined ? caller.retailer : undefined;
          offers = validOffers(programme, member, now, retailer);
        }
        return { outcome: { state, postings: [] }, owned: [] };
      },
    });
    return { programme, offers };
  }

  /** Law O2: activates an offer of the member's own; one that is not for them is not there. */
  async activate(
    code: string,
    memberId: string,
    caller: Caller,
    requestId: string,
  ): Promise<Valid> {
    const { offers } = await this.validFor(memberId, caller, requestId);
    const found = offers.find(({ offer }) => offer.code === code)?.offer;
    if (found === undefined) throw noOffer();
    if (found.asks.activation) await this.queries.activate(memberId, code);
    const after = await this.validFor(memberId, caller, requestId);
    return { ...after, offers: after.offers.filter(({ offer }) => offer.code === code) };
  }

  /** Every offer of the version in force, with what is used of its limits. */
  async live(): Promise<LiveOfferView[]> {
    const programme = await this.programmes.inForce();
    const offers = [...programme.offers.values()];
    const budgets = offers.flatMap(({ draws }) =>
      draws.flatMap((draw) =>
        draw.kind === 'points' || draw.kind === 'money' ? [draw.limit] : [],
      ),
    );
    const [used, pauses, now] = await Promise.all([
      this.limits.used(budgets),
      this.queries.openPauses(),
      this.queries.now(),
    ]);
    return offers.map((offer) => {
      const pause = pauses.find((each) => each.offer === offer.code);
      return liveOfferView(programme, offer, { used, pause, now });
    });
  }

  /** Law O3: nothing is paid by it from now on, on any server; paused already = no change. */
  async pause(code: string, reason: string, caller: Caller): Promise<LiveOfferView> {
    await this.find(code);
    await this.pauseBy(code, reason, caller);
    return this.find(code);
  }

  /** Law O32: the same by the programme itself; whether it was not paused already. */
  async pauseByProgramme(code: string, reason: string): Promise<boolean> {
    return this.pauseBy(code, reason, { id: 'fealty', actor: 'fealty' });
  }

  private async pauseBy(
    code: string,
    reason: string,
    { id, actor }: Pick<Caller, 'id' | 'actor'>,
  ): Promise<boolean> {
    return this.dataSource.transaction(async (tx) => {
      if (!(await this.queries.pause(tx, code, reason, id))) return false;
      const entry = { actor, action: 'offer.paused', subject: `offer/${code}` };
      await this.audit.record(tx, { ...entry, details: { reason } });
      return true;
    });
  }

  async resume(code: string, reason: string, caller: Caller): Promise<LiveOfferView> {
    await this.find(code);
    await this.dataSource.transaction(async (tx) => {
      if (!(await this.queries.resume(tx, code, caller.id))) return;
      const subject = `offer/${code}`;
      const entry = { actor: caller.actor, action: 'offer.resumed', subject };
      await this.audit.record(tx, { ...entry, details: { reason } });
    });
    return this.find(code);
  }

  private async find(code: string): Promise<LiveOfferView> {
    const found = (await this.live()).find((each) => each.code === code);
    if (found === undefined) throw noOffer();
    return found;
  }
}

const noOffer = (): DomainError => new DomainError('not_found', 'There is no such offer.');
