import { RebuildService } from '../../src/ledger/rebuild/rebuild.service.js';
import { VersionsQueries } from '../../src/ledger/rebuild/versions.queries.js';
import { bucketOf } from '../../src/ledger/address.js';
import { startEngine, type Engine } from '../ledger/engine.js';
import { drawsOf } from '../support/purchases.js';
import { live } from './history.js';
import { kinds, tampered, Tamperer, type Edit } from './tampering.js';

/** `npm run torture -- tamper` sets a thousand. */
const EDITS = Number(process.env['TAMPER_EDITS'] ?? '60');
const SEED = Number(process.env['TAMPER_SEED'] ?? String(Date.now() % 1_000_000));
const EDITS_AT_ONCE = 5;
const MEMBERS = 16;

let engine: Engine;

beforeAll(async () => {
  engine = await startEngine();
  await live(engine, MEMBERS, SEED);
  await engine.admin.query('SET timezone = UTC');
  for (const table of tampered) await engine.rows(`CREATE TABLE sound_${table} AS TABLE ${table}`);
});
afterAll(() => engine.close());

async function restore(): Promise<void> {
  await engine.admin.query('BEGIN; SET LOCAL session_replication_role = replica');
  for (const table of tampered) {
    await engine.admin.query(`TRUNCATE ${table}; INSERT INTO ${table} TABLE sound_${table}`);
  }
  await engine.admin.query('COMMIT');
}

/** The rows that verify and rebuild name, but for those that may only follow from another. */
async function named(): Promise<Set<string>> {
  const rebuilt = await engine.context.get(RebuildService).check();
  const versions = await engine.context.get(VersionsQueries).check();
  const verified = await engine.verify.verify();
  const rows = [...rebuilt.differences, ...versions]
    .filter(({ doubtful }) => doubtful !== true)
    .map(({ table, row }) => `${table} ${row}`);
  const places = verified.differences.map(({ memberId, what }) => {
    const [, table = '', seq = '', n = ''] = /^(posting|lot) (-?\d+)(\/-?\d+)?/.exec(what) ?? [];
    return `${table}s ${String(bucketOf(memberId))}/${memberId}/${seq}${n}`;
  });
  return new Set([...rows, ...places]);
}

const isLocated = ({ table, rows }: Edit, found: ReadonlySet<string>): boolean =>
  rows.every((names) => names.some((name) => found.has(`${table} ${name}`)));

describe('a superuser with every trigger off', () => {
  it(`L9, L10: is found and located in ${String(EDITS)} of ${String(EDITS)} edits, seed ${String(SEED)}`, async () => {
    expect(await named()).toEqual(new Set());
    const tamperer = new Tamperer(engine.admin, drawsOf(SEED));
    const missed: string[] = [];
    const seen = new Map<string, number>();
    for (let done = 0; done < EDITS; done += EDITS_AT_ONCE) {
      const touched = new Set<string>();
      const edits: Edit[] = [];
      await engine.admin.query('BEGIN; SET LOCAL session_replication_role = replica');
      for (let count = 0; count < Math.min(EDITS_AT_ONCE, EDITS - done); count += 1) {
        edits.push(await tamperer.edit(touched));
      }
      await engine.admin.query('COMMIT');
      const found = await named();
      for (const edit of edits) {
        const key = `${edit.table} ${edit.kind}`;
        seen.set(key, (seen.get(key) ?? 0) + 1);
        if (!isLocated(edit, found)) missed.push(edit.what);
      }
      await restore();
    }
    expect(missed).toEqual([]);
    expect(await named()).toEqual(new Set());
    if (EDITS >= 1_000) {
      const rows = [...seen].sort().map(([key, count]) => `${String(count).padStart(4)} ${key}`);
      process.stdout.write(`seed ${String(SEED)}\n${rows.join('\n')}\n`);
      // Every table in every way.
      expect(seen.size).toBe(tampered.length * kinds.length);
    }
  }, 900_000);
});
