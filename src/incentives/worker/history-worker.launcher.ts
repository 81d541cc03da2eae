/** The thread in which history is replayed, over a connection that no purchase waits for. */
import { parentPort } from 'node:worker_threads';
import { DataSource } from 'typeorm';
import { historyOptions } from '../../platform/database/data-source.js';
import { readVersions } from '../../programmes/compile/versions.queries.js';
import type { Programme } from '../../rules/programme.js';
import { textOf } from '../history/kept.js';
import { replayed } from '../history/lives.reader.js';
import type { HistoryReport } from '../history/report.js';
import type { HistoryTask } from './task.js';
import { takeTask, type Said } from './thread.launcher.js';

const say = (said: Said<HistoryReport, string>): void => {
  parentPort?.postMessage(said);
};

const { url, ...question } = takeTask() as HistoryTask;
const source = new DataSource(historyOptions(url));
await source.initialize();
try {
  const versions = await readVersions(source.manager);
  const version = (no: number): Programme => {
    const found = versions[no - 1];
    if (found !== undefined) return found;
    throw new Error(`invariant: version ${String(no)} is there before what it decides`);
  };
  const result = await replayed(question, {
    source,
    version,
    progress: async (done, of, kept) => {
      say({ kind: 'progress', done, of, more: textOf(kept) });
      return Promise.resolve();
    },
  });
  say({ kind: 'done', result });
} finally {
  await source.destroy();
}
