import { Gathered } from '../../src/ledger/gathered.js';

/** Questions that wait until they are let go, with the keys each of them asked for. */
function asker(): {
  asked: string[][];
  answer: (values: Record<string, number>) => void;
  fail: (error: Error) => void;
  ask: (keys: readonly string[]) => Promise<(number | undefined)[]>;
} {
  const asked: string[][] = [];
  const open: {
    resolve: (values: Record<string, number>) => void;
    reject: (error: Error) => void;
  }[] = [];
  return {
    asked,
    answer: (values) => open.shift()?.resolve(values),
    fail: (error) => open.shift()?.reject(error),
    ask: async (keys) => {
      asked.push([...keys]);
      const values = await new Promise<Record<string, number>>((resolve, reject) => {
        open.push({ resolve, reject });
      });
      return keys.map((key) => values[key]);
    },
  };
}

describe('questions put as one', () => {
  it('L14: one that finds nobody asking goes at once, and what comes meanwhile goes together', async () => {
    const { ask, asked, answer } = asker();
    const gathered = new Gathered(ask, 10);
    const first = gathered.get('a');
    expect(asked).toEqual([['a']]);
    const rest = ['b', 'c', 'b'].map((key) => gathered.get(key));
    expect(asked).toHaveLength(1);
    answer({ a: 1 });
    expect(await first).toBe(1);
    expect(asked).toEqual([['a'], ['b', 'c']]);
    answer({ b: 2 });
    expect(await Promise.all(rest)).toEqual([2, undefined, 2]);
    const last = gathered.get('d');
    expect(asked.at(-1)).toEqual(['d']);
    answer({ d: 4 });
    expect(await last).toBe(4);
  });

  it('L14: a reading started before a question is never its answer', async () => {
    const { ask, asked, answer } = asker();
    const gathered = new Gathered(ask, 10);
    const before = gathered.get('a');
    const after = gathered.get('a');
    answer({ a: 1 });
    expect(await before).toBe(1);
    expect(asked).toEqual([['a'], ['a']]);
    answer({ a: 2 });
    expect(await after).toBe(2);
  });

  it('L14: a failure is met by those who asked, and by nobody after them', async () => {
    const { ask, asked, answer, fail } = asker();
    const gathered = new Gathered(ask, 10);
    const first = gathered.get('a');
    const second = gathered.get('b');
    fail(new Error('gone'));
    await expect(first).rejects.toThrow('gone');
    expect(asked).toEqual([['a'], ['b']]);
    answer({ b: 2 });
    expect(await second).toBe(2);
  });

  it('L14: one question asks for a bounded number, in the order of coming', async () => {
    const { ask, asked, answer } = asker();
    const gathered = new Gathered(ask, 2);
    const all = ['a', 'b', 'c', 'd'].map((key) => gathered.get(key));
    answer({ a: 1 });
    await all[0];
    answer({ b: 2, c: 3 });
    await all[2];
    answer({ d: 4 });
    expect(await Promise.all(all)).toEqual([1, 2, 3, 4]);
    expect(asked).toEqual([['a'], ['b', 'c'], ['d']]);
  });
});
