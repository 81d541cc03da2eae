/** Replays of history in threads of their own. */
import type { HistoryReport } from '../history/report.js';
import type { HistoryTask } from './task.js';
import { inThread, type Watched } from './thread.launcher.js';

/** Rejects as `inThread` does. How far it is comes with the text of what there is to keep. */
export const historyInWorker = (
  task: HistoryTask,
  watched: Watched<string>,
): Promise<HistoryReport> =>
  inThread(new URL('./history-worker.launcher.js', import.meta.url), task, watched);
