const SUBJECTS_MAX = 10_000;

/** Who is turned away until when, in the memory of one process. */
export class Bars {
  private readonly until = new Map<string, number>();
  private last = -Infinity;

  /** The clock is in milliseconds and never goes back. */
  constructor(private readonly clock: () => number) {}

  get isEmpty(): boolean {
    if (this.until.size > 0 && this.clock() >= this.last) this.until.clear();
    return this.until.size === 0;
  }

  /** The database still knows those who are forgotten for others: they get one guess more. */
  add(subject: string, milliseconds: number): void {
    const now = this.clock();
    if (this.until.size >= SUBJECTS_MAX) this.forget(now);
    this.until.set(subject, now + milliseconds);
    this.last = Math.max(this.last, now + milliseconds);
  }

  /** Milliseconds; 0 for whoever is welcome. */
  left(subject: string): number {
    const until = this.until.get(subject);
    if (until === undefined) return 0;
    const left = until - this.clock();
    if (left > 0) return left;
    this.until.delete(subject);
    return 0;
  }

  /** Those whose time is up, or else the one barred first. */
  private forget(now: number): void {
    const [oldest = ''] = this.until.keys();
    for (const [subject, until] of this.until) if (until <= now) this.until.delete(subject);
    if (this.until.size >= SUBJECTS_MAX) this.until.delete(oldest);
  }
}
