/**
 * Questions of the same kind put as one. A question that finds nobody asking goes at once; while an
 * answer is under way the next questions gather. No timer: an idle engine waits for nothing.
 */

interface Asked<Answer> {
  resolve: (answer: Answer) => void;
  reject: (error: unknown) => void;
}

export class Gathered<Answer> {
  private waiting = new Map<string, Asked<Answer | undefined>[]>();
  private asking = false;

  /** `most` keys in one question; a key without an answer is simply not in the map. */
  constructor(
    private readonly ask: (keys: readonly string[]) => Promise<Map<string, Answer>>,
    private readonly most: number,
  ) {}

  /** Undefined when there is nothing under the key; rejects when the question failed. */
  async get(key: string): Promise<Answer | undefined> {
    return new Promise((resolve, reject) => {
      const same = this.waiting.get(key);
      if (same === undefined) this.waiting.set(key, [{ resolve, reject }]);
      else same.push({ resolve, reject });
      if (!this.asking) this.next();
    });
  }

  /** The next question leaves before the answers of the last one are given out. */
  private next(): void {
    this.asking = this.waiting.size > 0;
    if (!this.asking) return;
    const group = this.take();
    this.ask([...group.keys()]).then(
      (answers) => {
        this.next();
        for (const [key, asked] of group) {
          for (const { resolve } of asked) resolve(answers.get(key));
        }
      },
      (error: unknown) => {
        this.next();
        for (const asked of group.values()) for (const { reject } of asked) reject(error);
      },
    );
  }

  private take(): Map<string, Asked<Answer | undefined>[]> {
    const entries = [...this.waiting];
    this.waiting = new Map(entries.slice(this.most));
    return new Map(entries.slice(0, this.most));
  }
}
