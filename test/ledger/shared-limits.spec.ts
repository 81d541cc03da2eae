import type { Command, Decision, Moment, Posted } from '../../src/ledger/command.js';
import { homeOf } from '../../src/ledger/limits/slots.js';
import { RebuildService } from '../../src/ledger/rebuild/rebuild.service.js';
import { leftOf } from '../../src/rules/limits.js';
import { blank, refused } from '../../src/rules/spending/settle.js';
import type { Outcome } from '../../src/rules/outcome.js';
import type { State } from '../../src/rules/state.js';
import {
  command,
  inOneBatch,
  outcomeOf,
  overhear,
  purchase,
  startEngine,
  type Asked,
  type Engine,
} from './engine.js';
import { spendable } from './history.js';

let engine: Engine;
let other: Engine;
const totals = new Map<string, number>();
const heard: string[] = [];
let beforeSending: ((text: string) => Promise<unknown>) | undefined;
let members: string[];

beforeAll(async () => {
  engine = await startEngine();
  other = await startEngine({ LEDGER_LANES: '3' }, engine.database);
  const programme = { ...spendable(), limits: totals };
  for (const { ledger } of [engine, other]) {
    ledger.register({
      programmes: {
        revision: 1,
        refresh: () => Promise.resolve(),
        at: () => programme,
        begunBy: () => [programme],
        version: () => programme,
        lookBackMs: 0,
      },
    });
  }
  overhear(engine, (text, send) => {
    heard.push(text);
    return beforeSending?.(text).then(send) ?? send();
  });
  members = await Promise.all(Array.from({ length: 48 }, () => engine.enrol()));
});
afterAll(async () => {
  await other.close();
  await engine.close();
});
afterEach(async () => {
  beforeSending = undefined;
  expect((await engine.verify.verify()).differences).toEqual([]);
  const [broken] = await engine.rows<{ limit_id: string }>(
    `SELECT limit_id FROM limits l
      WHERE granted <> (SELECT coalesce(sum(granted), 0) FROM limit_slots s
                         WHERE s.limit_id = l.limit_id)`,
  );
  expect(broken).toBeUndefined();
});

/** Takes an amount or, where it is negative, gives one back; with `most`, as much as there is. */
function taking(
  member: string,
  limit: string,
  amount: number,
  asked: Asked & { most?: true } = {},
): Command {
  const programme = spendable();
  const decide = (state: State, { now }: Moment): Decision => {
    const [before] = state.members;
    if (before === undefined) throw new Error('There is nobody.');
    const left = leftOf(state, limit, []);
    const isShort = left < amount;
    const short = isShort ? { short: [{ limit, amount }] } : {};
    const settled = { member: before, postings: [] };
    if (isShort && (asked.most !== true || left === 0)) {
      const refusal = { code: 'out_of_stock', details: {} };
      return {
        outcome: { ...refused(programme, settled, { at: now }, refusal), ...short },
        owned: [],
      };
    }
    const next = { ...before, version: before.version + 1 };
    const used = Math.min(left, amount);
    const draft = {
      ...blank(programme, next, now),
      kind: 'adjust' as const,
      shared: [{ limit, amount: used }],
    };
    const outcome: Outcome = { state: { members: [next] }, postings: [draft], ...short };
    return { outcome, owned: [] };
  };
  const base = command(member, 'take', (at) => ({ kind: 'settle', at }), asked);
  return { ...base, needs: (...of) => ({ ...base.needs(...of), shared: [limit] }), decide };
}

const at = (index: number): string => members[index % members.length] ?? '';
const kindOf = ({ postings }: Posted): string => postings.at(-1)?.kind ?? '';
const submit = async (index: number, each: Command): Promise<string> =>
  kindOf(await (index % 2 === 0 ? engine : other).ledger.submit(each));

async function usedOf(limit: string): Promise<{ used: number; slots: number }> {
  const [row] = await engine.rows<{ used: number; slots: number }>(
    `SELECT coalesce(sum(used), 0)::int AS used, count(*)::int AS slots FROM limit_slots
      WHERE limit_id = $1`,
    [limit],
  );
  return row ?? { used: 0, slots: 0 };
}

/** Reads all the time what is used of a limit, in one snapshot each, until told to stop. */
function watch(limit: string, total: number): () => Promise<number> {
  const stop = new AbortController();
  const looking = (async () => {
    let looks = 0;
    for (; !stop.signal.aborted; looks += 1) {
      expect((await usedOf(limit)).used).toBeLessThanOrEqual(total);
    }
    return looks;
  })();
  return async () => {
    stop.abort();
    return looking;
  };
}

const tally = (outcomes: readonly string[]): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const each of outcomes) counts[each] = (counts[each] ?? 0) + 1;
  return counts;
};

describe('shared limits', () => {
  it('L17: give the last of a small stock to as many as there are, over two processes', async () => {
    totals.set('stock/37', 37);
    const stop = watch('stock/37', 37);
    const takers = Array.from({ length: 64 }, (_, index) =>
      submit(index, taking(at(index), 'stock/37', 1)),
    );
    expect(tally(await Promise.all(takers))).toEqual({ adjust: 37, refused: 27 });
    expect(await stop()).toBeGreaterThan(0);
    const slots = await engine.rows('SELECT bucket, used FROM limit_slots WHERE limit_id = $1', [
      'stock/37',
    ]);
    expect(slots).toEqual([{ bucket: homeOf('stock/37', 37), used: '37' }]);
  });

  it('L17: find what is left in other slots for the last that fits', async () => {
    totals.set('budget/spread', 4_100);
    const stop = watch('budget/spread', 4_100);
    const takers = Array.from({ length: 200 }, (_, index) =>
      submit(index, taking(at(index * 7), 'budget/spread', 25)),
    );
    expect(tally(await Promise.all(takers))).toEqual({ adjust: 164, refused: 36 });
    await stop();
    const { used, slots } = await usedOf('budget/spread');
    expect(used).toBe(4_100);
    expect(slots).toBeGreaterThan(10);
  });

  it('L17: cut short what is truncated only when no slot has more', async () => {
    totals.set('budget/most', 4_500);
    for (let index = 0; index < 44; index += 1)
      await submit(index, taking(at(index), 'budget/most', 100));
    const posted = await engine.ledger.submit(taking(at(45), 'budget/most', 700, { most: true }));
    expect(posted.postings.at(-1)?.effects.shared).toEqual([['budget/most', 100]]);
    expect((await usedOf('budget/most')).used).toBe(4_500);
  });

  it('L17: take what is given back, also in another slot', async () => {
    totals.set('budget/back', 4_096);
    expect(await submit(0, taking(at(0), 'budget/back', 4_096))).toBe('adjust');
    expect(await submit(1, taking(at(1), 'budget/back', 1))).toBe('refused');
    await submit(0, taking(at(0), 'budget/back', -96));
    expect(await submit(2, taking(at(2), 'budget/back', 97))).toBe('refused');
    expect(await submit(3, taking(at(3), 'budget/back', 96))).toBe('adjust');
  });

  it('L17: follow the total of the version in force, but never below what is used', async () => {
    totals.set('stock/total', 2);
    expect(await submit(0, taking(at(0), 'stock/total', 2))).toBe('adjust');
    totals.set('stock/total', 3);
    expect(await submit(1, taking(at(1), 'stock/total', 1))).toBe('adjust');
    totals.set('stock/total', 1);
    expect(await submit(2, taking(at(2), 'stock/total', 1))).toBe('refused');
    await submit(0, taking(at(0), 'stock/total', -2));
    expect(await submit(3, taking(at(3), 'stock/total', 1))).toBe('refused');
    await submit(1, taking(at(1), 'stock/total', -1));
    expect(await submit(4, taking(at(4), 'stock/total', 1))).toBe('adjust');
    totals.set('stock/total', 0);
    expect(await submit(5, taking(at(5), 'stock/total', 1))).toBe('refused');
  });

  it('L17: decide again in the order in which commands of a member came', async () => {
    totals.set('stock/order', 1);
    const [member] = members;
    const commands = [1, 1, 0].map((amount) => taking(member ?? '', 'stock/order', amount));
    const results = await inOneBatch(engine, purchase(at(0), 100), commands);
    expect(results.map(outcomeOf)).toEqual(['posted', 'posted', 'posted']);
    const kinds = results.map((each) => (each.status === 'fulfilled' ? kindOf(each.value) : ''));
    expect(kinds).toEqual(['adjust', 'refused', 'adjust']);
    const seqs = results.map((each) =>
      each.status === 'fulfilled' ? (each.value.postings.at(-1)?.seq ?? 0) : 0,
    );
    expect(seqs).toEqual([...seqs].sort((a, b) => a - b));
  });

  it('L17: are not used by a dry run, a refusal or a replay', async () => {
    totals.set('stock/dry', 2);
    expect(await submit(0, taking(at(0), 'stock/dry', 1, { dryRun: true }))).toBe('adjust');
    expect((await usedOf('stock/dry')).used).toBe(0);
    expect(await submit(0, taking(at(0), 'stock/dry', 3))).toBe('refused');
    const twice = [1, 2].map(() =>
      engine.ledger.submit(taking(at(0), 'stock/dry', 2, { key: 'taken' })),
    );
    expect((await Promise.all(twice)).map(({ replayed }) => replayed)).toEqual([false, true]);
    expect((await usedOf('stock/dry')).used).toBe(2);
  });

  it('L17: are locked after the accounts, slots limit by limit, and cost others no statement', async () => {
    heard.length = 0;
    await engine.ledger.submit(purchase(at(0), 100));
    expect(heard.length).toBeGreaterThan(5);
    expect(heard.filter((text) => /limit/.test(text))).toEqual([]);
    totals.set('stock/locks', 5);
    await engine.ledger.submit(taking(at(0), 'stock/locks', 1));
    const locks = heard.filter((text) => /FOR NO KEY UPDATE/.test(text));
    const first = locks.findIndex((text) => text.includes('limit_slots'));
    expect(locks[first - 1]).toMatch(/JOIN accounts/);
    expect(locks[first]).toMatch(/ORDER BY s.limit_id, s.bucket/);
  });

  it('L17: lose nothing when a refill is cut off before its commit', async () => {
    totals.set('stock/cut', 9);
    let isCut = false;
    beforeSending = (text) => {
      if (isCut || !text.includes('UPDATE limits')) return Promise.resolve();
      isCut = true;
      return engine.rows(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
            WHERE datname = current_database() AND application_name = 'fealty-lane'
              AND state = 'idle in transaction'`,
      );
    };
    await expect(engine.ledger.submit(taking(at(0), 'stock/cut', 4))).rejects.toMatchObject({
      code: 'unavailable',
    });
    expect(isCut).toBe(true);
    expect(await submit(0, taking(at(0), 'stock/cut', 9))).toBe('adjust');
    expect((await usedOf('stock/cut')).used).toBe(9);
  });

  it('L10, L17: are what the postings say, and each edit of them is named', async () => {
    const check = async (): Promise<string[]> => {
      const { differences } = await engine.context.get(RebuildService).check();
      return differences
        .filter(({ table }) => table.startsWith('limit'))
        .map(({ table, row, column }) => `${table} ${row} ${column}`);
    };
    totals.set('stock/total', 0);
    expect(await check()).toEqual([]);
    const home = String(homeOf('stock/37', 37));
    const edited = async (edit: string, undo: string): Promise<string[]> => {
      await engine.rows(edit);
      const found = await check();
      await engine.rows(undo);
      return found;
    };
    const slot = `WHERE limit_id = 'stock/37'`;
    expect(
      await edited(
        `UPDATE limit_slots SET used = 36 ${slot}`,
        `UPDATE limit_slots SET used = 37 ${slot}`,
      ),
    ).toEqual([`limit_slots ${home}/stock/37 used`]);
    expect(
      await edited(`UPDATE limits SET total = 38 ${slot}`, `UPDATE limits SET total = 37 ${slot}`),
    ).toEqual(['limits stock/37 total']);
    expect(
      await edited(
        `UPDATE limits SET granted = 36 ${slot}`,
        `UPDATE limits SET granted = 37 ${slot}`,
      ),
    ).toEqual(['limits stock/37 granted']);
    expect(
      await edited(
        `DELETE FROM limit_slots ${slot}`,
        `INSERT INTO limit_slots VALUES (${home}, 'stock/37', 37, 37)`,
      ),
    ).toEqual([`limit_slots ${home}/stock/37 *`, 'limits stock/37 granted']);
    expect(await check()).toEqual([]);
  });
});
