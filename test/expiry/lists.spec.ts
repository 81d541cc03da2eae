import { ExpiryNoticesQueries } from '../../src/events/notices/expiry-notices.queries.js';
import { BUCKETS } from '../../src/ledger/address.js';
import { stateOf } from '../../src/ledger/batch/accounts.queries.js';
import { groupBy } from '../../src/ledger/check.js';
import type { Result, Tx } from '../../src/ledger/command.js';
import { LedgerService } from '../../src/ledger/ledger.service.js';
import { ExpiringLotsQueries } from '../../src/ledger/lots/expiring-lots.queries.js';
import { readLotsOf, type Reach } from '../../src/ledger/lots/open-lots.queries.js';
import { ProgrammesService } from '../../src/programmes/programmes.service.js';
import { nightsProgramme, TOLD_DAYS } from '../../bench/population/programme.js';
import { act } from '../../src/rules/act.js';
import type { PostingDraft } from '../../src/rules/outcome.js';
import type { Lot } from '../../src/rules/state.js';
import { runJob } from '../jobs/running.js';
import { startEngine, type Engine } from '../ledger/engine.js';
import { DAY_MS } from '../support/clock.js';

let engine: Engine;
beforeAll(async () => {
  engine = await startEngine();
  const published = { effectiveAt: '2020-01-01T00:00:00Z', by: 'test' };
  await engine.context.get(ProgrammesService).publish(nightsProgramme(36), published);
});
afterAll(async () => {
  await engine.close();
});
beforeEach(async () => {
  await engine.admin.query('DELETE FROM lots');
});

/** Lots of so many members of a bucket, of which every fourth is spent; the date is an expression. */
const lots = async (bucket: number, members: number, expiresAt: string): Promise<unknown> =>
  engine.admin.query(
    `INSERT INTO lots (bucket, member_id, seq, n, funder, accrued_at, available_from, expires_at,
                       amount, remaining, held)
     SELECT $1, format('%s000000-0000-4000-8000-%s', $2::text, lpad(m::text, 12, '0'))::uuid, 1, n,
            'programme', now(), now(), ${expiresAt}, 10, CASE WHEN m % 4 = 3 THEN 0 ELSE 10 END, 0
       FROM generate_series(0, $3::int - 1) m, generate_series(0, 1) n`,
    [bucket, bucket.toString(16).padStart(2, '0'), members],
  );

it('Y12: the first of all buckets are those that each of them lists by itself', async () => {
  for (let bucket = 0; bucket < BUCKETS; bucket += 3) {
    await lots(bucket, bucket % 8, `date '2030-01-01' + (m * 7 + n * 3 + ${bucket}) % 5`);
  }
  const queries = engine.context.get(ExpiringLotsQueries);
  const [from, until] = [Date.parse('2030-01-01T12:00:00Z'), Date.parse('2030-01-05')];
  for (const range of [
    { from, until },
    { from: undefined, until: until - DAY_MS },
  ]) {
    for (const limit of [1, 3, 100]) {
      const wanted = new Map<number, unknown[]>();
      for (let bucket = 0; bucket < BUCKETS; bucket += 1) {
        const own = await queries.between(bucket, range, { after: undefined, limit });
        if (own.length > 0) wanted.set(bucket, own);
      }
      expect(wanted.size).toBeGreaterThan(10);
      const found = await queries.first(range, limit);
      expect(new Map([...found].sort(([a], [b]) => a - b))).toEqual(wanted);
    }
  }
});

it('Y12: each is told once, also where a bucket has more than are read with all others', async () => {
  // Dates are of whole milliseconds, as the core computes them.
  const date = `date_trunc('milliseconds', now()) + interval '${TOLD_DAYS} days'`;
  await lots(7, 700, date);
  await lots(9, 4, date);
  await lots(63, 334, date);
  expect(await runJob(engine, 'expiry-notices')).toBe(525 + 3 + 251);
  const found = await engine.rows(
    `SELECT bucket, count(DISTINCT member_id)::int AS told FROM notices
      WHERE kind = 'points_expiring' GROUP BY bucket ORDER BY bucket`,
  );
  expect(found).toEqual([
    { bucket: 7, told: 525 },
    { bucket: 9, told: 3 },
    { bucket: 63, told: 251 },
  ]);
});

it('Y13: of what members were told, only what is about the dates asked for is read', async () => {
  const memberId = '05000000-0000-4000-8000-000000000001';
  const other = '06000000-0000-4000-8000-000000000001';
  const [first, second] = [Date.parse('2031-01-31T23:00:00Z'), Date.parse('2031-02-28T23:00:00Z')];
  const subjects = [first, second].flatMap((date) =>
    ['30', '7', '0/12', 'silence/30'].map((rest) => `${new Date(date).toISOString()}/${rest}`),
  );
  await engine.admin.query(
    `INSERT INTO notices (bucket, member_id, number, kind, subject, about, made_at, due_at, state,
                          tries, next_at)
     SELECT 5, $1, n, 'points_expiring', subject, '{"facts":{"upTo":3}}', now(), now(), 'due', 0, now()
       FROM unnest($2::text[]) WITH ORDINALITY s (subject, n)`,
    [memberId, subjects],
  );
  const queries = engine.context.get(ExpiryNoticesQueries);
  const found = await queries.of([
    { memberId, dueAt: first },
    { memberId, dueAt: second + 1 },
    { memberId: other, dueAt: second },
  ]);
  expect([...found.keys()]).toEqual([memberId]);
  expect(found.get(memberId)).toMatchObject(
    [false, false, false, true].map((ofSilence, n) => {
      return { number: n + 1, expiresAt: first, ofSilence, upTo: 3 };
    }),
  );
});

describe('Y14: of the lots of members whose points go', () => {
  const at = Date.parse('2031-06-15T12:00:00Z');
  const LOTS = 9;
  const members = Array.from(
    { length: 150 },
    (_, n) => `05000000-0000-4000-8000-${String(n).padStart(12, '0')}`,
  );
  /** Every mixture of dates that have passed or come, windows that were open at them, and holds. */
  const lotsOf = (member: number): Lot[] =>
    Array.from({ length: LOTS }, (_, seq) => {
      const day = (of: number): number => at + (((member * 31 + seq * 17) * of) % 61) * DAY_MS;
      const remaining = (member + seq) % 5 === 0 ? 0 : 10 + seq;
      return {
        ...{ seq: seq + 1, n: 0, funder: 'programme', accruedAt: at - 500 * DAY_MS, amount: 100 },
        ...{ availableFrom: day(7) - 45 * DAY_MS, remaining, origin: undefined },
        expiresAt: (member * 7 + seq) % 6 === 0 ? null : day(13) - (member % 3) * 25 * DAY_MS,
        held: (member + seq) % 7 === 0 ? Math.min(remaining, 4) : 0,
      };
    });
  /** The same, of whom nothing is held or pending; of one date there are up to three. */
  const quietLotsOf = (member: number): Lot[] =>
    lotsOf(member).map((lot, index, all) => ({
      ...lot,
      ...{ held: 0, availableFrom: at - 100 * DAY_MS },
      expiresAt: all[index - (index % ((member % 3) + 1))]?.expiresAt ?? null,
    }));
  const tx: Tx = {
    query: async <Row extends object>(statement: Parameters<Tx['query']>[0]) => {
      if (typeof statement === 'string') throw new Error('Nothing is begun here.');
      const { rows } = await engine.admin.query<object>(statement.text, statement.values);
      return { rows, command: 'SELECT' } as Result<Row>;
    },
  };
  const readAs = async (of: (memberId: string) => Reach): Promise<Map<string, Lot[]>> => {
    const found = await readLotsOf(tx, new Map(members.map((id) => [id, of(id)])), at);
    return found ?? new Map<string, Lot[]>();
  };

  const insert = async (lotsFor: (member: number) => Lot[]): Promise<unknown> =>
    engine.admin.query(
      `INSERT INTO lots SELECT 5, (e->>'member')::uuid, seq, n, funder, to_timestamp("accruedAt" / 1000),
              to_timestamp("availableFrom" / 1000), to_timestamp("expiresAt" / 1000), amount, remaining, held
         FROM json_array_elements($1) e, json_to_record(e->'lot') AS l (seq int, n int, funder text,
              "accruedAt" int8, "availableFrom" int8, "expiresAt" int8, amount int8, remaining int8, held int8)`,
      [
        JSON.stringify(
          members.flatMap((memberId, n) => lotsFor(n).map((lot) => ({ member: memberId, lot }))),
        ),
      ],
    );

  /** What is posted of a member of whose lots so many were read, who was told of every date. */
  const decided = (
    memberId: string,
    open: readonly Lot[],
    read: readonly Lot[],
  ): { postings: readonly PostingDraft[]; changesAt: number | null | undefined } => {
    const programme = engine.context.get(LedgerService).programmes.at(at);
    if (programme === undefined) throw new Error('The programme is in force.');
    const told = open.flatMap(({ expiresAt }, notice) => {
      const shown = { ofSilence: false, notice, upTo: LOTS, at: (expiresAt ?? 0) - 30 * DAY_MS };
      return expiresAt === null ? [] : [{ ...shown, expiresAt, evidence: 'shown' as const }];
    });
    const points = open.reduce((sum, { remaining, held }) => sum + remaining - held, 0);
    const lots = read.toSorted((a, b) => a.seq - b.seq);
    const member = { ...stateOf(accountOf(memberId, points), lots), told, status: 'active' };
    const state = { members: [member], limits: new Map<string, number>() };
    const outcome = act(programme, state, { kind: 'expire', at, until: at });
    return { postings: outcome.postings, changesAt: outcome.state.members[0]?.changesAt };
  };

  it('those that are not read change nothing of what is posted', async () => {
    await insert(lotsOf);
    const [whole, few] = [await readAs(() => 'all'), await readAs(() => 'due')];
    let [left, gone, pending] = [0, 0, 0];
    for (const [n, memberId] of members.entries()) {
      const open = lotsOf(n).filter(({ remaining }) => remaining > 0);
      const [all, read] = [whole.get(memberId) ?? [], few.get(memberId) ?? []];
      expect(all.toSorted((a, b) => a.seq - b.seq)).toEqual(open);
      const wanted = decided(memberId, open, all);
      expect(decided(memberId, open, read)).toEqual(wanted);
      left += open.length - read.length;
      gone += wanted.postings.length;
      pending += wanted.postings.filter(({ after }) => after.pending > 0).length;
    }
    expect(Math.min(left, gone, pending)).toBeGreaterThan(50);
  });

  it('those that a list names suffice where nothing is held or pending', async () => {
    await insert(quietLotsOf);
    const queries = engine.context.get(ExpiringLotsQueries);
    const passed = { from: undefined, until: at };
    const listed = groupBy(
      await queries.between(5, passed, { after: undefined, limit: 2_000 }),
      ({ memberId }) => memberId,
    );
    expect(listed.size).toBeGreaterThan(50);
    const found = await readAs((memberId) => {
      const dates = listed.get(memberId) ?? [];
      return {
        fromSeq: Math.min(...dates.map(({ fromSeq }) => fromSeq), LOTS),
        upTo: Math.max(...dates.map(({ upTo }) => upTo), 0),
      };
    });
    let [left, gone] = [0, 0];
    for (const [n, memberId] of members.entries()) {
      const open = quietLotsOf(n).filter(({ remaining }) => remaining > 0);
      const read = found.get(memberId) ?? [];
      const wanted = decided(memberId, open, open);
      expect(decided(memberId, open, read)).toEqual(wanted);
      left += open.length - read.length;
      gone += wanted.postings.length;
    }
    expect(Math.min(left, gone)).toBeGreaterThan(50);
  });
});

const accountOf = (memberId: string, points: number): Parameters<typeof stateOf>[0] => ({
  ...{ bucket: 5, memberId, version: 20, head: '', points, held: 0, owed: 0, pending: 0 },
  ...{ qualifying: 0n, remainder: 0n, tier: 'blue', changesAt: null, newestAt: null },
  ...{ heardAt: null, review: undefined },
});
