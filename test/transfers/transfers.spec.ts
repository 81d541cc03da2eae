import { randomUUID } from 'node:crypto';
import { RebuildService } from '../../src/ledger/rebuild/rebuild.service.js';
import type { RowDifference } from '../../src/ledger/rebuild/compare.js';
import type { TransferView } from '../../src/transfers/transfers.views.js';
import { startEngine, type Engine } from '../ledger/engine.js';
import { Api, expected, tally, type Answer, type LedgerPageView } from '../support/api.js';
import { transfers } from '../support/operations/operation.js';
import { asGiver } from '../support/operations/transfers.js';
import { apiProgramme, deploy, type Deployment } from '../support/server.js';

const CALLS = 100;

let deployment: Deployment;
let replica: Engine;
let shop: Api;
let urls: string[];

beforeAll(async () => {
  const programme = apiProgramme({
    transfers: { ...transfers, perDay: 100_000, perYear: 100_000, receivedPerYear: 100_000 },
  });
  deployment = await deploy({ replicas: 2, programme, env: { JOBS: 'off' } });
  urls = deployment.servers.map(({ url }) => url);
  replica = await startEngine({}, deployment.database);
  shop = new Api(urls[0] ?? '', deployment.credentials.shop);
});
afterAll(async () => {
  await replica.close();
  await deployment.close();
});

const differences = async (): Promise<RowDifference[]> =>
  (await replica.context.get(RebuildService).check()).differences;

const give = async (from: Api, to: string, points: number): Promise<Answer<TransferView>> =>
  from.post('/v1/me/transfers', { member: { id: to }, points });

async function pointsOf(member: string): Promise<number> {
  const { available, pending, held } = await shop.balance(member);
  return available + pending + held;
}

/** A call that is asked again under its key until it is answered. */
async function until(call: (key: string) => Promise<Answer<TransferView>>): Promise<Answer> {
  const key = randomUUID();
  for (;;) {
    const answer = await call(key);
    if (![409, 503].includes(answer.status)) return answer;
  }
}

describe('transfers over HTTP', () => {
  afterEach(async () => {
    expect((await deployment.verify()).differences).toEqual([]);
    expect(await differences()).toEqual([]);
    expect(deployment.complaints()).toBe('');
  });

  it('X1: are answered with what arrived, the fee and what is left, and both ledgers show them', async () => {
    const [ann, ben] = [await shop.memberWith(500), await shop.enrol()];
    const view = expected(await give(await asGiver(shop, ann), ben, 100), 201);
    expect(view).toMatchObject({ points: 100, fee: 5, balance: { available: 395 } });
    const lines = async (member: string): Promise<unknown> => {
      const own = await shop.asMember(member);
      const { postings } = expected(await own.get<LedgerPageView>('/v1/me/ledger'), 200);
      return postings.map(({ kind, points }) => [kind, points]);
    };
    expect(await lines(ann)).toEqual([
      ['transfer', -105],
      ['accrue', 500],
    ]);
    expect(await lines(ben)).toEqual([['transfer', 100]]);
    expect((await shop.balance(ben)).available).toBe(100);
  });

  it('X7: need a token that says so', async () => {
    const [ann, ben] = [await shop.memberWith(500), await shop.enrol()];
    expect(tally([await give(await shop.asMember(ann), ben, 100)])).toEqual({ '403 forbidden': 1 });
    expect(await pointsOf(ben)).toBe(0);
  });

  it('X1: race back and forth on two servers without losing a point or a deadlock', async () => {
    const members = await Promise.all([1, 2, 3].map(() => shop.memberWith(2_000)));
    const givers = await Promise.all(members.map((each) => asGiver(shop, each)));
    const answers = await Promise.all(
      Array.from({ length: CALLS }, async (_, index) => {
        const [from, to] = [index % 3, (index + 1 + (index % 2)) % 3];
        const giver = givers[from] ?? shop;
        const body = { member: { id: members[to] }, points: 10 + (index % 7) };
        return until((key) =>
          giver.at(urls[index % 2] ?? '').post('/v1/me/transfers', body, { key }),
        );
      }),
    );
    expect(tally(answers)).toEqual({ 201: CALLS });
    const left = await Promise.all(members.map(pointsOf));
    expect(left.reduce((sum, points) => sum + points, 0)).toBe(6_000 - CALLS * 5);
  });

  it('X4: of many at once no more are done than the points and limits allow', async () => {
    const [ann, ben] = [await shop.memberWith(1_000), await shop.enrol()];
    const giver = await asGiver(shop, ann);
    const answers = await Promise.all(
      Array.from({ length: CALLS }, (_, index) =>
        until((key) =>
          giver
            .at(urls[index % 2] ?? '')
            .post('/v1/me/transfers', { member: { id: ben }, points: 70 }, { key }),
        ),
      ),
    );
    const done = Math.floor(1_000 / 75);
    expect(tally(answers)).toEqual({ 201: done, '422 insufficient_points': CALLS - done });
    expect([await pointsOf(ann), await pointsOf(ben)]).toEqual([1_000 - done * 75, done * 70]);
  });
});

it('L10: rebuilding names a half of a transfer whose other half is gone or differs', async () => {
  const [ann, ben] = [await shop.memberWith(500), await shop.enrol()];
  const { id } = expected(await give(await asGiver(shop, ann), ben, 100), 201);
  expect(id).toMatch(/^pst_/);
  await deployment.sql(
    `UPDATE entries SET amount = 90 WHERE member_id = $1 AND debit = 'transferred'`,
    [ben],
  );
  const named = (await differences()).filter(({ column }) => column === 'transferred');
  expect(named.map(({ stored, recomputed }) => [stored, recomputed]).sort()).toEqual([
    ['-90', '-100'],
    ['100', '90'],
  ]);
});
