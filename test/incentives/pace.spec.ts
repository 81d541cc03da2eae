import { readdirSync, readFileSync } from 'node:fs';
import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { audit } from '../../src/incentives/audit.js';
import { beforeEachAct } from '../../src/incentives/decide.js';
import { Busyness } from '../../src/incentives/worker/busyness.launcher.js';
import { Pace } from '../../src/incentives/worker/pace.js';
import { inThread } from '../../src/incentives/worker/thread.launcher.js';
import { sanes } from './corpus.js';

/** So many pieces of work of a quarter of a millisecond each; tells when it rested, and for how long. */
function worked(pieces: number, isBusy: (piece: number) => boolean): [number, number][] {
  const rests: [number, number][] = [];
  let [now, piece] = [0, 0];
  const clock = {
    now: () => now,
    rest: (milliseconds: number) => {
      rests.push([piece, milliseconds]);
      now += milliseconds;
    },
  };
  const pace = new Pace({ isBusy: () => isBusy(piece) }, clock);
  while (piece < pieces) {
    now += 0.25;
    piece += 1;
    pace.between();
  }
  return rests;
}

/** Keeps this thread from doing anything else for a while. */
function spin(milliseconds: number): void {
  const until = performance.now() + milliseconds;
  while (performance.now() < until);
}

describe('a thread that gives way', () => {
  it('I86: rests four times as long as it works while the server is busy, and never while it is not', () => {
    expect(worked(12, () => true)).toEqual([
      [4, 4],
      [8, 4],
      [12, 4],
    ]);
    expect(worked(1_000, () => false)).toEqual([]);
    expect(worked(12, (piece) => piece > 6)).toEqual([
      [8, 4],
      [12, 4],
    ]);
  });

  it('I86: hears of it from the thread that serves', async () => {
    const busyness = new Busyness();
    const other = new Busyness(busyness.shared);
    const unwatch = busyness.watch();
    try {
      expect(other.isBusy()).toBe(false);
      while (!other.isBusy()) {
        spin(10);
        await turn();
      }
    } finally {
      unwatch();
    }
  });

  it('I86: is each thread in which something is audited or replayed', async () => {
    const dist = (path: string): string =>
      JSON.stringify(new URL(`../../dist/src/incentives/${path}.js`, import.meta.url).href);
    // It works until it has rested as often as it was asked to.
    const text = `
      import { parentPort } from 'node:worker_threads';
      import { decide } from ${dist('decide')};
      import { takeTask } from ${dist('worker/thread.launcher')};
      const { wait } = Atomics;
      let rests = 0;
      Atomics.wait = (...given) => {
        rests += 1;
        return wait(...given);
      };
      const { times } = takeTask();
      while (rests < times) {
        try {
          decide();
        } catch {
          // Nothing was asked.
        }
      }
      parentPort.postMessage({ kind: 'done', result: rests });`;
    const module = new URL(`data:text/javascript,${encodeURIComponent(text)}`);
    const over = new AbortController();
    const rested = inThread<number>(module, { times: 3 }, {}).finally(() => {
      over.abort();
    });
    while (!over.signal.aborted) {
      spin(10);
      await turn();
    }
    expect(await rested).toBe(3);
    for (const name of ['audit', 'history']) {
      const launcher = new URL(
        `../../src/incentives/worker/${name}-worker.launcher.ts`,
        import.meta.url,
      );
      expect(readFileSync(launcher, 'utf8')).toMatch(/= takeTask\(\)/);
    }
  });

  it('I87: may rest before each act', () => {
    const root = new URL('../../src/incentives/', import.meta.url);
    const asking = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter(
      (name) =>
        name.endsWith('.ts') &&
        /import \{[^}]*\bact\b[^}]*\} from '[./]*rules\/act\.js'/.test(
          readFileSync(new URL(name, root), 'utf8'),
        ),
    );
    expect(asking).toEqual(['decide.ts']);
    const [sane] = sanes();
    if (sane === undefined) throw new Error('There are sane programmes.');
    let acts = 0;
    beforeEachAct(() => {
      acts += 1;
    });
    const { tried } = audit(sane.document, { at: Date.parse('2026-01-01T12:00:00Z') });
    expect(tried.acts).toBeGreaterThan(100);
    expect(acts).toBeGreaterThanOrEqual(tried.acts);
  });
});
