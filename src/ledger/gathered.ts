/**
 * Questions of the same kind put as one. A question that finds nobody asking goes at once; while an
 * answer is under way the next questions gather. No timer: an idle engine waits for nothing.
 */

interface Asked<Answer> {
  answer: Promise<Answer | undefined>;
  resolve: (answer: Answer | undefined) => void;
  reject: (error: unknown) => void;
}

export class Gathered<Answer> {
  private waiting = new Map<string, Asked<Answer>>();
  private asking = false;

  /** `most` keys in one question, which is answered in their order; undefined = there is nothing. */
  constructor(
    private readonly ask: (keys: readonly string[]) => Promise<readonly (Answer | undefined)[]>,
    private readonly most: number,
  ) {}

  /** Undefined when there is nothing under the key; rejects when the question failed. */
  readonly get = (key: string): Promise<Answer | undefined> => {
    const same = this.waiting.get(key);
    if (same !== undefined) return same.answer;
    const asked = open<Answer>();
    this.waiting.set(key, asked);
    if (!this.asking) this.next();
    return asked.answer;
  };

  /** The next question leaves before the answers of the last one are given out. */
  private next(): void {
    this.asking = this.waiting.size > 0;
    if (!this.asking) return;
    const group = this.take();
    this.ask([...group.keys()]).then(
      (answers) => {
        this.next();
        let place = 0;
        for (const { resolve } of group.values()) {
          resolve(answers[place]);
          place += 1;
        }
      },
      (error: unknown) => {
        this.next();
        for (const { reject } of group.values()) reject(error);
      },
    );
  }

  private take(): Map<string, Asked<Answer>> {
    const all = this.waiting;
    if (all.size <= this.most) {
      this.waiting = new Map();
      return all;
    }
    const entries = [...all];
    this.waiting = new Map(entries.slice(this.most));
    return new Map(entries.slice(0, this.most));
  }
}

function open<Answer>(): Asked<Answer> {
  let settle: Pick<Asked<Answer>, 'resolve' | 'reject'> | undefined;
  const answer = new Promise<Answer | undefined>((resolve, reject) => {
    settle = { resolve, reject };
  });
  if (settle === undefined) throw new Error('invariant: a promise calls at once what makes it');
  return { answer, resolve: settle.resolve, reject: settle.reject };
}
