/** Audits in threads of their own. */
import { Worker } from 'node:worker_threads';
import type { Progress } from '../audit.js';
import type { AuditedWhole } from '../linear/proof.js';
import type { AuditTask, Fixes, Said } from './task.js';

/** MiB that an audit may have; one that wants more ends, and says so. */
const resourceLimits = { maxOldGenerationSizeMb: 200, maxYoungGenerationSizeMb: 32 };

export interface Watched {
  progress?: Progress | undefined;
  /** Aborting it ends the thread at once; the audit then rejects with its reason. */
  signal?: AbortSignal | undefined;
}

/**
 * Audits a document that keeps the laws. Rejects with whatever the audit fails with, with
 * `ERR_WORKER_OUT_OF_MEMORY`, or with the reason of the signal.
 */
export async function auditInWorker(
  task: AuditTask,
  { progress = () => undefined, signal }: Watched = {},
): Promise<{ audited: AuditedWhole; fixes: Fixes }> {
  signal?.throwIfAborted();
  const worker = new Worker(new URL('./audit-worker.launcher.js', import.meta.url), {
    workerData: task,
    resourceLimits,
  });
  const stop = (): void => void worker.terminate();
  signal?.addEventListener('abort', stop, { once: true });
  try {
    return await new Promise((resolve, reject) => {
      worker.on('message', (said: Said) => {
        if (said.kind === 'progress') progress(said.done, said.of);
        else resolve({ audited: said.audited, fixes: said.fixes });
      });
      worker.once('error', reject);
      worker.once('exit', () => {
        reject(endedWithout(signal));
      });
    });
  } finally {
    signal?.removeEventListener('abort', stop);
    await worker.terminate();
  }
}

function endedWithout(signal: AbortSignal | undefined): Error {
  const reason: unknown = signal?.reason;
  return reason instanceof Error ? reason : new Error('The audit ended without an answer.');
}
