import { bucketOf } from '../../src/ledger/address.js';
import { RebuildService, type RebuildCheck } from '../../src/ledger/rebuild/rebuild.service.js';
import { VersionsQueries } from '../../src/ledger/rebuild/versions.queries.js';
import { purchase, startEngine, type Engine } from '../ledger/engine.js';
import { spendable } from '../ledger/history.js';
import { forge } from './forger.js';
import { live } from './history.js';

let engine: Engine;
let members: string[];
let member: string;

beforeAll(async () => {
  engine = await startEngine();
  members = await live(engine, 6);
  [member = ''] = members;
});
afterAll(() => engine.close());

const rebuilt = (): Promise<RebuildCheck> => engine.context.get(RebuildService).check();

/** What both say of a change that is undone afterwards. */
async function foundWith(statement: string, undo: string): Promise<string[]> {
  await forge(engine.admin, () => engine.admin.query(statement));
  const versions = await engine.context.get(VersionsQueries).check();
  const { differences } = await rebuilt();
  await forge(engine.admin, () => engine.admin.query(undo));
  return [...versions, ...differences].map(({ table, row, column }) => `${table} ${row} ${column}`);
}

describe('a sound ledger', () => {
  it('L10: is what its postings and entries say, column by column', async () => {
    const [stored] = await engine.rows<{ postings: number }>(
      'SELECT count(*)::int AS postings FROM postings',
    );
    expect(await rebuilt()).toEqual({ members: 6, ...stored, differences: [] });
    expect((await engine.verify.verify()).differences).toEqual([]);
    expect(await engine.context.get(VersionsQueries).check()).toEqual([]);
    for (const table of [
      'lots',
      'counters',
      'standings',
      'redemptions',
      'purchases',
      'rolling_uses',
      'waiting_points',
    ]) {
      expect((await engine.rows(`SELECT FROM ${table}`)).length).toBeGreaterThan(members.length);
    }
    const kinds = await engine.rows<{ kind: string }>('SELECT DISTINCT kind FROM postings');
    expect(new Set(kinds.map(({ kind }) => kind))).toEqual(
      new Set(['accrue', 'return', 'correct', 'hold', 'redeem', 'release', 'adjust', 'refused']),
    );
    const cameBack = await engine.rows('SELECT FROM purchases WHERE returned IS NOT NULL');
    expect(cameBack.length).toBeGreaterThan(members.length);
    const states = await engine.rows<{ state: string }>(
      'SELECT DISTINCT state FROM redemptions ORDER BY state',
    );
    expect(states.map(({ state }) => state)).toEqual(['captured', 'expired', 'held', 'released']);
    const approvals = await engine.rows<{ state: string }>(
      'SELECT DISTINCT state FROM approvals ORDER BY state',
    );
    expect(approvals.map(({ state }) => state)).toEqual(['approved', 'pending', 'rejected']);
  });

  it('L10: is found sound also while it is written to', async () => {
    const writing = (async () => {
      for (let count = 0; count < 30; count += 1) {
        // Without a row of what was bought, so without a reference.
        await engine.ledger.submit(purchase(member, 100, { programme: spendable() }));
      }
    })();
    const [one, other] = await Promise.all([rebuilt(), rebuilt(), writing]);
    expect([...one.differences, ...other.differences]).toEqual([]);
  });
});

describe('addresses', () => {
  it('L5, L10: of a key that is lost, or leads elsewhere, are named', async () => {
    const [key] = await engine.rows<{ idem_key: string; operation: string }>(
      `SELECT idem_key, operation FROM request_keys WHERE member_id = $1 ORDER BY idem_key LIMIT 1`,
      [member],
    );
    const name = `request_keys ${key?.idem_key ?? ''}/r/shop/${key?.operation ?? ''}`;
    const at = `WHERE idem_key = '${key?.idem_key ?? ''}'`;
    await engine.rows('CREATE TABLE sound_keys AS TABLE request_keys');
    const undo = 'TRUNCATE request_keys; INSERT INTO request_keys TABLE sound_keys';
    expect(await foundWith(`DELETE FROM request_keys ${at}`, undo)).toEqual([`${name} *`]);
    const moved = `UPDATE request_keys SET member_id = '${members[1] ?? ''}' ${at}`;
    expect(await foundWith(moved, undo)).toEqual([`${name} body_hash`, `${name} *`]);
    const other = `UPDATE request_keys SET body_hash = '\\x00' ${at}`;
    expect(await foundWith(other, undo)).toEqual([`${name} body_hash`]);
    const added = `INSERT INTO request_keys SELECT 'new', caller, operation, bucket, member_id,
      body_hash FROM request_keys ${at}`;
    expect(await foundWith(added, undo)).toEqual([
      `request_keys new/r/shop/${key?.operation ?? ''} *`,
    ]);
  });

  it('L5, L10: of a purchase reference likewise', async () => {
    const [reference] = await engine.rows<{ hmac: string }>(
      `SELECT encode(hmac, 'hex') AS hmac FROM purchase_references WHERE member_id = $1 LIMIT 1`,
      [member],
    );
    const name = `purchase_references ${reference?.hmac ?? ''}/shop`;
    const at = `WHERE hmac = '\\x${reference?.hmac ?? ''}'`;
    await engine.rows('CREATE TABLE sound_references AS TABLE purchase_references');
    const undo =
      'TRUNCATE purchase_references; INSERT INTO purchase_references TABLE sound_references';
    expect(await foundWith(`DELETE FROM purchase_references ${at}`, undo)).toEqual([`${name} *`]);
    expect(
      await foundWith(`UPDATE purchase_references SET retailer = 'corner' ${at}`, undo),
    ).toEqual([`${name} *`, `purchase_references ${reference?.hmac ?? ''}/corner *`]);
  });
});

describe('programme versions', () => {
  const posting = (): string => `postings ${String(bucketOf(member))}/${member}/3`;

  it('L9: that are not there, or had not begun, decide nothing', async () => {
    const set = (no: number): string =>
      `UPDATE postings SET version_no = ${String(no)} WHERE member_id = '${member}' AND seq = 3`;
    expect(await foundWith(set(9), set(1))).toContain(`${posting()} version_no`);
    // Published at once, in force from 2099.
    expect(await foundWith(set(2), set(1))).toContain(`${posting()} version_no`);
  });

  it('L9: are what the audit log says was published', async () => {
    await engine.rows('CREATE TABLE sound_log AS TABLE audit_log');
    const undo = 'TRUNCATE audit_log; INSERT INTO audit_log TABLE sound_log';
    const lost = `DELETE FROM audit_log WHERE subject = 'programme/versions/2'`;
    expect(await foundWith(lost, undo)).toEqual(['programme_versions 2 *']);
    const later = `UPDATE programme_versions SET published_at = '2090-01-01' WHERE no = 2`;
    const back = `UPDATE programme_versions v SET published_at = (a.details->>'publishedAt')::timestamptz
      FROM audit_log a WHERE a.subject = 'programme/versions/' || v.no`;
    expect(await foundWith(later, back)).toEqual(['programme_versions 2 published_at']);
    expect(await engine.context.get(VersionsQueries).check()).toEqual([]);
  });
});
