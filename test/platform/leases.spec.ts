import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { eventLeases } from '../../src/events/sending/leases.queries.js';
import { partLeases } from '../../src/jobs/parts.queries.js';
import type { Lease, Statement } from '../../src/platform/leases/lease-table.js';
import { freshDatabase, type FreshDatabase } from '../support/database.js';

let database: FreshDatabase;
let one: pg.Client;
let two: pg.Client;
beforeAll(async () => {
  database = await freshDatabase();
  [one, two] = await Promise.all([connected(), connected()]);
});
afterAll(async () => {
  await one.end();
  await two.end();
  await database.drop();
});
beforeEach(async () => {
  await one.query('DELETE FROM job_parts');
  await one.query(`INSERT INTO job_parts (job, part)
    SELECT job, part FROM unnest(ARRAY['a', 'b']) job, generate_series(0, 63) part`);
  await one.query(`UPDATE event_leases SET fence = 0, holder = NULL, until = 'epoch'`);
});

async function connected(): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: database.adminUrl });
  await client.connect();
  return client;
}

const leases = async (client: pg.Client, { text, values }: Statement): Promise<Lease[]> =>
  (await client.query<Lease>(text, values)).rows;
const partsOf = (found: readonly Lease[]): number[] =>
  found.map(({ part }) => part).sort((a, b) => a - b);
const upTo = (count: number): number[] => Array.from({ length: count }, (_, n) => n);

describe.each([
  ['jobs', partLeases, 'a', 'job_parts'],
  ['senders', eventLeases, '', 'event_leases'],
])('15: leases of %s', (_of, table, whose, name) => {
  const take = async (client: pg.Client, atMost: number): Promise<Lease[]> =>
    leases(client, table.take({ whose, holder: randomUUID(), atMost }));
  const until = async (when: string): Promise<unknown> =>
    one.query(`UPDATE ${name} SET until = clock_timestamp() + $1::interval`, [when]);

  it('are given to one of many who want them, the first ones first', async () => {
    expect(partsOf(await take(one, 3))).toEqual([0, 1, 2]);
    const found = await Promise.all([one, two, one, two].map((client) => take(client, 20)));
    expect(partsOf(found.flat())).toEqual(upTo(64).slice(3));
    expect(new Set(found.flat().map(({ whose: of }) => of))).toEqual(new Set([whose]));
  });

  it('stand without a sign of life until somebody takes them, and then no more', async () => {
    const first = await take(one, 64);
    await until('-1 hour');
    expect(partsOf(await leases(one, table.standing(first)))).toEqual(upTo(64));
    const taken = await take(two, 10);
    for (const { part, fence } of taken) {
      expect(Number(fence)).toBeGreaterThan(
        Number(first.find((each) => each.part === part)?.fence),
      );
    }
    expect(partsOf(await leases(one, table.standing(first)))).toEqual(upTo(64).slice(10));
    expect(partsOf(await leases(one, table.renew(first)))).toEqual(upTo(64).slice(10));
    expect(await take(two, 64)).toEqual([]);
  });

  it('that were let go are taken up by no late sign of life', async () => {
    const all = await take(one, 64);
    const left = all.filter(({ part }) => part < 4);
    await leases(one, table.letGo(left));
    expect(await leases(one, table.standing(left))).toEqual([]);
    expect(partsOf(await leases(one, table.renew(all)))).toEqual(upTo(64).slice(4));
    expect(partsOf(await take(two, 64))).toEqual(upTo(4));
  });

  it('are not given to another while their holder writes', async () => {
    const [held] = await take(one, 1);
    await until('-1 s');
    await one.query('BEGIN');
    expect(await leases(one, table.standing(held === undefined ? [] : [held]))).toEqual([held]);
    expect(partsOf(await take(two, 64))).toEqual(upTo(64).slice(1));
    await one.query('COMMIT');
    expect(partsOf(await take(two, 64))).toEqual([0]);
  });

  it('of a clock that was set back since are over', async () => {
    await take(one, 64);
    await until(`${String(table.seconds - 1)} s`);
    expect(await take(two, 64)).toEqual([]);
    await until('1 hour');
    expect(partsOf(await take(two, 64))).toEqual(upTo(64));
  });

  it('that are locked keep their holders from writing', async () => {
    const found = await take(one, 64);
    await two.query('BEGIN');
    await leases(two, table.lock([5], whose));
    const waiting = leases(one, table.standing(found)).then((standing) => standing.length);
    const early = await Promise.race([waiting, leases(two, table.standing([]))]);
    expect(early).toEqual([]);
    await two.query('COMMIT');
    expect(await waiting).toBe(64);
  });
});

/** What servers of the version before say, which may be there while all are updated. */
describe('15: beside servers of the version before', () => {
  const claim = `UPDATE job_parts p
      SET fence = fence + 1, owner = $3, until = clock_timestamp() + make_interval(secs => 30)
    WHERE job = $1 AND part = (
          SELECT part FROM job_parts
           WHERE job = $1 AND finished_run < $2
             AND (until IS NULL OR until < clock_timestamp()
                  OR until > clock_timestamp() + make_interval(secs => 31))
           ORDER BY part LIMIT 1 FOR UPDATE SKIP LOCKED)
    RETURNING part, fence`;
  const finish = `UPDATE job_parts SET finished_run = $4, tries = 0, owner = NULL, until = NULL
    WHERE job = $1 AND part = $2 AND fence = $3`;
  const old = async (client: pg.Client): Promise<{ part: number; fence: string } | undefined> =>
    (await client.query<{ part: number; fence: string }>(claim, ['a', 1, randomUUID()])).rows[0];
  const ours = async (atMost: number): Promise<Lease[]> =>
    leases(
      one,
      partLeases.take(
        { whose: 'a', holder: randomUUID(), atMost },
        { text: 'finished_run < $5', values: [1] },
      ),
    );

  it('each part of a job is given to one of both, and ends for both', async () => {
    const theirs = await old(two);
    const mine = await ours(40);
    expect(theirs?.part).toBe(0);
    expect(partsOf(mine)).toEqual(upTo(41).slice(1));
    expect((await old(two))?.part).toBe(41);
    const ended = await two.query(finish, ['a', 0, theirs?.fence, 1]);
    expect(ended.rowCount).toBe(1);
    await leases(one, partLeases.letGo(mine.slice(0, 1)));
    expect((await old(two))?.part).toBe(mine[0]?.part);
    expect((await ours(64)).length).toBe(22);
  });

  it('a part that one took from the other is no more the other’s', async () => {
    const theirs = await old(two);
    const silent = "UPDATE job_parts SET until = clock_timestamp() - interval '1 s' WHERE part = 0";
    await one.query(silent);
    const [mine] = await ours(1);
    expect(mine?.part).toBe(0);
    expect((await two.query(finish, ['a', 0, theirs?.fence, 1])).rowCount).toBe(0);
    await one.query(silent);
    await old(two);
    expect(await leases(one, partLeases.renew(mine === undefined ? [] : [mine]))).toEqual([]);
  });

  it('a bucket of events is sent by one of both', async () => {
    const holder = randomUUID();
    await two.query(
      `UPDATE event_leases l SET fence = l.fence + 1, holder = $1,
              until = clock_timestamp() + make_interval(secs => 15)
         FROM (SELECT bucket FROM event_leases WHERE until <= clock_timestamp()
                ORDER BY bucket LIMIT 32 FOR NO KEY UPDATE SKIP LOCKED) free
        WHERE l.bucket = free.bucket`,
      [holder],
    );
    const mine = await leases(one, eventLeases.take({ holder: randomUUID(), atMost: 64 }));
    expect(partsOf(mine)).toEqual(upTo(64).slice(32));
    const { rows } = await two.query(
      `SELECT l.bucket FROM event_leases l WHERE l.until > clock_timestamp() AND l.holder <> $1
        ORDER BY l.bucket FOR SHARE OF l`,
      [holder],
    );
    expect(rows.map((row: { bucket: number }) => row.bucket)).toEqual(partsOf(mine));
  });
});
