/**
 * Rows as columns: one array of PostgreSQL for each column, in its binary form, which `unnest`
 * turns into rows again. Neither side parses text for it, which halves what a row costs to carry.
 */
import type { Buffer } from 'node:buffer';
import { LENGTH, Writer } from './array-writer.js';

export type Value = number | bigint | string | Uint8Array | null;

/**
 * How values of a type are written. `uuid` and `bytea` take hex, `timestamptz` milliseconds since
 * 1970, `int8` safe integers or BigInt, `numeric` whole BigInts, `json` its text.
 */
export type ColumnType =
  'int2' | 'int4' | 'int8' | 'numeric' | 'text' | 'json' | 'uuid' | 'bytea' | 'timestamptz';

/** Object ids of the element types; they are the same in every PostgreSQL. */
const oids: Readonly<Record<ColumnType, number>> = {
  int2: 21,
  int4: 23,
  int8: 20,
  numeric: 1700,
  text: 25,
  json: 114,
  uuid: 2950,
  bytea: 17,
  timestamptz: 1184,
};

/** What a statement says once and for all of the rows it takes. */
export interface Rows<Row> {
  /** `bucket, member_id, ...` */
  names: string;
  /** `unnest($1::int2[], ...) AS u (bucket, ...)` */
  source: string;
  /** The parameters that carry the rows. */
  values: (rows: readonly Row[]) => Buffer[];
}

/** The columns of rows, from a name to its type and where its value is found. */
export function rowsOf<Row>(
  columns: Readonly<Record<string, readonly [ColumnType, (row: Row) => Value]>>,
): Rows<Row> {
  const list = Object.entries(columns).map(([name, [type, of]]) => ({ name, type, of }));
  const names = list.map(({ name }) => name).join(', ');
  const rowSize = list.reduce((sum, { type }) => sum + LENGTH + usualSize[type], 0);
  const arrays = list.map(({ type }, index) => `$${index + 1}::${type}[]`);
  return {
    names,
    source: `unnest(${arrays.join(', ')}) AS u (${names})`,
    // All columns share one piece of memory: many small ones are what the collector dislikes.
    values: (rows) => {
      const writer = new Writer(HEADER * list.length + rowSize * rows.length);
      return list.map(({ type, of }) => write(writer, type, rows, of));
    },
  };
}

const HEADER = 20;
const NULL = -1;

/** One array of one dimension, as `array_recv` of PostgreSQL reads it. */
export function arrayOf(type: ColumnType, values: readonly Value[]): Buffer {
  const writer = new Writer(HEADER + values.length * (LENGTH + usualSize[type]));
  return write(writer, type, values, (value) => value);
}

function write<Row>(
  writer: Writer,
  type: ColumnType,
  rows: readonly Row[],
  of: (row: Row) => Value,
): Buffer {
  writer.begin();
  writer.int32(1);
  writer.int32(0);
  writer.int32(oids[type]);
  writer.int32(rows.length);
  writer.int32(1);
  const writeValue = writers[type];
  let hasNull = false;
  for (const row of rows) {
    const value = of(row);
    if (value === null) {
      hasNull = true;
      writer.int32(NULL);
    } else writeValue(writer, value);
  }
  return writer.end(hasNull);
}

/** Bytes to begin with; longer values make the buffer grow. */
const usualSize: Readonly<Record<ColumnType, number>> = {
  int2: 2,
  int4: 4,
  int8: 8,
  numeric: 24,
  text: 24,
  json: 512,
  uuid: 16,
  bytea: 32,
  timestamptz: 8,
};

type Write = (writer: Writer, value: NonNullable<Value>) => void;

/** PostgreSQL counts microseconds from here. */
const EPOCH = Date.UTC(2000, 0, 1);

const writers: Readonly<Record<ColumnType, Write>> = {
  int2: (writer, value) => {
    writer.int32(2);
    writer.int16(whole(value));
  },
  int4: (writer, value) => {
    writer.int32(4);
    writer.int32(whole(value));
  },
  int8: (writer, value) => {
    writer.int32(8);
    writer.int64(typeof value === 'bigint' ? value : Number(value));
  },
  timestamptz: (writer, value) => {
    writer.int32(8);
    const micros = (Number(value) - EPOCH) * 1_000;
    // 285 years from 2000 the microseconds leave the safe integers.
    writer.int64(Number.isSafeInteger(micros) ? micros : BigInt(Number(value) - EPOCH) * 1_000n);
  },
  text: (writer, value) => {
    writer.text(String(value));
  },
  json: (writer, value) => {
    writer.text(String(value));
  },
  uuid: (writer, value) => {
    writer.hex(String(value));
  },
  bytea: (writer, value) => {
    if (value instanceof Uint8Array) writer.raw(value);
    else writer.hex(String(value));
  },
  numeric: (writer, value) => {
    numeric(writer, typeof value === 'bigint' ? value : BigInt(whole(value)));
  },
};

/** Buffers would cut a fraction off without a word. */
function whole(value: Value): number {
  if (Number.isInteger(value)) return value as number;
  throw new RangeError('not a whole number');
}

/** Groups of four decimal digits, the highest first. */
function numeric(writer: Writer, value: bigint): void {
  const digits = (value < 0n ? -value : value).toString();
  const padded = digits.padStart(Math.ceil(digits.length / 4) * 4, '0');
  const groups = value === 0n ? 0 : padded.length / 4;
  writer.int32(8 + groups * 2);
  writer.int16(groups);
  writer.int16(Math.max(groups - 1, 0));
  writer.int16(value < 0n ? 0x4000 : 0);
  writer.int16(0);
  for (let group = 0; group < groups; group += 1) {
    writer.int16(Number(padded.slice(group * 4, group * 4 + 4)));
  }
}
