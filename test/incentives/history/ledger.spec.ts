import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { getPriority, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { AuditView } from '../../../src/incentives/gate/audits.views.js';
import { HistoryService } from '../../../src/incentives/history/history.service.js';
import { keptIn, textOf, type Kept } from '../../../src/incentives/history/kept.js';
import type { HistoryReport } from '../../../src/incentives/history/report.js';
import { BUCKETS } from '../../../src/ledger/address.js';
import type { ProgrammeDocument } from '../../../src/programmes/document.js';
import { startEngine, type Engine } from '../../ledger/engine.js';
import { Api, aPurchase, daysAgo, expected, problem } from '../../support/api.js';
import { DAY_MS, HOUR_MS, TestClock } from '../../support/clock.js';
import { aProgrammeDocument } from '../../support/programme.js';
import { runJob } from '../../jobs/running.js';
import { openOffice } from '../../support/staff.js';
import { drawsOf } from '../../support/purchases.js';
import { deploy, secrets, startServer, type Deployment } from '../../support/server.js';

const run = promisify(execFile);
const compiled = fileURLToPath(new URL('../../../dist/src/cli/fealty.js', import.meta.url));
const MEMBERS = 10;
const DAYS = 24;
const seed = Math.floor(Math.random() * 1e6);

const base = aProgrammeDocument();
const live = aProgrammeDocument({
  earningRules: [
    ...base.earningRules,
    {
      ...{ kind: 'per_activity', id: 'call', name: 'For calling in', points: 5, coolDownHours: 12 },
      when: [{ kind: 'activity', activities: ['review'] }],
      caps: [{ period: 'month', points: 20 }],
    },
  ],
  rewards: [
    { code: 'tea', name: 'Tea', points: 40, value: { amount: 40, currency: 'GBP' } },
    ...base.rewards,
  ],
  returnWindowDays: 3,
  purchasesBeforeEnrolment: true,
});

const doubled: ProgrammeDocument = {
  ...live,
  earningRules: live.earningRules.map((rule) =>
    'rate' in rule ? { ...rule, rate: String(Number(rule.rate) * 2) } : rule,
  ),
};

/** How far back the threads of a process stand; 0 = as far as anybody else. */
async function priorities(pid: number): Promise<{ main: number; lowest: number }> {
  const tasks = `/proc/${String(pid)}/task`;
  const nice = async (task: string): Promise<number> => {
    const text = await readFile(join(tasks, task, 'stat'), 'utf8');
    return Number(text.slice(text.lastIndexOf(')') + 2).split(' ')[16]);
  };
  const all = await Promise.all((await readdir(tasks)).map(nice));
  return { main: await nice(String(pid)), lowest: Math.max(...all) };
}

/** Of which an audit finds nothing, and that is done quickly. */
const calm: ProgrammeDocument = {
  ...live,
  earningRules: base.earningRules.slice(0, 1),
  tiers: live.tiers.slice(0, 1),
  rewards: live.rewards.filter(({ minimumTier }) => minimumTier === undefined),
};

/** Of which an audit finds that it gives back too much for whatever is bought. */
const generous: ProgrammeDocument = {
  ...calm,
  earningRules: [{ kind: 'per_amount', id: 'base', name: 'On everything', rate: '20' }],
};

const env = { TEST_CLOCK: 'on', JOBS: 'off' };

let deployment: Deployment;
let engine: Engine;
let history: HistoryService;
const members: string[] = [];

beforeAll(async () => {
  process.stdout.write(`  history of seed ${String(seed)}\n`);
  deployment = await deploy({ programme: live, env });
  await liveThrough(deployment);
  engine = await startEngine({}, deployment.database);
  history = engine.context.get(HistoryService);
}, 120_000);

afterAll(async () => {
  await engine.close();
  await deployment.close();
});

/** Purchases, activities, returns, late ones too, and redemptions at random, a day after the other. */
async function liveThrough({ servers, credentials }: Deployment): Promise<void> {
  const url = servers[0]?.url ?? '';
  const shop = new Api(url, credentials.shop);
  const staff = new Api(url, credentials.staff);
  const clock = new TestClock(staff);
  const draw = drawsOf(seed);
  const pick = <T>(from: readonly T[]): T | undefined => from[Math.floor(draw() * from.length)];
  for (let n = 0; n < MEMBERS; n += 1) members.push(await shop.enrol());
  const bought = new Map<string, string[]>();
  const held: string[] = [];
  // Chance alone may have somebody buy nothing that earns, whom no draft is better for.
  for (const member of members)
    expected(await shop.purchase(aPurchase(member, { at: daysAgo(0) })), 201);
  for (let day = 0; day < DAYS; day += 1) {
    const now = await clock.forward(DAY_MS + Math.floor(draw() * HOUR_MS));
    for (const member of members) {
      const what = draw();
      const late = draw() < 0.2 ? Math.floor(draw() * 6) * DAY_MS : 0;
      const at = new Date(now - late).toISOString();
      if (what < 0.35) {
        const category = pick(['home', 'garden', 'garden', 'delivery']) ?? 'home';
        const amount = 100 + Math.floor(draw() * 12_000);
        const answer = await shop.purchase(aPurchase(member, { amount, at, category }));
        const { purchase } = expected(answer, 201);
        if (purchase !== null) bought.set(member, [...(bought.get(member) ?? []), purchase]);
      } else if (what < 0.45) {
        const purchase = pick(bought.get(member) ?? []);
        const part = draw() < 0.5 ? { lines: [{ line: '0', amount: 90 }] } : {};
        if (purchase !== undefined) {
          await shop.post(`/v1/purchases/${purchase}/returns`, { occurredAt: at, ...part });
        }
      } else if (what < 0.55) {
        const activity = { kind: 'review', reference: randomUUID(), occurredAt: at };
        await shop.post('/v1/activities', { member: { id: member }, ...activity });
      } else if (what < 0.65) {
        const answer = await shop.hold(member, {}, 'tea');
        if (answer.status === 201) held.push(answer.body.id);
      } else if (what < 0.7) {
        await staff.post('/v1/adjustments', {
          member: { id: member },
          points: 7,
          reason: 'goodwill',
        });
      }
    }
    while (held.length > 1) {
      await shop.end(draw() < 0.7 ? 'capture' : 'release', held.pop() ?? '');
    }
  }
}

const asked = (draft: ProgrammeDocument): Promise<HistoryReport> =>
  history.replay({ draft, months: 12 });

describe('the history of a database', () => {
  it('I46: has members end with just what the ledger has', async () => {
    const { asBooked, live: before, draft, buyers, left } = await asked(live);
    expect(asBooked).toEqual({ members: MEMBERS, otherwise: 0, some: [] });
    const [booked] = await deployment.sql<{ points: string; purchases: string }>(
      `SELECT sum(billionths) FILTER (WHERE kind IN ('accrue', 'return', 'correct')) / 1e9 AS points,
              count(*) FILTER (WHERE kind = 'accrue') AS purchases FROM postings`,
    );
    expect(before.accrued).toBe(Number(booked?.points));
    expect(before.purchases).toBe(Number(booked?.purchases));
    expect({ ...draft, rules: [] }).toEqual({ ...before, rules: [] });
    expect(buyers).toBe(MEMBERS);
    expect(Object.keys(left.carried)).toEqual(['adjust']);
    const kinds = await deployment.sql<{ kind: string }>('SELECT DISTINCT kind FROM postings');
    expect(kinds.map(({ kind }) => kind)).toEqual(
      expect.arrayContaining(['accrue', 'return', 'hold', 'redeem', 'adjust']),
    );
  });

  it('I47: shows what a draft costs, and whom it is better for', async () => {
    const found = await asked(doubled);
    const perAmount = (side: HistoryReport['live']): number =>
      side.rules.reduce(
        (sum, { id, points }) => sum + (['base', 'garden'].includes(id) ? points : 0),
        0,
      );
    expect(perAmount(found.draft)).toBeCloseTo(2 * perAmount(found.live), 6);
    expect(found.draft.cost).toBeGreaterThan(1.5 * found.live.cost);
    expect(found.gained.members).toBe(MEMBERS);
    expect(found.lost.members).toBe(0);
    expect(found.gained.value).toBeCloseTo(found.draft.cost - found.live.cost, -1);
  });

  it('I48: goes on where it was stopped, and comes to the same', async () => {
    const whole = await asked(doubled);
    let text = '';
    const stopped = new AbortController();
    const until = async (done: number, _: number, kept: Kept): Promise<void> => {
      text = textOf(kept);
      if (done === 23) stopped.abort(new Error('stopped'));
      return Promise.resolve();
    };
    await expect(
      history.replay({ draft: doubled, months: 12, progress: until, signal: stopped.signal }),
    ).rejects.toThrow('stopped');
    const counted: number[] = [];
    const kept = async (question: string): Promise<Kept | undefined> =>
      Promise.resolve(keptIn(text, question));
    const progress = async (done: number): Promise<void> => {
      counted.push(done);
      return Promise.resolve();
    };
    const resumed = await history.replay({ draft: doubled, months: 12, kept, progress });
    expect(counted[0]).toBe(24);
    expect({ ...resumed, from: '', until: '' }).toEqual({ ...whole, from: '', until: '' });
  });

  it('I49: is printed by the command, which writes nothing', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'fealty-history-'));
    try {
      const file = join(folder, 'draft.json');
      await writeFile(file, JSON.stringify(generous));
      const { serverUrl, ownerUrl } = deployment.database;
      const env = { DATABASE_URL: serverUrl, DATABASE_OWNER_URL: ownerUrl, ...secrets };
      const counted = async (): Promise<object[]> =>
        deployment.sql(
          'SELECT count(*), sum(version), (SELECT count(*) FROM postings) FROM accounts',
        );
      const before = await counted();
      const { stdout } = await run(
        process.execPath,
        [
          compiled,
          'audit',
          file,
          '--history',
          '12m',
          '--keep',
          join(folder, 'kept'),
          '--adversaries',
        ],
        { env: { ...env, DATA_DIR: folder, AUDIT: 'off' } },
      );
      expect(stdout).toContain(`${String(MEMBERS)} of ${String(MEMBERS)} members end`);
      expect(stdout).toContain(`${String(MEMBERS)} better off`);
      expect(stdout).toContain('Nobody is worse off.');
      expect(stdout).toMatch(
        / {2}high {2}[A-Z]+-[0-9a-f]{8} {2}.*\n {4}(\d+ members already do this|nobody did)/,
      );
      expect(stdout).toMatch(
        /splitter \(as in SPLIT, CLIFF\): \d+ of \d+ gain [\d.]+ GBP; none beyond/,
      );
      expect(await counted()).toEqual(before);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

describe('the history of a database, asked for over HTTP', () => {
  const audits = '/v1/programme/audits';
  const question = { document: calm, history: { months: 12 } };

  /** Two replays look until two instants. */
  const anyTime: unknown = expect.any(String);
  const times = { from: anyTime, until: anyTime };

  const staff = (): Api => new Api(deployment.servers[0]?.url ?? '', deployment.credentials.staff);

  const begun = async (by: Api): Promise<string> =>
    expected(await by.post<AuditView>(audits, question), 202).id;

  const read = async (by: Api, id: string): Promise<AuditView> =>
    expected(await by.get<AuditView>(`${audits}/${id}`), 200);

  /** The audit once it is as it should be. */
  async function seen(
    by: Api,
    id: string,
    isSo: (audit: AuditView) => boolean,
  ): Promise<AuditView> {
    for (let look = 0; look < 1_000; look += 1) {
      const audit = await read(by, id);
      if (isSo(audit)) return audit;
      // What has ended otherwise does not come to it any more.
      expect(audit.state).toBe('running');
      await pause(20);
    }
    throw new Error('It takes too long.');
  }

  const ended = async (by: Api, id: string): Promise<AuditView> =>
    seen(by, id, ({ state }) => state !== 'running');

  /** Has every read of the last bucket that anybody is in take as long as a test. */
  async function holdLastBucket(): Promise<number> {
    const rows = 'SELECT max(bucket) AS bucket FROM accounts';
    const bucket = (await deployment.sql<{ bucket: number }>(rows))[0]?.bucket ?? 0;
    await deployment.sql('ALTER TABLE accounts ENABLE ROW LEVEL SECURITY');
    await deployment.sql(`CREATE POLICY held ON accounts FOR SELECT
      USING (bucket <> ${String(bucket)} OR pg_sleep(60) IS NOT NULL)`);
    return bucket;
  }

  async function letGo(): Promise<void> {
    await deployment.sql(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity
      WHERE application_name = 'fealty-history'`);
    await deployment.sql('DROP POLICY held ON accounts');
    await deployment.sql('ALTER TABLE accounts DISABLE ROW LEVEL SECURITY');
  }

  it('I55: comes to what the command prints, and names members only to who may look at them', async () => {
    const found = await history.replay({ draft: generous, months: 12, adversaries: true });
    const asked = { months: 12, adversaries: true };
    const body = { document: generous, history: asked };
    const started = expected(await staff().post<AuditView>(audits, body), 202);
    expect(started).toMatchObject({ state: 'running', history: asked, report: null });
    const { state, done, parts, report } = await ended(staff(), started.id);
    expect([state, done]).toEqual(['done', parts]);
    const { prevalence, ...told } = found;
    expect(prevalence).toEqual([]);
    expect(report?.history).toEqual({ ...told, ...times });
    const [bought] = await deployment.sql(
      `SELECT count(DISTINCT member_id)::int AS members, count(*)::int AS times FROM purchases
        WHERE content -> 'lines' -> 0 ->> 'category' = 'garden'`,
    );
    const [giveback] = report?.findings ?? [];
    expect(giveback?.witness.at(-1)).toContain('me buys "garden" for');
    expect(giveback?.seen).toMatchObject({ ...bought });
    expect(giveback?.seen?.brought).toBeGreaterThan(0);
    expect(report?.history?.gained.largest).toHaveLength(MEMBERS);
    const office = await openOffice(deployment);
    try {
      const shown = await read(await office.hire('marketer'), started.id);
      const named = JSON.stringify(shown.report?.history);
      expect(members.filter((member) => named.includes(member))).toEqual([]);
      expect(shown.report?.history?.gained).toMatchObject({ members: MEMBERS, largest: [] });
    } finally {
      await office.close();
    }
  });

  it('I55: refuses what is no number of months', async () => {
    for (const months of [0, 61, 1.5, '12']) {
      const answer = await staff().post(audits, { document: calm, history: { months } });
      expect(problem(answer)).toMatchObject({ errors: [{ pointer: '/history/months' }] });
    }
  });

  it('I55, I57: goes on where it was cancelled from another server, and where its own was killed', async () => {
    const killed = await startServer({ database: deployment.database, env });
    const one = new Api(killed.url, deployment.credentials.staff);
    const other = staff();
    const bucket = await holdLastBucket();
    const isHeld = ({ done, parts }: AuditView): boolean =>
      parts > BUCKETS && done === parts - BUCKETS + bucket;
    const id = await begun(one);
    await seen(one, id, isHeld);
    expect(await priorities(killed.pid)).toEqual({ main: getPriority(), lowest: 10 });
    expect((await other.send('DELETE', `${audits}/${id}`, undefined)).status).toBe(204);
    expect(await read(one, id)).toMatchObject({ state: 'cancelled', report: null });
    // Asked again it has its turn once the first one has heard of it.
    const again = await begun(one);
    await seen(one, again, isHeld);
    await killed.kill();
    await letGo();
    await deployment.sql(`UPDATE programme_audits SET heard_at = heard_at - interval '3 minutes'`);
    expect((await read(other, again)).state).toBe('failed');
    // Had it begun anew, nobody would miss what is put into what was kept.
    await deployment.sql(
      `UPDATE programme_audits
      SET kept = jsonb_set(kept::jsonb, '{totals,members}', '1000')::json WHERE id = $1`,
      [again],
    );
    await deployment.sql('UPDATE programme_audits SET kept = NULL WHERE id <> $1', [again]);
    const { report } = await ended(other, await begun(other));
    expect(report?.history?.members).toBeGreaterThan(1_000);
    const sides = await history.replay({ draft: calm, months: 12 });
    expect(report?.history).toMatchObject({ live: sides.live, draft: sides.draft });
  });

  it('I65: is forgotten after 90 days, unless it was published after or is answered for', async () => {
    await deployment.sql(`INSERT INTO programme_audits
        (id, digest, before_no, started_at, started_by, heard_at, state, done, parts, looks_from)
      SELECT gen_random_uuid(), '', 1, now() - n * interval '60 days', 'test', now(), 'failed', 0, 1, now()
        FROM generate_series(1, 5) AS n`);
    const ids = await deployment.sql<{ id: string }>(
      'SELECT id FROM programme_audits ORDER BY started_at',
    );
    const [published, accepted, ...others] = ids.map(({ id }) => id);
    await deployment.sql('INSERT INTO version_audits VALUES (9, $1)', [published]);
    await deployment.sql(
      `INSERT INTO accepted_findings VALUES (gen_random_uuid(), 'PUMP-1', 0, $1, 'a', '2999-01-01', now(), 'test')`,
      [accepted],
    );
    expect(await runJob(engine, 'audit-clean-up')).toBe(2);
    expect(await runJob(engine, 'audit-clean-up')).toBe(0);
    const left = await deployment.sql<{ id: string }>(
      'SELECT id FROM programme_audits ORDER BY started_at',
    );
    expect(left.map(({ id }) => id)).toEqual([published, accepted, ...others.slice(2)]);
  });
});
