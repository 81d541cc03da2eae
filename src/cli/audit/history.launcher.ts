/** The history of a database under a document: brings up the engine, and keeps how far it is. */
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { HistoryService } from '../../incentives/history/history.service.js';
import { keptIn, textOf, type Kept } from '../../incentives/history/kept.js';
import type { HistoryReport } from '../../incentives/history/report.js';
import { auditWhole } from '../../incentives/linear/proof.js';
import { BUCKETS } from '../../ledger/address.js';
import { commandSettings } from '../../platform/config/environment.js';
import type { ProgrammeDocument } from '../../programmes/document.js';
import { ProgrammesService } from '../../programmes/programmes.service.js';
import { withEngine } from '../foundation.launcher.js';
import { Progress } from '../progress.writer.js';

/** Replays the last months; with a file what is done is kept in it until all is. */
export async function replayHistory(
  draft: ProgrammeDocument,
  {
    months,
    file,
    adversaries,
  }: { months: number; file?: string | undefined; adversaries: boolean },
): Promise<HistoryReport> {
  return withEngine(commandSettings(), async (engine) => {
    const programmes = engine.get(ProgrammesService);
    const before = (await programmes.newest())?.document;
    const { findings } = await auditWhole(draft, {
      at: (await programmes.now()).getTime(),
      before,
    });
    const bar = new Progress('replaying', BUCKETS, 'buckets');
    try {
      const found = await engine.get(HistoryService).replay({
        draft,
        months,
        adversaries,
        findings,
        kept: async (asked) => (file === undefined ? undefined : readKept(file, asked)),
        progress: async (done, of, kept) => {
          bar.update(done, of);
          if (file !== undefined) await writeKept(file, kept);
        },
      });
      if (file !== undefined) await rm(file, { force: true });
      return found;
    } finally {
      bar.stop();
    }
  });
}

async function readKept(file: string, asked: string): Promise<Kept | undefined> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return '';
    throw error;
  });
  return keptIn(text, asked);
}

/** Whoever is stopped while it is written finds what was there before. */
async function writeKept(file: string, kept: Kept): Promise<void> {
  const draft = `${file}.new`;
  await writeFile(draft, textOf(kept));
  await rename(draft, file);
}
