import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

export interface MadeStatement {
  partner: string;
  /** Such as `2026-06`. */
  period: string;
  currency: string;
  /** Minor units; positive = the partner owes it. */
  balance: bigint;
}

/** Months of partners that are settled. */
@Injectable()
export class PartnerStatementsQueries {
  constructor(@Inject(DataSource) private readonly dataSource: DataSource) {}

  /** Partners whose month is settled. */
  async madeOf(period: string): Promise<Set<string>> {
    const rows = await this.dataSource.query<{ partner: string }[]>(
      'SELECT partner FROM partner_statements WHERE period = $1',
      [period],
    );
    return new Set(rows.map(({ partner }) => partner));
  }

  /** Whether it was not there. */
  async add({ partner, period, currency, balance }: MadeStatement): Promise<boolean> {
    const rows = await this.dataSource.query<unknown[]>(
      `INSERT INTO partner_statements (partner, period, made_at, currency, balance)
       VALUES ($1, $2, programme_now(), $3, $4) ON CONFLICT DO NOTHING RETURNING partner`,
      [partner, period, currency, balance.toString()],
    );
    return rows.length > 0;
  }
}
