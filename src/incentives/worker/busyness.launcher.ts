/** What a thread of a server hears of the one that serves, and how it rests. */
import { performance } from 'node:perf_hooks';
import type { Clock } from './pace.js';

/** A server is busy whose thread had something to do for more of the time than this. */
const BUSY_SHARE = 0.3;
/** Milliseconds between two looks at that. */
const LOOK_MS = 20;

/** Whether a server is busy, told by its thread and read by others. */
export class Busyness {
  private readonly cell: Int32Array;

  constructor(readonly shared = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT)) {
    this.cell = new Int32Array(shared);
  }

  isBusy(): boolean {
    return Atomics.load(this.cell, 0) === 1;
  }

  /** Looks at the event loop of this thread again and again, until the function that comes back is called. */
  watch(): () => void {
    let last = performance.eventLoopUtilization();
    const looking = setInterval(() => {
      const next = performance.eventLoopUtilization();
      const { utilization } = performance.eventLoopUtilization(next, last);
      Atomics.store(this.cell, 0, utilization > BUSY_SHARE ? 1 : 0);
      last = next;
    }, LOOK_MS).unref();
    return () => {
      clearInterval(looking);
    };
  }
}

const untouched = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));

/** That of a thread of its own, which hears nothing while it rests. */
export const thread: Clock = {
  now: () => performance.now(),
  rest: (milliseconds) => {
    Atomics.wait(untouched, 0, 0, milliseconds);
  },
};
