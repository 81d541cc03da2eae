import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';

export interface AuditEntry {
  /** Who did it: `user/<id>`, `key/<id>` or the command line's `cli`. */
  actor: string;
  /** What was done, such as `key.created`. */
  action: string;
  /** To what, such as `key/<id>`. */
  subject: string;
  details: Readonly<Record<string, unknown>>;
}

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
