import { randomUUID } from 'node:crypto';
import { Inject, Injectable, type OnModuleDestroy } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Log } from '../../platform/logging/log.service.js';
import { DomainError } from '../../platform/http/domain-error.js';
import type { Candidate } from '../../programmes/pilots/gate.js';
import { BUCKETS } from '../../ledger/address.js';
import { HistoryService } from '../history/history.service.js';
import type { Finding } from '../finding.js';
import { keptIn, textOf, type Kept } from '../history/kept.js';
import type { HistoryReport } from '../history/report.js';
import { auditInWorker } from '../worker/audit.launcher.js';
import {
  audible,
  endAudit,
  insertAudit,
  keptOf,
  knownFindings,
  readAudit,
  type AuditRow,
} from './audits.queries.js';
import { reportOf, type HistoryAsked, type Report } from './report.js';
import { Teller } from './teller.js';
import { Turns } from './turns.js';

/**
 * Audits of one process that wait or run at most, and as many beside them that are asked for history: those
 * may take long, and nobody has to wait for them to publish something.
 */
const WAITING_MAX = 5;

export interface Subjected extends Pick<Candidate, 'document' | 'digest' | 'before' | 'by'> {
  /** From which on days are looked at; milliseconds since 1970 UTC. */
  from: number;
  /** Whether changes are looked for that end what stops it. */
  fix?: boolean;
  /** What members did is played under it too, behind the audit. */
  history?: HistoryAsked | undefined;
}

class Cancelled extends Error {}

/** An audit under way in this process. */
interface Running {
  controller: AbortController;
  /** Whether history is replayed behind it. */
  isReplaying: boolean;
  /** Settles with it, and never rejects. */
  ended: Promise<void>;
}

/**
 * Runs audits in threads of their own and keeps what they found. Audits go one at a time, and so do the
 * replays that some are asked for: those may take long, so that no publication waits for them.
 */
@Injectable()
export class AuditsService implements OnModuleDestroy {
  private readonly running = new Map<string, Running>();
  private readonly audits = new Turns();
  private readonly replays = new Turns();
  private isOver = false;

  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(Log) private readonly log: Log,
    @Inject(HistoryService) private readonly history: HistoryService,
  ) {}

  async onModuleDestroy(): Promise<void> {
    this.isOver = true;
    const running = [...this.running.values()];
    for (const { controller } of running) controller.abort(new Cancelled('shut down'));
    await Promise.all(running.map(({ ended }) => ended));
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
    this.running.get(id)?.controller.abort(new Cancelled('cancelled'));
  }

  private async begin(subject: Subjected): Promise<{ id: string; ended: Promise<void> }> {
    const isReplaying = subject.history !== undefined;
    const alike = [...this.running.values()].filter((each) => each.isReplaying === isReplaying);
    if (this.isOver || alike.length >= WAITING_MAX) {
      throw new DomainError('too_many_audits', 'Other audits are under way; wait for them.');
    }
    const id = randomUUID();
    const controller = new AbortController();
    const begun = this.insert(id, subject);
    const ended = begun
      .then(
        async () => this.run(id, subject, controller),
        () => undefined,
      )
      .finally(() => this.running.delete(id));
    this.running.set(id, { controller, isReplaying, ended });
    await begun;
    return { id, ended };
  }

  private async insert(
    id: string,
    { digest, before, by, from, history }: Subjected,
  ): Promise<void> {
    const begun = { id, digest, beforeNo: before?.no ?? 0, by, from, history };
    await insertAudit(this.dataSource.manager, begun);
  }

  /** Never rejects: what went wrong is kept with the audit, and told in the log. */
  private async run(id: string, subject: Subjected, controller: AbortController): Promise<void> {
    const { manager } = this.dataSource;
    const { signal } = controller;
    const teller = new Teller(
      async (far) => {
        if (!(await audible(manager, id, far))) throw new Cancelled('cancelled');
      },
      (error) => {
        controller.abort(error);
      },
    );
    try {
      const report = await this.audits.next(async () => this.audited(subject, teller, signal));
      const history = await this.replayed(subject, report.findings, { teller, signal });
      await teller.end();
      await endAudit(manager, id, 'done', { ...report, history });
    } catch (error) {
      await teller.end();
      const isCancelled = error instanceof Cancelled;
      if (!isCancelled) this.log.error({ err: error, audit: id }, 'an audit failed');
      await endAudit(manager, id, isCancelled ? 'cancelled' : 'failed').catch((late: unknown) => {
        this.log.error({ err: late, audit: id }, 'an audit ended unheard');
      });
    }
  }

  private async audited(
    { document, before, from: at, fix = false, history }: Subjected,
    teller: Teller,
    signal: AbortSignal,
  ): Promise<Report> {
    const known = await knownFindings(this.dataSource.manager);
    const behind = history === undefined ? 0 : BUCKETS;
    const progress = (done: number, of: number): void => {
      teller.tell({ done, parts: of + behind });
    };
    const task = { document, at, before: before?.document, known, fix };
    const { audited, fixes } = await auditInWorker(task, { progress, signal });
    return reportOf(audited, { currency: document.identity.currency, fixes });
  }

  /** Goes on where the same question was stopped. */
  private async replayed(
    { document, history }: Subjected,
    findings: readonly Finding[],
    { teller, signal }: { teller: Teller; signal: AbortSignal },
  ): Promise<HistoryReport | undefined> {
    if (history === undefined) return undefined;
    const before = teller.far.parts - BUCKETS;
    const progress = (done: number, of: number, kept: string): void => {
      teller.tell({ done: before + done, parts: before + of, kept });
    };
    const kept = async (question: string): Promise<Kept | undefined> => {
      const text = await keptOf(this.dataSource.manager, question);
      const found = text === undefined ? undefined : keptIn(text, question);
      if (found !== undefined) progress(found.done, BUCKETS, textOf(found));
      return found;
    };
    const asked = { draft: document, ...history, findings, kept };
    return this.replays.next(async () => this.history.replayApart(asked, { progress, signal }));
  }
}
