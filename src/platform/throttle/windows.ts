interface Window {
  until: number;
  used: number;
}

/**
 * Fixed windows of a length, one for each subject, in the memory of one process: a subject's begins
 * with its first use and is forgotten when it is over.
 */
export class Windows {
  private readonly windows = new Map<string, Window>();
  private sweepAt: number;

  /** Milliseconds; the clock never goes back. */
  constructor(
    private readonly length: number,
    private readonly clock: () => number,
  ) {
    this.sweepAt = clock() + length;
  }

  /** How often the subject has used its window, this time included, and what is left of its time. */
  use(subject: string): { used: number; left: number } {
    const now = this.clock();
    if (now >= this.sweepAt) this.sweep(now);
    const window = this.windows.get(subject);
    if (window !== undefined && now < window.until) {
      window.used += 1;
      return { used: window.used, left: window.until - now };
    }
    this.windows.set(subject, { until: now + this.length, used: 1 });
    return { used: 1, left: this.length };
  }

  get size(): number {
    return this.windows.size;
  }

  /** Once a length, so that each window is looked at twice at most after its end. */
  private sweep(now: number): void {
    for (const [subject, { until }] of this.windows) {
      if (now >= until) this.windows.delete(subject);
    }
    this.sweepAt = now + this.length;
  }
}
