import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { LedgerService } from '../../ledger/ledger.service.js';
import type { ProgrammeDocument } from '../../programmes/document.js';
import { ProgrammesService } from '../../programmes/programmes.service.js';
import { monthsBefore } from '../lives/recorded.js';
import { historyInWorker } from '../worker/history.launcher.js';
import type { Watched } from '../worker/thread.launcher.js';
import { askedOf, type Kept } from './kept.js';
import { replayed, type Question, type Reading } from './lives.reader.js';
import type { HistoryReport } from './report.js';

export interface Asked {
  /** A document that keeps the laws. */
  draft: ProgrammeDocument;
  /** How many months of the programme's clock, counted back from now. */
  months: number;
  /** Whether adversaries are let loose on it as well. */
  adversaries?: boolean;
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
    const { draft, months, adversaries = false, kept } = asking;
    const { no, document, effectiveAt } = await this.programmes.live();
    const asked = askedOf([draft, no, effectiveAt.getTime(), months, adversaries]);
    const before = await kept?.(asked);
    const until = before?.until ?? (await this.programmes.now()).getTime();
    const window = { from: before?.from ?? monthsBefore(until, months), until };
    return { draft, live: { no, document }, months, adversaries, window, asked, before };
  }
}
