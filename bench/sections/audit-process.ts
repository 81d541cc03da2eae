/** A process that audits once, in a thread, and prints what it took: so that nothing else is measured. */
import { auditInWorker } from '../../src/incentives/worker/audit.launcher.js';
import { checkDocument } from '../../src/programmes/check.js';
import { memoryOf } from '../measures/process-facts.js';
import { largeProgramme } from '../subject/large-programme.js';

const checked = checkDocument(largeProgramme);
if ('faults' in checked) throw new Error(JSON.stringify(checked.faults));
const { document } = checked;
const before = memoryOf(process.pid)?.peak ?? NaN;
const cpu = process.cpuUsage();
const began = performance.now();
const at = Date.parse('2026-01-01T12:00:00Z');
const task = { document, at, before: undefined, known: [], fix: false };
const { audited } = await auditInWorker(task);
const { proof, findings, tried } = audited;
const seconds = (performance.now() - began) / 1_000;
const { user, system } = process.cpuUsage(cpu);
console.log(
  JSON.stringify({
    seconds,
    processor: (user + system) / 1e6,
    ...{ before, peak: memoryOf(process.pid)?.peak ?? NaN },
    ...{ status: proof.status, reasons: proof.reasons, columns: proof.columns },
    ...{ steps: proof.steps, acts: tried.acts, findings: findings.map(({ id }) => id) },
  }),
);
