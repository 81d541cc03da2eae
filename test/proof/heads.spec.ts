import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { bucketOf } from '../../src/ledger/address.js';
import type { HeadsVerification } from '../../src/ledger/proof/check-heads.js';
import { dayAfter, dayOf, isDay, isSigned, startOfDay } from '../../src/ledger/proof/head.js';
import { HeadsFolder } from '../../src/ledger/proof/heads-folder.writer.js';
import { HeadsQueries } from '../../src/ledger/proof/heads.queries.js';
import { HeadsService } from '../../src/ledger/proof/heads.service.js';
import { LedgerExport } from '../../src/ledger/proof/ledger-export.reader.js';
import { makeSigningKey, parseSigningKey } from '../../src/platform/config/signing-key.js';
import { publicKeyOf, signHead } from '../../src/ledger/proof/head.js';
import { capture, connected, hold, purchase, startEngine, type Engine } from '../ledger/engine.js';
import { forge, rewrite } from './forger.js';

const run = promisify(execFile);
/** Yesterday is closed some minutes after midnight. */
const TODAY = dayOf(Date.now() - 300_000);
const daysAgo = (days: number): string => dayAfter(TODAY, -days);
let engine: Engine;
let heads: HeadsService;
let queries: HeadsQueries;
let folder: string;
let members: string[];

/** Five members who each bought on three days, one of whom redeemed today. */
beforeAll(async () => {
  engine = await startEngine();
  heads = engine.context.get(HeadsService);
  queries = engine.context.get(HeadsQueries);
  folder = await mkdtemp(join(tmpdir(), 'fealty-heads-'));
  members = await Promise.all(Array.from({ length: 5 }, () => engine.enrol()));
  for (const member of members) {
    for (let count = 0; count < 3; count += 1) await engine.ledger.submit(purchase(member, 5_000));
    await rewrite(engine.admin, member, ({ seq }) => ({
      recordedAt: startOfDay(daysAgo(5 - seq)) + seq * 60_000,
    }));
  }
  await engine.ledger.submit(hold(memberNo(0)));
  await engine.ledger.submit(capture(memberNo(0), 4));
});
afterAll(async () => {
  await engine.close();
  await rm(folder, { recursive: true });
});

const memberNo = (index: number): string => members[index] ?? '';
const trusted = (): string[] => [heads.publicKey()];

async function withElsewhere(): Promise<HeadsVerification> {
  return heads.verify(await engine.context.get(HeadsFolder).read(folder), trusted());
}

/** What the script says of these lines, as a process of its own. */
async function judged(
  lines: readonly string[],
  options: { key?: string; at?: string; bucket?: number } = {},
): Promise<{ code: number; said: string[] }> {
  const file = join(folder, 'postings.ndjson');
  await writeFile(file, lines.join(''));
  const { key = heads.publicKey(), at = folder, bucket } = options;
  const parts = ['docs/verify-heads.mjs', key, file, at];
  const args = bucket === undefined ? parts : [...parts, String(bucket)];
  const result = await run(process.execPath, args, { env: {} }).then(
    ({ stdout }) => ({ code: 0, stdout }),
    (error: unknown) => error as { code: number; stdout: string },
  );
  return { code: result.code, said: result.stdout.trimEnd().split('\n') };
}

describe('days', () => {
  it('L9: are UTC days, whatever zone a programme has', () => {
    expect(dayOf(Date.parse('2026-03-29T23:59:59.999Z'))).toBe('2026-03-29');
    expect(startOfDay('2026-03-30') - startOfDay('2026-03-29')).toBe(86_400_000);
    expect(dayAfter('2028-02-28')).toBe('2028-02-29');
    expect(['2026-02-29', '2026-1-1', 'today', '1969-12-31', ''].filter(isDay)).toEqual([]);
  });
});

describe('daily heads', () => {
  it('L9: wait for a transaction that may still add to a day', async () => {
    const writer = await connected(engine.database.serverUrl);
    await writer.query('BEGIN');
    await writer.query('SELECT pg_current_xact_id()');
    const old = (seconds: number): Promise<boolean> =>
      queries.inTransaction((runner) => queries.hasOldWriters(runner, seconds));
    expect([await old(0), await old(60)]).toEqual([true, false]);
    await writer.end();
    expect(await old(0)).toBe(false);
  });

  it('L9: are made for the first day with a posting and every day after it, once', async () => {
    const all = [daysAgo(4), daysAgo(3), daysAgo(2), daysAgo(1)];
    expect(await heads.catchUp(daysAgo(4))).toEqual([all[0]]);
    // Several replicas at once: each day is made by one of them.
    const made = await Promise.all([heads.catchUp(), heads.catchUp(), heads.catchUp()]);
    expect([all[0], ...made.flat().sort()]).toEqual(all);
    expect(await heads.catchUp()).toEqual([]);
    const rows = await engine.rows<{ day: string; count: number; members: number }>(
      `SELECT day::text, count(*)::int, sum(members)::int AS members
         FROM daily_heads GROUP BY day ORDER BY day`,
    );
    const counts = [5, 5, 5, 0];
    expect(rows).toEqual(all.map((day, n) => ({ day, count: 64, members: counts[n] })));
  });

  it('L9: are not made for a day that is not over', async () => {
    expect((await heads.lastClosedDay()) < TODAY).toBe(true);
    expect(await heads.catchUp('2999-01-01')).toEqual([]);
  });

  it('L9: are signed, and any other text is not', async () => {
    const [head] = await queries.heads(daysAgo(3));
    if (head === undefined) throw new Error('There is no head.');
    expect(isSigned(head)).toBe(true);
    const others = [
      { bucket: 1 },
      { day: daysAgo(2) },
      { root: 'ab'.repeat(32) },
      { previous: 'ab'.repeat(32) },
      { members: 7 },
      { publicKey: 'AAAA' },
      { signature: '' },
    ];
    for (const other of others) expect(isSigned({ ...head, ...other })).toBe(false);
  });

  it('L9: are written as files, one a day, which are never replaced', async () => {
    const writer = engine.context.get(HeadsFolder);
    expect(await writer.writeMissing(folder)).toHaveLength(4);
    const name = `heads-${daysAgo(4)}.json`;
    const before = await readFile(join(folder, name), 'utf8');
    expect(JSON.parse(before)).toMatchObject({ day: daysAgo(4), publicKey: heads.publicKey() });
    await writeFile(join(folder, name), 'kept');
    expect(await writer.writeMissing(folder)).toEqual([]);
    expect(await readFile(join(folder, name), 'utf8')).toBe('kept');
    await writeFile(join(folder, name), before);
    expect(await readdir(folder)).toHaveLength(4);
  });

  it('L9: vouch for every posting up to their last day', async () => {
    expect(await heads.verify([], trusted())).toEqual({
      heads: 256,
      elsewhere: 0,
      vouchedUntil: daysAgo(1),
      differences: [],
    });
    expect(await withElsewhere()).toMatchObject({ elsewhere: 256, differences: [] });
  });
});

/** Changes that leave a chain without a fault, and what finds them all the same. */
describe('a history that was hashed anew', () => {
  const victim = (): string => memberNo(2);
  const forgeDay = (days: number): Promise<void> =>
    rewrite(engine.admin, victim(), ({ seq }) => ({
      actor: seq === 5 - days ? 'key/forged' : 'key/test',
    }));

  afterEach(async () => {
    await forgeDay(99);
    expect((await withElsewhere()).differences).toEqual([]);
  });

  it('L9: differs from the heads from the day of the change on, and not before', async () => {
    await forgeDay(3);
    expect((await engine.verify.verify()).differences).toEqual([]);
    const { vouchedUntil, differences } = await withElsewhere();
    expect(vouchedUntil).toBe(daysAgo(4));
    const places = differences.map(({ bucket, day, what, where }) => [bucket, day, what, where]);
    const bucket = bucketOf(victim());
    // The chain carries the change on into the day after.
    expect(places.sort()).toEqual(
      [daysAgo(3), daysAgo(2)]
        .flatMap((day) => [
          [bucket, day, 'root', 'daily_heads'],
          [bucket, day, 'root', `heads-${day}.json`],
        ])
        .sort(),
    );
  });

  it('L9: is seen even when the table of heads is signed anew with the stolen key', async () => {
    const [row] = await engine.rows('SELECT count(*) FROM daily_heads');
    expect(row).toEqual({ count: '256' });
    await engine.rows('CREATE TABLE sound_heads AS TABLE daily_heads');
    await forgeDay(2);
    await forge(engine.admin, () => engine.admin.query('DELETE FROM daily_heads'));
    await heads.catchUp();
    expect((await heads.verify([], trusted())).differences).toEqual([]);
    const { vouchedUntil, differences } = await withElsewhere();
    expect(vouchedUntil).toBe(daysAgo(3));
    expect(differences.map(({ day, what }) => [day, what])).toEqual([[daysAgo(2), 'root']]);
    await forge(engine.admin, () =>
      engine.admin.query('TRUNCATE daily_heads; INSERT INTO daily_heads TABLE sound_heads'),
    );
  });

  it('L9: or put before the first head there ever was, is named as well', async () => {
    // A member who has done nothing since: no later head would miss what is put there.
    const early = await engine.enrol();
    await engine.ledger.submit(purchase(early, 5_000));
    await rewrite(engine.admin, early, () => ({ recordedAt: startOfDay(daysAgo(9)) }));
    const { vouchedUntil, differences } = await withElsewhere();
    const lines: string[] = [];
    for await (const line of engine.context.get(LedgerExport).lines()) lines.push(line);
    await forge(engine.admin, () =>
      engine.admin.query('DELETE FROM postings WHERE member_id = $1', [early]),
    );
    const bucket = bucketOf(early);
    const where = ['daily_heads', `heads-${daysAgo(4)}.json`].sort();
    expect(differences.map((each) => each.where).sort()).toEqual(where);
    for (const each of differences)
      expect(each).toMatchObject({ bucket, day: daysAgo(9), what: 'day' });
    expect(vouchedUntil).toBeNull();
    expect((await judged(lines)).said[0]).toBe(
      `${String(bucket)} ${daysAgo(9)}: before the first head`,
    );
  });

  it('L9: is not vouched for over a day whose file is missing', async () => {
    const files = await engine.context.get(HeadsFolder).read(folder);
    const some = files.filter(({ head }) => head.day !== daysAgo(3));
    const { vouchedUntil, differences } = await heads.verify(some, trusted());
    expect(vouchedUntil).toBe(daysAgo(4));
    expect(new Set(differences.map(({ day, what }) => `${day} ${what}`))).toEqual(
      new Set([`${daysAgo(2)} day`]),
    );
  });

  it('L9: and a head that was signed with another key is not trusted', async () => {
    const other = parseSigningKey(makeSigningKey());
    if (other === undefined) throw new Error('This is no key.');
    const [head] = await queries.heads(daysAgo(1));
    if (head === undefined) throw new Error('There is no head.');
    const claim = { head: signHead(head, other), where: 'heads-elsewhere.json' };
    const { differences, vouchedUntil } = await heads.verify([claim], trusted());
    expect(differences.map(({ what }) => what)).toEqual(['key']);
    expect(vouchedUntil).toBeNull();
    const both = await heads.verify([claim], [...trusted(), publicKeyOf(other)]);
    expect(both).toMatchObject({ differences: [], vouchedUntil: daysAgo(1) });
  });
});

describe('the independent verifier', () => {
  let postings: string[];
  beforeAll(async () => {
    postings = [];
    for await (const line of engine.context.get(LedgerExport).lines()) postings.push(line);
  });

  it('L9: is at most fifty lines and imports nothing of ours', async () => {
    const text = await readFile('docs/verify-heads.mjs', 'utf8');
    expect(text.trimEnd().split('\n').length).toBeLessThanOrEqual(50);
    const imports = [...text.matchAll(/from '([^']+)'/g)].map(([, name]) => name);
    expect(imports.filter((name) => !name?.startsWith('node:'))).toEqual([]);
  });

  it('L9: finds nothing wrong with what nobody touched, whole or by bucket', async () => {
    expect(postings).toHaveLength(17);
    const summary = `0 faults; as signed up to the end of ${daysAgo(1)}.`;
    expect(await judged(postings)).toEqual({ code: 0, said: [`17 postings, ${summary}`] });
    const bucket = bucketOf(memberNo(0));
    const own: string[] = [];
    for await (const line of engine.context.get(LedgerExport).lines(bucket)) own.push(line);
    const { code, said } = await judged(own, { bucket });
    expect([code, said.at(-1)]).toEqual([0, `${String(own.length)} postings, ${summary}`]);
  });

  it('L9: names the posting that was changed, lost, added or moved', async () => {
    const at = postings.findIndex((line) => line.includes(`"${memberNo(1)}",2,`));
    const [line = '', next = ''] = postings.slice(at, at + 2);
    const name = `member ${memberNo(1)} posting`;
    const changed = line.replace('"key/test"', '"key/tess"');
    const cases: [string[], string][] = [
      [postings.with(at, changed), `${name} 2: is not what was hashed`],
      [postings.toSpliced(at, 1), `${name} 3: does not come after 1`],
      [postings.toSpliced(at, 0, line), `${name} 2: does not come after 2`],
      [postings.toSpliced(at, 2, next, line), `${name} 3: does not come after 1`],
      [postings.with(at, `["${'0'.repeat(64)}${line.slice(66)}`), `${name} 2: does not follow`],
    ];
    for (const [lines, fault] of cases) {
      const { code, said } = await judged(lines);
      expect([code, said.join('\n')]).toEqual([1, expect.stringContaining(fault)]);
    }
  });

  it('L9: finds a history that was hashed anew, or cut off, by the head of its day', async () => {
    await rewrite(engine.admin, memberNo(3), ({ seq }) => ({
      actor: seq === 2 ? 'key/forged' : 'key/test',
    }));
    const forged: string[] = [];
    for await (const line of engine.context.get(LedgerExport).lines()) forged.push(line);
    await rewrite(engine.admin, memberNo(3), () => ({ actor: 'key/test' }));
    const fault = (day: string): string =>
      `heads-${day}.json bucket ${String(bucketOf(memberNo(3)))}: postings differ`;
    const { code, said } = await judged(forged);
    expect([code, ...said.slice(0, -1)]).toEqual([1, fault(daysAgo(3)), fault(daysAgo(2))]);
    expect(said.at(-1)).toBe(`17 postings, 2 faults; as signed up to the end of ${daysAgo(4)}.`);
    const cut = postings.filter((line) => !line.includes(`"${memberNo(3)}",3,`));
    expect((await judged(cut)).said[0]).toBe(fault(daysAgo(2)));
  });

  it('L9: takes no heads of another key, changed, or without those of the day before', async () => {
    const other = parseSigningKey(makeSigningKey());
    const key = other === undefined ? '' : publicKeyOf(other);
    expect((await judged(postings, { key })).said[0]).toMatch(/bucket 0: is not signed$/);
    const at = await mkdtemp(join(tmpdir(), 'fealty-heads-'));
    for (const day of [4, 2, 1].map(daysAgo)) {
      const text = await readFile(join(folder, `heads-${day}.json`), 'utf8');
      await writeFile(join(at, `heads-${day}.json`), text);
    }
    const { code, said } = await judged(postings, { at });
    await rm(at, { recursive: true });
    expect([code, said.length]).toEqual([1, 65]);
    expect(said[0]).toBe(`heads-${daysAgo(2)}.json bucket 0: does not follow the day before`);
  });
});
