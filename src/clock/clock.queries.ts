import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';

export interface ClockReading {
  /** The programme's now, in milliseconds since 1970 UTC. */
  now: number;
  /** How far that is ahead of the real clock, in milliseconds; 0 = it was never moved. */
  aheadMs: number;
}

/** The programme's clock in the database, and the moves it has made. */
@Injectable()
export class ClockQueries {
  constructor(@Inject(DataSource) private readonly dataSource: DataSource) {}

  async read(tx: EntityManager = this.dataSource.manager): Promise<ClockReading> {
    const [row] = await tx.query<{ now: Date; ahead_ms: string }[]>(
      `SELECT programme_now() AS now,
              (SELECT coalesce(max(ahead_ms), 0) FROM clock_moves) AS ahead_ms`,
    );
    if (row === undefined) throw new Error('invariant: the database tells the time');
    return { now: row.now.getTime(), aheadMs: Number(row.ahead_ms) };
  }

  /**
   * Moves the clock so that it shows `now` (milliseconds) or, by less than a millisecond, later.
   * Of two moves at once the further one counts.
   */
  async move(now: number, by: string): Promise<void> {
    await this.dataSource.query(
      `INSERT INTO clock_moves (ahead_ms, moved_at, moved_by)
       SELECT ahead_ms, clock_timestamp(), $2
         FROM (SELECT ceil(extract(epoch FROM $1::timestamptz - clock_timestamp()) * 1000)) m (ahead_ms)
        WHERE ahead_ms > 0
       ON CONFLICT DO NOTHING`,
      [new Date(now), by],
    );
  }
}
