/** Milliseconds. Revoking works everywhere within the first plus the time one read takes. */
const USABLE = 500;
/** Older answers are still used, but read again meanwhile, so that no request waits. */
const FRESH = 250;
const ENTRIES_MAX = 10_000;

interface Entry<T> {
  value: T;
  /** When the read that gave it was asked, not when it came back. */
  asOf: number;
}

/** Answers of the database kept for half a second at most; unknown ids are answers too. */
export class Recent<T> {
  private readonly entries = new Map<string, Entry<T>>();
  private readonly reading = new Map<string, Promise<T>>();

  constructor(
    private readonly read: (id: string) => Promise<T>,
    private readonly clock: () => number,
  ) {}

  /** At once when known, so that the usual request waits for nothing. */
  get(id: string): T | Promise<T> {
    const entry = this.entries.get(id);
    if (entry === undefined) return this.readAgain(id);
    const age = this.clock() - entry.asOf;
    if (age >= USABLE) return this.readAgain(id);
    // A failure is met, and reported, by the request that has to wait.
    if (age >= FRESH) this.readAgain(id).catch(() => undefined);
    return entry.value;
  }

  private async readAgain(id: string): Promise<T> {
    const running = this.reading.get(id);
    if (running !== undefined) return running;
    const asOf = this.clock();
    const reading = this.read(id)
      .then((value) => {
        // Invented ids must not fill the memory; the real ones are read again within a moment.
        if (this.entries.size >= ENTRIES_MAX) this.entries.clear();
        this.entries.set(id, { value, asOf });
        return value;
      })
      .finally(() => this.reading.delete(id));
    this.reading.set(id, reading);
    return reading;
  }
}
