import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { LoadResult, Task } from './task.js';

interface Told {
  result?: LoadResult;
  error?: string;
}

/** Starts the load generator and hands it tasks, one after the other. */
export class Generator {
  private readonly child: ChildProcess;

  constructor() {
    this.child = fork(fileURLToPath(new URL('generator.js', import.meta.url)));
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  /** Throws when any answer was wrong. */
  async run(task: Task): Promise<LoadResult> {
    this.child.send(task);
    const told = await this.answer();
    const { result, error } = told;
    if (result === undefined) throw new Error(error);
    if (result.faults > 0) {
      throw new Error(`${result.faults} wrong answers: ${result.firstFaults.join('; ')}`);
    }
    return result;
  }

  private async answer(): Promise<Told> {
    return new Promise((resolve) => {
      const ended = (): void => {
        resolve({ error: 'the load generator ended' });
      };
      this.child.once('exit', ended);
      this.child.once('message', (told) => {
        this.child.off('exit', ended);
        resolve(told as Told);
      });
    });
  }

  stop(): void {
    this.child.disconnect();
  }
}
