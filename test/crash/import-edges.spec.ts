import { existsSync } from 'node:fs';
import { appendFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { keyed } from '../../src/cli/import/keyed-line.js';
import { findPlace, type Place } from '../../src/cli/import/place.writer.js';
import { LINE_BYTES_MAX } from '../../src/platform/ndjson/line-splitter.js';
import {
  startEmbedded,
  type EmbeddedDatabase,
} from '../../src/platform/embedded/embedded.launcher.js';
import { aPurchase } from '../support/api.js';
import { makePurchases, type NamedMember } from '../support/purchases.js';
import { fealty, fealtyEnds, killDatabase, prepareHomes, untilPosted } from './importers.js';
import { holdingsOf, refusedIn } from './ledgers.js';

const AWAY_MS = 1_000;
const span = { from: Date.UTC(2025, 0, 1), until: Date.UTC(2025, 8, 1) };

jest.setTimeout(180_000);

describe('the import command', () => {
  let home = '';
  let files = '';
  let members: NamedMember[] = [];
  let database: EmbeddedDatabase;

  beforeAll(async () => {
    const homes = await prepareHomes(50);
    members = homes.members;
    home = await homes.copy('desk');
    files = join(dirname(home), 'files');
    await mkdir(files);
    // The importers of the tests join the server that this process keeps.
    database = await startEmbedded({ dataDir: home });
  });

  afterAll(async () => database.stop());

  async function fileOf(name: string, text: string | Buffer): Promise<string> {
    await writeFile(join(files, name), text);
    return join(files, name);
  }

  /** A small purchase of the first member, as a line; each is later than the one before. */
  let minutes = 0;
  function aLine(reference: string): string {
    const at = new Date(Date.UTC(2025, 9, 1) + minutes++ * 60_000).toISOString();
    return JSON.stringify(aPurchase(members[0]?.id ?? '', { reference, at, amount: 1_234 }));
  }

  const rowOf = (stdout: string, label: string): number =>
    Number(new RegExp(`^${label} +(\\d+)$`, 'm').exec(stdout)?.[1]);

  it('decides a dry run and writes nothing', async () => {
    const { text, refused } = makePurchases({ seed: 1, count: 1_500, members, ...span });
    const file = await fileOf('dry.ndjson', text);
    await writeFile(`${file}.resume`, 'of an import that was stopped');
    await writeFile(`${file}.errors.ndjson`, 'of an import that was stopped');
    const before = await holdingsOf(home);
    const { code, stdout } = await fealtyEnds(home, [
      ...['import', file, '--retailer', 'shop', '--dry-run'],
    ]);
    expect(code).toBe(1);
    expect(rowOf(stdout, 'would book')).toBeGreaterThan(1_000);
    expect(await holdingsOf(home)).toEqual(before);
    for (const kept of ['resume', 'errors.ndjson']) {
      expect(await readFile(`${file}.${kept}`, 'utf8')).toBe('of an import that was stopped');
    }
    // A number used twice is no fault yet where nothing is booked.
    expect(await refusedIn(`${file}.dry-run.ndjson`)).toEqual(
      refused.filter((row) => !row.endsWith('duplicate_reference')),
    );
  });

  it('exits 0, books nothing the second time, and never asks more of a lane than it takes', async () => {
    const text = Array.from({ length: 400 }, (_, n) => aLine(`twice-${n}`)).join('\n');
    const args = ['import', await fileOf('twice.ndjson', text), '--retailer', 'shop'];
    const small = { LEDGER_QUEUE_MAX: '60', LEDGER_BATCH_MAX: '16', LEDGER_LANES: '3' };
    const first = await fealtyEnds(home, args, small);
    expect([first.code, rowOf(first.stdout, 'booked')]).toEqual([0, 400]);
    const second = await fealtyEnds(home, args);
    expect([second.code, rowOf(second.stdout, 'booked')]).toEqual([0, 0]);
    expect(rowOf(second.stdout, 'already booked')).toBe(400);
    for (const left of ['resume', 'resume.new', 'errors.ndjson']) {
      expect(existsSync(join(files, `twice.ndjson.${left}`))).toBe(false);
    }
  });

  it('takes lines as systems write them and refuses what the API refuses, by its line', async () => {
    const long = 'ü'.repeat(80);
    const lines = [
      `\ufeff${aLine('first')}\r`,
      '\r',
      aLine('too long').replace('{', `{"location":"${'x'.repeat(LINE_BYTES_MAX)}",`),
      `${aLine('long by blanks')}${' '.repeat(LINE_BYTES_MAX)}"`,
      '',
      aLine('twice').replace('{', '{"reference":"once",'),
      aLine('exponent').replaceAll('1234', '1234e0'),
      `${aLine(`${long} 1`)}\r`,
      aLine(`${long} 2`),
      '[]',
      '{}',
      ` ${aLine('last, without a newline')}`,
    ];
    const file = await fileOf('odd.ndjson', lines.join('\n'));
    const errors = join(files, 'odd-errors.ndjson');
    const { code, stdout } = await fealtyEnds(home, [
      ...['import', file, '--retailer', 'shop', '--errors', errors],
    ]);
    expect([code, rowOf(stdout, 'booked')]).toEqual([1, 4]);
    expect(await refusedIn(errors)).toEqual([
      '3 payload_too_large',
      '4 payload_too_large',
      '6 invalid_json',
      '7 invalid_json',
      '10 invalid_request',
      '11 invalid_request',
    ]);
    expect(existsSync(`${file}.errors.ndjson`)).toBe(false);
  });

  it('starts a file that was changed from the beginning, and books its new lines only', async () => {
    const some = members.slice(1, 25);
    const old = makePurchases({ seed: 2, count: 5_000, members: some, ...span });
    const file = await fileOf('changed.ndjson', old.text);
    const args = ['import', file, '--retailer', 'shop'];
    const { rows } = await holdingsOf(home);
    const running = fealty(home, args);
    await untilPosted(home, (rows['postings'] ?? 0) + 3_000, running);
    running.child.kill('SIGKILL');
    await running.ended;
    expect(existsSync(`${file}.resume`)).toBe(true);
    await appendFile(file, `${aLine('added')}\n`);
    const { code, stdout } = await fealtyEnds(home, args);
    expect(stdout).not.toContain('resumed');
    expect(code).toBe(1);
    expect(rowOf(stdout, 'already booked')).toBeGreaterThan(3_000);
    expect(rowOf(stdout, 'booked') + rowOf(stdout, 'already booked')).toBe(
      old.booked + old.repeated + 1,
    );
    // A purchase that was refused and put right further down is by now booked.
    const numbers = (refused: string[]): string[] => refused.map((row) => row.split(' ')[0] ?? '');
    const refused = await refusedIn(`${file}.errors.ndjson`);
    expect(numbers(refused)).toEqual(numbers(old.refused));
  });

  it('waits for a database that goes away for a second, and keeps the order', async () => {
    const some = members.slice(25);
    const purchases = makePurchases({ seed: 3, count: 6_000, members: some, ...span });
    const file = await fileOf('away.ndjson', purchases.text);
    const { rows } = await holdingsOf(home);
    const before = rows['postings'] ?? 0;
    const running = fealty(home, ['import', file, '--retailer', 'shop'], {
      DATABASE_URL: database.serverUrl,
      DATABASE_OWNER_URL: database.ownerUrl,
    });
    for (const wanted of [500, 3_000]) {
      await untilPosted(home, before + wanted, running);
      killDatabase(home);
      await pause(AWAY_MS);
      const { serverUrl } = database;
      database = await startEmbedded({ dataDir: home });
      expect(database.serverUrl).toBe(serverUrl);
    }
    const { code, stdout, stderr } = await running.ended;
    expect({ code, stderr: stderr.replace(/^importing: .*\n/gm, '') }).toEqual({
      code: 1,
      stderr: '',
    });
    expect(rowOf(stdout, 'booked') + rowOf(stdout, 'already booked')).toBe(
      purchases.booked + purchases.repeated,
    );
    expect(await refusedIn(`${file}.errors.ndjson`)).toEqual(purchases.refused);
    const { strays, postings } = await holdingsOf(home);
    expect(postings).toHaveLength(before + purchases.booked);
    const own = postings.filter((posting) => some.some(({ id }) => posting.startsWith(id)));
    expect(own).toHaveLength(purchases.booked);
    expect(own.filter((posting) => posting.includes('late_event'))).toEqual([]);
    expect(strays).toEqual({ keys: 0, references: 0, purchases: 0 });
  });
});

describe('the place an import goes on from', () => {
  const place: Place = {
    of: '10/20/shop',
    bytes: 5,
    lines: 1,
    refused: 1,
    errorBytes: 4,
    posting: 'pst_known',
  };
  let at = 0;

  async function found(
    resume: string,
    options: { of?: string; errors?: string; isBooked?: boolean } = {},
  ): Promise<Place> {
    const { of = place.of, errors = '1234', isBooked = true } = options;
    at += 1;
    const file = join(process.env['TEST_FOLDER'] ?? '', `place-${process.pid}-${at}`);
    const errorsFile = `${file}.errors`;
    await writeFile(`${file}.resume`, resume);
    if (errors !== '') await writeFile(errorsFile, errors);
    return findPlace({ file, errorsFile }, of, () => Promise.resolve(isBooked));
  }

  it('is where it stopped', async () => {
    expect(await found(JSON.stringify(place))).toEqual(place);
  });

  it.each([
    ['another file or retailer', JSON.stringify(place), { of: '10/20/corner' }],
    ['an error file that is gone', JSON.stringify(place), { errors: '' }],
    ['an error file that is shorter', JSON.stringify(place), { errors: '123' }],
    ['a database without what was booked', JSON.stringify(place), { isBooked: false }],
    ['a note cut short', JSON.stringify(place).slice(0, 30), {}],
    ['a note of nothing', 'null', {}],
    ['a note without figures', JSON.stringify({ ...place, bytes: undefined }), {}],
    ['nothing booked yet', JSON.stringify({ ...place, posting: undefined }), {}],
  ])('is the beginning with %s', async (_, resume, options) => {
    expect(await found(resume, options)).toMatchObject({ bytes: 0, lines: 0, errorBytes: 0 });
  });
});

describe('the key of a line', () => {
  const keyOf = (text: string): unknown =>
    (JSON.parse(String(keyed(text).text)) as { idempotencyKey: unknown }).idempotencyKey;

  it('is its own, or made of all of its reference', () => {
    expect(keyOf('{"idempotencyKey":"own","reference":"a"}')).toBe('own');
    expect(keyOf('{"reference":"a"}')).toBe(`import/${Buffer.from('a').toString('base64url')}`);
    const long = 'ü'.repeat(99);
    expect(keyOf(`{"reference":"${long}1"}`)).not.toBe(keyOf(`{"reference":"${long}2"}`));
    expect(String(keyOf(`{"reference":"${long}1"}`)).length).toBeLessThan(255);
  });

  it('leaves the rest of the line as it is written', () => {
    const text = ' {"reference":"$&","reference":"b","n":1e3}';
    expect(String(keyed(text).text).replace(/"idempotencyKey":"[^"]*",/, '')).toBe(text);
    expect(keyed('{').text).toBe('{');
    expect(keyed('[{}]').text).toBe('[{}]');
  });
});
