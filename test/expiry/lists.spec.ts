import { ExpiryNoticesQueries } from '../../src/events/notices/expiry-notices.queries.js';
import { BUCKETS } from '../../src/ledger/address.js';
import { ExpiringLotsQueries } from '../../src/ledger/lots/expiring-lots.queries.js';
import { ProgrammesService } from '../../src/programmes/programmes.service.js';
import { nightsProgramme, TOLD_DAYS } from '../../bench/population/programme.js';
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
