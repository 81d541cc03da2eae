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

  /** What is left of one in all slots and the pool; 0 of one that nobody has filled. */
  async left(limit: string): Promise<number> {
    const rows = await this.dataSource.query<{ left: string }[]>(
      `SELECT l.total - coalesce((SELECT sum(s.used) FROM limit_slots s
                                   WHERE s.limit_id = l.limit_id), 0) AS left
         FROM limits l WHERE l.limit_id = $1`,
      [limit],
    );
    return Number(rows[0]?.left ?? 0);
  }
}
