import { setTimeout as pause } from 'node:timers/promises';
import type { Difference } from '../../src/ledger/check.js';
import { aProgramme } from '../support/programme.js';
import { spendable } from './history.js';
import {
  capture,
  hold,
  inOneBatch,
  purchase,
  release,
  startEngine,
  type Engine,
} from './engine.js';

const tables = ['accounts', 'postings', 'entries', 'lots'];
let engine: Engine;
let member: string;
let other: string;

beforeAll(async () => {
  engine = await startEngine({ LEDGER_LANES: '2' });
  [member, other] = [await engine.enrol(), await engine.enrol()];
  for (const each of [other, member]) await live(each);
  for (const table of tables) {
    await engine.rows(`CREATE TABLE sound_${table} AS TABLE ${table}`);
  }
});
afterAll(() => engine.close());

/** Every kind of posting there is, some of them in one batch. */
async function live(who: string): Promise<void> {
  const { ledger } = engine;
  const brief = { programme: { ...spendable(), holdMs: 1 } };
  const forAll = { ...spendable(), purchasesBeforeEnrolment: true };
  const closedYet = { programme: aProgramme({}, { no: 1, effectiveAt: 4e12 }) };
  await ledger.submit(purchase(who, 6_050, { reference: `first of ${who}` }));
  await inOneBatch(engine, purchase(who, 1), [hold(who), capture(who, 2), hold(who)]);
  await ledger.submit(release(who, 4));
  await ledger.submit(hold(who, brief));
  await pause(10);
  await inOneBatch(engine, purchase(who, 1), [
    purchase(who, 70_025, { ago: 86_400_000, programme: forAll }),
    purchase(who, 100, closedYet),
    purchase(who, 3_000, { programme: { ...aProgramme(), no: 2 } }),
    hold(who),
  ]);
}

/** Changes rows as nobody may: as superuser, with every trigger off. */
async function tamper(statement: string, values: unknown[] = [member]): Promise<void> {
  const { admin } = engine;
  await admin.query('BEGIN');
  try {
    await admin.query('SET LOCAL session_replication_role = replica');
    const { rowCount } = await admin.query(statement, values);
    expect(rowCount).toBeGreaterThan(0);
  } finally {
    await admin.query('COMMIT');
  }
}

async function restore(): Promise<void> {
  await engine.admin.query('BEGIN; SET LOCAL session_replication_role = replica');
  for (const table of tables) {
    await engine.admin.query(`TRUNCATE ${table}; INSERT INTO ${table} TABLE sound_${table}`);
  }
  await engine.admin.query('COMMIT');
}

const found = async (): Promise<Difference[]> => (await engine.verify.verify()).differences;

describe('a sound ledger', () => {
  it('L9: has postings of every kind, and nothing to name', async () => {
    const kinds = await engine.rows<{ kind: string }>(
      'SELECT kind FROM postings WHERE member_id = $1 ORDER BY seq',
      [member],
    );
    expect(kinds.map(({ kind }) => kind)).toEqual([
      ...['accrue', 'hold', 'redeem', 'hold', 'release', 'hold', 'release'],
      ...['accrue', 'refused', 'accrue', 'hold'],
    ]);
    let buckets = 0;
    const verification = await engine.verify.verify((done) => (buckets = done));
    expect(verification.differences).toEqual([]);
    expect([verification.members, verification.postings, buckets]).toEqual([2, 22, 64]);
    const [stored] = await engine.rows<{ points: string }>(
      'SELECT sum(remaining) AS points FROM lots',
    );
    expect(verification.points).toBe(Number(stored?.points));
  });

  it('L9: is found sound also while it is written to', async () => {
    const writing = (async () => {
      for (let count = 0; count < 30; count += 1) await engine.ledger.submit(purchase(other, 100));
    })();
    const all = await Promise.all([found(), found(), writing.then(() => [])]);
    expect(all.flat()).toEqual([]);
    await restore();
  });
});

describe('a changed ledger', () => {
  afterEach(restore);
  afterAll(async () => expect(await found()).toEqual([]));

  /** The posting of which a column is changed: a hold, with entries, effects and successors. */
  const ofPosting = (change: string, seq = 4): string =>
    `UPDATE postings SET ${change} WHERE member_id = $1 AND seq = ${String(seq)}`;
  const ofEntry = (change: string): string =>
    `UPDATE entries SET ${change} WHERE member_id = $1 AND seq = 4 AND n = 0`;
  const ofLot = (change: string): string =>
    `UPDATE lots SET ${change} WHERE member_id = $1 AND seq = 1 AND n = 0`;
  const ofAccount = (change: string): string =>
    `UPDATE accounts SET ${change} WHERE member_id = $1`;

  it.each([
    ['points_after', ofPosting('points_after = points_after + 1'), ['hash', 'points']],
    ['held_after', ofPosting('held_after = held_after - 1'), ['hash', 'held']],
    ['owed_after', ofPosting('owed_after = 1'), ['hash']],
    ['pending_after', ofPosting('pending_after = 1'), ['hash']],
    ['qualifying_after', ofPosting('qualifying_after = 1'), ['hash']],
    ['remainder_after', ofPosting('remainder_after = 1'), ['hash', 'remainder']],
    ['tier_after', ofPosting(`tier_after = 'gold'`), ['hash']],
    ['billionths', ofPosting('billionths = 1'), ['hash', 'explanation', 'remainder']],
    [
      'explanation',
      ofPosting(`explanation = '[[0,0,"rate_applied","7"]]'`),
      ['hash', 'explanation'],
    ],
    ['effects', ofPosting(`effects = '{}'`), ['hash']],
    ['kind', ofPosting(`kind = 'adjust'`), ['hash']],
    ['recorded_at', ofPosting(`recorded_at = recorded_at - interval '1 ms'`), ['hash']],
    ['occurred_at', ofPosting(`occurred_at = occurred_at + interval '1 ms'`), ['hash']],
    ['caller', ofPosting(`caller = 'r/other'`), ['hash']],
    ['operation', ofPosting(`operation = 'other'`), ['hash']],
    ['idem_key', ofPosting('idem_key = NULL'), ['hash']],
    ['body_hash', ofPosting(`body_hash = '\\x00'`), ['hash']],
    ['version_no', ofPosting('version_no = 2'), ['hash']],
    ['subject_seq', ofPosting('subject_seq = 1'), ['hash']],
    ['actor', ofPosting(`actor = 'key/other'`), ['hash']],
    ['request_id', ofPosting(`request_id = ''`), ['hash']],
    ['content_digest', ofPosting(`content_digest = '\\x00'`), ['hash']],
    ['prev_hash', ofPosting('prev_hash = hash'), ['previous hash', 'hash']],
  ])('L9: with another %s of posting 4 is named, member and place', async (_, change, expected) => {
    await tamper(change);
    const differences = await found();
    const what = differences.map((each) => each.what);
    for (const place of expected) expect(what).toContain(`posting 4 ${place}`);
    expect(new Set(differences.map(({ memberId }) => memberId))).toEqual(new Set([member]));
  });

  it.each([
    ['a hash', ofPosting(`hash = '\\x00'`), ['posting 4 hash', 'posting 5 previous hash']],
    ['the newest hash', ofPosting(`hash = '\\x00'`, 11), ['posting 11 hash', 'account head']],
    ['a number', ofPosting('seq = 99', 11), ['posting 99 number', 'posting 99 hash']],
    ['an entry amount', ofEntry('amount = amount + 1'), ['posting 4 hash', 'posting 4 held']],
    ['an entry debit', ofEntry(`debit = 'issued'`), ['posting 4 points', 'lot 1/0 remaining']],
    ['an entry credit', ofEntry(`credit = 'redeemed'`), ['posting 4 held', 'lot 1/0 held']],
    ['the lot of an entry', ofEntry('lot_seq = 8'), ['lot 1/0 held', 'lot 8/0 held']],
    ['the place of an entry', ofEntry('seq = 5, n = 7'), ['posting 4 hash', 'posting 5 hash']],
    ['the remaining of a lot', ofLot('remaining = remaining + 1'), ['lot 1/0 remaining']],
    ['the held of a lot', ofLot('held = held + 1'), ['lot 1/0 held']],
    ['the amount of a lot', ofLot('amount = amount + 1'), ['lot 1/0 amount']],
    ['the number of a lot', ofLot('seq = 3'), ['lot 3/0 amount', 'lot 1/0']],
    ['points', ofAccount('points = points + 1'), ['account points', 'account points and held']],
    ['held', ofAccount('held = held + 1'), ['account held']],
    ['owed', ofAccount('owed = 1'), ['account owed']],
    ['qualifying', ofAccount('qualifying = qualifying + 1'), ['account qualifying']],
    ['the remainder', ofAccount('remainder = 999999999'), ['account remainder']],
    ['the tier', ofAccount(`tier = 'gold'`), ['account tier']],
    ['the head', ofAccount(`head = '\\x00'`), ['account head']],
    ['the version', ofAccount('version = version + 1'), ['account version']],
  ])('L9: with %s changed is named, member and place', async (_, change, expected) => {
    await tamper(change);
    const differences = await found();
    expect(differences.map(({ what }) => what)).toEqual(expect.arrayContaining(expected));
    expect(new Set(differences.map(({ memberId }) => memberId))).toEqual(new Set([member]));
  });

  it.each([
    [
      'the first posting',
      'DELETE FROM postings WHERE member_id = $1 AND seq = 1',
      'posting 2 number',
    ],
    ['a posting', 'DELETE FROM postings WHERE member_id = $1 AND seq = 4', 'entries of posting 4'],
    ['the refusal', 'DELETE FROM postings WHERE member_id = $1 AND seq = 9', 'posting 10 number'],
    [
      'the last posting',
      'DELETE FROM postings WHERE member_id = $1 AND seq = 11',
      'account version',
    ],
    ['all postings', 'DELETE FROM postings WHERE member_id = $1', 'account version'],
    ['an entry', 'DELETE FROM entries WHERE member_id = $1 AND seq = 4', 'posting 4 held'],
    ['a lot', 'DELETE FROM lots WHERE member_id = $1 AND seq = 1', 'lot 1/0'],
    ['the account', 'DELETE FROM accounts WHERE member_id = $1', 'account'],
  ])('L9: without %s is named, member and place', async (_, change, expected) => {
    await tamper(change);
    const differences = await found();
    const what = differences.map((each) => each.what);
    expect(what.some((each) => each.startsWith(expected))).toBe(true);
    expect(new Set(differences.map(({ memberId }) => memberId))).toEqual(new Set([member]));
  });

  it('L9: with a posting of one member given to another names both', async () => {
    await tamper(
      'UPDATE postings SET member_id = $2, bucket = b.bucket, seq = 12 ' +
        'FROM (SELECT bucket FROM accounts WHERE member_id = $2) b WHERE member_id = $1 AND seq = 11',
      [member, other],
    );
    const members = new Set((await found()).map(({ memberId }) => memberId));
    expect(members).toEqual(new Set([member, other]));
  });

  it('L9: with an entry added, or a lot that no entry opened, is named', async () => {
    await tamper(`INSERT INTO entries (bucket, member_id, seq, n, debit, credit, amount, lot_seq, lot_n)
      SELECT bucket, member_id, 9, 0, 'issued', 'points', 5, 1, 0 FROM accounts WHERE member_id = $1`);
    await tamper(`INSERT INTO lots
      SELECT bucket, member_id, 9, n, funder, accrued_at, available_from, expires_at, 5, 5, 0
        FROM lots WHERE member_id = $1 AND seq = 1`);
    const what = (await found()).map((each) => each.what);
    expect(what).toEqual(expect.arrayContaining(['posting 9 hash', 'lot 9/0 amount']));
  });

  it.each([
    ['the pending points', ofAccount('pending = points')],
    ['the instant of the next change', ofAccount(`changes_at = '2999-01-01'`)],
    [
      'the time a lot becomes available',
      ofLot(`available_from = available_from + interval '1 year'`),
    ],
    ['the time a lot expires', ofLot('expires_at = NULL')],
  ])('L9: with another value of %s is named', async (_, change) => {
    await tamper(change);
    expect((await found()).map(({ memberId }) => memberId)).toContain(member);
  });

  it.each([
    ['an infinite time of a posting', ofPosting(`occurred_at = 'infinity'`), ['posting 4']],
    ['a figure that is no number', ofPosting(`qualifying_after = 'NaN'`), ['posting 4']],
    ['an infinite time of a lot', ofLot(`expires_at = 'infinity'`), ['lot 1/0']],
    ['an infinite time of the account', ofAccount(`changes_at = '-infinity'`), ['account']],
    [
      'an explanation that is no sum',
      ofPosting(`explanation = '[[0,0,"rate_applied","x"]]'`),
      ['posting 4 hash', 'posting 4 explanation'],
    ],
    ['effects of another shape', ofPosting(`effects = '{"lots":7}'`), ['posting 4 hash']],
    ['no effects at all', ofPosting(`effects = 'null'`), ['posting 4 hash']],
  ])('L9: that has %s is named, and the other members judged', async (_, change, expected) => {
    await tamper(change);
    await tamper(ofAccount('points = points + 1'), [other]);
    const differences = await found();
    const what = differences.filter(({ memberId }) => memberId === member).map((each) => each.what);
    expect(what).toEqual(expect.arrayContaining(expected));
    expect(differences.map(({ memberId }) => memberId)).toContain(other);
  });

  it('L9: that cannot even be read leaves no transaction open', async () => {
    await tamper(ofAccount(`changes_at = 'infinity'`));
    expect((await found()).map(({ what }) => what)).toEqual(['account']);
    const open = await engine.rows(
      `SELECT state, pg_terminate_backend(pid) AS ended FROM pg_stat_activity
        WHERE datname = current_database() AND state LIKE 'idle in transaction%'`,
    );
    expect(open).toEqual([]);
  });
});
