import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { AuditService } from '../../access/audit.service.js';
import type { Caller } from '../../access/caller.js';
import { DomainError } from '../../platform/http/domain-error.js';
import type { Transaction } from '../../programmes/pilots/gate.js';
import { readAudit } from './audits.queries.js';
import { isAcceptable, type Acceptance } from './report.js';

/** A year, and the day that a leap year has more. */
const MOST_MS = 366 * 86_400_000;

interface AcceptanceRow {
  id: string;
  finding: string;
  gain: string;
  growth: Acceptance['growth'];
  audit_id: string;
  reason: string;
  until: Date;
  accepted_at: Date;
  accepted_by: string;
}

/** Findings that a named person answers for. */
@Injectable()
export class AcceptancesService {
  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(AuditService) private readonly log: AuditService,
  ) {}

  /** Those that have not ended, the newest first. */
  async current(tx: Transaction = this.dataSource.manager): Promise<Acceptance[]> {
    const rows = await tx.query<AcceptanceRow[]>(
      `SELECT a.*, (SELECT each #>> '{gain,growth}'
                      FROM programme_audits p, json_array_elements(p.report -> 'findings') AS each
                     WHERE p.id = a.audit_id AND each ->> 'id' = a.finding LIMIT 1) AS growth
         FROM accepted_findings a WHERE until > programme_now() ORDER BY accepted_at DESC`,
    );
    return rows.map(acceptanceFrom);
  }

  /**
   * Accepts a finding of an audit, as large as it is there, until an instant within a year. Rejects
   * with `not_found`, `finding_not_acceptable`, or `invalid_request` for the instant.
   */
  async accept(
    { audit, finding, reason, until }: Record<'audit' | 'finding' | 'reason' | 'until', string>,
    caller: Caller,
  ): Promise<Acceptance> {
    if (caller.kind !== 'user') {
      throw new DomainError('forbidden', 'A named person of the staff accepts a finding.');
    }
    return this.dataSource.transaction(async (tx) => {
      const found = (await readAudit(tx, audit, true))?.report?.findings.find(
        ({ id }) => id === finding,
      );
      if (found === undefined) throw new DomainError('not_found', 'There is no such finding.');
      if (!isAcceptable(found)) {
        throw new DomainError(
          'finding_not_acceptable',
          'Nobody may answer for what harms members.',
        );
      }
      const [clock] = await tx.query<{ now: Date }[]>('SELECT programme_now() AS now');
      const end = endOf(until, clock?.now.getTime() ?? 0);
      const [row] = await tx.query<Omit<AcceptanceRow, 'growth'>[]>(
        `INSERT INTO accepted_findings
           (id, finding, gain, audit_id, reason, until, accepted_at, accepted_by)
         VALUES ($1, $2, $3, $4, $5, $6, programme_now(), $7) RETURNING *`,
        [randomUUID(), finding, found.gain.minor, audit, reason, new Date(end), caller.actor],
      );
      if (row === undefined) throw new Error('invariant: what is inserted is returned');
      await this.log.record(tx, {
        actor: caller.actor,
        action: 'programme.finding_accepted',
        subject: `programme/findings/${finding}`,
        details: { gain: found.gain.minor, audit, reason, until: row.until.toISOString() },
      });
      return acceptanceFrom({ ...row, growth: found.gain.growth });
    });
  }
}

function endOf(until: string, now: number): number {
  const end = Date.parse(until);
  if (end > now && end <= now + MOST_MS) return end;
  const detail = 'must be after now, and within a year';
  const faults = [{ pointer: '/until', code: 'out_of_bounds', detail }];
  throw new DomainError('invalid_request', `/until ${detail}.`, {}, faults);
}

const acceptanceFrom = (row: AcceptanceRow): Acceptance => ({
  id: row.id,
  finding: row.finding,
  gain: Number(row.gain),
  growth: row.growth,
  auditId: row.audit_id,
  reason: row.reason,
  until: row.until.getTime(),
  acceptedAt: row.accepted_at.getTime(),
  acceptedBy: row.accepted_by,
});
