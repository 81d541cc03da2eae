import { Inject, Injectable } from '@nestjs/common';
import { LedgerQueries } from '../ledger/ledger.queries.js';
import { MembersService } from '../members/members.service.js';
import { DomainError } from '../platform/http/domain-error.js';
import { ProgrammeBookService } from '../programmes/programme-book.service.js';
import { progressOf } from '../rules/standing/progress.js';
import { dueAt, pointOf } from '../rules/standing/stand.js';
import { tierCounters } from '../rules/standing/tally.js';
import { standingHistory } from './keeping.js';
import { StandingsQueries } from './standings.queries.js';
import type { StandingHistoryView } from './tiers.views.js';

/** Where members stand, reviews that nobody has posted yet included. */
@Injectable()
export class StandingsService {
  constructor(
    @Inject(LedgerQueries) private readonly ledger: LedgerQueries,
    @Inject(MembersService) private readonly members: MembersService,
    @Inject(ProgrammeBookService) private readonly programmes: ProgrammeBookService,
    @Inject(StandingsQueries) private readonly standings: StandingsQueries,
  ) {}

  async standing(memberId: string): Promise<StandingHistoryView> {
    const { enrolledAt } = await this.members.membership(memberId);
    const programme = await this.programmes.inForce();
    const now = await this.ledger.now();
    const [account, history] = await Promise.all([
      this.ledger.standing(memberId, (review) => {
        const begun = this.programmes.begunBy(now);
        return tierCounters(begun, Math.min(dueAt(review) ?? now, now), true);
      }),
      this.standings.history(memberId),
    ]);
    if (account === undefined) throw new DomainError('unknown_member', 'There is no such member.');
    const progress = progressOf(programme, pointOf({ ...account, enrolledAt }), now);
    return standingHistory(programme, progress, history, now);
  }
}
