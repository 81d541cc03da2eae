/** The thread in which a document is audited, so that nobody who buys something waits for it. */
import { parentPort } from 'node:worker_threads';
import { auditWhole } from '../linear/proof.js';
import { fixesOfAll } from '../fixes/together.js';
import { isSevere } from '../gate/report.js';
import type { AuditResult, AuditTask } from './task.js';
import { takeTask, type Said } from './thread.launcher.js';

/** Findings at most for which changes are looked for. */
const FIXED_MAX = 3;

const say = (said: Said<AuditResult>): void => {
  parentPort?.postMessage(said);
};

const { document, at, before, known, fix } = takeTask() as AuditTask;
const progress = (done: number, of: number): void => {
  say({ kind: 'progress', done, of, more: undefined });
};
const audited = await auditWhole(document, { at, before, known, progress });
const { findings } = audited;
const wanted = fix ? findings.filter(isSevere).slice(0, FIXED_MAX) : [];
const fixes = await fixesOfAll({ document, wanted, findings, looked: { at, before, known } });
say({ kind: 'done', result: { audited, fixes } });
