/** The thread in which a document is audited, so that nobody who buys something waits for it. */
import { parentPort, workerData } from 'node:worker_threads';
import { auditWhole } from '../linear/proof.js';
import type { AuditTask, Said } from './task.js';

const say = (said: Said): void => {
  parentPort?.postMessage(said);
};

const { document, at, before, known } = workerData as AuditTask;
const progress = (done: number, of: number): void => {
  say({ kind: 'progress', done, of });
};
say({ kind: 'audited', audited: await auditWhole(document, { at, before, known, progress }) });
