/**
 * Leases: which process works on a part of something, told by rows and by the database's clock. Here
 * is how one is taken, renewed, lost and let go; nothing else writes these columns.
 *
 * Each holder of a part has a fence greater than all before it. A lease is over when its holder has
 * said nothing for its time, but stands until somebody takes the part: the fence decides, no clock.
 */

/** A part that a process holds, as long as its fence is the part's. */
export interface Lease {
  /** Whose part it is; '' where the table has parts of one thing only. */
  whose: string;
  part: number;
  fence: string;
}

export interface Statement {
  text: string;
  values: unknown[];
}

interface Columns {
  table: string;
  /** Says whose part it is; undefined = all are of one thing, whose name is ''. */
  whose?: string;
  part: string;
  holder: string;
}

/** A table that has leases, one row a part, with `fence` and `until` beside the columns it names. */
export class LeaseTable {
  private readonly columns: Readonly<Required<Columns>>;

  constructor(
    columns: Columns,
    /** How long a part belongs to a holder that says nothing. */
    readonly seconds: number,
  ) {
    this.columns = { whose: "''::text", ...columns };
  }

  /**
   * Gives out some parts that nobody holds, the first ones; returns their leases. One that ends later
   * than any may is of a clock that was set back since, and is over. `wanted` narrows the parts; its
   * values begin at $5.
   */
  take(
    { whose = '', holder, atMost }: { whose?: string; holder: string; atMost: number },
    wanted: Statement = { text: 'true', values: [] },
  ): Statement {
    const { columns } = this;
    return {
      text: `UPDATE ${columns.table} l SET fence = fence + 1, ${columns.holder} = $2,
                    until = clock_timestamp() + make_interval(secs => $3)
              WHERE ${columns.whose} = $1 AND ${columns.part} = ANY (ARRAY (
                    SELECT ${columns.part} FROM ${columns.table}
                     WHERE ${columns.whose} = $1 AND ${wanted.text}
                       AND (until IS NULL OR until <= clock_timestamp()
                            OR until > clock_timestamp() + make_interval(secs => $3 + 1))
                     ORDER BY ${columns.part} LIMIT $4 FOR NO KEY UPDATE SKIP LOCKED))
              RETURNING $1 AS whose, ${columns.part} AS part, fence`,
      values: [whose, holder, this.seconds, atMost, ...wanted.values],
    };
  }

  /** A sign of life; returns those that still stand. One that was let go is not taken up again. */
  renew(leases: readonly Lease[]): Statement {
    return {
      text: `WITH held AS (${this.held})
             UPDATE ${this.columns.table} l SET until = clock_timestamp() + make_interval(secs => $4)
               FROM held WHERE ${this.isOf('held')} RETURNING held.whose, held.part, held.fence`,
      values: [...columnsOf(leases), this.seconds],
    };
  }

  /** Lets others take parts at once. */
  letGo(leases: readonly Lease[]): Statement {
    return {
      text: `WITH held AS (${this.held})
             UPDATE ${this.columns.table} l SET ${this.free()} FROM held WHERE ${this.isOf('held')}`,
      values: columnsOf(leases),
    };
  }

  /** Those of the leases that still stand; they stand until the transaction ends. */
  standing(leases: readonly Lease[]): Statement {
    return { text: this.among('FOR SHARE'), values: columnsOf(leases) };
  }

  /** Keeps whoever holds some parts from writing until the transaction ends. */
  lock(parts: readonly number[], whose = ''): Statement {
    const { columns } = this;
    return {
      text: `SELECT FROM ${columns.table}
              WHERE ${columns.whose} = $1 AND ${columns.part} = ANY ($2::smallint[])
              ORDER BY ${columns.part} FOR UPDATE`,
      values: [whose, parts],
    };
  }

  /** What `letGo` does, for a statement that says more of a part: of the rows of `held`. */
  free(until = "'epoch'"): string {
    return `${this.columns.holder} = NULL, until = ${until}`;
  }

  /** The rows of leases that still stand, to be written to; the leases are $1, $2 and $3. */
  get held(): string {
    return this.among('FOR NO KEY UPDATE');
  }

  /** Whether the row `l` is the part that a row of `held` is about. */
  isOf(held: string): string {
    return `l.${this.columns.part} = ${held}.part AND ${this.columns.whose} = ${held}.whose`;
  }

  /** In one order, so that no two who want several wait for each other. */
  private among(lock: string): string {
    const { table, whose, part, holder } = this.columns;
    return `SELECT u.whose, u.part, u.fence
              FROM unnest($1::text[], $2::smallint[], $3::bigint[]) AS u (whose, part, fence)
              JOIN ${table} l ON l.${part} = u.part AND ${whose} = u.whose
               AND l.fence = u.fence AND ${holder} IS NOT NULL
             ORDER BY 1, 2 ${lock} OF l`;
  }
}

/** $1, $2 and $3 of `held`. */
export const columnsOf = (leases: readonly Lease[]): unknown[] => [
  leases.map(({ whose }) => whose),
  leases.map(({ part }) => part),
  leases.map(({ fence }) => fence),
];
