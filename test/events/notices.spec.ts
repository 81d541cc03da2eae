import type { INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { DataSource } from 'typeorm';
import { AppModule } from '../../src/app.module.js';
import type { NoticeDraft } from '../../src/events/notices/notice.js';
import { NoticesQueries } from '../../src/events/notices/notices.queries.js';
import { Secrets } from '../../src/platform/config/secrets.js';
import { parseSettings } from '../../src/platform/config/settings.js';
import { Api, expected } from '../support/api.js';
import { deploy, secrets, startServer, type Deployment } from '../support/server.js';
import { openMailbox, type Mailbox } from './mailbox.js';
import { receive, until } from './receiver.js';

let deployment: Deployment;
let mailbox: Mailbox;
let context: INestApplicationContext;
let shop: Api;
let staff: Api;
let env: Record<string, string>;

beforeAll(async () => {
  mailbox = await openMailbox();
  env = {
    WEBHOOKS_TO_LOOPBACK: 'on',
    SMTP_URL: mailbox.url,
    MAIL_FROM: 'points@shop.example',
  };
  deployment = await deploy({ env });
  const url = deployment.servers[0]?.url ?? '';
  shop = new Api(url, deployment.credentials.shop);
  staff = new Api(url, deployment.credentials.staff);
  context = await NestFactory.createApplicationContext(
    AppModule.on({
      settings: parseSettings({ LOG_LEVEL: 'error', JOBS: 'off' }),
      secrets: new Secrets(secrets.HANDLE_SECRET, secrets.TOKEN_SECRET),
      databaseUrl: deployment.database.serverUrl,
    }),
    { logger: false },
  );
});
afterAll(async () => {
  await context.close();
  await deployment.close();
  await mailbox.close();
  expect(deployment.complaints()).toBe('');
});
beforeEach(() => {
  mailbox.mails.length = 0;
  mailbox.answering = 'take';
});

const draft = (memberId: string, more: Partial<NoticeDraft> = {}): NoticeDraft => ({
  memberId,
  kind: 'points_expiring',
  subject: '2027-03-31',
  title: 'Your points',
  text: '50 points end on 31 March.',
  facts: { points: 50, on: '2027-03-31' },
  madeAt: Date.now(),
  dueAt: Date.now() - 1_000,
  ...more,
});

/** Writes as a feature does: in a transaction that has the members locked. */
const write = async (...drafts: NoticeDraft[]): Promise<void> =>
  context.get(DataSource).transaction(async (tx) => {
    await tx.query('SELECT FROM members WHERE member_id = ANY ($1::uuid[]) FOR UPDATE', [
      drafts.map(({ memberId }) => memberId),
    ]);
    await context.get(NoticesQueries).write(tx, drafts);
  });

interface Sent {
  id: string;
  state: string;
  channel: string | null;
  tries: number;
  problem: string | null;
  receipt: string | null;
  evidence: string | null;
  evidenceAt: string | null;
}

const noticesOf = async (member: string): Promise<Sent[]> =>
  expected(await staff.get<{ items: Sent[] }>(`/v1/members/${member}/notices`), 200).items;

async function becomes(member: string, wanted: Partial<Sent>): Promise<Sent> {
  const seen = (): Promise<Sent | undefined> => noticesOf(member).then(([first]) => first);
  await until(async () => {
    const notice = await seen();
    return Object.entries(wanted).every(
      ([field, value]) => (notice as Record<string, unknown> | undefined)?.[field] === value,
    );
  });
  const [notice] = await noticesOf(member);
  if (notice === undefined) throw new Error('There is one.');
  return notice;
}

/** Lets days pass for notices; those that a server has in its hands are left to it. */
const pass = async (days: number): Promise<unknown> =>
  deployment.sql(
    `UPDATE notices n SET next_at = n.next_at - $1 * interval '1 day',
            accepted_at = n.accepted_at - $1 * interval '1 day'
       FROM (SELECT bucket, member_id, number FROM notices FOR UPDATE SKIP LOCKED) free
      WHERE n.bucket = free.bucket AND n.member_id = free.member_id AND n.number = free.number`,
    [days],
  );

let names = 0;
async function member(contact?: string[]): Promise<{ id: string; email: string }> {
  names += 1;
  const email = `canary-${names}@home.example`;
  const id = await shop.enrol({ email, ...(contact && { contact }) } as object);
  return { id, email };
}

describe('notices by e-mail', () => {
  it('E12: go to the address that is kept, and count as told when no bounce comes in 72 hours', async () => {
    const { id, email } = await member(['email']);
    await write(draft(id));
    const accepted = await becomes(id, { state: 'accepted' });
    expect(accepted).toMatchObject({ channel: 'email', tries: 1, evidence: null });
    expect(accepted.receipt).toMatch(/queued for \.\.\. as 4711/);
    const [mail] = mailbox.mails;
    expect(mail?.to).toBe(email);
    expect(mail?.text).toContain('50 points end on 31 March.');
    expect(mail?.text).toMatch(/^From: points@shop\.example\r?$/m);
    expect(mail?.text).toContain(accepted.id);
    await pass(2.9);
    await write(draft(id, { subject: 'another', dueAt: Date.now() + 1e9 }));
    expect((await noticesOf(id)).map(({ state }) => state)).toEqual(['due', 'accepted']);
    await pass(0.2);
    await until(async () => (await noticesOf(id))[1]?.evidence === 'email');
    expect(mailbox.mails).toHaveLength(1);
    // What nobody need be told any more is not sent when its time comes; what was told stays told.
    const about = { memberId: id, kind: 'points_expiring', subjects: ['another', '2027-03-31'] };
    await context
      .get(DataSource)
      .transaction((tx) => context.get(NoticesQueries).withdraw(tx, about));
    expect((await noticesOf(id)).map(({ state }) => state)).toEqual(['withdrawn', 'told']);
  });

  it('E12: a bounce is no evidence, and it is tried again', async () => {
    const { id } = await member(['email']);
    await write(draft(id));
    await becomes(id, { state: 'accepted' });
    const [{ number } = { number: 0 }] = await deployment.sql<{ number: number }>(
      'SELECT number FROM notices WHERE member_id = $1',
      [id],
    );
    await context.get(DataSource).transaction(async (tx) => {
      const queries = context.get(NoticesQueries);
      expect(await queries.bounced(tx, { memberId: id, number })).toBe(true);
      expect(await queries.bounced(tx, { memberId: id, number })).toBe(false);
    });
    const again = await becomes(id, { state: 'accepted', tries: 2 });
    expect(again.evidence).toBeNull();
    expect(mailbox.mails).toHaveLength(2);
  });

  it('E13: that a server refuses, puts off or cannot be reached are tried again, for a month', async () => {
    const { id } = await member(['email']);
    mailbox.answering = 'refuse';
    await write(draft(id));
    await becomes(id, { tries: 1, problem: 'smtp_550' });
    mailbox.answering = 'later';
    await pass(1);
    await becomes(id, { tries: 2, problem: 'smtp_451' });
    await until(async () => {
      await pass(11);
      return (await noticesOf(id))[0]?.state === 'unreachable';
    }, 60_000);
    expect(await becomes(id, { tries: 8 })).toMatchObject({ evidence: null, problem: 'smtp_451' });
    expect(mailbox.mails).toEqual([]);
  });

  it('E13: are sent by somebody else when the process dies with one in its hands', async () => {
    mailbox.answering = 'hang';
    const before = mailbox.hanging;
    const other = await startServer({ database: deployment.database, env });
    const many = await Promise.all(Array.from({ length: 40 }, () => member(['email'])));
    await write(...many.map(({ id }) => draft(id)));
    await until(() => mailbox.hanging - before >= 5);
    await other.kill();
    mailbox.answering = 'take';
    await until(async () => {
      await pass(1);
      const [open] = await deployment.sql<{ count: number }>(
        `SELECT count(*)::int FROM notices WHERE member_id = ANY ($1::uuid[])
            AND state NOT IN ('accepted', 'told')`,
        [many.map(({ id }) => id)],
      );
      return open?.count === 0;
    }, 60_000);
    const had = new Set(mailbox.mails.map(({ to }) => to));
    expect(many.filter(({ email }) => !had.has(email))).toEqual([]);
  });
});

describe('consent', () => {
  it('M13: nobody is written to who has not allowed it, and whoever takes it back is not any more', async () => {
    const silent = await member();
    const fickle = await member(['email', 'messenger']);
    await write(draft(silent.id), draft(fickle.id, { dueAt: Date.now() + 3_000 }));
    const own = await shop.asMember(fickle.id);
    const no = JSON.stringify({ email: false, messenger: false });
    expect(expected(await own.send('PATCH', '/v1/me/contact', no), 200)).toEqual({
      ...{ email: false, messenger: false, emailKnown: true },
    });
    for (const { id } of [silent, fickle]) {
      const notice = await becomes(id, { tries: 1, problem: 'no_channel' });
      expect(notice).toMatchObject({ state: 'due', channel: null });
    }
    expect(mailbox.mails).toEqual([]);
    const yes = JSON.stringify({ email: true });
    expected(await own.send('PATCH', '/v1/me/contact', yes), 200);
    await pass(1);
    await becomes(fickle.id, { state: 'accepted' });
    expect(mailbox.mails.map(({ to }) => to)).toEqual([fickle.email]);
  });

  it('E14: no table but that of contact data, and no answer of a notice, holds an address', async () => {
    const { id, email } = await member(['email']);
    await write(draft(id));
    await becomes(id, { state: 'accepted' });
    const tables = [
      'notices',
      'deliveries',
      'outbox',
      'announcements',
      'audit_log',
      'contact_choices',
    ];
    for (const table of tables) {
      const rows = JSON.stringify(await deployment.sql(`SELECT * FROM ${table}`));
      expect([table, rows.includes(email)]).toEqual([table, false]);
    }
    expect(JSON.stringify(await noticesOf(id))).not.toContain('@');
  });
});

describe('notices through a messenger', () => {
  it('E15: are told by its 2xx and by nothing less; then nothing goes by e-mail', async () => {
    const receiver = await receive();
    const refusing = { times: 1 };
    receiver.answering = () => (refusing.times-- > 0 ? '500' : 'take');
    const body = { url: receiver.url, types: ['notice.due'] };
    const { id: endpoint } = expected(await staff.post<{ id: string }>('/v1/webhooks', body), 201);
    const { id } = await member(['messenger', 'email']);
    await write(draft(id), draft(id), draft(id));
    await until(() => receiver.arrived.length === 1);
    expect(await becomes(id, { channel: 'messenger' })).toMatchObject({ evidence: null });
    await until(async () => {
      await deployment.sql('UPDATE deliveries SET next_at = now()');
      return receiver.arrived.length > 1;
    });
    const told = await becomes(id, { state: 'told', evidence: 'messenger' });
    expect(receiver.arrived[1]?.event.data).toMatchObject({
      ...{ member: id, notice: told.id, kind: 'points_expiring', facts: { points: 50 } },
    });
    expect(receiver.arrived[1]?.id).toBe(told.id);
    expect(await noticesOf(id)).toHaveLength(1);
    expect(mailbox.mails).toEqual([]);
    expected(await staff.send('DELETE', `/v1/webhooks/${endpoint}`, undefined), 204);
    await receiver.close();
  });
});

describe('notices to read', () => {
  it('E16: count as told when the member was shown them, those of the future aside', async () => {
    const { id } = await member();
    await write(draft(id), draft(id, { subject: 'later', dueAt: Date.now() + 1e9 }));
    const own = await shop.asMember(id);
    const { items } = expected(await own.get<{ items: Sent[] }>('/v1/me/notices'), 200);
    expect(items).toHaveLength(1);
    const [later, now] = await noticesOf(id);
    expect([now?.evidence, now?.state]).toEqual(['shown', 'told']);
    expect([later?.evidence, later?.state]).toEqual([null, 'due']);
    const other = await shop.asMember((await member()).id);
    expect(expected(await other.get<{ items: Sent[] }>('/v1/me/notices'), 200).items).toEqual([]);
    expect((await shop.get(`/v1/members/${id}/notices`)).status).toBe(403);
  });
});

it('E18: a notice about a silence that is over is withdrawn and not sent; one that lasts is', async () => {
  const { id } = await member(['email']);
  const [row] = await deployment.sql<{ enrolled_at: Date }>(
    'SELECT enrolled_at FROM members WHERE member_id = $1',
    [id],
  );
  const lasting = row?.enrolled_at.toISOString() ?? '';
  const over = new Date(Date.parse(lasting) - 100).toISOString();
  const silence = (since: string): NoticeDraft =>
    draft(id, { kind: 'member_at_risk', subject: since, facts: { silentSince: since } });
  await write(silence(over), silence(lasting));
  await until(async () => (await noticesOf(id)).every(({ state }) => state !== 'due'));
  expect((await noticesOf(id)).map(({ state }) => state).sort()).toEqual(['accepted', 'withdrawn']);
  expect(mailbox.mails).toHaveLength(1);
});
