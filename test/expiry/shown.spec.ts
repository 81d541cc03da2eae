import { bucketOf, publicId } from '../../src/ledger/address.js';
import { Api, aPurchase, daysAgo, expected } from '../support/api.js';
import { apiProgramme, deploy, type Deployment } from '../support/server.js';

let deployment: Deployment;
let shop: Api;
let staff: Api;

beforeAll(async () => {
  const notices = { daysBefore: [28, 7] };
  const programme = apiProgramme({ expiry: { kind: 'rolling', months: 1, notices } });
  deployment = await deploy({ programme, env: { JOBS: 'off' } });
  shop = new Api(deployment.servers[0]?.url ?? '', deployment.credentials.shop);
  staff = shop.as(deployment.credentials.staff);
});
afterAll(async () => {
  await deployment.close();
  expect(deployment.complaints()).toBe('');
});

/** A member with points that go in less than a month, and a notice about it in a state. */
async function noticed(state: string, channel: string | null = null): Promise<string> {
  const member = await shop.enrol();
  const basket = aPurchase(member, { at: daysAgo(5), amount: 5_000 });
  expected(await shop.purchase(basket), 201);
  const { nextExpiry } = await shop.balance(member);
  const facts = { points: 50, expiresAt: nextExpiry[0]?.at, upTo: 1 };
  await deployment.sql(
    `INSERT INTO notices (bucket, member_id, number, kind, subject, about, made_at, due_at, state,
                          channel, tries, next_at, accepted_at)
     VALUES ($1, $2, 1, 'points_expiring', 'test', $3, now(), now(), $4, $5, 1,
             now() + interval '1 year', CASE WHEN $4 = 'accepted' THEN now() END)`,
    [bucketOf(member), member, JSON.stringify({ title: '', text: '', facts }), state, channel],
  );
  return member;
}

interface Sent {
  state: string;
  evidence: string | null;
}

async function of(member: string): Promise<Sent | undefined> {
  const path = `/v1/members/${member}/notices`;
  const { items } = expected(await staff.get<{ items: Sent[] }>(path), 200);
  return items[0];
}

const say = (member: string, result: string) =>
  shop.post<Sent>(`/v1/notices/${publicId('ntc', { memberId: member, seq: 1 })}/evidence`, {
    result,
  });

it('E16: a member who saw the date in their own balance was told; a till that saw it told nobody', async () => {
  const member = await noticed('due');
  await shop.balance(member);
  expected(await staff.get(`/v1/members/${member}/balance`), 200);
  expect(await of(member)).toMatchObject({ state: 'due', evidence: null });
  const own = await shop.asMember(member);
  const past = `/v1/me/balance?asOf=${daysAgo(1)}`;
  expected(await own.get(past), 200);
  expect(await of(member)).toMatchObject({ state: 'due', evidence: null });
  expected(await own.get('/v1/me/balance'), 200);
  expect(await of(member)).toMatchObject({ state: 'told', evidence: 'shown' });
});

it('E17: whoever passes notices on says that one was delivered, once', async () => {
  const member = await noticed('due', 'messenger');
  expect(expected(await say(member, 'delivered'), 200)).toMatchObject({
    ...{ state: 'told', evidence: 'messenger' },
  });
  // No e-mail was it, so none came back.
  expect(expected(await say(member, 'bounced'), 200)).toMatchObject({ evidence: 'messenger' });
});

it('E17: an e-mail that came back is no evidence, and the notice is due again', async () => {
  const member = await noticed('accepted', 'email');
  expect(expected(await say(member, 'bounced'), 200)).toMatchObject({
    ...{ state: 'due', evidence: null },
  });
});
