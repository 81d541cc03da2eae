/** How far an audit is. */
export interface Far {
  done: number;
  parts: number;
  /** What a replay has come to, to go on with. */
  kept?: string | undefined;
}

/** Long before an audit that nobody hears of counts as ended; nor does a cancelled one go on for longer. */
const BEAT_MS = 5_000;

/**
 * Tells how far an audit is, whenever that changes and from time to time, one telling at a time: of what
 * is new meanwhile only the last is told.
 */
export class Teller {
  /** What was told last, or is to be told next. */
  far: Far = { done: 0, parts: 1 };
  private telling: Promise<void> | undefined;
  private isNewer = false;
  private readonly beat: NodeJS.Timeout;

  constructor(
    private readonly say: (far: Far) => Promise<void>,
    /** What went wrong with telling it. */
    private readonly lost: (error: unknown) => void,
  ) {
    this.beat = setInterval(() => {
      this.tell(this.far);
    }, BEAT_MS).unref();
  }

  tell(far: Far): void {
    this.far = far;
    if (this.telling !== undefined) {
      this.isNewer = true;
      return;
    }
    this.telling = this.say(far)
      .catch(this.lost)
      .finally(() => {
        this.telling = undefined;
        if (!this.isNewer) return;
        this.isNewer = false;
        this.tell(this.far);
      });
  }

  /** Ends once the last is told. */
  async end(): Promise<void> {
    clearInterval(this.beat);
    while (this.telling !== undefined) await this.telling;
  }
}
