/** Audits in threads of their own. */
import type { AuditResult, AuditTask } from './task.js';
import { inThread, type Watched } from './thread.launcher.js';

/** Audits a document that keeps the laws; rejects as `inThread` does. */
export const auditInWorker = (task: AuditTask, watched: Watched = {}): Promise<AuditResult> =>
  inThread(new URL('./audit-worker.launcher.js', import.meta.url), task, watched);
