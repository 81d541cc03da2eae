/** How a thread gives way: while the server that it runs in is busy, it rests between two acts. */

/** Milliseconds of work after which it is time to look whether to rest. */
const SPELL_MS = 1;
/** A rest; it works a fifth of the time then. */
const REST_MS = 4;

/** A clock in milliseconds that is never set back, and a way to do nothing for so many. */
export interface Clock {
  now(): number;
  rest(milliseconds: number): void;
}

/**
 * The pace of a thread. Purchases were measured to be slower beside a thread that only has a lower priority, and
 * where it stood behind everything (SCHED_IDLE) the server stood still for more than a second once.
 */
export class Pace {
  private began: number;

  constructor(
    private readonly server: { isBusy(): boolean },
    private readonly clock: Clock,
  ) {
    this.began = clock.now();
  }

  /** To be called between two pieces of work; it takes as long as the thread has to rest. */
  between(): void {
    const { server, clock } = this;
    if (clock.now() - this.began < SPELL_MS) return;
    if (server.isBusy()) clock.rest(REST_MS);
    this.began = clock.now();
  }
}
