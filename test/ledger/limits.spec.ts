import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { adjustmentLimits } from '../../src/rules/actions/adjustment-limits.js';
import type { Command } from '../../src/ledger/command.js';
import { aProgramme } from '../support/programme.js';
import { DAY, MINUTE } from '../support/state.js';
import {
  command,
  inOneBatch,
  outcomeOf,
  overhear,
  purchase,
  startEngine,
  type Engine,
} from './engine.js';

let engine: Engine;
let other: Engine;
const heard: string[] = [];
let beforeSending: ((text: string) => Promise<unknown>) | undefined;

beforeAll(async () => {
  engine = await startEngine();
  other = await startEngine({ LEDGER_LANES: '2' }, engine.database);
  overhear(engine, (text, send) => {
    heard.push(text);
    return beforeSending?.(text).then(send) ?? send();
  });
});
afterAll(async () => {
  await other.close();
  await engine.close();
});
afterEach(async () => {
  beforeSending = undefined;
  expect((await engine.verify.verify()).differences).toEqual([]);
});

const programme = aProgramme({
  staff: {
    reasons: [{ code: 'goodwill', name: 'Goodwill' }],
    perStaffPerDay: 200,
    perMemberPerDay: 100,
    fourEyesAbove: 100,
  },
});

/** An adjustment by a staff user, as the feature makes it. */
const adjusting = (staff: string, member: string, points: number, asked = {}): Command => ({
  ...command(
    member,
    'adjust',
    (at) => {
      const requester = { id: staff, memberId: null };
      return { kind: 'adjust', at, points, reason: 'goodwill', requester };
    },
    { programme, ...asked },
  ),
  limits: adjustmentLimits(staff, member),
});

const enrolled = (count: number): Promise<string[]> =>
  Promise.all(Array.from({ length: count }, () => engine.enrol()));

async function givenBy(staff: string): Promise<number> {
  const [row] = await engine.rows<{ sum: string | null }>(
    `SELECT sum(e.amount) FROM entries e JOIN postings p USING (bucket, member_id, seq)
      WHERE p.kind = 'adjust' AND p.effects->'uses'->0->>0 = $1`,
    [`adjust/user/${staff}`],
  );
  return Number(row?.sum ?? 0);
}

const usesOf = (staff: string): Promise<object[]> =>
  engine.rows('SELECT amount::int FROM rolling_uses WHERE limit_id = $1 ORDER BY used_at', [
    `adjust/user/${staff}`,
  ]);

async function kindsOf(members: readonly string[]): Promise<Record<string, number>> {
  const rows = await engine.rows<{ kind: string; count: number }>(
    'SELECT kind, count(*)::int FROM postings WHERE member_id = ANY ($1::uuid[]) GROUP BY kind',
    [members],
  );
  return Object.fromEntries(rows.map(({ kind, count }) => [kind, count]));
}

describe('rolling limits', () => {
  it('L12: fold what commands of one batch use', async () => {
    const staff = randomUUID();
    const members = await enrolled(3);
    const [clerk = ''] = members;
    const commands = members.flatMap((member) => [60, 40].map((n) => adjusting(staff, member, n)));
    const results = await inOneBatch(engine, purchase(clerk, 100), commands);
    expect(results.map(outcomeOf)).toEqual(Array.from(commands, () => 'posted'));
    expect(await givenBy(staff)).toBe(200);
    expect(await usesOf(staff)).toHaveLength(4);
    expect(await kindsOf(members)).toEqual({ adjust: 4, refused: 2 });
  });

  it('L12: make a batch wait for another process that is about to commit', async () => {
    const staff = randomUUID();
    const [one = '', two = '', three = ''] = await enrolled(3);
    await other.ledger.submit(adjusting(staff, one, 100));
    let reached: (() => void) | undefined;
    const atCommit = new Promise<void>((resolve) => (reached = resolve));
    beforeSending = async (text) => {
      if (text !== 'COMMIT') return;
      reached?.();
      await pause(300);
    };
    const first = engine.ledger.submit(adjusting(staff, two, 60));
    await atCommit;
    const second = await other.ledger.submit(adjusting(staff, three, 60));
    expect((await first).postings.at(-1)?.kind).toBe('adjust');
    expect(second.postings.at(-1)?.kind).toBe('refused');
    expect(await givenBy(staff)).toBe(160);
  });

  it('L12: hold however many commands race in however many processes', async () => {
    const staff = randomUUID();
    const members = await enrolled(20);
    const commands = Array.from({ length: 100 }, (_, index) => {
      const member = members[index % members.length] ?? '';
      return (index % 2 === 0 ? engine : other).ledger.submit(adjusting(staff, member, 15));
    });
    const posted = await Promise.all(commands);
    expect(posted.filter(({ postings }) => postings.at(-1)?.kind === 'adjust')).toHaveLength(13);
    expect(await givenBy(staff)).toBe(195);
    expect(await kindsOf(members)).toEqual({ adjust: 13, refused: 87 });
  });

  it('L12: are locked after the accounts in one order, so that crossing commands never deadlock', async () => {
    const staff = [randomUUID(), randomUUID()];
    const members = await enrolled(8);
    const commands = Array.from({ length: 120 }, (_, index) => {
      const member = members[(index * 5) % members.length] ?? '';
      const by = staff[index % 3 === 0 ? 1 : 0] ?? '';
      return (index % 2 === 0 ? engine : other).ledger.submit(adjusting(by, member, 1));
    });
    expect((await Promise.all(commands)).every(({ replayed }) => !replayed)).toBe(true);
    const locks = heard.filter((text) => /FOR NO KEY UPDATE|INTO rolling_limits/.test(text));
    const first = locks.findIndex((text) => text.includes('rolling_limits'));
    expect(locks[first - 1]).toMatch(/FROM .* JOIN accounts/s);
    expect(locks[first]).toMatch(/ORDER BY limit_id/);
  });

  it('L12: forget a use when no window reaches it any more, and not before', async () => {
    const staff = randomUUID();
    const [one = '', two = ''] = await enrolled(2);
    await engine.ledger.submit(adjusting(staff, one, 100));
    const turnBack = (limit: string, ms: number): Promise<object[]> =>
      engine.rows(
        `UPDATE rolling_uses SET used_at = used_at - $2 * interval '1 millisecond'
                    WHERE limit_id = $1`,
        [limit, ms],
      );
    const again = async (): Promise<string | undefined> =>
      (await engine.ledger.submit(adjusting(staff, one, 1))).postings.at(-1)?.kind;
    expect(await again()).toBe('refused');
    await turnBack(`adjust/member/${one}`, DAY - MINUTE);
    expect(await again()).toBe('refused');
    await turnBack(`adjust/member/${one}`, MINUTE);
    expect(await again()).toBe('adjust');
    const left = await engine.rows('SELECT amount::int FROM rolling_uses WHERE limit_id = $1', [
      `adjust/member/${one}`,
    ]);
    expect(left).toEqual([{ amount: 1 }]);
    // The staff user's window still reaches both, and does so to its last minute.
    await turnBack(`adjust/user/${staff}`, DAY - MINUTE);
    await engine.ledger.submit(adjusting(staff, two, 1));
    expect(await usesOf(staff)).toEqual([{ amount: 100 }, { amount: 1 }, { amount: 1 }]);
    const last = await engine.ledger.submit(adjusting(staff, two, 99));
    expect(last.postings.at(-1)?.kind).toBe('refused');
  });

  it('L12: are not used by a dry run, a refusal or a replay', async () => {
    const staff = randomUUID();
    const [member = ''] = await enrolled(1);
    await engine.ledger.submit(adjusting(staff, member, 60, { dryRun: true }));
    await engine.ledger.submit(adjusting(staff, member, -60));
    expect(await usesOf(staff)).toEqual([]);
    const twice = [1, 2].map(() =>
      engine.ledger.submit(adjusting(staff, member, 60, { key: 'k' })),
    );
    expect((await Promise.all(twice)).map(({ replayed }) => replayed)).toEqual([false, true]);
    expect(await usesOf(staff)).toEqual([{ amount: 60 }]);
  });

  it('L12: cost a command that names none no statement', async () => {
    const [member = ''] = await enrolled(1);
    heard.length = 0;
    await engine.ledger.submit(purchase(member, 3_000));
    expect(heard.length).toBeGreaterThan(5);
    expect(heard.filter((text) => text.includes('rolling_'))).toEqual([]);
  });
});

describe('a command that posts nothing', () => {
  it('L5: keeps its key, and replays as nothing', async () => {
    const [member = ''] = await enrolled(1);
    const settling = (body: string): Command =>
      command(member, 'ask', (at) => ({ kind: 'settle', at }), { key: 'asked', body });
    expect(await engine.ledger.submit(settling('a'))).toEqual({ postings: [], replayed: false });
    expect(await engine.ledger.submit(settling('a'))).toEqual({ postings: [], replayed: true });
    await expect(engine.ledger.submit(settling('b'))).rejects.toMatchObject({
      code: 'idempotency_key_reused',
    });
  });
});
