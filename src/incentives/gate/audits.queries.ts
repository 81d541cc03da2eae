import type { Transaction } from '../../programmes/pilots/gate.js';
import type { Finding } from '../finding.js';
import type { HistoryAsked, Report } from './report.js';
import type { Far } from './teller.js';

/** An audit that nobody has heard of for so long has ended with its server. */
const SILENT_SECONDS = 120;
/** Witnesses of earlier audits that are tried again at most, the newest first. */
const KNOWN_MAX = 200;
const KNOWN_AUDITS_MAX = 500;
/** For how long a replay that was stopped is gone on with: it is of the months until it first began. */
const KEPT_SECONDS = 86_400;

export type AuditState = 'running' | 'done' | 'failed' | 'cancelled';

export interface AuditRow {
  id: string;
  state: AuditState;
  done: number;
  parts: number;
  startedAt: Date;
  startedBy: string;
  looksFrom: Date;
  /** What was asked beside the document; null = nothing. */
  history: HistoryAsked | null;
  report: Report | null;
}

const columns = `id, history, looks_from AS "looksFrom", done, parts, started_at AS "startedAt", started_by AS "startedBy", report,
  CASE WHEN state = 'running' AND heard_at < clock_timestamp() - interval '${String(SILENT_SECONDS)} s'
       THEN 'failed' ELSE state END AS state`;

const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

export interface Begun {
  id: string;
  digest: Buffer;
  beforeNo: number;
  by: string;
  /** From which on days are looked at; milliseconds since 1970 UTC. */
  from: number;
  history: HistoryAsked | undefined;
}

export async function insertAudit(
  tx: Transaction,
  { id, digest, beforeNo, by, from, history }: Begun,
): Promise<void> {
  await tx.query(
    `INSERT INTO programme_audits
       (id, digest, before_no, started_at, started_by, heard_at, state, done, parts, history, looks_from)
     VALUES ($1, $2, $3, clock_timestamp(), $4, clock_timestamp(), 'running', 0, 1, $5, $6)`,
    [id, digest, beforeNo, by, history ?? null, new Date(from)],
  );
}

/** Says how far an audit is; false = somebody has cancelled it. */
export async function audible(
  tx: Transaction,
  id: string,
  { done, parts, kept }: Far,
): Promise<boolean> {
  const rows = await tx.query<[unknown[], number]>(
    `UPDATE programme_audits
        SET done = $2, parts = $3, kept = coalesce($4, kept), heard_at = clock_timestamp()
      WHERE id = $1 AND state = 'running' RETURNING id`,
    [id, done, parts, kept ?? null],
  );
  return rows[1] === 1;
}

/** Ends a running audit in one way; false = it had ended already. */
export async function endAudit(
  tx: Transaction,
  id: string,
  state: AuditState,
  report: Report | null = null,
): Promise<boolean> {
  const rows = await tx.query<[unknown[], number]>(
    `UPDATE programme_audits
        SET state = $2, report = $3, heard_at = clock_timestamp(),
            done = CASE WHEN $2 = 'done' THEN parts ELSE done END,
            kept = CASE WHEN $2 = 'done' THEN NULL ELSE kept END
      WHERE id = $1 AND state = 'running' RETURNING id`,
    [id, state, report === null ? null : JSON.stringify(report)],
  );
  return rows[1] === 1;
}

/** `isKept`: nobody clears it until the transaction ends. */
export async function readAudit(
  tx: Transaction,
  id: string,
  isKept = false,
): Promise<AuditRow | undefined> {
  if (!uuid.test(id)) return undefined;
  const [row] = await tx.query<AuditRow[]>(
    `SELECT ${columns} FROM programme_audits WHERE id = $1 ${isKept ? 'FOR KEY SHARE' : ''}`,
    [id],
  );
  return row;
}

/** What the last replay of a question kept that did not come to its end; undefined = there is none. */
export async function keptOf(tx: Transaction, asked: string): Promise<string | undefined> {
  const [row] = await tx.query<{ kept: string }[]>(
    `SELECT kept::text AS kept FROM programme_audits
      WHERE kept IS NOT NULL AND kept ->> 'asked' = $1
        AND heard_at > clock_timestamp() - make_interval(secs => ${String(KEPT_SECONDS)})
      ORDER BY (kept ->> 'done')::int DESC, heard_at DESC LIMIT 1`,
    [asked],
  );
  return row?.kept;
}

/**
 * The newest finished audit of a document behind a version, if it is no older than so long, and looks at days
 * from no more than so long before the first one that matters.
 */
export async function seenAudit(
  tx: Transaction,
  { digest, beforeNo, from }: Pick<Begun, 'digest' | 'beforeNo' | 'from'>,
  seconds: number,
): Promise<{ id: string; report: Report } | undefined> {
  const [row] = await tx.query<{ id: string; report: Report }[]>(
    `SELECT id, report FROM programme_audits
      WHERE digest = $1 AND before_no = $2 AND state = 'done'
        AND started_at > clock_timestamp() - make_interval(secs => $3)
        AND looks_from > $4::timestamptz - make_interval(secs => $3) AND looks_from <= $4
      ORDER BY started_at DESC LIMIT 1`,
    [digest, beforeNo, seconds, new Date(from)],
  );
  return row;
}

/** Findings of earlier audits that were played, each once, the newest first. */
export async function knownFindings(tx: Transaction): Promise<Finding[]> {
  const rows = await tx.query<{ finding: Finding }[]>(
    `SELECT finding FROM (
       SELECT DISTINCT ON (each ->> 'id') each AS finding, started_at
         FROM (SELECT report, started_at FROM programme_audits WHERE state = 'done'
                ORDER BY started_at DESC LIMIT ${String(KNOWN_AUDITS_MAX)}) AS audits,
              json_array_elements(report -> 'findings') AS each
        WHERE each ->> 'claim' = 'replayed'
        ORDER BY each ->> 'id', started_at DESC) AS known
      ORDER BY started_at DESC LIMIT ${String(KNOWN_MAX)}`,
  );
  return rows.map(({ finding }) => finding);
}

export async function attachAudit(tx: Transaction, versionNo: number, id: string): Promise<void> {
  await tx.query('INSERT INTO version_audits (version_no, audit_id) VALUES ($1, $2)', [
    versionNo,
    id,
  ]);
}

export async function auditOfVersion(
  tx: Transaction,
  versionNo: number,
): Promise<AuditRow | undefined> {
  const [row] = await tx.query<AuditRow[]>(
    `SELECT ${columns} FROM programme_audits a
       JOIN version_audits v ON v.audit_id = a.id WHERE v.version_no = $1`,
    [versionNo],
  );
  return row;
}

/** Audits from before an instant that neither a version nor an acceptance refers to. */
const cleared = `FROM programme_audits a
  WHERE a.started_at < $1
    AND NOT EXISTS (SELECT 1 FROM version_audits v WHERE v.audit_id = a.id)
    AND NOT EXISTS (SELECT 1 FROM accepted_findings f WHERE f.audit_id = a.id)`;

/** Forgets so many of them at most; how many there were. */
export async function clearAudits(tx: Transaction, before: Date, most: number): Promise<number> {
  const [, count] = await tx.query<[unknown[], number]>(
    `DELETE FROM programme_audits WHERE id IN (
       SELECT a.id ${cleared} ORDER BY a.started_at LIMIT $2 FOR UPDATE SKIP LOCKED)`,
    [before, most],
  );
  return count;
}

export async function countCleared(tx: Transaction, before: Date): Promise<number> {
  const [row] = await tx.query<{ rows: number }[]>(`SELECT count(*)::int AS rows ${cleared}`, [
    before,
  ]);
  return row?.rows ?? 0;
}
