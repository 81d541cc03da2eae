import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { LedgerService } from '../../ledger/ledger.service.js';
import type { ProgrammeDocument } from '../../programmes/document.js';
import { ProgrammesService } from '../../programmes/programmes.service.js';
import { monthsBefore } from '../lives/recorded.js';
import { historyInWorker } from '../worker/history.launcher.js';
import type { Watched } from '../worker/thread.launcher.js';
import type { Finding } from '../finding.js';
import { shapesOf } from '../prevalence/shape.js';
import { askedOf, type Kept } from './kept.js';
import { replayed, type Question, type Reading } from './lives.reader.js';
import type { HistoryReport } from './report.js';

/** Grows whenever what is kept of a replay changes, so that none goes on with what an older one kept. */
const FORM = 2;

export interface Asked {
  /** A document that keeps the laws. */
  draft: ProgrammeDocument;
  /** How many months of the programme's clock, counted back from now. */
  months: number;
  /** Whether adversaries are let loose on it as well. */
  adversaries?: boolean;
  /** What an audit of the draft has found: it is counted who does the like of its witnesses already. */
  findings?: readonly Finding[];
  /** What a run of the same question that was stopped has kept. */
  kept?: (asked: string) => Promise<Kept | undefined>;
}

/**
 * Replays what was posted under a draft beside the version in force. It reads snapshots of a few
 * members at a time, over a connection that no purchase waits for, and writes nothing.
 */
@Injectable()
export class HistoryService {
  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(LedgerService) private readonly ledger: LedgerService,
    @Inject(ProgrammesService) private readonly programmes: ProgrammesService,
  ) {}

  /** Rejects with `no_programme` where nothing is in force, and with the reason of the signal. */
  async replay(
    asked: Asked & Partial<Pick<Reading, 'progress' | 'signal'>>,
  ): Promise<HistoryReport> {
    const { progress = async () => Promise.resolve(), signal } = asked;
    return replayed(await this.question(asked), {
      source: this.dataSource,
      version: (no) => this.ledger.programmes.version(no),
      progress,
      signal,
    });
  }

  /** The same in a thread with a connection of its own; how far it is comes with what there is to keep. */
  async replayApart(asked: Asked, watched: Watched<string>): Promise<HistoryReport> {
    const { options } = this.dataSource;
    if (options.type !== 'postgres' || options.url === undefined) {
      throw new Error('invariant: the database is named by a URL');
    }
    return historyInWorker({ ...(await this.question(asked)), url: options.url }, watched);
  }

  private async question(asking: Asked): Promise<Question> {
    const { draft, months, adversaries = false, findings = [], kept } = asking;
    const shapes = shapesOf(draft, findings);
    const { no, document, effectiveAt } = await this.programmes.live();
    const about = [draft, no, effectiveAt.getTime(), months, adversaries, shapes];
    const asked = askedOf([FORM, ...about]);
    const before = await kept?.(asked);
    const until = before?.until ?? (await this.programmes.now()).getTime();
    const window = { from: before?.from ?? monthsBefore(until, months), until };
    const told = findings
      .filter(({ id }) => shapes.some(({ finding }) => finding === id))
      .map(({ id, check, severity, title }) => ({ finding: id, check, severity, title }));
    const sides = { draft, live: { no, document } };
    const looked = { months, adversaries, findings: told, shapes, window };
    return { ...sides, ...looked, asked, before };
  }
}
