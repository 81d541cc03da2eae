import fc from 'fast-check';
import { DataSource } from 'typeorm';
import { LedgerQueries } from '../../src/ledger/ledger.queries.js';
import { servingOptions } from '../../src/platform/database/data-source.js';
import type { Tier } from '../../src/programmes/document.js';
import { tierImpact } from '../../src/programmes/plan/tier-impact.js';
import type { DiffView, PlanView } from '../../src/programmes/plan/plan.views.js';
import { reachedTier, standingTier } from '../../src/rules/earning/tier.js';
import { BILLION } from '../../src/rules/points.js';
import { Api, expected, problem } from '../support/api.js';
import { aProgramme } from '../support/programme.js';
import { apiProgramme, deploy, type Deployment } from '../support/server.js';
import { Editor } from './editor.js';

let deployment: Deployment;
let ada: Editor;

beforeAll(async () => {
  deployment = await deploy({ env: { JOBS: 'off' } });
  const url = deployment.servers[0]?.url ?? '';
  ada = new Editor(url, deployment.credentials.staff);
  const shop = new Api(url, deployment.credentials.shop);
  await shop.enrol();
  const holder = await shop.memberWith(1_200);
  await shop.held(holder);
  await shop.memberWith(150_000);
});

afterAll(async () => {
  const complaints = deployment.complaints();
  await deployment.close();
  expect(complaints).toBe('');
});

const [blue, silver] = apiProgramme().tiers;
const [voucher, visit] = apiProgramme().rewards;
if (!blue || !silver || !voucher || !visit) throw new Error('the programme has two of each');

/** Every row of every table that publishing could touch. */
async function everything(): Promise<unknown> {
  const tables = ['programme_versions', 'drafts', 'audit_log', 'accounts', 'redemptions'];
  const parts = tables.map((table) => `(SELECT json_agg(t::text) FROM ${table} t) ${table}`);
  return deployment.sql(`SELECT ${parts.join(', ')}`);
}

const plan = async (change: object): Promise<PlanView> => {
  const document = { ...apiProgramme(), ...change };
  return expected(await ada.post<PlanView>('/v1/programme/plan', { document }), 200);
};

describe('A plan', () => {
  it('P24: tells what would change, against the newest version, and writes nothing', async () => {
    const before = await everything();
    const { base, changes, more, findings } = await plan({ returnWindowDays: 14 });
    expect({ base, changes, more, findings }).toEqual({
      base: 1,
      more: 0,
      findings: [],
      changes: [
        {
          kind: 'changed',
          pointer: '/returnWindowDays',
          before: 30,
          after: 14,
          says: 'Return window goes from 30 to 14 days.',
        },
      ],
    });
    expect((await plan({})).changes).toEqual([]);
    expect(await everything()).toEqual(before);
  });

  it('P24: counts members in each tier, and those whom other thresholds would move', async () => {
    const { impact } = await plan({ tiers: [blue, { ...silver, threshold: 1_000 }] });
    expect(impact?.tiers).toEqual({
      members: 3,
      byPoints: true,
      points: 151_200,
      tiers: [
        { code: 'blue', name: 'Blue', members: 2, reached: 1 },
        { code: 'silver', name: 'Silver', members: 1, reached: 2 },
      ],
      moves: [{ from: 'blue', to: 'silver', stands: 'silver', members: 1 }],
    });
    expect(impact?.removedRewards).toEqual([]);
  });

  it('P24: says who keeps a tier that they no longer reach, and who loses one that goes', async () => {
    const higher = await plan({ tiers: [blue, { ...silver, threshold: 200_000 }] });
    expect(higher.impact?.tiers?.moves).toEqual([
      { from: 'silver', to: 'blue', stands: 'silver', members: 1 },
    ]);
    const without = await plan({ tiers: [blue], rewards: [voucher] });
    expect(without.impact?.tiers?.tiers).toEqual([
      { code: 'blue', name: 'Blue', members: 2, reached: 3 },
      { code: 'silver', name: 'Silver', members: 1, reached: 0 },
    ]);
    expect(without.impact?.tiers?.moves).toEqual([
      { from: 'silver', to: 'blue', stands: 'blue', members: 1 },
    ]);
  });

  it('P24: counts the open holds of rewards that go', async () => {
    const { impact } = await plan({ rewards: [] });
    expect(impact?.removedRewards).toEqual([
      { code: 'voucher', name: 'Voucher', openHolds: 1, points: 500 },
      { code: 'visit', name: 'Garden visit', openHolds: 0, points: 0 },
    ]);
  });

  it('P24: of what cannot be published says why, and counts nobody', async () => {
    const { findings, impact, changes } = await plan({ tiers: [{ ...blue, threshold: 5 }] });
    expect(findings.map(({ pointer }) => pointer)).toEqual([
      '/rewards/1/minimumTier',
      '/tiers/0/threshold',
    ]);
    expect([impact, changes.length]).toEqual([null, 2]);
  });

  it('P24: of the draft is that of its document', async () => {
    const { etag } = await ada.draft();
    expected(await ada.patch(etag, { rewards: [] }), 200);
    const drafted = expected(await ada.get<PlanView>('/v1/programme/draft/plan'), 200);
    expect(drafted).toEqual(await plan({ rewards: [] }));
    await ada.discard();
  });

  it('P24: waits no longer than it may for a count', async () => {
    const { serverUrl } = deployment.database;
    const dataSource = new DataSource(servingOptions({ url: serverUrl, poolMax: 2 }));
    await dataSource.initialize();
    // A lock that is not given back stands in for accounts without end.
    await deployment.sql('BEGIN');
    await deployment.sql('LOCK TABLE accounts IN ACCESS EXCLUSIVE MODE');
    try {
      const queries = new LedgerQueries(dataSource);
      expect(await queries.countByTier([[0], [0]], 200)).toBeUndefined();
      await deployment.sql('ROLLBACK');
      expect(await queries.countByTier([[0], [0]], 5_000)).toHaveLength(3);
    } finally {
      await deployment.sql('ROLLBACK');
      await dataSource.destroy();
    }
  });

  const ladder = fc
    .uniqueArray(fc.integer({ min: 1, max: 50 }), { maxLength: 4 })
    .chain((thresholds) =>
      fc
        .shuffledSubarray(['a', 'b', 'c', 'd', 'e'], {
          minLength: thresholds.length + 1,
          maxLength: thresholds.length + 1,
        })
        .map((codes) =>
          [0, ...thresholds.sort((x, y) => x - y)].map((threshold, n): Tier => ({
            code: codes[n] ?? '',
            name: codes[n] ?? '',
            threshold,
            multiplier: '1',
          })),
        ),
    );

  it('P24: says of each member what the rules will', () => {
    const members = fc.array(fc.tuple(fc.constantFrom('', 'a', 'b', 'c', 'x'), fc.nat(60)));
    fc.assert(
      fc.property(ladder, ladder, members, (from, to, drawn) => {
        const [before, after] = [from, to].map((tiers) => aProgramme({ tiers, rewards: [] }));
        if (!before || !after) throw new Error('there are two programmes');
        for (const [held, points] of drawn) {
          const qualifying = BigInt(points) * BILLION;
          const now = before.tiers[standingTier(before, held, qualifying)]?.code;
          const stands = after.tiers[standingTier(after, held, qualifying)]?.code;
          const reached = after.tiers[reachedTier(after, qualifying)]?.code;
          const rungs: [number, number] = [
            reachedTier(before, qualifying),
            reachedTier(after, qualifying),
          ];
          const { moves } = tierImpact({ tiers: from }, { tiers: to }, [
            { tier: held, rungs, members: 1, points },
          ]);
          const move = { from: now, to: reached, stands, members: 1 };
          expect(moves).toEqual(now === reached ? [] : [move]);
        }
      }),
    );
  });
});

describe('A diff of versions', () => {
  it('P21: is between any two of them, the live one and the draft', async () => {
    const { etag } = await ada.draft();
    expected(await ada.patch(etag, { returnWindowDays: 7 }), 200);
    const usual = expected(await ada.get<DiffView>('/v1/programme/diff'), 200);
    expect(usual).toMatchObject({
      from: { name: 'live', version: 1 },
      to: { name: 'draft', version: null },
      changes: [{ says: 'Return window goes from 30 to 7 days.' }],
      more: 0,
    });
    const back = await ada.get<DiffView>('/v1/programme/diff?from=draft&to=1');
    expect(expected(back, 200).changes[0]?.says).toBe('Return window goes from 7 to 30 days.');
    const same = await ada.get<DiffView>('/v1/programme/diff?from=1&to=newest');
    expect(expected(same, 200).changes).toEqual([]);
    await ada.discard();
  });

  it('P21: is refused of what is no version', async () => {
    expect((await ada.get('/v1/programme/diff?from=9')).status).toBe(404);
    for (const query of ['from=0', 'to=Draft', 'to=1.5', 'from=', 'since=1']) {
      const answer = await ada.get(`/v1/programme/diff?${query}`);
      expect([answer.status, problem(answer).errors?.[0]?.pointer]).toEqual([
        400,
        `/${query.split('=')[0] ?? ''}`,
      ]);
    }
  });
});
