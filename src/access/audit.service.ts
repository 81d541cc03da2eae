import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { OwnedRows, RowWriter } from '../ledger/command.js';

export interface AuditEntry {
  /** Who did it: `user/<id>`, `key/<id>` or the command line's `cli`. */
  actor: string;
  /** What was done, such as `key.created`. */
  action: string;
  /** To what, such as `key/<id>`. */
  subject: string;
  details: Readonly<Record<string, unknown>>;
}

interface AuditRow extends AuditEntry {
  id: string;
  /** RFC 3339, by the database's clock. */
  at: string;
}

/** A line of the log that commits with a command's postings and rows; `at` is its now, in milliseconds. */
export const auditLine = (at: number, entry: AuditEntry): OwnedRows => ({
  writer: auditWriter,
  rows: [{ ...entry, id: randomUUID(), at: new Date(at).toISOString() }],
});

const auditWriter: RowWriter<AuditRow> = {
  write: (tx, rows) =>
    tx.query({
      name: 'insert-audit-log',
      text: `INSERT INTO audit_log (id, at, actor, action, subject, details)
             SELECT id, at, actor, action, subject, details
               FROM json_populate_recordset(NULL::audit_log, $1)`,
      values: [JSON.stringify(rows)],
    }),
};

/** Writes the audit log. It needs the transaction of the change, so that neither is there alone. */
@Injectable()
export class AuditService {
  async record(tx: EntityManager, { actor, action, subject, details }: AuditEntry): Promise<void> {
    await tx.query(
      `INSERT INTO audit_log (id, at, actor, action, subject, details)
       VALUES (gen_random_uuid(), now(), $1, $2, $3, $4)`,
      [actor, action, subject, JSON.stringify(details)],
    );
  }
}
