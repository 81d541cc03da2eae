import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { aPurchase, Api, expected, problem, type PurchaseBody } from '../support/api.js';
import { deploy, type Deployment } from '../support/server.js';
import { bulk, BulkStream } from './bulk-stream.js';

const LINE_BYTES_MAX = 262_144;
const LINES = Number(process.env['BULK_LINES'] ?? 20_000);
const RSS_GROWTH_MAX_KB = 140 * 1_024;

let deployment: Deployment;
let shop: Api;
let member: string;

beforeAll(async () => {
  deployment = await deploy({ env: { JOBS: 'off' } });
  shop = new Api(deployment.servers[0]?.url ?? '', deployment.credentials.shop);
});

beforeEach(async () => {
  member = await shop.enrol();
});

afterAll(async () => {
  const complaints = deployment.complaints();
  await deployment.close();
  expect(complaints).toBe('');
});

type Line = PurchaseBody & { idempotencyKey: string };

const aLine = (options: Parameters<typeof aPurchase>[1] = {}): Line => ({
  ...aPurchase(member, options),
  idempotencyKey: randomUUID(),
});

const text = (lines: readonly object[]): string =>
  lines.map((line) => `${JSON.stringify(line)}\n`).join('');

const postings = async (): Promise<number> =>
  (
    await deployment.sql<{ count: number }>(
      'SELECT count(*)::int FROM postings WHERE member_id = $1',
      [member],
    )
  )[0]?.count ?? NaN;

const isFree = async ({ idempotencyKey, ...purchase }: Line): Promise<boolean> => {
  const answer = await shop.purchase(purchase);
  return answer.status === 201;
};

async function isHealthy(): Promise<void> {
  expect((await shop.get('/health/ready')).status).toBe(200);
  expected(await shop.purchase(aPurchase(member)), 201);
  expect(await bulk(shop, text([aLine()]))).toMatchObject([{ line: 1, status: 201 }]);
}

describe('lines', () => {
  it('C3: 1,000 lines are answered in order, and the faulty ones hurt nobody else', async () => {
    const lines: (Line | string)[] = Array.from({ length: 1_000 }, (_, index) =>
      aLine({ amount: (index + 1) * 100 }),
    );
    const at = (no: number): Line => lines[no - 1] as Line;
    lines[299] = { ...at(300), member: { id: randomUUID() } };
    lines[399] = { ...at(400), total: { amount: 1, currency: 'GBP' } };
    lines[499] = '{"member":{"id":"half a li';
    lines[699] = { ...aLine(), reference: at(100).reference };
    lines[799] = at(200);
    const body = lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line)));
    const answers = await bulk(shop, `${body.join('\n')}\n`);
    expect(answers.map(({ line }) => line)).toEqual(lines.map((_, index) => index + 1));
    const faulty = answers.filter(({ status }) => status !== 201);
    expect(faulty.map(({ line, status, problem: said }) => [line, status, said?.code])).toEqual([
      [300, 404, 'unknown_member'],
      [400, 422, 'purchase_does_not_add_up'],
      [500, 400, 'invalid_json'],
      [700, 409, 'duplicate_reference'],
    ]);
    expect(faulty.map(({ problem: said }) => said?.errors?.[0]?.pointer)).toEqual([
      '/member',
      '/total/amount',
      undefined,
      '/reference',
    ]);
    expect(answers[799]).toMatchObject({ status: 201, replayed: true });
    expect(answers[799]?.posting).toBe(answers[199]?.posting);
    expect(answers[999]).toMatchObject({ member, points: 1_250, pending: 0 });
    expect(await postings()).toBe(1_000 - faulty.length - 1);
    expect((await shop.balance(member)).available).toBe(answers[999]?.available);
  });

  it('C3: a line is answered as the same purchase alone, but for the shorter form', async () => {
    const purchase = aPurchase(member, { amount: 12_345 });
    const [line] = await bulk(shop, text([{ ...purchase, idempotencyKey: 'k-1' }]));
    const alone = await shop.purchase(purchase, { key: 'k-1' });
    expect(line).toEqual({
      line: 1,
      status: alone.status,
      posting: alone.body.posting,
      purchase: alone.body.purchase,
      member,
      points: 123,
      exactPoints: '123.45',
      available: alone.body.balance.available,
      pending: alone.body.balance.pending,
    });
  });

  it('C3: answers come while lines are still being sent', async () => {
    const stream = new BulkStream(shop);
    for (let no = 1; no <= 5; no += 1) {
      await stream.write(text([aLine({ amount: no * 100 })]));
      expect(await stream.next()).toMatchObject({ line: no, status: 201, points: no });
    }
    const response = await stream.response();
    expect(response.headers['content-type']).toBe('application/x-ndjson');
    stream.end();
    expect(await stream.next()).toBeUndefined();
  });

  it('C3: lines may be cut anywhere on their way, also inside a character', async () => {
    const bytes = Buffer.from(text([aLine({ reference: `é-${member}` }), aLine()]));
    const stream = new BulkStream(shop);
    for (const byte of bytes) await stream.write(Buffer.from([byte]));
    stream.end();
    expect(await stream.rest()).toMatchObject([{ status: 201 }, { status: 201 }]);
    const stored = await deployment.sql(
      'SELECT FROM purchases WHERE member_id = $1 AND reference = $2',
      [member, `é-${member}`],
    );
    expect(stored).toHaveLength(1);
  });

  it('C3: the last line needs no newline, and lines may end as on Windows', async () => {
    const lines = [aLine(), aLine(), aLine()].map((line) => JSON.stringify(line));
    const answers = await bulk(shop, lines.join('\r\n'));
    expect(answers.map(({ line, status }) => [line, status])).toEqual([
      [1, 201],
      [2, 201],
      [3, 201],
    ]);
  });

  it('C3: an empty line is a faulty line, so that line numbers stay true', async () => {
    const answers = await bulk(shop, `\n${text([aLine()])}\r\n${text([aLine()])}\n`);
    expect(answers.map(({ line, status }) => [line, status])).toEqual([
      [1, 400],
      [2, 201],
      [3, 400],
      [4, 201],
      [5, 400],
    ]);
  });

  it('C3: an empty body has no lines and no answers', async () => {
    expect(await bulk(shop, '')).toEqual([]);
  });

  it('C3: every line needs a key of its own', async () => {
    const { idempotencyKey, ...keyless } = aLine();
    const answers = await bulk(shop, text([keyless, { ...keyless, idempotencyKey: 'a b' }]));
    for (const { status, problem: said } of answers) {
      expect(status).toBe(400);
      expect(said?.errors?.[0]?.pointer).toBe('/idempotencyKey');
    }
    expect(await postings()).toBe(0);
  });

  it('C3: a line that is not UTF-8 is refused, as it would be alone', async () => {
    const latin1 = (name: string): Buffer =>
      Buffer.from(text([aLine({ reference: name })]), 'latin1');
    const body = latin1(`caf\u00e9-${member}`);
    const headers = {
      authorization: `Bearer ${shop.credential ?? ''}`,
      'content-type': 'application/json',
      'idempotency-key': randomUUID(),
    };
    const alone = await fetch(`${shop.url}/v1/purchases`, {
      method: 'POST',
      headers,
      body: new Uint8Array(body),
    });
    expect(alone.status).toBe(400);
    const answers = await bulk(shop, body);
    expect(answers).toMatchObject([{ status: 400, problem: { code: 'invalid_json' } }]);
    expect(await postings()).toBe(0);
  });
});

describe('long lines', () => {
  it('C4: a line above 256 KiB has one answer, a refusal, and its neighbours are booked', async () => {
    const long = `{"reference":"${'x'.repeat(2 * LINE_BYTES_MAX)}"}`;
    const answers = await bulk(shop, `${text([aLine()])}${long}\n${text([aLine()])}`);
    expect(answers.map(({ line }) => line)).toEqual([1, 2, 3]);
    expect(answers.map(({ status }) => status >= 400)).toEqual([false, true, false]);
  });

  it('C3: it is refused as it would be alone', async () => {
    const long = JSON.stringify({ ...aLine(), location: 'x'.repeat(LINE_BYTES_MAX) });
    const alone = await shop.send('POST', '/v1/purchases', long);
    expect([alone.status, problem(alone).code]).toEqual([413, 'payload_too_large']);
    const [answer] = await bulk(shop, `${long}\n`);
    expect([answer?.status, answer?.problem?.code]).toEqual([413, 'payload_too_large']);
  });

  it('C3: white space counts too, alone and in a line', async () => {
    const line = aLine();
    const padded = JSON.stringify(line).padEnd(LINE_BYTES_MAX);
    const tooLong = `${JSON.stringify(aLine()).padEnd(LINE_BYTES_MAX)} `;
    const { idempotencyKey, ...purchase } = aLine();
    const alone = `${JSON.stringify(purchase).padEnd(LINE_BYTES_MAX)} `;
    expect((await shop.send('POST', '/v1/purchases', alone)).status).toBe(413);
    const answers = await bulk(shop, `${padded}\n${tooLong}\n`);
    expect(answers.map(({ status }) => status >= 400)).toEqual([false, true]);
    expect(await postings()).toBe(1);
  });
});

describe('clients that hang up', () => {
  it('C4: leave the server healthy, and the same lines again book nothing twice', async () => {
    const lines = Array.from({ length: 3_000 }, () => aLine({ amount: 100 }));
    const stream = new BulkStream(shop);
    const sending = stream.write(text(lines)).catch(() => undefined);
    for (let read = 0; read < 10; read += 1) expect((await stream.next())?.status).toBe(201);
    stream.hangUp();
    await Promise.race([sending, pause(100)]);
    await isHealthy();
    const answers = await bulk(shop, text(lines));
    expect(answers.map(({ status }) => status)).toEqual(lines.map(() => 201));
    const replayed = answers.filter((answer) => answer.replayed === true).length;
    expect(replayed).toBeGreaterThanOrEqual(10);
    expect((await deployment.verify()).differences).toEqual([]);
  });

  it('C4: before any answer, or before any line, they leave the server healthy', async () => {
    for (const sent of [text([aLine()]), '{"half', '']) {
      const stream = new BulkStream(shop);
      await Promise.race([stream.write(sent || ' '), pause(100)]);
      stream.hangUp();
    }
    await pause(100);
    await isHealthy();
  });

  it('C3: a line that was cut off is not taken for a whole one', async () => {
    const [first, second] = [aLine(), aLine()];
    const stream = new BulkStream(shop);
    await stream.write(text([first]));
    expect(await stream.next()).toMatchObject({ status: 201 });
    await stream.write(JSON.stringify(second));
    await pause(100);
    stream.hangUp();
    await pause(300);
    expect(await isFree(second)).toBe(true);
  });
});

/** Kilobytes of memory, from what Linux says of a process. */
async function memory(pid: number, field: 'VmRSS' | 'VmHWM'): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1]);
}

const onLinux = existsSync('/proc/self/status');

describe('very many lines', () => {
  (onLinux ? it : it.skip)(
    `C4: ${LINES} of them with a slow reader need a bounded amount of memory`,
    async () => {
      const own = await deploy({ env: { JOBS: 'off' } });
      try {
        const api = new Api(own.servers[0]?.url ?? '', own.credentials.shop);
        const pid = own.servers[0]?.pid ?? NaN;
        const members = await Promise.all(Array.from({ length: 100 }, () => api.enrol()));
        const before = await memory(pid, 'VmRSS');
        const stream = new BulkStream(api);
        let sent = 0;
        const sending = (async () => {
          for (; sent < LINES; sent += 100) {
            const group = members.map((id) => ({
              ...aPurchase(id, { amount: 100 }),
              idempotencyKey: randomUUID(),
            }));
            await stream.write(text(group));
          }
          stream.end();
        })();
        expect(await stream.next()).toMatchObject({ line: 1, status: 201 });
        // Nobody reads until the sender has not got on for a second: everything is full then.
        for (let seen = -1; seen !== sent;) {
          seen = sent;
          await pause(1_000);
        }
        const stalledAt = sent;
        let answered = 1;
        for (let each = await stream.next(); each !== undefined; each = await stream.next()) {
          answered += 1;
          if (each.line !== answered || each.status !== 201) throw new Error(JSON.stringify(each));
          if (answered % 20_000 === 0) await pause(500);
        }
        await sending;
        expect(answered).toBe(LINES);
        expect(stalledAt).toBeLessThan(LINES);
        const peak = await memory(pid, 'VmHWM');
        expect(peak - before).toBeLessThan(RSS_GROWTH_MAX_KB);
        const [counted] = await own.sql<{ points: number }>(
          'SELECT sum(points)::int AS points FROM accounts',
        );
        expect(counted?.points).toBe(LINES);
      } finally {
        await own.close();
      }
    },
    60_000 + LINES * 3,
  );
});
