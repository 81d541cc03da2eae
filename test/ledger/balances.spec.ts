import { refusalOf } from '../../src/platform/http/problem.filter.js';
import { BalancesService } from '../../src/ledger/balances.service.js';
import { capture, hold, purchase, release, startEngine, type Engine } from './engine.js';

let engine: Engine;
let balances: BalancesService;

beforeAll(async () => {
  engine = await startEngine();
  balances = engine.context.get(BalancesService);
});

afterAll(() => engine.close());

const DAY = 86_400_000;

/** The balance now, which must be what the postings say it was at that very instant. */
async function current(member: string): Promise<object> {
  const now = await balances.current(member);
  if (now === undefined) throw new Error('there is an account');
  expect(now).toEqual(await balances.asOf(member, now.asOf));
  const { available, pending, held, owed } = now;
  return { available, pending, held, owed };
}

describe('balances now', () => {
  it('L15: say at every step of a history what its postings say', async () => {
    const member = await engine.enrol();
    expect(await current(member)).toEqual({ available: 0, pending: 0, held: 0, owed: 0 });
    let available = 0;
    for (const ago of [40 * DAY, 3 * DAY, 0, 3 * DAY]) {
      const { postings } = await engine.ledger.submit(purchase(member, 10_000, { ago }));
      available = postings[0]?.after.points ?? NaN;
      expect(await current(member)).toEqual({ available, pending: 0, held: 0, owed: 0 });
    }
    expect(available).toBeGreaterThanOrEqual(80);
    await engine.ledger.submit(hold(member));
    await engine.ledger.submit(hold(member));
    expect(await current(member)).toMatchObject({ available: available - 80, held: 80 });
    await engine.ledger.submit(capture(member, 5));
    await engine.ledger.submit(release(member, 6));
    expect(await current(member)).toMatchObject({ available: available - 40, held: 0 });
  });

  it('L15: leave out a hold whose time is up, before anything has posted its release', async () => {
    const member = await engine.enrol();
    await engine.ledger.submit(purchase(member, 3_000));
    const full = await balances.current(member);
    const held = await engine.ledger.submit(hold(member));
    const seq = held.postings[0]?.seq;
    expect(await balances.current(member)).toMatchObject({ held: 40 });
    // Lets the hold run out now: the database's clock goes on, so no test can wait for it.
    await engine.admin.query('ALTER TABLE postings DISABLE TRIGGER USER');
    await engine.rows(
      `WITH past AS (SELECT floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint AS ms)
       UPDATE postings SET effects = jsonb_set(effects::jsonb, '{redemptions,0,5}', to_jsonb(ms))::json
         FROM past WHERE member_id = $1 AND seq = $2`,
      [member, seq],
    );
    await engine.admin.query('ALTER TABLE postings ENABLE TRIGGER USER');
    await engine.rows(
      `UPDATE accounts SET changes_at = date_trunc('milliseconds', now()) WHERE member_id = $1`,
      [member],
    );
    expect(await balances.current(member)).toMatchObject({
      available: full?.available,
      held: 0,
    });
  });

  it('L15: are undefined for who is no member', async () => {
    expect(await balances.current('00000000-0000-4000-8000-000000000000')).toBeUndefined();
  });

  it('L14: a reader whose connection was cut reads over a new one', async () => {
    const member = await engine.enrol();
    await balances.current(member);
    await engine.rows(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE datname = current_database() AND application_name = 'fealty-lane'
          AND query LIKE 'WITH c AS MATERIALIZED%'`,
    );
    // Whoever asks first may be told to come back, and nothing worse.
    const fault: unknown = await balances.current(member).then(
      () => undefined,
      (error: unknown) => refusalOf(error).code,
    );
    expect([undefined, 'unavailable']).toContain(fault);
    expect(await balances.current(member)).toMatchObject({ available: 0 });
  });
});
