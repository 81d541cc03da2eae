import type {
  MembersReportView,
  MemberStageView,
  StageMembersView,
} from '../../src/inactivity/stages.views.js';
import { SilentMembers } from '../../src/inactivity/silent-members.service.js';
import { JobRegistry } from '../../src/jobs/job-registry.service.js';
import { bucketOf } from '../../src/ledger/address.js';
import { RebuildService } from '../../src/ledger/rebuild/rebuild.service.js';
import { runJob } from '../jobs/running.js';
import { startEngine, type Engine } from '../ledger/engine.js';
import { Api, aPurchase, expected, problem } from '../support/api.js';
import { DAY_MS, TestClock } from '../support/clock.js';
import { apiProgramme, deploy, type Deployment } from '../support/server.js';
import { openOffice, type Office } from '../support/staff.js';

const words = { title: 'Still there?', text: 'We have not seen you for a while.' };
const programme = apiProgramme({
  returnWindowDays: 0,
  inactivity: {
    atRisk: { afterDays: 90, notice: words },
    dormant: { afterDays: 365 },
    closed: { afterDays: 730 },
  },
});

let deployment: Deployment;
let replica: Engine;
let office: Office;
let shop: Api;
let staff: Api;
let clock: TestClock;

beforeAll(async () => {
  const env = { JOBS: 'off', TEST_CLOCK: 'on' };
  deployment = await deploy({ programme, env });
  replica = await startEngine(env, deployment.database);
  office = await openOffice(deployment);
  shop = new Api(deployment.servers[0]?.url ?? '', deployment.credentials.shop);
  staff = shop.as(deployment.credentials.staff);
  clock = new TestClock(staff);
});
afterAll(async () => {
  const { differences } = await deployment.verify();
  const rebuilt = (await replica.context.get(RebuildService).check()).differences;
  await office.close();
  await replica.close();
  await deployment.close();
  expect([differences, rebuilt, deployment.complaints()]).toEqual([[], [], '']);
});

const stageOf = async (member: string): Promise<MemberStageView> =>
  expected(await staff.get<MemberStageView>(`/v1/members/${member}/stage`), 200);

const kindsOf = async (member: string): Promise<string[]> =>
  (await staff.ledger(member)).postings.map(({ kind }) => kind).toReversed();

const noticesOf = async (member: string): Promise<{ kind: string; title: string }[]> =>
  expected(
    await staff.get<{ items: { kind: string; title: string }[] }>(`/v1/members/${member}/notices`),
    200,
  ).items;

const buy = async (member: string, amount = 5_000): Promise<unknown> => {
  const at = new Date(await clock.now()).toISOString();
  return expected(await shop.purchase(aPurchase(member, { amount, at })), 201);
};

const job = (asOf?: number): Promise<number> => runJob(replica, 'inactivity', asOf);

it('M14, M16, M19: stages are posted when they begin, and counted at once, active members first', async () => {
  const [silent, busy, owner] = [await shop.enrol(), await shop.enrol(), await shop.enrol()];
  await buy(owner);
  const enrolled = await clock.now();
  await clock.to(enrolled + 92 * DAY_MS);
  await buy(busy);
  // Nobody has looked yet, and the stage is told all the same.
  expect(await stageOf(silent)).toMatchObject({ stage: 'at_risk', next: { stage: 'dormant' } });
  expect(await job()).toBe(2);
  expect(await job()).toBe(0);
  expect([await kindsOf(silent), await kindsOf(owner)]).toEqual([['stage'], ['accrue', 'stage']]);

  await clock.to(enrolled + 740 * DAY_MS);
  const now = await clock.now();
  const page = { after: undefined, limit: 100 };
  const named = replica.context.get(JobRegistry).named('inactivity');
  const foreseen = (await named.foresee(bucketOf(silent), now, page)).items
    .filter(({ memberId }) => memberId === silent)
    .map(({ details }) => details['stage']);
  expect(foreseen).toEqual(['dormant', 'closed']);
  expect(await job()).toBe(5);
  expect(await kindsOf(silent)).toEqual(['stage', 'stage', 'stage']);
  // Who has points is not closed.
  expect([(await stageOf(silent)).stage, (await stageOf(owner)).stage]).toEqual([
    'closed',
    'dormant',
  ]);
  await buy(busy);
  const report = expected(await staff.get<MembersReportView>('/v1/reports/members'), 200);
  expect(report.stages.map(({ stage, members, points }) => [stage, members, points])).toEqual([
    ['active', 1, 100],
    ['at_risk', 0, 0],
    ['dormant', 1, 50],
    ['closed', 1, 0],
  ]);
  expect(report.enrolled).toBe(3);
  for (const [stage, member] of [
    ['active', busy],
    ['dormant', owner],
    ['closed', silent],
  ]) {
    const path = `/v1/reports/members/${String(stage)}?limit=1`;
    const listed = expected(await staff.get<StageMembersView>(path), 200);
    expect(listed.members).toEqual([member]);
  }
});

it('M15: a purchase, redemption or login brings back at once; what others do does not', async () => {
  const people = await Promise.all(Array.from({ length: 5 }, () => shop.enrol()));
  for (const member of people) await buy(member, 100_000);
  await clock.forward(400 * DAY_MS);
  await job();
  const [buyer = '', spender = '', guest = '', favoured = '', quiet = ''] = people;
  await buy(buyer);
  await shop.held(spender);
  await shop.asMember(guest);
  const ben = await office.hire('manager');
  expected(await ben.adjust(favoured, 50), 201);
  expected(await staff.send('POST', `/v1/members/${quiet}/review`, ''), 200);
  const stages = await Promise.all(people.map(async (each) => (await stageOf(each)).stage));
  expect(stages).toEqual(['active', 'active', 'active', 'dormant', 'dormant']);
  // A second silence is told anew, by those who came back and by nobody else.
  await clock.forward(95 * DAY_MS);
  await job();
  const posted = await Promise.all(
    people.map(async (each) => (await kindsOf(each)).filter((kind) => kind === 'stage').length),
  );
  expect(posted).toEqual([3, 3, 3, 2, 2]);
});

it('M18: whoever allows a channel is told once in a silence, and nobody else', async () => {
  const reached = await shop.enrol({ email: 'ann@home.example', contact: ['email'] });
  const mute = await shop.enrol({ email: 'ben@home.example' });
  await clock.forward(92 * DAY_MS);
  await job();
  await job();
  expect(await noticesOf(mute)).toEqual([]);
  expect(await noticesOf(reached)).toMatchObject([{ kind: 'member_at_risk', ...words }]);
  await clock.forward(300 * DAY_MS);
  await job();
  // The programme has no words for dormant members.
  expect(await noticesOf(reached)).toHaveLength(1);
  await buy(reached);
  await clock.forward(92 * DAY_MS);
  await job();
  expect(await noticesOf(reached)).toHaveLength(2);
});

it('M16: an act that comes while the job runs wins, whichever is first', async () => {
  const people = await Promise.all(Array.from({ length: 12 }, () => shop.enrol()));
  await clock.forward(95 * DAY_MS);
  const asOf = await clock.now();
  const silent = replica.context.get(SilentMembers);
  await Promise.all(
    people.flatMap((member, place) => {
      const grow = (): Promise<unknown> => replica.ledger.submit(silent.growing(member, asOf));
      return place % 2 === 0 ? [buy(member), grow()] : [grow(), buy(member)];
    }),
  );
  for (const member of people) {
    const kinds = await kindsOf(member);
    expect([['accrue'], ['stage', 'accrue']]).toContainEqual(kinds);
    expect((await stageOf(member)).stage).toBe('active');
  }
  await job();
  await job();
  const after = await Promise.all(people.map(kindsOf));
  expect(after.every((kinds) => kinds.at(-1) === 'accrue')).toBe(true);
});

it('M14: the stage of nobody is not found, and no stage but those of the programme is listed', async () => {
  const lost = await staff.get('/v1/members/00000000-0000-4000-8000-000000000000/stage');
  expect([lost.status, problem(lost).code]).toEqual([404, 'unknown_member']);
  expect((await staff.get('/v1/reports/members/asleep')).status).toBe(404);
  expect((await staff.get('/v1/reports/members/active?cursor=far')).status).toBe(400);
  const member = await shop.enrol();
  const own = await (await shop.asMember(member)).get<MemberStageView>('/v1/me/stage');
  expect(expected(own, 200).stage).toBe('active');
});
