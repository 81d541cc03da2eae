/** What the bench asks of the load generator, and what it gets back. Sent as JSON. */
export interface Task {
  kind: 'accrue' | 'bulk' | 'balance' | 'redeem' | 'fund';
  port: number;
  key: string;
  connections: number;
  seconds: number;
  members: number;
  /** Every request on this member; uniform over all of them when left out. */
  onlyMember?: number;
  /** Eight characters that no other task has; keys and references start with them. */
  run: string;
  occurredAt: string;
  /** Lines in one bulk request. */
  bulkLines?: number;
  reward?: string;
  /** Big purchases to make, whatever the time. */
  purchases?: number;
  /** Minor units of each of them. */
  amount?: number;
}

export interface LoadResult {
  /** Pieces of work answered before the time was up; the rate is this over the time. */
  inTime: number;
  seconds: number;
  /** Until the last answer, which came after the time was up. */
  elapsed: number;
  /** Pieces of work answered as booked, those after the time was up included. */
  acknowledged: number;
  /** Points the answers said were accrued. */
  points: number;
  /** Holds and captures of a redemption are two; refused holds are counted here only. */
  holds: number;
  captures: number;
  refused: number;
  faults: number;
  firstFaults: string[];
  /** Milliseconds from sending to the whole answer. */
  latency: { p50: number; p95: number; p99: number; max: number; mean: number };
}
