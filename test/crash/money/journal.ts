/**
 * What was asked and what was answered, one JSON object a line. A line is on the disk before `note`
 * resolves, so nothing is asked that the journal would not know of after a crash.
 */
import { createReadStream } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { createInterface } from 'node:readline';

export type Kind =
  'purchase' | 'line' | 'return' | 'exchange' | 'hold' | 'capture' | 'release' | 'adjust';

/** An operation before its first byte is sent. */
export interface Asked {
  what: 'asked';
  key: string;
  kind: Kind;
  /** The caller as postings name it: `r/<retailer>` or `u/<user>`. */
  caller: string;
  member: string;
  path: string;
  body: object | null;
}

/** Its final answer, without what the checker does not need of it. */
export interface Told {
  what: 'told';
  key: string;
  status: number;
  /** Of a refusal. */
  code: string | null;
  /** Whether the refusal blames a field; then it uses up no key. */
  isFault: boolean;
  /** Of the answer without what names the single request. */
  digest: string;
  /** How often it was sent until the answer was known. */
  attempts: number;
  facts: Facts;
}

export interface Facts {
  posting?: string;
  purchase?: string;
  /** Of a redemption. */
  id?: string;
  points?: number;
  /** Position, pieces and minor units of what came back. */
  lines?: [line: number, quantity: number, amount: number][];
  exchange?: { posting: string; purchase: string };
}

export type JournalLine = Asked | Told;

export class Journal {
  private pending: { text: string; done: () => void; failed: (error: unknown) => void }[] = [];
  private writing = false;

  private constructor(private readonly file: FileHandle) {}

  static async create(path: string): Promise<Journal> {
    return new Journal(await open(path, 'ax'));
  }

  /** Resolves when the lines are on the disk; lines that come meanwhile share the next sync. */
  async note(...lines: readonly JournalLine[]): Promise<void> {
    const text = lines.map((line) => `${JSON.stringify(line)}\n`).join('');
    return new Promise((done, failed) => {
      this.pending.push({ text, done, failed });
      if (!this.writing) void this.write();
    });
  }

  async close(): Promise<void> {
    await this.file.close();
  }

  private async write(): Promise<void> {
    this.writing = true;
    while (this.pending.length > 0) {
      const group = this.pending.splice(0);
      try {
        await this.file.write(group.map(({ text }) => text).join(''));
        await this.file.datasync();
        for (const { done } of group) done();
      } catch (error) {
        for (const { failed } of group) failed(error);
      }
    }
    this.writing = false;
  }
}

/** The lines of a journal from its beginning. */
export async function* linesOf(path: string): AsyncGenerator<JournalLine> {
  for await (const text of createInterface({ input: createReadStream(path) })) {
    yield JSON.parse(text) as JournalLine;
  }
}
