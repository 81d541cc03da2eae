import { jest } from '@jest/globals';
import { DataSource } from 'typeorm';
import { AuditService } from '../../src/access/audit.service.js';
import { LedgerService } from '../../src/ledger/ledger.service.js';
import { parseSettings } from '../../src/platform/config/settings.js';
import { servingOptions } from '../../src/platform/database/data-source.js';
import type { ProgrammeDocument } from '../../src/programmes/document.js';
import { ProgrammeBookService } from '../../src/programmes/programme-book.service.js';
import { ProgrammeVersion } from '../../src/programmes/programme-version.entity.js';
import { ProgrammesService } from '../../src/programmes/programmes.service.js';
import { freshDatabase, type FreshDatabase } from '../support/database.js';
import { aProgrammeDocument } from '../support/programme.js';

const DAY_MS = 86_400_000;
const by = 'user/ada';

let database: FreshDatabase;
let dataSource: DataSource;
let ledger: LedgerService;
let book: ProgrammeBookService;
let programmes: ProgrammesService;

beforeEach(async () => {
  database = await freshDatabase();
  dataSource = new DataSource({
    ...servingOptions({ url: database.serverUrl, poolMax: 4 }),
    entities: [ProgrammeVersion],
  });
  await dataSource.initialize();
  ledger = new LedgerService(dataSource, parseSettings({}));
  book = new ProgrammeBookService(dataSource, ledger);
  programmes = new ProgrammesService(dataSource, new AuditService(), book);
});

afterEach(async () => {
  await book.onModuleDestroy();
  await dataSource.destroy();
  await database.drop();
});

const named = (name: string): ProgrammeDocument =>
  aProgrammeDocument({ identity: { ...aProgrammeDocument().identity, name } });

async function now(): Promise<number> {
  const [row] = await dataSource.query<{ now: Date }[]>('SELECT clock_timestamp() AS now');
  return row?.now.getTime() ?? NaN;
}

const inDays = async (days: number): Promise<string> =>
  new Date((await now()) + days * DAY_MS).toISOString();

const auditLog = (): Promise<unknown[]> =>
  dataSource.query('SELECT actor, action, subject, details FROM audit_log ORDER BY at');

const numbers = async (): Promise<number[]> =>
  (await programmes.versions()).map(({ no }) => no).reverse();

describe('Publishing', () => {
  it('P16: what an earlier release published is read, and restored, in the words of today', async () => {
    const { earningRules, ...rest } = aProgrammeDocument();
    const old = earningRules.map(({ caps, ...rule }) =>
      caps === undefined ? rule : { ...rule, cap: caps[0] },
    );
    await dataSource.query(
      `INSERT INTO programme_versions VALUES (1, $1, '\\x00', '2020-01-01', '2020-01-01', 'x')`,
      [JSON.stringify({ ...rest, earningRules: old })],
    );
    const { document } = await programmes.version(1);
    expect(document).toEqual(aProgrammeDocument());
    await book.refresh();
    expect(book.version(1).groups[1]?.caps).toHaveLength(1);
    const { version } = await programmes.publish(document, { by });
    expect(version.no).toBe(2);
  });

  it('starts with version 1, which may have begun at any time', async () => {
    const start = '2020-02-29T12:00:00.000Z';
    const { published, version } = await programmes.publish(named('One'), {
      effectiveAt: start,
      by,
    });
    expect(published).toBe(true);
    expect(version).toMatchObject({ no: 1, effectiveAt: new Date(start), publishedBy: by });
    expect(Math.abs(version.publishedAt.getTime() - (await now()))).toBeLessThan(10_000);
    expect(await programmes.version(1)).toEqual(version);
  });

  it('starts version 1 at once unless told when', async () => {
    const { version } = await programmes.publish(named('One'), { by });
    expect(version.effectiveAt).toEqual(version.publishedAt);
    expect((await programmes.live()).no).toBe(1);
  });

  it('writes who did it into the audit log, in the same transaction', async () => {
    const { version } = await programmes.publish(named('One'), { by });
    const digest = version.digest.toString('hex');
    const details = {
      digest,
      effectiveAt: version.effectiveAt.toISOString(),
      publishedAt: version.publishedAt.toISOString(),
    };
    expect(await auditLog()).toEqual([
      { actor: by, action: 'programme.published', subject: 'programme/versions/1', details },
    ]);
  });

  it('publishes nothing that cannot be written there', async () => {
    const audit = new AuditService();
    jest.spyOn(audit, 'record').mockRejectedValue(new Error('disk full'));
    const unaudited = new ProgrammesService(dataSource, audit, book);
    await expect(unaudited.publish(named('One'), { by })).rejects.toThrow('disk full');
    expect(await numbers()).toEqual([]);
  });

  it('refuses a document that breaks a law, and names every place below the one it was sent at', async () => {
    const document = aProgrammeDocument({
      earningRules: aProgrammeDocument().earningRules.slice(2),
      earningBasis: { tax: 'included', excludedTenders: ['voucher'] },
    });
    await expect(programmes.publish(document, { by, at: '/document' })).rejects.toMatchObject({
      code: 'invalid_programme',
      faults: [
        { pointer: '/document/earningRules', code: 'no_rule_per_amount' },
        { pointer: '/document/earningBasis/excludedTenders', code: 'points_earn_points' },
      ],
    });
    expect(await numbers()).toEqual([]);
  });

  it.each(['tomorrow', '2026-03-01', '2026-02-30T00:00:00Z'])(
    'refuses %s as the start of a version',
    async (effectiveAt) => {
      await expect(programmes.publish(named('One'), { by, effectiveAt })).rejects.toMatchObject({
        code: 'invalid_request',
        faults: [{ pointer: '/effectiveAt', code: 'is_instant' }],
      });
    },
  );

  it('gives a later version at least five seconds of notice', async () => {
    await programmes.publish(named('One'), { by });
    const soon = new Date((await now()) + 4_000).toISOString();
    await expect(programmes.publish(named('Two'), { by, effectiveAt: soon })).rejects.toMatchObject(
      { code: 'programme_starts_too_soon' },
    );
    const { version } = await programmes.publish(named('Two'), { by });
    expect(version.effectiveAt.getTime() - version.publishedAt.getTime()).toBe(5_000);
    expect((await programmes.live()).no).toBe(1);
    expect((await programmes.live(version.effectiveAt.getTime())).no).toBe(2);
  });

  it('starts no version before the newest one', async () => {
    await programmes.publish(named('One'), { by });
    await programmes.publish(named('Two'), { by, effectiveAt: await inDays(10) });
    for (const effectiveAt of [await inDays(9), undefined]) {
      await expect(programmes.publish(named('Three'), { by, effectiveAt })).rejects.toMatchObject({
        code: 'programme_starts_too_soon',
      });
    }
    await programmes.publish(named('Three'), { by, effectiveAt: await inDays(11) });
    expect(await numbers()).toEqual([1, 2, 3]);
  });

  it('does nothing when the newest version is the same document, its fields in whatever order', async () => {
    const document = named('One');
    await programmes.publish(document, { by });
    const reordered = Object.fromEntries(Object.entries(document).reverse());
    const again = await programmes.publish(reordered, { by, effectiveAt: '2001-01-01T00:00:00Z' });
    expect(again).toMatchObject({ published: false, version: { no: 1 } });
    expect(await numbers()).toEqual([1]);
    expect(await auditLog()).toHaveLength(1);
  });

  it('goes back to an older document as a new version', async () => {
    await programmes.publish(named('One'), { by });
    await programmes.publish(named('Two'), { by, effectiveAt: await inDays(1) });
    const back = await programmes.publish(named('One'), { by, effectiveAt: await inDays(2) });
    expect(back).toMatchObject({ published: true, version: { no: 3 } });
  });

  it('never makes another programme or another money of it', async () => {
    await programmes.publish(aProgrammeDocument({ rewards: [] }), { by });
    const { identity } = aProgrammeDocument();
    const other = aProgrammeDocument({
      identity: { ...identity, code: 'other', currency: 'EUR' },
      rewards: [],
    });
    await expect(programmes.publish(other, { by })).rejects.toMatchObject({
      code: 'invalid_programme',
      faults: [
        { pointer: '/identity/code', code: 'identity_changed' },
        { pointer: '/identity/currency', code: 'identity_changed' },
      ],
    });
  });

  it('tells that there is no programme, or no such version', async () => {
    await expect(programmes.live()).rejects.toMatchObject({ code: 'no_programme' });
    await expect(programmes.version(1)).rejects.toMatchObject({ code: 'not_found' });
  });
});

describe('Two who publish at once', () => {
  it('get numbers without gap or double', async () => {
    await programmes.publish(named('One'), { by });
    const start = await now();
    const outcomes = await Promise.allSettled(
      Array.from({ length: 8 }, (_, n) =>
        programmes.publish(named(`At once ${n}`), {
          by,
          effectiveAt: new Date(start + (n + 1) * DAY_MS).toISOString(),
        }),
      ),
    );
    const refused = outcomes.filter(({ status }) => status === 'rejected');
    for (const outcome of refused) {
      expect(outcome).toMatchObject({ reason: { code: 'programme_starts_too_soon' } });
    }
    const versions = await numbers();
    expect(versions).toEqual(versions.map((_, n) => n + 1));
    expect(versions).toHaveLength(9 - refused.length);
    expect(await auditLog()).toHaveLength(versions.length);
  });

  it('and start at the same instant get one version, and one refusal', async () => {
    await programmes.publish(named('One'), { by });
    const effectiveAt = await inDays(1);
    const outcomes = await Promise.allSettled(
      ['Two', 'Three'].map((name) => programmes.publish(named(name), { by, effectiveAt })),
    );
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(await numbers()).toEqual([1, 2]);
  });

  it('and mean the same document get the same version', async () => {
    const outcomes = await Promise.all(
      Array.from({ length: 4 }, () => programmes.publish(named('One'), { by })),
    );
    expect(outcomes.filter(({ published }) => published)).toHaveLength(1);
    expect(outcomes.every(({ version }) => version.no === 1)).toBe(true);
  });
});

describe('A published version', () => {
  it.each([
    `UPDATE programme_versions SET effective_at = now() - interval '1 year'`,
    'DELETE FROM programme_versions',
    'TRUNCATE programme_versions',
  ])('cannot be changed: %s', async (statement) => {
    await programmes.publish(named('One'), { by });
    await expect(dataSource.query(statement)).rejects.toThrow(/permission denied|append-only/);
    const owner = new DataSource({ type: 'postgres', url: database.ownerUrl });
    await owner.initialize();
    await expect(owner.query(statement)).rejects.toThrow('append-only');
    await owner.destroy();
  });
});

describe('The book of programmes', () => {
  it('is empty before anything is published, and then knows it at once', async () => {
    await book.onModuleInit();
    expect([book.newestNo, book.at(await now())]).toEqual([0, undefined]);
    const { version } = await programmes.publish(named('One'), { by });
    const start = version.effectiveAt.getTime();
    expect(book.newestNo).toBe(1);
    expect(book.at(start - 1)).toBeUndefined();
    expect(book.at(start)).toBe(book.version(1));
    expect(book.at(start)?.name).toBe('One');
  });

  it('answers with the newest version that has started', async () => {
    await programmes.publish(named('One'), { by });
    const { version } = await programmes.publish(named('Two'), { by });
    const start = version.effectiveAt.getTime();
    expect([book.at(start - 1)?.no, book.at(start)?.no, book.newestNo]).toEqual([1, 2, 2]);
  });

  it('asks to try again for a version it has not seen, as of another replica, and finds it after a refresh', async () => {
    const replica = new ProgrammeBookService(dataSource, ledger);
    await programmes.publish(named('One'), { by });
    expect(() => replica.version(1)).toThrow('not known here yet');
    await replica.refresh();
    expect(replica.version(1).name).toBe('One');
  });

  it('reads for many who ask at once no more than twice, and late enough for each of them', async () => {
    const replica = new ProgrammeBookService(dataSource, ledger);
    const find = jest.spyOn(dataSource.getRepository(ProgrammeVersion), 'find');
    const first = replica.refresh();
    await programmes.publish(named('One'), { by });
    find.mockClear();
    await Promise.all([first, ...Array.from({ length: 20 }, () => replica.refresh())]);
    expect(find.mock.calls.length).toBeLessThanOrEqual(2);
    expect(replica.newestNo).toBe(1);
  });

  it('reads again after a read that failed', async () => {
    const replica = new ProgrammeBookService(dataSource, ledger);
    await programmes.publish(named('One'), { by });
    const find = jest.spyOn(dataSource.getRepository(ProgrammeVersion), 'find');
    find.mockRejectedValueOnce(new Error('connection lost'));
    const first = replica.refresh();
    const second = replica.refresh();
    await expect(first).rejects.toThrow('connection lost');
    await second;
    expect(replica.newestNo).toBe(1);
  });
});
