import { Inject, Injectable } from '@nestjs/common';
import { Scheduled } from '../../jobs/job-registry.service.js';
import type { Foreseen, ForeseenPage, Job, Part } from '../../jobs/job.js';
import { ProgrammeBookService } from '../../programmes/programme-book.service.js';
import { localDate } from '../../rules/period.js';
import { monthOf } from './month.js';
import { PartnerStatementsQueries } from './partner-statements.queries.js';
import type { Period } from './period.js';
import { SettlementService } from './settlement.service.js';

/** Makes and announces what each partner and the programme owe each other for the month before. */
@Scheduled()
@Injectable()
export class PartnerSettlements implements Job {
  readonly name = 'partner-settlements';
  readonly schedule = { minuteOfDay: 30 };
  /** In one piece: partners are few. */
  readonly parts = 'whole';

  constructor(
    @Inject(ProgrammeBookService) private readonly programmes: ProgrammeBookService,
    @Inject(SettlementService) private readonly settlements: SettlementService,
    @Inject(PartnerStatementsQueries) private readonly statements: PartnerStatementsQueries,
  ) {}

  /** Who is writing late keeps a month open; then the next day's run makes its statements. */
  async run({ asOf, fence, count }: Part): Promise<void> {
    const period = this.monthBefore(asOf);
    if (period === undefined) return;
    for (const partner of await this.unsettled(period)) {
      fence.hold();
      const settled = await this.settlements.statement(partner, period.name, {
        retailer: undefined,
      });
      if (!settled.isClosed) continue;
      const { programme, statement } = settled;
      const { currency } = programme;
      const { balance } = statement;
      const isNew = await this.statements.add({ partner, period: period.name, currency, balance });
      count(isNew ? 1 : 0);
    }
  }

  /** All of them on one page, as there are few. */
  async foresee(_bucket: number | undefined, asOf: number): Promise<ForeseenPage> {
    const period = this.monthBefore(asOf);
    const partners = period === undefined ? [] : await this.unsettled(period);
    const items = partners.map((partner): Foreseen => {
      const details = { partner, period: period?.name ?? null };
      return { memberId: null, what: 'statement', dueAt: period?.until ?? asOf, details };
    });
    return { items, next: undefined };
  }

  /** The last month that is over by an instant; undefined = no programme was in force in it. */
  private monthBefore(asOf: number): Period | undefined {
    const zone = this.programmes.at(asOf)?.timeZone;
    if (zone === undefined) return undefined;
    const { year, month } = localDate(zone, asOf);
    const before = new Date(Date.UTC(year, month - 2, 1)).toISOString().slice(0, 'yyyy-mm'.length);
    const period = monthOf(before, this.programmes, asOf);
    return this.programmes.begunBy(period.until - 1).length === 0 ? undefined : period;
  }

  /** Whoever had terms in a version that began before the month was over. */
  private async unsettled({ name, until }: Period): Promise<string[]> {
    const made = await this.statements.madeOf(name);
    const partners = this.programmes
      .begunBy(until - 1)
      .flatMap(({ partners: { byCode } }) =>
        [...byCode].flatMap(([code, { terms }]) => (terms === undefined ? [] : [code])),
      );
    return [...new Set(partners)].filter((code) => !made.has(code)).sort();
  }
}
