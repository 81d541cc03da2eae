import { randomUUID } from 'node:crypto';
import type { AccrualView } from '../../src/accrual/accrual.views.js';
import type { ProgrammeDocument } from '../../src/programmes/document.js';
import { Api, expected, problem, type Answer } from '../support/api.js';
import { apiProgramme, deploy, type Deployment } from '../support/server.js';

const DAY_MS = 86_400_000;
const now = Date.now();
const ago = (days: number): string => new Date(now - days * DAY_MS).toISOString();
const dayOf = (days: number): string => ago(days).slice(0, 10);

const saving = (baselineUntil: string): ProgrammeDocument => {
  const { earningRules, ...rest } = apiProgramme({ rewards: [] });
  const caps: [{ period: 'year'; points: number }] = [{ period: 'year', points: 1_000 }];
  return {
    ...rest,
    earningRules: [
      ...earningRules,
      {
        ...{
          kind: 'metered_reduction',
          id: 'saving',
          name: 'For every unit saved',
          category: 'power',
        },
        ...{ rate: '1', baselineUntil, maximumPerDay: 50, caps },
      },
    ],
  };
};

let deployment: Deployment;
let shop: Api;

beforeAll(async () => {
  deployment = await deploy({ programme: saving(dayOf(8)), env: { JOBS: 'off' } });
  shop = new Api(deployment.servers[0]?.url ?? '', deployment.credentials.shop);
}, 60_000);

afterAll(async () => {
  const complaints = deployment.complaints();
  await deployment.close();
  expect(complaints).toBe('');
});

const reads = (
  member: string,
  days: number,
  reading: number | undefined,
  more: object = {},
): Promise<Answer<AccrualView>> =>
  shop.post('/v1/activities', {
    ...{ member: { id: member }, reference: randomUUID(), occurredAt: ago(days) },
    ...{ kind: 'meter_reading', category: 'power', reading, ...more },
  });

const points = async (...given: Parameters<typeof reads>): Promise<string> =>
  expected(await reads(...given), 201).exactPoints;

describe('meter readings', () => {
  it('R81, R11: earn what is saved against the own year before, late ones in their place', async () => {
    const member = await shop.enrol();
    // Ten units a day for the year before.
    expect(await points(member, 400, 1_000)).toBe('0');
    expect(await points(member, 20, 4_800)).toBe('0');
    expect(await points(member, 2, 4_900)).toBe(String(18 * 10 - 100));
    // It shows that half of the time saved 70 already.
    expect(await points(member, 6, 4_870)).toBe(String(14 * 10 - 70));
    expect(await points(member, 1, 4_940)).toBe('0');
    const balance = expected(
      await shop.get<{ pending: number }>(`/v1/members/${member}/balance`),
      200,
    );
    expect(balance.pending).toBe(80);
    expect((await deployment.verify()).differences).toEqual([]);
    expect(await deployment.rebuild()).toEqual([]);
  });

  it('R82, C12: are refused where they cannot be right, and change nothing', async () => {
    const member = await shop.enrol();
    expected(await reads(member, 5, 100), 201);
    const refused = [
      await reads(member, 4, 99),
      await reads(member, 4, 151),
      await reads(member, 5, 100),
    ];
    for (const answer of refused) {
      expect(problem(answer)).toMatchObject({ status: 422, code: 'reading_not_plausible' });
      expect(problem(answer).errors).toMatchObject([{ pointer: '/reading' }]);
    }
    const malformed = [
      [await reads(member, 4, undefined), '/reading'],
      [await reads(member, 4, 110, { value: 5 }), '/value'],
      [await reads(member, 4, 110, { category: undefined }), '/category'],
      [await reads(member, 4, 110, { kind: 'visit' }), '/category'],
    ] as const;
    for (const [answer, pointer] of malformed) {
      expect(problem(answer).status).toBe(400);
      expect(problem(answer).errors?.[0]).toMatchObject({ pointer });
    }
    const staff = shop.as(deployment.credentials.staff);
    expect((await staff.post('/v1/activities', {})).status).toBe(403);
    const rows = await deployment.sql(`SELECT FROM postings WHERE member_id = $1`, [member]);
    expect(rows.length).toBe(1);
  });

  it('P86: no version makes a baseline of days to come, or of later ones', async () => {
    const staff = shop.as(deployment.credentials.staff);
    for (const [until, code] of [
      [dayOf(-2), 'baseline_not_over'],
      [dayOf(3), 'baseline_moved'],
    ] as const) {
      const answer = await staff.post('/v1/programme/versions', { document: saving(until) });
      expect(problem(answer).errors).toMatchObject([
        { pointer: '/document/earningRules/2/baselineUntil', code },
      ]);
    }
  });
});
