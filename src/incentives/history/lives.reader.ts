/** Replays what is in a database, bucket after bucket. */
import type { DataSource } from 'typeorm';
import { BUCKETS } from '../../ledger/address.js';
import { inSnapshot, nextMembers } from '../../ledger/rebuild/stored.reader.js';
import { compileProgramme } from '../../programmes/compile.js';
import type { ProgrammeDocument } from '../../programmes/document.js';
import type { Programme } from '../../rules/programme.js';
import { groundOf } from '../adversaries/ground.js';
import { sideOf } from '../lives/player.js';
import type { Shape } from '../prevalence/shape.js';
import type { Window } from '../lives/recorded.js';
import { readLives } from './history.queries.js';
import type { Kept } from './kept.js';
import { replayLife, type Sides } from './replay.js';
import { reportOf, type HistoryReport, type Told } from './report.js';
import { noTotals, plus, type Totals } from './totals.js';
import { weighed } from './weights.js';

/** What is replayed, beside which version, and when. It can be sent to a thread. */
export interface Question {
  /** A document that keeps the laws. */
  draft: ProgrammeDocument;
  live: { no: number; document: ProgrammeDocument };
  /** How many months of the programme's clock, counted back from now. */
  months: number;
  /** Whether adversaries are let loose on it as well. */
  adversaries: boolean;
  /** Of an audit of the draft, to count who does already what their witnesses do. */
  findings: readonly Told[];
  /** Of their witnesses. */
  shapes: readonly Shape[];
  window: Window;
  /** A text by which the same question is known again. */
  asked: string;
  /** What a run of the same question that was stopped has kept. */
  before: Kept | undefined;
}

export interface Reading {
  source: DataSource;
  /** The version of a number that a posting names. */
  version: (no: number) => Programme;
  /** Told after each bucket, with what there is to keep. */
  progress: (done: number, of: number, kept: Kept) => Promise<void>;
  signal?: AbortSignal | undefined;
}

/** Rejects with the reason of the signal. It reads snapshots of a few members at a time. */
export async function replayed(question: Question, reading: Reading): Promise<HistoryReport> {
  const { window, months, draft, live, asked, before, findings } = question;
  const sides = sidesOf(question, reading.version);
  let totals = before?.totals ?? noTotals();
  for (let bucket = before?.done ?? 0; bucket < BUCKETS; bucket += 1) {
    totals = plus(totals, await bucketOf(bucket, sides, reading));
    await reading.progress(bucket + 1, BUCKETS, { asked, ...window, done: bucket + 1, totals });
  }
  return reportOf(totals, { sides, months, draft, live: live.document, findings });
}

function sidesOf(
  { draft, live, window, adversaries, shapes }: Question,
  earlier: Reading['version'],
): Sides {
  const newest = earlier(live.no);
  // Of a number that no version has, so that nothing recorded is taken to be decided by it.
  const compiled = compileProgramme(draft, { no: 1e9, effectiveAt: 0, earlier: newest });
  const side = weighed(sideOf(compiled, earlier), draft);
  return {
    window,
    live: weighed(sideOf(newest, earlier), live.document),
    draft: side,
    shapes,
    ground: adversaries ? groundOf(draft, side, window) : undefined,
  };
}

async function bucketOf(
  bucket: number,
  sides: Sides,
  { source, signal }: Reading,
): Promise<Totals> {
  const totals = noTotals();
  const runner = source.createQueryRunner();
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
