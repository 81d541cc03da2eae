import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { Command } from '../../src/ledger/command.js';
import {
  capture,
  connected,
  hold,
  inOneBatch,
  outcomeOf,
  overhear,
  purchase,
  startEngine,
  type Engine,
} from './engine.js';

let engine: Engine;
let clerk: string;
/** Sends a lane's statement, or does something worse. */
let onStatement: ((text: string, send: () => Promise<unknown>) => Promise<unknown>) | undefined;

beforeAll(async () => {
  engine = await startEngine();
  overhear(engine, (text, send) => onStatement?.(text, send) ?? send());
  clerk = await engine.enrol();
});
afterAll(() => engine.close());
afterEach(async () => {
  onStatement = undefined;
  expect((await engine.verify.verify()).differences).toEqual([]);
});

const batch = async (...commands: Command[]): Promise<string[]> =>
  (await inOneBatch(engine, purchase(clerk, 100), commands)).map(outcomeOf);

async function postingsOf(...members: string[]): Promise<number[]> {
  const rows = await engine.rows<{ member_id: string; n: number }>(
    'SELECT member_id, count(*)::int AS n FROM postings GROUP BY member_id',
  );
  return members.map((member) => rows.find(({ member_id }) => member_id === member)?.n ?? 0);
}

/** Waits until a server process of a lane waits for something; returns which one. */
async function waitingFor(event: string): Promise<number> {
  for (let tries = 0; tries < 500; tries += 1) {
    const [row] = await engine.rows<{ pid: number }>(
      `SELECT pid FROM pg_stat_activity
        WHERE datname = current_database() AND application_name = 'fealty-lane'
          AND (wait_event_type = $1 OR wait_event = $1)`,
      [event],
    );
    if (row !== undefined) return row.pid;
    await pause(10);
  }
  throw new Error(`No process waits for ${event}.`);
}

/** Locks a member's account from outside while `work` is done. */
async function whileLocked<T>(member: string, work: () => Promise<T>): Promise<T> {
  const other = await connected(engine.database.adminUrl);
  await other.query('BEGIN');
  await other.query('SELECT FROM accounts WHERE member_id = $1 FOR UPDATE', [member]);
  try {
    return await work();
  } finally {
    await other.end();
  }
}

async function kill(pid: number): Promise<void> {
  await engine.rows('SELECT pg_terminate_backend($1)', [pid]);
}

describe('a lock that somebody else holds', () => {
  it('L7: makes its command unavailable, turns those behind it away, and loses nothing', async () => {
    const members = [await engine.enrol(), await engine.enrol(), await engine.enrol()];
    const [one = '', locked = '', last = ''] = members;
    const commands = members.map((member) =>
      purchase(member, 3_000, { key: randomUUID(), reference: `locked-${member}` }),
    );
    const late = purchase(last, 100, { key: randomUUID() });
    const outcomes = await whileLocked(locked, async () => {
      const under = batch(...commands);
      await waitingFor('Lock');
      const behind = engine.ledger.submit(late).then(
        () => 'posted',
        (error: unknown) => outcomeOf({ status: 'rejected', reason: error }),
      );
      return [...(await under), await behind];
    });
    expect(outcomes).toEqual(['posted', 'unavailable', 'unavailable', 'unavailable']);
    expect(await postingsOf(...members)).toEqual([1, 0, 0]);
    expect(await batch(...commands, late)).toEqual(['replayed', 'posted', 'posted', 'posted']);
    expect(await postingsOf(one, locked, last)).toEqual([1, 1, 2]);
  });

  it('L7: that is given up in time only makes its command wait', async () => {
    const member = await engine.enrol();
    let answer: Promise<string[]> | undefined;
    await whileLocked(member, async () => {
      answer = batch(purchase(member, 100));
      await waitingFor('Lock');
    });
    expect(await answer).toEqual(['posted']);
  });
});

describe('the order of locks', () => {
  /** Ways to lock a member's row, key or reference from outside, by what the batch would lock. */
  const ways = {
    account: 'SELECT FROM accounts WHERE member_id = $1 FOR UPDATE',
    key: `INSERT INTO request_keys VALUES ($1, 'r/shop', 'purchase', 0, '${randomUUID()}', '')`,
    reference: `INSERT INTO purchase_references
                VALUES (convert_to($1, 'UTF8'), 'shop', 0, '${randomUUID()}', '')`,
  };

  it.each(Object.entries(ways))('L6: is that of the values: %s', async (what, way) => {
    const members = [await engine.enrol(), await engine.enrol(), await engine.enrol()];
    const names = ['a', 'b', 'c'].map((letter) => `${letter} ${what}`);
    const bucket = (id: string): number => parseInt(id.slice(0, 2), 16) % 64;
    members.sort((a, b) => bucket(a) - bucket(b) || (a < b ? -1 : 1));
    const [first = '', middle = '', last = ''] = what === 'account' ? members : names;
    const commands = [2, 1, 0].map((at) =>
      purchase(members[at] ?? '', 100, {
        ...(what === 'key' && { key: names[at] ?? '' }),
        ...(what === 'reference' && { reference: names[at] ?? '' }),
      }),
    );
    const [holder, prober] = [await connected(engine.database.adminUrl), engine.admin];
    await holder.query('BEGIN');
    await holder.query(way, [middle]);
    const answer = batch(...commands);
    await waitingFor('Lock');
    await prober.query(`BEGIN; SET LOCAL lock_timeout = '100ms'; SAVEPOINT before`);
    await prober.query(way, [last]);
    await prober.query('ROLLBACK TO SAVEPOINT before');
    await expect(prober.query(way, [first])).rejects.toMatchObject({ code: '55P03' });
    await prober.query('ROLLBACK');
    await holder.end();
    expect(await answer).toEqual(['posted', 'posted', 'posted']);
  });
});

describe('a lost connection', () => {
  it('L5: while locks are waited for is unavailable; the same key then posts exactly once', async () => {
    const members = [await engine.enrol(), await engine.enrol()];
    const [locked = ''] = members;
    const commands = members.map((member) => purchase(member, 3_000, { key: randomUUID() }));
    const lost = await whileLocked(locked, async () => {
      const answer = batch(...commands);
      await kill(await waitingFor('Lock'));
      return answer;
    });
    expect(lost).toEqual(['unavailable', 'unavailable']);
    expect(await batch(purchase(clerk, 100))).toEqual(['posted']);
    expect(await batch(...commands)).toEqual(['posted', 'posted']);
    expect(await batch(...commands)).toEqual(['replayed', 'replayed']);
    expect(await postingsOf(...members)).toEqual([1, 1]);
  });

  it('L4: while rows are being written leaves none of them behind', async () => {
    const member = await engine.enrol();
    const asked = { key: randomUUID(), reference: 'killed while writing' };
    await engine.admin.query(`
      CREATE FUNCTION dawdle() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        PERFORM pg_sleep(20); RETURN NULL; END $$;
      CREATE TRIGGER dawdle AFTER INSERT ON lots FOR EACH ROW EXECUTE FUNCTION dawdle()`);
    try {
      const answer = batch(purchase(member, 3_000, asked));
      await kill(await waitingFor('PgSleep'));
      expect(await answer).toEqual(['unavailable']);
    } finally {
      await engine.admin.query('DROP FUNCTION dawdle CASCADE');
    }
    for (const table of ['postings', 'entries', 'lots', 'request_keys', 'purchase_references']) {
      expect(await engine.rows(`SELECT FROM ${table} WHERE member_id = $1`, [member])).toEqual([]);
    }
    expect(await batch(purchase(member, 3_000, asked))).toEqual(['posted']);
    expect(await postingsOf(member)).toEqual([1]);
  });

  it('L5: after the commit, so that only the answer is lost, is found out by the same key', async () => {
    const members = [await engine.enrol(), await engine.enrol()];
    const commands = members.map((member) => purchase(member, 9_000, { key: randomUUID() }));
    let commits = 0;
    onStatement = async (text, send) => {
      const sent = await send();
      if (text !== 'COMMIT') return sent;
      commits += 1;
      // The first one is the dry run that goes ahead.
      if (commits === 2) throw new Error('Connection terminated unexpectedly');
      return sent;
    };
    expect(await batch(...commands)).toEqual(['unavailable', 'unavailable']);
    expect(await postingsOf(...members)).toEqual([1, 1]);
    expect(await batch(...commands)).toEqual(['replayed', 'replayed']);
    expect(await postingsOf(...members)).toEqual([1, 1]);
  });

  it('L5: while nothing is under way costs no more than one try', async () => {
    const member = await engine.enrol();
    expect(await batch(purchase(member, 100))).toEqual(['posted']);
    const idle = await engine.rows<{ pid: number }>(
      `SELECT pid FROM pg_stat_activity
        WHERE datname = current_database() AND application_name = 'fealty-lane'`,
    );
    expect(idle).toHaveLength(1);
    for (const { pid } of idle) await kill(pid);
    const asked = purchase(member, 100, { key: randomUUID() });
    const first = await Promise.allSettled([engine.ledger.submit(asked)]);
    expect(['posted', 'unavailable']).toContain(first.map(outcomeOf)[0]);
    expect(['posted', 'replayed']).toContain((await batch(asked))[0]);
    expect(await postingsOf(member)).toEqual([2]);
  });

  it('L7: turns away what waits behind it, so that nothing is done out of order', async () => {
    const member = await engine.enrol();
    const keys = [randomUUID(), randomUUID()];
    const first = purchase(member, 9_000, { key: keys[0] ?? '' });
    const second = hold(member, { key: keys[1] ?? '' });
    const results = await whileLocked(member, async () => {
      const ahead = engine.ledger.submit(first);
      const behind = engine.ledger.submit(second);
      await kill(await waitingFor('Lock'));
      return Promise.allSettled([ahead, behind]);
    });
    expect(results.map(outcomeOf)).toEqual(['unavailable', 'unavailable']);
    expect(await batch(first, second, capture(member, 2))).toEqual(['posted', 'posted', 'posted']);
    expect(await postingsOf(member)).toEqual([3]);
  });
});

describe('a fault of one statement', () => {
  it.each(['55P03', '40P01', '40001', '57014'])(
    'L7: %s, the doing of a neighbour, is unavailable and can be tried again',
    async (code) => {
      const member = await engine.enrol();
      const asked = purchase(member, 100, { key: randomUUID() });
      await engine.admin.query(`
        CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
          RAISE EXCEPTION 'the neighbour did it' USING ERRCODE = '${code}'; END $$;
        CREATE TRIGGER fail AFTER INSERT ON lots FOR EACH ROW EXECUTE FUNCTION fail()`);
      try {
        expect(await batch(asked)).toEqual(['unavailable']);
      } finally {
        await engine.admin.query('DROP FUNCTION fail CASCADE');
      }
      expect(await postingsOf(member)).toEqual([0]);
      expect(await batch(asked)).toEqual(['posted']);
    },
  );
});

describe('a key in flight', () => {
  let slow: Engine;

  beforeAll(async () => {
    slow = await startEngine({}, engine.database);
    // Longer than anybody waits for a key, and shorter than the database leaves a transaction idle.
    overhear(slow, async (text, send) => {
      if (text === 'COMMIT') await pause(3_000);
      return send();
    });
  });
  afterAll(() => slow.close());

  /** Milliseconds until a command is refused as its key is in flight. */
  async function refusedAfter(work: Promise<unknown>): Promise<number> {
    const start = performance.now();
    await expect(work).rejects.toMatchObject({ code: 'request_in_flight' });
    return performance.now() - start;
  }

  it('L5: in another process is waited for, two seconds and no longer; neighbours go on', async () => {
    const [member, neighbour] = [await engine.enrol(), await engine.enrol()];
    const same = purchase(member, 100, { key: randomUUID() });
    const first = slow.ledger.submit(same);
    await pause(300);
    const others = [purchase(member, 200), purchase(neighbour, 300)];
    const ahead = engine.ledger.submit({ ...purchase(neighbour, 1), dryRun: true });
    const waited = refusedAfter(engine.ledger.submit(same));
    const around = await Promise.allSettled(others.map((each) => engine.ledger.submit(each)));
    await ahead;
    expect(await waited).toBeLessThan(2_900);
    // What comes after it for the same member must not overtake it.
    expect(around.map(outcomeOf)).toEqual(['overloaded', 'posted']);
    expect((await first).replayed).toBe(false);
    expect(await batch(same, ...others)).toEqual(['replayed', 'posted', 'replayed']);
  });

  it('L5: in the same process is waited for just as long', async () => {
    const member = await engine.enrol();
    const same = purchase(member, 100, { key: randomUUID() });
    const first = slow.ledger.submit(same);
    const waited = await refusedAfter(slow.ledger.submit(same));
    expect(waited).toBeGreaterThan(1_900);
    expect(waited).toBeLessThan(2_900);
    expect((await first).replayed).toBe(false);
    expect(await batch(same)).toEqual(['replayed']);
    expect(await postingsOf(member)).toEqual([1]);
  });
});

describe('two replicas', () => {
  it('L5, L6: sent the same hundred purchases at once, book each of them once', async () => {
    const replica = await startEngine({ LEDGER_LANES: '3' }, engine.database);
    try {
      const members = await Promise.all(Array.from({ length: 10 }, () => engine.enrol()));
      const commands = Array.from({ length: 100 }, (_, index) => {
        const member = members[(index * 7) % members.length] ?? '';
        return purchase(member, 100, { key: randomUUID(), reference: `both-${String(index)}` });
      });
      const reversed = [...commands].reverse();
      const all = await Promise.allSettled([
        ...commands.map((each) => engine.ledger.submit(each)),
        ...reversed.map((each) => replica.ledger.submit(each)),
      ]);
      const outcomes = all.map(outcomeOf);
      expect(outcomes.filter((each) => each === 'posted')).toHaveLength(100);
      expect(outcomes.filter((each) => each === 'replayed')).toHaveLength(100);
      expect(await postingsOf(...members)).toEqual(members.map(() => 10));
    } finally {
      await replica.close();
    }
  });

  it('L5: given one reference for two members at once, book it for one of them', async () => {
    const replica = await startEngine({}, engine.database);
    try {
      for (let round = 0; round < 10; round += 1) {
        const [one, other] = [await engine.enrol(), await engine.enrol()];
        const reference = `contended-${String(round)}`;
        const results = await Promise.allSettled([
          engine.ledger.submit(purchase(one, 100, { reference })),
          replica.ledger.submit(purchase(other, 100, { reference })),
        ]);
        expect(results.map(outcomeOf).sort()).toEqual(['duplicate_reference', 'posted']);
        expect((await postingsOf(one, other)).sort()).toEqual([0, 1]);
      }
    } finally {
      await replica.close();
    }
  });

  it('L3, L6: spending the same points at once never spend more than there are', async () => {
    const replica = await startEngine({}, engine.database);
    try {
      const member = await engine.enrol();
      expect(await batch(purchase(member, 10_000))).toEqual(['posted']);
      const results = await Promise.allSettled(
        Array.from({ length: 12 }, (_, index) =>
          (index % 2 === 0 ? engine : replica).ledger.submit(hold(member)),
        ),
      );
      const kinds = results.map((each) =>
        each.status === 'fulfilled' ? each.value.postings.at(-1)?.kind : 'lost',
      );
      // 120 points pay three holds of 40.
      expect(kinds.filter((kind) => kind === 'hold')).toHaveLength(3);
      expect(kinds.filter((kind) => kind === 'refused')).toHaveLength(9);
    } finally {
      await replica.close();
    }
  });
});
