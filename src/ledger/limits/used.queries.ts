import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

/** What is used of shared limits, for whoever only wants to show it: it may be more a moment later. */
@Injectable()
export class SharedLimitsQueries {
  constructor(@Inject(DataSource) private readonly dataSource: DataSource) {}

  /** Used by id; a limit that nobody has used is not among them. */
  async used(limits: readonly string[]): Promise<Map<string, number>> {
    if (limits.length === 0) return new Map();
    const rows = await this.dataSource.query<{ limit_id: string; used: string }[]>(
      `SELECT limit_id, sum(used) AS used FROM limit_slots WHERE limit_id = ANY ($1) GROUP BY 1`,
      [limits],
    );
    return new Map(rows.map(({ limit_id, used }) => [limit_id, Number(used)]));
  }
}
