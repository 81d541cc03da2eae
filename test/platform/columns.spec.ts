import fc from 'fast-check';
import pg from 'pg';
import {
  arrayOf,
  rowsOf,
  type ColumnType,
  type Value,
} from '../../src/platform/database/columns.js';
import { freshDatabase, type FreshDatabase } from '../support/database.js';

let database: FreshDatabase;
let client: pg.Client;

beforeAll(async () => {
  database = await freshDatabase();
  client = new pg.Client({ connectionString: database.adminUrl });
  await client.connect();
});

afterAll(async () => {
  await client.end();
  await database.drop();
});

/** What PostgreSQL reads out of an array, as text. */
async function read(type: ColumnType, values: readonly Value[]): Promise<(string | null)[]> {
  const { rows } = await client.query<{ value: string | null }>(
    `SELECT v::text AS value FROM unnest($1::${type}[]) AS u (v)`,
    [arrayOf(type, values)],
  );
  return rows.map(({ value }) => value);
}

const lists = <T>(item: fc.Arbitrary<T>): fc.Arbitrary<(T | null)[]> =>
  fc.array(fc.option(item), { maxLength: 12 });
const asText = (value: Value): string | null => (value === null ? null : String(value));
const hexOf = (length?: number): fc.Arbitrary<string> =>
  fc
    .uint8Array({ minLength: length ?? 0, maxLength: length ?? 40 })
    .map((bytes) => Buffer.from(bytes).toString('hex'));

describe('columns', () => {
  it.each<[ColumnType, fc.Arbitrary<Value>]>([
    ['int2', fc.integer({ min: -32_768, max: 32_767 })],
    ['int4', fc.integer()],
    ['int8', fc.maxSafeInteger()],
    ['int8', fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })],
    ['numeric', fc.bigInt({ min: -(10n ** 38n) + 1n, max: 10n ** 38n - 1n })],
    ['text', fc.string({ unit: 'grapheme' }).filter((text) => !text.includes('\0'))],
    ['json', fc.json()],
    ['uuid', fc.uuid()],
  ])('11: PostgreSQL reads %s as it was written', async (type, value) => {
    await fc.assert(
      fc.asyncProperty(lists(value), async (values) => {
        expect(await read(type, values)).toEqual(values.map(asText));
      }),
      { numRuns: 40 },
    );
  });

  it('11: PostgreSQL reads bytes as they were written, from hex or from a buffer', async () => {
    await fc.assert(
      fc.asyncProperty(lists(hexOf()), async (values) => {
        const expected = values.map((hex) => (hex === null ? null : `\\x${hex}`));
        expect(await read('bytea', values)).toEqual(expected);
        const buffers = values.map((hex) => (hex === null ? null : Buffer.from(hex, 'hex')));
        expect(await read('bytea', buffers)).toEqual(expected);
      }),
      { numRuns: 40 },
    );
  });

  it('11: PostgreSQL reads instants to the millisecond, of the years 1900 to 2999', async () => {
    const instant = fc.integer({ min: Date.UTC(1900), max: Date.UTC(2999, 11, 31) });
    await fc.assert(
      fc.asyncProperty(lists(instant), async (values) => {
        const { rows } = await client.query<{ value: string | null }>(
          `SELECT (extract(epoch FROM v) * 1000)::numeric(20)::text AS value
             FROM unnest($1::timestamptz[]) AS u (v)`,
          [arrayOf('timestamptz', values)],
        );
        expect(rows.map(({ value }) => value)).toEqual(values.map(asText));
      }),
      { numRuns: 40 },
    );
  });

  it('11: what a type cannot hold is refused, and never written as something else', () => {
    expect(() => arrayOf('int8', [2 ** 53])).toThrow('safe integer');
    expect(() => arrayOf('int8', [0.5])).toThrow('safe integer');
    expect(() => arrayOf('int4', [2 ** 31])).toThrow('out of range');
    expect(() => arrayOf('int2', [40_000])).toThrow('out of range');
    expect(() => arrayOf('bytea', ['zz'])).toThrow('hex');
    expect(() => arrayOf('uuid', ['not-a-uuid-at-all-'])).toThrow('hex');
    expect(() => arrayOf('int8', [2n ** 63n])).toThrow('out of range');
    expect(() => arrayOf('int4', [0.5])).toThrow('whole number');
  });

  it('11: rows go in as columns and come out as rows', async () => {
    const { source, names, values } = rowsOf<{ a: number; b: string | null }>({
      a: ['int4', ({ a }) => a],
      b: ['text', ({ b }) => b],
    });
    const rows = [
      { a: 1, b: 'x'.repeat(3_000) },
      { a: 2, b: null },
      { a: 3, b: 'é"\\{},' },
    ];
    expect((await client.query(`SELECT ${names} FROM ${source}`, values(rows))).rows).toEqual(rows);
  });
});
