import { execFile } from 'node:child_process';
import { getPriority } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { describe, expect, it, jest } from '@jest/globals';
import { Teller, type Far } from '../../src/incentives/gate/teller.js';
import { Turns } from '../../src/incentives/gate/turns.js';

const run = promisify(execFile);

/** Work whose end is somebody else's to say. */
function held(): { done: Promise<void>; end: () => void; fail: (why: Error) => void } {
  let end: () => void = () => undefined;
  let fail: (why: Error) => void = () => undefined;
  const done = new Promise<void>((resolve, reject) => {
    end = resolve;
    fail = reject;
  });
  return { done, end, fail };
}

describe('turns', () => {
  it('I43: come one after the other, whatever became of the one before', async () => {
    const turns = new Turns();
    const begun: string[] = [];
    const [first, second] = [held(), held()];
    const one = turns.next(async () => {
      begun.push('one');
      await first.done;
    });
    const two = turns.next(async () => {
      begun.push('two');
      await second.done;
      return 2;
    });
    await pause(5);
    expect(begun).toEqual(['one']);
    first.fail(new Error('lost'));
    await expect(one).rejects.toThrow('lost');
    await pause(5);
    expect(begun).toEqual(['one', 'two']);
    second.end();
    expect(await two).toBe(2);
  });
});

describe('a teller', () => {
  const far = (done: number): Far => ({ done, parts: 9 });

  it('I43: tells one thing at a time, and of what is new meanwhile only the last', async () => {
    const told: number[] = [];
    const waits = [held(), held()];
    const teller = new Teller(async ({ done }) => {
      told.push(done);
      await waits[told.length - 1]?.done;
    }, jest.fn());
    for (const done of [1, 2, 3, 4]) teller.tell(far(done));
    expect(told).toEqual([1]);
    waits[0]?.end();
    const ended = teller.end();
    await pause(5);
    expect(told).toEqual([1, 4]);
    waits[1]?.end();
    await ended;
    expect(told).toEqual([1, 4]);
  });

  it('I43: is heard though nothing changes, and says when it is not', async () => {
    jest.useFakeTimers();
    try {
      const said = jest.fn<(each: Far) => Promise<void>>();
      said.mockResolvedValueOnce(undefined).mockRejectedValueOnce(new Error('cancelled'));
      const lost = jest.fn();
      const teller = new Teller(said, lost);
      teller.tell(far(3));
      await jest.advanceTimersByTimeAsync(5_000);
      expect(said.mock.calls).toEqual([[far(3)], [far(3)]]);
      expect(lost).toHaveBeenCalledWith(new Error('cancelled'));
      await teller.end();
      await jest.advanceTimersByTimeAsync(60_000);
      expect(said).toHaveBeenCalledTimes(2);
    } finally {
      jest.useRealTimers();
    }
  });
});

describe('a thread that yields', () => {
  it.each([
    [9, 10],
    [15, 15],
  ])('I57: of a process at %i stands at %i', async (before, after) => {
    const module = new URL('../../dist/src/incentives/worker/thread.launcher.js', import.meta.url);
    const text = `import os from 'node:os';
      import { yieldToOthers } from ${JSON.stringify(module.href)};
      yieldToOthers();
      console.log(os.getPriority());`;
    const node = [process.execPath, '--input-type=module', '-e', text];
    const { stdout } = await run('nice', ['-n', String(before - getPriority()), ...node]);
    expect(stdout).toBe(`${String(after)}\n`);
  });
});
