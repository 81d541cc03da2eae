import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { instantOf, penceOf, type Row } from '../../src/cli/trial/online-retail.js';
import { purchasesIn, survey } from '../../src/cli/trial/online-retail.reader.js';
import { recompute } from '../../src/cli/trial/recomputation.reader.js';
import { freshDatabase, type FreshDatabase } from '../support/database.js';

const compiled = fileURLToPath(new URL('../../dist/src/cli/fealty.js', import.meta.url));
const sample = fileURLToPath(new URL('sample.csv', import.meta.url));
const heading = 'InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(process.env['TEST_FOLDER'] ?? tmpdir(), 'trial-'));
});

afterAll(async () => rm(folder, { recursive: true, force: true }));

interface Ended {
  code: number | string | null;
  stdout: string;
  stderr: string;
  /** The figures of the printed table by what they count. */
  counts: Record<string, number>;
}

/** Runs the built command line on a database. */
async function fealty(database: FreshDatabase, ...args: string[]): Promise<Ended> {
  const env = {
    PATH: process.env['PATH'],
    DATABASE_URL: database.serverUrl,
    DATABASE_OWNER_URL: database.ownerUrl,
    DATA_DIR: folder,
    LOG_LEVEL: 'error',
  };
  return new Promise((resolve) => {
    execFile(process.execPath, [compiled, ...args], { env }, (error, stdout, stderr) => {
      const rows = [...stdout.matchAll(/^ *(\S.*?) {2,}(\d+)(?= |$)/gm)];
      const counts = Object.fromEntries(rows.map(([, what = '', count]) => [what, Number(count)]));
      resolve({ code: error === null ? 0 : (error.code ?? null), stdout, stderr, counts });
    });
  });
}

async function file(name: string, ...lines: string[]): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, `${[heading, ...lines].join('\n')}\n`);
  return path;
}

describe('a trial of the sample', () => {
  let database: FreshDatabase;
  let first: Ended;

  beforeAll(async () => {
    database = await freshDatabase();
    first = await fealty(database, 'trial', sample);
  });

  afterAll(async () => database.drop());

  it('gives every line a counted answer, and every balance is what the recomputation says', () => {
    expect(first.stderr).toBe('');
    expect(first.code).toBe(0);
    expect(first.counts).toEqual({
      lines: 63,
      'cancellation lines': 12,
      'lines without a customer': 8,
      'lines of quantity 0 or less': 2,
      'lines of a negative price': 1,
      'purchase lines': 40,
      'BANK CHARGES': 1,
      C2: 1,
      CRUK: 1,
      M: 1,
      PADS: 1,
      POST: 1,
      S: 1,
      gift_0001_20: 1,
      m: 1,
      customers: 8,
      enrolled: 8,
      'members already': 0,
      purchases: 24,
      booked: 24,
      'already booked': 0,
      refused: 0,
      'cancellations matched': 6,
      'in part': 1,
      original_not_found: 6,
      returns: 11,
      'returns booked': 11,
      'returns already booked': 0,
      'returns refused': 0,
      'points recomputed': 3_236,
      differences: 0,
    });
    expect(first.stdout).toContain(
      'cancellation lines             12  taken back where they match',
    );
    expect(first.stdout).toContain('lines without a customer        8  nobody to accrue to');
    // Purchases, returns, and three corrections of purchases that were booked before the returns.
    expect(first.stdout).toContain('verify: 8 members, 38 postings, 3236 points: clean.\n');
  });

  it('changes nothing when it runs again', async () => {
    const again = await fealty(database, 'trial', sample);
    expect(again.code).toBe(0);
    expect(again.counts).toEqual({
      ...first.counts,
      enrolled: 0,
      'members already': 8,
      booked: 0,
      'already booked': 24,
      'returns booked': 0,
      'returns already booked': 11,
    });
    expect(again.stdout).toContain('verify: 8 members, 38 postings, 3236 points: clean.\n');
    const keys = await fealty(database, 'key', 'list');
    expect(keys.stdout.trim().split('\n')).toHaveLength(2);
  });

  it('refuses a database in which another file was tried, and writes nothing', async () => {
    const text = await readFile(sample, 'utf8');
    const other = join(folder, 'other.csv');
    await writeFile(other, text.replace('2.55,20001', '2.56,20001'));
    const ended = await fealty(database, 'trial', other);
    expect(ended).toMatchObject({ code: 1, stdout: '' });
    expect(ended.stderr).toMatch(/^The programme "trial-\w{12}" is .* database of its own/);
  });

  it('finds a purchase that the file does not have, and names the customer', async () => {
    const purchase = {
      member: { card: '20003' },
      reference: 'not-in-the-file',
      occurredAt: '2011-03-28T12:00:00+01:00',
      total: { amount: 1_000, currency: 'GBP' },
      lines: [{ category: 'goods', quantity: 1, amount: 1_000 }],
    };
    const extra = join(folder, 'extra.ndjson');
    await writeFile(extra, `${JSON.stringify(purchase)}\n`);
    const imported = await fealty(database, 'import', extra, '--retailer', 'public-data');
    expect(imported.code).toBe(0);
    const ended = await fealty(database, 'trial', sample);
    expect(ended.code).toBe(1);
    expect(ended.counts['differences']).toBe(3);
    expect(ended.stdout.trim().split('\n').slice(-3)).toEqual([
      'customer 20003  billionths carried: booked 500000000, recomputed 0',
      'customer 20003  points: booked 12, recomputed 0',
      'all  booked 3248 points of 8 members, recomputed 3236 points of 8 customers',
    ]);
  });
});

describe('generated cancellations', () => {
  it('are the same for the same seed, match the recomputation, and leave the file alone', async () => {
    const before = await readFile(sample, 'utf8');
    const database = await freshDatabase();
    const args = ['trial', sample, '--cancellations', '200', '--seed', '7'];
    const first = await fealty(database, ...args);
    expect(first.code).toBe(0);
    const added = (await readFile(join(folder, 'cancelled-200-7.csv'), 'utf8')).slice(
      before.length,
    );
    expect(added.match(/^CG\d+,.*,,-\d+,/gm)).toHaveLength(200);
    const { counts } = first;
    expect(counts).toMatchObject({ 'cancellation lines': 212, differences: 0 });
    expect(counts['cancellations matched']).toBeGreaterThan(40);
    expect(counts['in part']).toBeGreaterThan(1);
    const again = await fealty(database, ...args);
    expect(again.counts).toMatchObject({
      'returns booked': 0,
      'returns already booked': counts['returns'],
      differences: 0,
    });
    await database.drop();
    expect(await readFile(sample, 'utf8')).toBe(before);
  });

  it('are a whole number', async () => {
    const database = await freshDatabase();
    const ended = await fealty(database, 'trial', sample, '--cancellations', 'many');
    await database.drop();
    expect(ended.code).toBe(2);
    expect(ended.stderr).toContain('It must be a whole number.');
  });
});

describe('the recomputation', () => {
  it('says what a person works out with the programme in hand', async () => {
    const found = await recompute(sample);
    const points = [...found].map(([customer, { points, carried, tier }]) => [
      customer,
      `${String(points)}.${carried.toString().padStart(9, '0')}`,
      tier,
    ]);
    expect(points.sort()).toEqual([
      // 17 + 3 x 4.95 + 1.65 pounds of goods, less a bucket; what is cancelled before it was bought
      // is not found.
      ['20001', '38.687500000', 'guest'],
      // Bonuses of 25, none (7 h 45 later), 15 (40 a week): 125 + 150 + 187.5 x 1.1. All rugs came
      // back, after more than 30 days, so the tier that they reached stays.
      ['20002', '521.250000000', 'friend'],
      // All ribbons came back, and more were cancelled than there were.
      ['20003', '0.000000000', 'guest'],
      ['20004', '31.875000000', 'guest'],
      ['20005', '0.000000000', 'guest'],
      // 1,249.875 and 25 as a guest. At 1.333333: 26.04 pounds, 5 benches with 15, and the glasses of
      // 12 April, no longer a patron's. As the patron of that day 3.33 pounds.
      ['20006', '2227.935183711', 'friend'],
      // The card, not the gift voucher.
      ['20007', '2.100000000', 'guest'],
      // In the order of their times: 25 on Sunday, none 11 h 59 later. 50 of the 25 two minutes after
      // that came back with their bonus, so that Tuesday's gets all of its own.
      ['20008', '417.500000000', 'regular'],
    ]);
  });
});

describe('an invoice of more lines than a purchase may have', () => {
  it('comes in two purchases, also where dates and numbers are written as spreadsheets do', async () => {
    const line = '573585,10101,TIN BUCKET,1,10/31/2011 14:41,1,17850.0,United Kingdom';
    const long = await file('long.csv', ...Array.from({ length: 1_001 }, () => line));
    const references: unknown[] = [];
    for await (const { text } of purchasesIn(long)) {
      const { reference, member, occurredAt, lines } = JSON.parse(text) as Record<string, unknown>;
      references.push({ reference, member, occurredAt, lines: (lines as unknown[]).length });
    }
    const same = { member: { card: '17850' }, occurredAt: '2011-10-31T14:41:00.000Z' };
    expect(references).toEqual([
      { reference: '573585', ...same, lines: 1_000 },
      { reference: '573585/2', ...same, lines: 1 },
    ]);
    const database = await freshDatabase();
    const ended = await fealty(database, 'trial', long);
    await database.drop();
    // 1,250 points and the bonus, then the last line as a friend.
    expect(ended).toMatchObject({ code: 0, counts: { booked: 2, 'points recomputed': 1_276 } });
  });
});

describe('a file that is not what it should be is refused before anything is done', () => {
  const fine = '1,10101,TIN,1,2011-01-04 10:00:00,1.25,17850,EIRE';

  it.each([
    ['another heading', ['Invoice,StockCode'], 'The first line must be InvoiceNo,'],
    [
      'lines of an invoice apart',
      [heading, fine, fine.replace('1,', '2,'), fine],
      'The lines of invoice 1 do not follow each other.',
    ],
    [
      'two customers on an invoice',
      [heading, fine, fine.replace('17850', '17851')],
      'Invoice 1 has more than one customer.',
    ],
    ['a price in words', [heading, fine.replace('1.25', 'free')], 'UnitPrice "free" cannot be'],
    ['half an article', [heading, fine.replace('N,1,', 'N,0.5,')], 'Quantity "0.5" cannot be'],
    ['no time', [heading, fine.replace('2011-01-04 10:00:00', '')], 'InvoiceDate "" cannot be'],
    ['a name for a number', [heading, fine.replace('17850', 'Ada')], 'CustomerID "Ada" cannot'],
  ])('%s', async (_, lines, complaint) => {
    const path = join(folder, 'faulty.csv');
    await writeFile(path, `${lines.join('\n')}\n`);
    await expect(survey(path)).rejects.toThrow(complaint);
  });

  it('invoices of a customer in no order at all', async () => {
    const many = Array.from({ length: 4_000 }, (_, n) => fine.replace(/^1/, String(n + 2)));
    const late = await file('late.csv', ...many, fine.replace('10:00', '09:59'));
    await expect(survey(late)).rejects.toThrow('customer 17850 are too far out of order');
  });
});

describe('a line of the public file', () => {
  const row = (values: Partial<Row>): Row => ({
    InvoiceNo: '1',
    StockCode: '10101',
    Description: '',
    Quantity: '1',
    InvoiceDate: '2011-01-04 10:00:00',
    UnitPrice: '1',
    CustomerID: '17850',
    Country: 'EIRE',
    ...values,
  });

  it.each([
    ['1', '0', 0],
    ['3', '0.145', 44],
    ['1', '0.124', 12],
    ['1', '0.005', 1],
    ['4', '0.001', 0],
    ['5', '0.001', 1],
    ['80995', '2.08', 16_846_960],
  ])('of %s at %s is worth %s pence', (Quantity, UnitPrice, pence) => {
    expect(penceOf(row({ Quantity, UnitPrice }))).toBe(pence);
  });

  it.each([
    ['2011-01-04 10:00:00', '2011-01-04T10:00:00Z'],
    ['2011-03-27 00:59:59', '2011-03-27T00:59:59Z'],
    ['2011-03-27 02:00:00', '2011-03-27T01:00:00Z'],
    ['6/7/2011 8:05', '2011-06-07T07:05:00Z'],
    ['2011-10-30 01:30:00', '2011-10-30T00:30:00Z'],
    ['2011-10-30 02:00', '2011-10-30T02:00:00Z'],
  ])('at %s, as clocks in London said, was at %s', (InvoiceDate, instant) => {
    expect(instantOf(row({ InvoiceDate }))).toBe(Date.parse(instant));
  });
});
