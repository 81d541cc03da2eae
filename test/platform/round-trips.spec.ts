import pg from 'pg';
import {
  RoundTrip,
  type Answer,
  type Prepared,
} from '../../src/platform/database/round-trip.service.js';
import { freshDatabase, type FreshDatabase } from '../support/database.js';

let database: FreshDatabase;
let client: pg.Client;
let prepared: Prepared;
beforeAll(async () => {
  database = await freshDatabase();
});
afterAll(() => database.drop());
beforeEach(async () => {
  client = new pg.Client(database.adminUrl);
  prepared = new Map();
  await client.connect();
});
afterEach(() => client.end());

/** Statements in one trip, each by its text. */
function travel(...statements: [text: string, values?: unknown[]][]): Promise<Answer>[] {
  const trip = new RoundTrip(prepared);
  const answers = statements.map(([text, values = []]) =>
    trip.add({ name: text.slice(0, 60), text, values }),
  );
  client.query(trip as never);
  return answers;
}

const failure = (answer: Promise<Answer>): Promise<unknown> =>
  answer.then(
    () => 'done',
    (error: unknown) => (error as pg.DatabaseError).code,
  );

describe('16. statements that leave together', () => {
  it('are done in their order and answered each by itself', async () => {
    const answers = await Promise.all(
      travel(
        ['BEGIN'],
        ['CREATE TEMP TABLE kept (n int) ON COMMIT DROP'],
        ['INSERT INTO kept SELECT generate_series(1, $1::int)', [3]],
        ['SELECT n FROM kept ORDER BY n'],
        ['SELECT n FROM kept WHERE n > 7'],
        ['COMMIT'],
      ),
    );
    expect(answers.map(({ command }) => command)).toEqual([
      ...['BEGIN', 'CREATE', 'INSERT', 'SELECT', 'SELECT', 'COMMIT'],
    ]);
    expect(answers[3]?.rows).toEqual([{ n: 1 }, { n: 2 }, { n: 3 }]);
    expect(answers[4]?.rows).toEqual([]);
  });

  it('take and give values as the driver does, the first time and later', async () => {
    const text = `SELECT $1::int4 AS int, $2::int8 AS big, $3::text AS text, $4::text[] AS list,
                         $5::timestamptz AS at, $6::bytea AS bytes, $7::json AS json, $8::bool AS yes,
                         $9::numeric AS exact, $10::text AS nothing`;
    const values = [
      ...[7, '9007199254740993', 'é "quoted"', ['a,b', 'c"d', null], new Date(1_700_000_000_123)],
      ...[Buffer.from([0, 255, 16]), JSON.stringify({ a: [1] }), true, '12.50', null],
    ];
    const { rows } = await client.query<Record<string, unknown>>(text, values);
    for (let turn = 0; turn < 3; turn += 1) {
      const [answer] = await Promise.all(travel([text, values]));
      expect(answer?.rows).toEqual(rows);
      expect(Object.keys(answer?.rows[0] ?? {})).toEqual(Object.keys(rows[0] ?? {}));
    }
  });

  it('give instants as the driver does, however they are spelled', async () => {
    const spelled = [
      ...['2026-11-28 08:49:03.123456+00', '2026-11-28 08:49:03.1+00', '2026-11-28 08:49:03+00'],
      ...['2024-02-29 23:59:59.999999+00', '0099-01-01 00:00:00+00', '0100-01-01 00:00:00.001+00'],
      ...['12026-01-01 00:00:00.25+00', '0044-03-15 12:00:00+00 BC', 'infinity', '-infinity'],
      ...['1999-12-31 23:59:59.07+00', '2026-06-30 12:00:00.9+05:30'],
    ];
    const text = `SELECT at FROM unnest($1::timestamptz[]) WITH ORDINALITY s (at, n) ORDER BY n`;
    for (const zone of ['UTC', 'Asia/Kolkata', 'Europe/London']) {
      await client.query(`SET timezone = '${zone}'`);
      const { rows } = await client.query(text, [spelled]);
      expect(rows).toHaveLength(spelled.length);
      for (let turn = 0; turn < 2; turn += 1) {
        const [answer] = await Promise.all(travel([text, [spelled]]));
        expect(answer?.rows).toEqual(rows);
      }
    }
  });

  it('that stand behind one that fails are not done, and fail as it did', async () => {
    await client.query('CREATE TABLE once (n int PRIMARY KEY)');
    const insert = 'INSERT INTO once VALUES ($1)';
    const answers = travel(['BEGIN'], [insert, [1]], [insert, [1]], [insert, [2]], ['COMMIT']);
    expect(await Promise.all(answers.map(failure))).toEqual([
      ...['done', 'done', '23505', '23505', '23505'],
    ]);
    expect((await Promise.all(travel(['ROLLBACK'])))[0]?.command).toBe('ROLLBACK');
    expect((await client.query('SELECT n FROM once')).rows).toEqual([]);
    await client.query('DROP TABLE once');
  });

  it('are not taken for others of the same name', async () => {
    const ask = (text: string): Promise<Answer> => {
      const trip = new RoundTrip(prepared);
      const answer = trip.add({ name: 'one name', text, values: [] });
      client.query(trip as never);
      return answer;
    };
    expect((await ask('SELECT 1 AS n')).rows).toEqual([{ n: 1 }]);
    await expect(ask('SELECT 2 AS n')).rejects.toThrow('the name of one statement');
  });

  it('fail when the connection is lost, and when a value cannot be sent', async () => {
    const circle: Record<string, unknown> = {};
    circle['itself'] = circle;
    expect(await Promise.allSettled(travel(['SELECT $1::json AS json', [circle]]))).toEqual([
      expect.objectContaining({ status: 'rejected' }),
    ]);
    client.on('error', () => undefined);
    await client.end();
    client = new pg.Client(database.adminUrl);
    client.on('error', () => undefined);
    prepared = new Map();
    await client.connect();
    const answers = travel(['SELECT pg_terminate_backend(pg_backend_pid())'], ['SELECT 1']);
    expect(await Promise.all(answers.map(failure))).toEqual(['57P01', '57P01']);
  });
});
