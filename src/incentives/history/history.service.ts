import { Inject, Injectable } from '@nestjs/common';
import { groundOf } from '../adversaries/ground.js';
import { DataSource } from 'typeorm';
import { BUCKETS } from '../../ledger/address.js';
import { LedgerService } from '../../ledger/ledger.service.js';
import { inSnapshot, nextMembers } from '../../ledger/rebuild/stored.reader.js';
import { compileProgramme } from '../../programmes/compile.js';
import type { Programme } from '../../rules/programme.js';
import type { ProgrammeDocument } from '../../programmes/document.js';
import { ProgrammesService } from '../../programmes/programmes.service.js';
import { sideOf } from '../lives/player.js';
import { readLives } from './history.queries.js';
import { askedOf, type Kept } from './kept.js';
import { replayLife, type Sides } from './replay.js';
import { monthsBefore } from '../lives/recorded.js';
import { reportOf, type HistoryReport } from './report.js';
import { noTotals, plus, type Totals } from './totals.js';
import { weighed } from './weights.js';

export interface Asked {
  /** A document that keeps the laws. */
  draft: ProgrammeDocument;
  /** How many months of the programme's clock, counted back from now. */
  months: number;
  /** Whether adversaries are let loose on it as well. */
  adversaries?: boolean;
  /** What a run of the same question that was stopped has kept. */
  kept?: (asked: string) => Promise<Kept | undefined>;
  /** Told after each bucket, with what there is to keep. */
  progress?: (done: number, of: number, kept: Kept) => Promise<void>;
  signal?: AbortSignal;
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
  async replay(question: Asked): Promise<HistoryReport> {
    const { draft, months, adversaries = false, kept, progress, signal } = question;
    const live = await this.programmes.live();
    const asked = askedOf([draft, live.no, live.effectiveAt.getTime(), months, adversaries]);
    const before = await kept?.(asked);
    const until = before?.until ?? (await this.programmes.now()).getTime();
    const window = {
      from: before?.from ?? monthsBefore(until, months),
      until,
    };
    const both = this.sidesOf(draft, live, window);
    const ground = adversaries ? groundOf(draft, both.draft, window) : undefined;
    const sides = { ...both, ground };
    let totals = before?.totals ?? noTotals();
    for (let bucket = before?.done ?? 0; bucket < BUCKETS; bucket += 1) {
      totals = plus(totals, await this.bucket(bucket, sides, signal));
      await progress?.(bucket + 1, BUCKETS, { asked, ...window, done: bucket + 1, totals });
    }
    return reportOf(totals, { sides, months, draft, live: live.document });
  }

  private sidesOf(
    draft: ProgrammeDocument,
    live: { no: number; document: ProgrammeDocument },
    window: Sides['window'],
  ): Sides {
    const { programmes } = this.ledger;
    const earlier = (no: number): Programme => programmes.version(no);
    const newest = programmes.version(live.no);
    // Of a number that no version has, so that nothing recorded is taken to be decided by it.
    const compiled = compileProgramme(draft, { no: 1e9, effectiveAt: 0, earlier: newest });
    return {
      window,
      live: weighed(sideOf(newest, earlier), live.document),
      draft: weighed(sideOf(compiled, earlier), draft),
    };
  }

  private async bucket(
    bucket: number,
    sides: Sides,
    signal: AbortSignal | undefined,
  ): Promise<Totals> {
    const totals = noTotals();
    const runner = this.dataSource.createQueryRunner();
    try {
      let after: string | undefined;
      for (;;) {
        signal?.throwIfAborted();
        const from = after;
        const page = await inSnapshot(runner, async () => {
          const ids = await nextMembers(runner, bucket, from);
          const lives = ids.length === 0 ? [] : await readLives(runner, bucket, ids, sides.window);
          return { lives, last: ids.at(-1) };
        });
        for (const life of page.lives) replayLife(sides, life, totals);
        after = page.last;
        if (after === undefined) return totals;
      }
    } finally {
      await runner.release();
    }
  }
}
