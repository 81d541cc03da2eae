import { Inject, Injectable } from '@nestjs/common';
import { ExpiryNoticesQueries } from '../events/notices/expiry-notices.queries.js';
import { ProgrammeBookService } from '../programmes/programme-book.service.js';
import { noticesOf } from '../rules/expiry/terms.js';
import { DAY_MS } from '../rules/period.js';
import type { BalanceView } from './statements.views.js';

/** Dates that members were shown by their own token: what is due of notices about them is told. */
@Injectable()
export class ShownDates {
  constructor(
    @Inject(ProgrammeBookService) private readonly programmes: ProgrammeBookService,
    @Inject(ExpiryNoticesQueries) private readonly notices: ExpiryNoticesQueries,
  ) {}

  /** Where nobody is told, or no date is so near that anybody is, nothing is read or written. */
  async seen(memberId: string, { asOf, pastExpiry, nextExpiry }: BalanceView): Promise<void> {
    const at = Date.parse(asOf);
    const programme = this.programmes.at(at);
    const terms = programme && noticesOf(programme.expiry);
    if (terms === undefined) return;
    // A day more, as notices count whole ones.
    const until = at + (Math.max(...terms.daysBefore) + 2) * DAY_MS;
    const dates = [...pastExpiry, ...nextExpiry]
      .map((each) => Date.parse(each.at))
      .filter((date) => date <= until);
    if (dates.length > 0) await this.notices.shown(memberId, dates);
  }
}
