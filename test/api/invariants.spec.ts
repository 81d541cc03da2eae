import { randomUUID } from 'node:crypto';
import pg from 'pg';
import type { PostingView } from '../../src/statements/statements.views.js';
import {
  answered,
  aPurchase,
  Api,
  daysAgo,
  expected,
  problem,
  tally,
  type Answer,
} from '../support/api.js';
import { MINUTE_MS, TestClock } from '../support/clock.js';
import { untilBlocked, whileLocked } from '../support/database.js';
import { apiProgramme, deploy, type Deployment } from '../support/server.js';
import { bulk } from './bulk-stream.js';

/**
 * The fifteen invariants of a ledger, as an outsider sees them. Each names the mutant it has to
 * find: the change of the engine after which it fails.
 */
const CALLS = 64;

let deployment: Deployment;
let one: Api;
let two: Api;
let staff: Api;

beforeAll(async () => {
  deployment = await deploy({ replicas: 2, env: { JOBS: 'off', TEST_CLOCK: 'on' } });
  const [first, second] = deployment.servers;
  one = new Api(first?.url ?? '', deployment.credentials.shop);
  two = one.at(second?.url ?? '');
  staff = one.as(deployment.credentials.staff);
});

const found = new Set<string>();
let complained = '';
afterEach(async () => {
  const differences = (await deployment.verify()).differences.map((each) => JSON.stringify(each));
  const fresh = differences.filter((each) => !found.has(each));
  fresh.forEach((each) => found.add(each));
  // What one test has broken is not the next one's fault.
  const complaints = deployment.complaints();
  const before = complained;
  complained = complaints;
  expect([fresh, complaints]).toEqual([[], before]);
});

afterAll(async () => deployment.close());

/** As many calls at once, every second one to the other server. */
const race = async <Body>(
  count: number,
  call: (api: Api, index: number) => Promise<Answer<Body>>,
): Promise<Answer<Body>[]> =>
  Promise.all(
    Array.from({ length: count }, (_, at) => answered(() => call(at % 2 === 0 ? one : two, at))),
  );

/** All postings of a member as staff see them, oldest first. */
async function linesOf(member: string): Promise<PostingView[]> {
  const lines: PostingView[] = [];
  for (let next: string | null = ''; next !== null;) {
    const page = await staff.ledger(member, `?limit=200${next === '' ? '' : `&cursor=${next}`}`);
    lines.push(...page.postings);
    next = page.next;
  }
  return lines.reverse();
}

/** A member with every kind of posting; some holds are open. */
async function livedMember(): Promise<string> {
  const member = await one.memberWith(3_000);
  const [captured, released] = [await two.held(member), await one.held(member)];
  await one.held(member);
  expected(await two.end('capture', captured), 200);
  expected(await one.end('release', released), 200);
  expected(await two.purchase(aPurchase(member, { amount: 1_234, at: daysAgo(1) })), 201);
  expect((await one.hold(member, {}, 'visit')).status).toBe(422);
  return member;
}

const totalOf = ({ available, pending, held, owed }: PostingView['balance']): number =>
  available + pending + held - owed;

/** What a line alone says it did to the member's points; a capture spends what its hold reserved. */
function moved(line: PostingView, lines: readonly PostingView[]): number {
  if (line.kind === 'accrue') return line.points;
  const hold = lines.find(({ id }) => id === line.subject);
  return line.kind === 'redeem' ? (hold?.points ?? NaN) : 0;
}

const only = <T>(rows: readonly T[]): T => {
  const [row] = rows;
  if (row === undefined || rows.length > 1) throw new Error('Exactly one row was expected.');
  return row;
};

describe('the ledger', () => {
  // Mutant: a release that credits the member one point more than its hold debited.
  it('INV-01: every posting is balanced', async () => {
    const member = await livedMember();
    const lines = await linesOf(member);
    lines.forEach((line, at) => {
      const before = lines[at - 1]?.balance;
      const change = totalOf(line.balance) - (before === undefined ? 0 : totalOf(before));
      expect([line.kind, change]).toEqual([line.kind, moved(line, lines)]);
    });
    const sums = only(
      await deployment.sql<{ debits: number; credits: number }>(
        `SELECT sum(amount) FILTER (WHERE debit IN ('issued', 'redeemed'))::int AS debits,
                sum(amount) FILTER (WHERE credit IN ('issued', 'redeemed'))::int AS credits
           FROM entries WHERE member_id = $1`,
        [member],
      ),
    );
    expect(sums.debits - sums.credits).toBe(totalOf(await one.balance(member)));
  });

  // Mutant: a serving role with UPDATE on postings, or a capture that marks its hold's posting.
  it('INV-02: postings are only added; no route and no right changes one', async () => {
    const member = await livedMember();
    const before = await linesOf(member);
    const id = before[0]?.id ?? '';
    for (const method of ['PUT', 'PATCH', 'DELETE']) {
      expect((await staff.send(method, `/v1/postings/${id}`, '{}')).status).toBe(404);
      expect((await one.send(method, `/v1/members/${member}/ledger`, '{}')).status).toBe(404);
    }
    await one.end('capture', await one.held(member));
    expect((await linesOf(member)).slice(0, before.length)).toEqual(before);
    const server = new pg.Client({ connectionString: deployment.database.serverUrl });
    await server.connect();
    for (const table of ['postings', 'entries']) {
      for (const change of [`UPDATE ${table} SET seq = seq`, `DELETE FROM ${table}`]) {
        await expect(server.query(change)).rejects.toMatchObject({ code: '42501' });
      }
    }
    await server.end();
  });

  // Mutant: a hash that leaves out one column or the entries.
  it('INV-03: postings are a hash chain, and whatever is edited is named', async () => {
    const member = await livedMember();
    const edits = [
      ['postings', "actor = 'nobody'"],
      ['postings', "occurred_at = occurred_at - interval '1 day'"],
      ['postings', 'points_after = points_after + 1'],
      ['entries', 'amount = amount + 1'],
    ] as const;
    for (const [table, change] of edits) {
      const where = `FROM ${table} WHERE member_id = $1 AND seq = 2`;
      const kept = await deployment.sql(`SELECT json_agg(t) AS rows FROM (SELECT * ${where}) t`, [
        member,
      ]);
      await deployment.sql(`UPDATE ${table} SET ${change} WHERE member_id = $1 AND seq = 2`, [
        member,
      ]);
      const { differences } = await deployment.verify();
      expect(differences.map(({ what }) => what)).toContain('posting 2 hash');
      await deployment.sql(`DELETE ${where}`, [member]);
      const { rows } = only(kept) as { rows: object[] };
      await deployment.sql(
        `INSERT INTO ${table} SELECT * FROM json_populate_recordset(NULL::${table}, $1)`,
        [JSON.stringify(rows)],
      );
    }
  });

  // Mutant: a key that is looked up only in the process that has seen it.
  it('INV-04: a duplicate does nothing', async () => {
    const member = await one.enrol();
    const purchase = aPurchase(member);
    const key = randomUUID();
    const first = await one.purchase(purchase, { key });
    const lines = await linesOf(member);
    for (const api of [two, one]) {
      const again = await api.purchase(purchase, { key });
      expect([again.status, again.body]).toEqual([201, first.body]);
    }
    expect(await linesOf(member)).toEqual(lines);
    expect(lines).toHaveLength(1);
  });

  // Mutant: a claim that does not wait for the one in flight, or is not unique.
  it('INV-05: 64 duplicates at once are one', async () => {
    const member = await one.memberWith(1_000);
    const purchase = aPurchase(member);
    const [bought, held] = [randomUUID(), randomUUID()];
    const purchases = await race(CALLS, (api) => api.purchase(purchase, { key: bought }));
    const holds = await race(CALLS, (api) => api.hold(member, { key: held }));
    for (const answers of [purchases, holds] as Answer[][]) {
      expect(tally(answers)).toEqual({ 201: CALLS });
      expect(new Set(answers.map(({ body }) => JSON.stringify(body))).size).toBe(1);
    }
    expect((await linesOf(member)).map(({ kind }) => kind)).toEqual(['accrue', 'accrue', 'hold']);
  });

  // Mutant: an account that is read without a lock.
  it('INV-06: of 500 purchases at once for one member none is lost', async () => {
    const member = await one.enrol();
    const answers = await race(500, (api) => api.purchase(aPurchase(member, { amount: 100 })));
    expect(tally(answers)).toEqual({ 201: 500 });
    expect((await one.balance(member)).available).toBe(500);
    expect(await linesOf(member)).toHaveLength(500);
  });

  // Mutant: a capture that spends less than its hold took, or a release that gives back twice.
  it('INV-07: points are neither made nor lost', async () => {
    const members = await Promise.all(Array.from({ length: 4 }, () => one.memberWith(2_000)));
    let captured = 0;
    await race(CALLS, async (api, index) => {
      const member = members[index % members.length] ?? '';
      const hold = await api.hold(member);
      if (hold.status !== 201) return hold;
      const how = index % 3 === 0 ? 'capture' : 'release';
      const ended = await api.end(how, hold.body.id);
      if (how === 'capture' && ended.status === 200) captured += 500;
      return ended;
    });
    const balances = await Promise.all(members.map((member) => two.balance(member)));
    const left = balances.reduce((sum, { available, held }) => sum + available + held, 0);
    expect(captured).toBeGreaterThan(0);
    expect(left + captured).toBe(members.length * 2_000);
  });

  // Mutant: an account whose cached figures are not written with the posting.
  it('INV-08: the balance is the sum of the ledger', async () => {
    const member = await livedMember();
    const lines = await linesOf(member);
    const balance = await one.balance(member);
    expect(totalOf(balance)).toBe(lines.reduce((sum, line) => sum + moved(line, lines), 0));
    const { available, pending, held, owed } = balance;
    expect(lines.at(-1)?.balance).toEqual({ available, pending, held, owed });
  });

  // Mutant: a hold that checks the balance before it has the lock.
  it('INV-09: however many spend at once, nobody spends more than there is', async () => {
    const member = await one.memberWith(5_250);
    const answers = await race(CALLS, (api) => api.hold(member));
    expect(tally(answers)).toEqual({ 201: 10, '422 insufficient_points': CALLS - 10 });
    expect(await one.balance(member)).toMatchObject({ available: 250, held: 5_000, owed: 0 });
  });

  // Mutant: points in floating point, or a purchase rounded to whole points on its own.
  it('INV-10: a thousand pennies are ten pounds', async () => {
    const member = await one.enrol();
    const penny = (): object => ({
      ...aPurchase(member, { amount: 1 }),
      idempotencyKey: randomUUID(),
    });
    const lines = Array.from({ length: 1_000 }, () => JSON.stringify(penny()));
    const answers = await bulk(one, lines.join('\n'));
    expect(answers.map(({ status }) => status)).toEqual(lines.map(() => 201));
    expect(answers.reduce((sum, { points = 0 }) => sum + points, 0)).toBe(10);
    expect((await one.balance(member)).available).toBe(10);
    const whole = await one.give(member, 0.01);
    expect(whole.exactPoints).toBe('0.01');
    for (let more = 0; more < 99; more += 1) await one.give(member, 0.01);
    expect((await one.balance(member)).available).toBe(11);
  });

  // Mutant: an arithmetic check that adds amounts without looking at their currency.
  it('INV-11: money of another currency is never counted', async () => {
    const member = await one.memberWith(100);
    const lines = await linesOf(member);
    const purchase = aPurchase(member);
    const total = { amount: purchase.total.amount, currency: 'USD' };
    const refused = await one.purchase({ ...purchase, total });
    expect([refused.status, problem(refused).code]).toEqual([422, 'purchase_does_not_add_up']);
    expect(problem(refused).errors?.map(({ pointer }) => pointer)).toContain('/total/currency');
    expect(await linesOf(member)).toEqual(lines);
    const document = apiProgramme();
    const dollars = {
      ...document,
      identity: { ...document.identity, currency: 'USD' },
      rewards: document.rewards.map((reward) => ({
        ...reward,
        value: { ...reward.value, currency: 'USD' },
      })),
    };
    const effectiveAt = '2090-01-01T00:00:00Z';
    const published = await staff.post('/v1/programme/versions', {
      document: dollars,
      effectiveAt,
    });
    expect(problem(published).errors).toMatchObject([{ code: 'identity_changed' }]);
  });

  // Mutant: a release that rewrites its hold, or gives the points back as a new lot.
  it('INV-12: what is undone is undone by a posting of its own', async () => {
    const member = await one.enrol();
    for (const days of [50, 60, 40]) await one.give(member, 300, daysAgo(days));
    const before = await one.balance(member);
    const id = await one.held(member);
    const held = await linesOf(member);
    expected(await two.end('release', id), 200);
    const lines = await linesOf(member);
    expect(lines.slice(0, -1)).toEqual(held);
    expect(lines.at(-1)).toMatchObject({
      kind: 'release',
      subject: held.at(-1)?.id,
      points: 500,
    });
    const after = await one.balance(member);
    expect(after).toEqual(Object.assign({}, before, { asOf: after.asOf }));
  });

  // Mutant: an account or a lot with a figure that no posting accounts for.
  it('INV-13: everything kept is rebuilt from the postings, and compared', async () => {
    const member = await livedMember();
    for (const [table, column, named] of [
      ['accounts', 'points', 'account points'],
      ['accounts', 'pending', 'account pending'],
      ['lots', 'remaining', 'lot 1/0 remaining'],
    ] as const) {
      const where = `WHERE member_id = $1${table === 'lots' ? ' AND seq = 1' : ''}`;
      await deployment.sql(`UPDATE ${table} SET ${column} = ${column} - 1 ${where}`, [member]);
      const { differences } = await deployment.verify();
      expect(differences.map(({ what }) => what)).toContain(named);
      await deployment.sql(`UPDATE ${table} SET ${column} = ${column} + 1 ${where}`, [member]);
    }
    const balance = await one.balance(member);
    const rebuilt = await one.balance(member, balance.asOf);
    expect(rebuilt).toEqual(balance);
  });

  // Mutant: a batch that reads the clock before it has the locks.
  it('INV-14: a member\u2019s postings are in order: numbers without gaps, time never back', async () => {
    const member = await one.enrol();
    const clock = new TestClock(staff);
    // Whoever waits for the member must not be dated before what was done meanwhile.
    const waiting = await whileLocked(deployment.database, [member], async () => {
      const sent = one.purchase(aPurchase(member, { amount: 100 }));
      await untilBlocked(deployment.database);
      return { sent, until: await clock.forward(MINUTE_MS) };
    });
    const { recordedAt } = expected(await waiting.sent, 201);
    expect(Date.parse(recordedAt)).toBeGreaterThanOrEqual(waiting.until);
    const answers = await race(CALLS, (api) => api.purchase(aPurchase(member, { amount: 100 })));
    expect(tally(answers)).toEqual({ 201: CALLS });
    const times = (await linesOf(member)).map(({ recordedAt }) => recordedAt);
    expect(times).toEqual([...times].sort());
    const numbers = await deployment.sql<{ seq: number }>(
      'SELECT seq FROM postings WHERE member_id = $1 ORDER BY seq',
      [member],
    );
    expect(numbers.map(({ seq }) => seq)).toEqual(times.map((_, at) => at + 1));
  });

  // Mutant: a replay that is answered as done before its posting's kind is looked at.
  it('INV-15: a duplicate of what was refused is refused, not done', async () => {
    const member = await one.memberWith(499);
    const key = randomUUID();
    const first = await one.hold(member, { key });
    expect([first.status, problem(first).code]).toEqual([422, 'insufficient_points']);
    await one.give(member, 1);
    const answers = await race(8, (api) => api.hold(member, { key }));
    expect(tally(answers)).toEqual({ '422 insufficient_points': 8 });
    const kinds = (await linesOf(member)).map(({ kind }) => kind);
    expect(kinds).toEqual(['accrue', 'refused', 'accrue']);
    expect(await one.balance(member)).toMatchObject({ available: 500, held: 0 });
  });
});
