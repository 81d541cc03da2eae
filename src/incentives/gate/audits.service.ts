import { randomUUID } from 'node:crypto';
import { Inject, Injectable, type OnModuleDestroy } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Log } from '../../platform/logging/log.service.js';
import { DomainError } from '../../platform/http/domain-error.js';
import type { Candidate } from '../../programmes/pilots/gate.js';
import { auditInWorker } from '../worker/audit.launcher.js';
import {
  audible,
  endAudit,
  insertAudit,
  knownFindings,
  readAudit,
  type AuditRow,
} from './audits.queries.js';
import { reportOf } from './report.js';

/** Audits of one process that wait or run at most: they run one after the other. */
const WAITING_MAX = 5;

export interface Subjected extends Pick<
  Candidate,
  'document' | 'digest' | 'before' | 'by' | 'now'
> {
  /** Whether changes are looked for that end what stops it. */
  fix?: boolean;
}

class Cancelled extends Error {}

/** Runs audits in threads of their own, one at a time, and keeps what they found. */
@Injectable()
export class AuditsService implements OnModuleDestroy {
  private readonly running = new Map<string, AbortController>();
  private turn: Promise<unknown> = Promise.resolve();
  private isOver = false;

  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(Log) private readonly log: Log,
  ) {}

  async onModuleDestroy(): Promise<void> {
    this.isOver = true;
    for (const controller of this.running.values()) controller.abort(new Cancelled('shut down'));
    await this.turn;
  }

  /** Begins an audit and answers at once; rejects with `too_many_audits`. */
  async start(subject: Subjected): Promise<AuditRow> {
    const { id } = await this.begin(subject);
    return this.read(id);
  }

  /** An audit to its end; rejects when it failed or was cancelled. */
  async finish(subject: Subjected): Promise<void> {
    const { id, ended } = await this.begin(subject);
    await ended;
    const { state } = await this.read(id);
    if (state === 'done') return;
    throw new DomainError('unavailable', `The audit of the document has ${state}. Retry.`, {
      audit: id,
    });
  }

  async read(id: string): Promise<AuditRow> {
    const row = await readAudit(this.dataSource.manager, id);
    if (row !== undefined) return row;
    throw new DomainError('not_found', 'There is no such audit.');
  }

  /** Ends an audit wherever it runs: here at once, elsewhere when it next says how far it is. */
  async cancel(id: string): Promise<void> {
    const { state } = await this.read(id);
    const isDone = await endAudit(this.dataSource.manager, id, 'cancelled');
    if (!isDone && state !== 'cancelled') {
      throw new DomainError('audit_over', `The audit is ${state} already.`);
    }
    this.running.get(id)?.abort(new Cancelled('cancelled'));
  }

  private async begin(subject: Subjected): Promise<{ id: string; ended: Promise<void> }> {
    if (this.isOver || this.running.size >= WAITING_MAX) {
      throw new DomainError('too_many_audits', 'Other audits are under way; wait for them.');
    }
    const id = randomUUID();
    const controller = new AbortController();
    this.running.set(id, controller);
    const { digest, before, by } = subject;
    try {
      const begun = { id, digest, beforeNo: before?.no ?? 0, by };
      await insertAudit(this.dataSource.manager, begun);
    } catch (error) {
      this.running.delete(id);
      throw error;
    }
    const ended = this.turn
      .then(() => this.run(id, subject, controller))
      .finally(() => this.running.delete(id));
    this.turn = ended;
    return { id, ended };
  }

  /** Never rejects: what went wrong is kept with the audit, and told in the log. */
  private async run(
    id: string,
    { document, before, now, fix = false }: Subjected,
    controller: AbortController,
  ): Promise<void> {
    const { manager } = this.dataSource;
    const { signal } = controller;
    try {
      const known = await knownFindings(manager);
      const progress = (done: number, parts: number): void => {
        audible(manager, id, { done, parts }).then(
          (isWanted) => {
            if (!isWanted) controller.abort(new Cancelled('cancelled'));
          },
          (error: unknown) => {
            controller.abort(error);
          },
        );
      };
      const task = { document, at: now, before: before?.document, known, fix };
      const { audited, fixes } = await auditInWorker(task, { progress, signal });
      const { currency } = document.identity;
      await endAudit(manager, id, 'done', reportOf(audited, { currency, fixes }));
    } catch (error) {
      const isCancelled = error instanceof Cancelled;
      if (!isCancelled) this.log.error({ err: error, audit: id }, 'an audit failed');
      await endAudit(manager, id, isCancelled ? 'cancelled' : 'failed').catch((late: unknown) => {
        this.log.error({ err: late, audit: id }, 'an audit ended unheard');
      });
    }
  }
}
