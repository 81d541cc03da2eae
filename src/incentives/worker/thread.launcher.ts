/** Work in a thread of its own, bounded in memory, that can be stopped. */
import os from 'node:os';
import { Worker, workerData } from 'node:worker_threads';
import { beforeEachAct } from '../decide.js';
import { Busyness, thread } from './busyness.launcher.js';
import { Pace } from './pace.js';

/** MiB that a thread may have; one that wants more ends, and says so. */
const resourceLimits = { maxOldGenerationSizeMb: 200, maxYoungGenerationSizeMb: 32 };

export interface Watched<More = undefined> {
  /** So many of so many parts are done. */
  progress?: ((done: number, of: number, more: More) => void) | undefined;
  /** Aborting it ends the thread at once; the work then rejects with its reason. */
  signal?: AbortSignal | undefined;
}

/** What a thread says: how far it is, and in the end what it came to. */
export type Said<Result, More = undefined> =
  { kind: 'progress'; done: number; of: number; more: More } | { kind: 'done'; result: Result };

/** What a thread begins with. */
interface Given {
  task: object;
  /** Of the thread that began it, which is the one that serves. */
  busyness: SharedArrayBuffer;
}

/**
 * Runs a module as a thread with a task. Rejects with whatever it fails with, with
 * `ERR_WORKER_OUT_OF_MEMORY`, or with the reason of the signal.
 */
export async function inThread<Result, More = undefined>(
  module: URL,
  task: object,
  { progress = () => undefined, signal }: Watched<More>,
): Promise<Result> {
  signal?.throwIfAborted();
  const busyness = new Busyness();
  const given: Given = { task, busyness: busyness.shared };
  const worker = new Worker(module, { workerData: given, resourceLimits });
  const unwatch = busyness.watch();
  const stop = (): void => void worker.terminate();
  signal?.addEventListener('abort', stop, { once: true });
  try {
    return await new Promise((resolve, reject) => {
      worker.on('message', (said: Said<Result, More>) => {
        if (said.kind === 'progress') progress(said.done, said.of, said.more);
        else resolve(said.result);
      });
      worker.once('error', reject);
      worker.once('exit', () => {
        reject(endedWithout(signal));
      });
    });
  } finally {
    unwatch();
    signal?.removeEventListener('abort', stop);
    await worker.terminate();
  }
}

function endedWithout(signal: AbortSignal | undefined): Error {
  const reason: unknown = signal?.reason;
  return reason instanceof Error ? reason : new Error('The thread ended without an answer.');
}

/** The task of this thread, which from now on gives way to the server that it runs in. */
export function takeTask(): object {
  yieldToOthers();
  const { task, busyness } = workerData as Given;
  const pace = new Pace(new Busyness(busyness), thread);
  beforeEachAct(() => {
    pace.between();
  });
  return task;
}

/**
 * From now on this thread yields to whatever else wants the processor: purchases come first. Linux gives each
 * thread a priority of its own; elsewhere it would be the whole process's.
 */
export function yieldToOthers(): void {
  const behind = os.constants.priority.PRIORITY_BELOW_NORMAL;
  // Nobody may step forward again, so a thread of a process that stands further behind stays there.
  if (process.platform === 'linux' && os.getPriority() < behind) os.setPriority(behind);
}
