import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';

/** A folder of its own, and what was started in it. */
export interface Den {
  folder: string;
  /** What is to be done at the end, the last one first. */
  atEnd: (closer: () => unknown) => void;
  close: () => Promise<void>;
}

/**
 * Builds in a folder of its own and clears it away when that fails, when it is closed, and when
 * somebody stops the run: a database of gigabytes would stay and run on.
 */
export async function inDen<Built>(
  name: string,
  build: (den: Den) => Promise<Built>,
): Promise<Built> {
  const folder = mkdtempSync(join(tmpdir(), `fealty-${name}-`));
  chmodSync(folder, 0o711);
  const closers: (() => unknown)[] = [
    () => {
      rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
    },
  ];
  const close = async (): Promise<void> => {
    process.off('SIGINT', stop);
    process.off('SIGTERM', stop);
    for (const closer of closers.splice(0).reverse()) await closer();
  };
  const stop = (signal: NodeJS.Signals): void => {
    const code = 128 + constants.signals[signal];
    close().then(
      () => process.exit(code),
      (error: unknown) => {
        console.error(error);
        process.exit(code);
      },
    );
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  try {
    return await build({ folder, atEnd: (closer) => closers.push(closer), close });
  } catch (error) {
    await close();
    throw error;
  }
}
