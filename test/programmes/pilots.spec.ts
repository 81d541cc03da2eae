import { createHash, randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { AccrualView } from '../../src/accrual/accrual.views.js';
import type { PilotOutcomeView, PilotView } from '../../src/programmes/pilots/pilots.views.js';
import { drawOf, isInForce, isPiloted } from '../../src/programmes/pilots/pilot.js';
import type { PublishedView, VersionsView } from '../../src/programmes/views/programmes.views.js';
import { Api, aPurchase, expected, problem } from '../support/api.js';
import { apiProgramme, deploy, type Deployment } from '../support/server.js';

const paying = (rate: string, thanks = 'Thank you.'): ReturnType<typeof apiProgramme> =>
  apiProgramme({
    thanks: [thanks],
    earningRules: [{ kind: 'per_amount', id: 'base', name: 'Base', rate }],
  });

let deployment: Deployment;

beforeEach(async () => {
  const env = { JOBS: 'off' };
  deployment = await deploy({ replicas: 2, programme: paying('1'), env });
}, 60_000);

afterEach(async () => {
  const complaints = deployment.complaints();
  await deployment.close();
  expect(complaints).toBe('');
});

const server = (n: number): string => deployment.servers[n % 2]?.url ?? '';
const shop = (n = 0): Api => new Api(server(n), deployment.credentials.shop);
const staff = (n = 0): Api => new Api(server(n), deployment.credentials.staff);

async function piloted(pilot: object, rate = '3'): Promise<PublishedView> {
  const body = { document: paying(rate), pilot };
  const version = expected(await staff().post<PublishedView>('/v1/programme/versions', body), 201);
  await until(version.effectiveAt);
  return version;
}

const until = async (instant: string): Promise<void> => {
  await pause(Math.max(0, Date.parse(instant) + 50 - Date.now()));
};

/** A purchase of ten pounds; what it got, by which version, and its id. */
async function buys(
  member: string,
  { location, at, n = 0 }: { location?: string; at?: string; n?: number } = {},
): Promise<{ version: number; points: number; id: string }> {
  const body = aPurchase(member, {
    amount: 1_000,
    at: at ?? new Date().toISOString(),
    reference: randomUUID(),
  });
  const answer = await shop(n).post<AccrualView>('/v1/purchases', {
    ...body,
    ...(location !== undefined && { location }),
  });
  const { programmeVersion, exactPoints, purchase } = expected(answer, 201);
  return { version: programmeVersion, points: Number(exactPoints), id: purchase ?? '' };
}

async function end(no: number, how: 'promote' | 'withdraw'): Promise<string> {
  const answer = await staff(1).post<PilotView>(`/v1/programme/pilots/${String(no)}/${how}`, {});
  return expected(answer, 200).end?.effectiveAt ?? '';
}

const sound = async (): Promise<void> => {
  expect((await deployment.verify()).differences).toEqual([]);
  expect(await deployment.rebuild()).toEqual([]);
};

describe('a pilot at some locations', () => {
  it('P83: decides what happens there, is withdrawn, and leaves what it decided as it was', async () => {
    const member = await shop().enrol();
    const { version, effectiveAt } = await piloted({ locations: ['kiosk', 'airport'] });
    expect(version).toBe(2);
    const inPilot = new Date().toISOString();
    expect(await buys(member, { location: 'kiosk' })).toMatchObject({ version: 2, points: 30 });
    const abroad = await buys(member, { location: 'airport', n: 1 });
    expect(abroad).toMatchObject({ version: 2, points: 30 });
    expect(await buys(member, { location: 'high-street', n: 1 })).toMatchObject({
      version: 1,
      points: 10,
    });
    expect(await buys(member)).toMatchObject({ version: 1 });
    const before = new Date(Date.parse(effectiveAt) - 1_000).toISOString();
    expect(await buys(member, { location: 'kiosk', at: before })).toMatchObject({ version: 1 });
    const live = expected(await staff(1).get<{ version: number }>('/v1/programme'), 200);
    expect(live.version).toBe(1);

    const refused = await staff().post('/v1/programme/versions', { document: paying('2') });
    expect(problem(refused)).toMatchObject({ status: 409, code: 'pilot_running', version: 2 });
    const over = await end(2, 'withdraw');
    expect(problem(await staff().post('/v1/programme/pilots/2/promote', {})).code).toBe(
      'pilot_over',
    );
    expect(await end(2, 'withdraw')).toBe(over);
    await until(over);
    expect(await buys(member, { location: 'kiosk' })).toMatchObject({ version: 1, points: 10 });
    // What comes late is decided where, and when, it happened; a return by what decided the purchase.
    expect(await buys(member, { location: 'kiosk', at: inPilot, n: 1 })).toMatchObject({
      version: 2,
      points: 30,
    });
    const back = { occurredAt: new Date().toISOString(), lines: [{ line: '0', amount: 500 }] };
    const returned = await shop().post<{ exactPoints: string }>(
      `/v1/purchases/${abroad.id}/returns`,
      back,
    );
    expect(expected(returned, 201)).toMatchObject({ programmeVersion: 2 });

    const { comparison } = expected(
      await staff().get<PilotOutcomeView>('/v1/programme/pilots/2'),
      200,
    );
    expect(comparison).toEqual({
      inside: { members: 1, purchases: 3, points: '75' },
      outside: { members: 1, purchases: 2, points: '20' },
    });
    const { items } = expected(await staff().get<VersionsView>('/v1/programme/versions'), 200);
    expect(items.map(({ version: no, state }) => [no, state])).toEqual([
      [2, 'withdrawn'],
      [1, 'live'],
    ]);
    await sound();
    // The one before stands again, and another may follow it.
    const again = await staff().post('/v1/programme/versions', { document: paying('1') });
    expect(expected(again, 200)).toMatchObject({ published: false, version: 1 });
    const next = await staff().post('/v1/programme/versions', { document: paying('2') });
    expect(expected(next, 201)).toMatchObject({ version: 3 });
  }, 120_000);
});

describe('a pilot with a share of members', () => {
  it('P83: draws the same members on every server, and is for all once promoted', async () => {
    const members = await Promise.all(Array.from({ length: 24 }, (_, n) => shop(n).enrol()));
    const { effectiveAt } = await piloted({ share: '0.5' });
    const drawn = new Map(
      members.map((member) => {
        const digest = createHash('sha256').update(`2/${member}`).digest();
        return [member, digest.readUInt32BE(0) / 2 ** 32 < 0.5];
      }),
    );
    expect(new Set(drawn.values()).size).toBe(2);
    for (const [n, member] of members.entries()) {
      const isIn = drawn.get(member) === true;
      for (const each of [n, n + 1]) {
        expect(await buys(member, { n: each })).toMatchObject({
          version: isIn ? 2 : 1,
          points: isIn ? 30 : 10,
        });
      }
    }
    const inside = [...drawn.values()].filter((isIn) => isIn).length;
    const { comparison } = expected(
      await staff().get<PilotOutcomeView>('/v1/programme/pilots/2'),
      200,
    );
    expect(comparison).toEqual({
      inside: { members: inside, purchases: 2 * inside, points: String(60 * inside) },
      outside: {
        members: 24 - inside,
        purchases: 2 * (24 - inside),
        points: String(20 * (24 - inside)),
      },
    });
    const all = await end(2, 'promote');
    await until(all);
    const outside = members.find((member) => drawn.get(member) === false) ?? '';
    expect(await buys(outside)).toMatchObject({ version: 2, points: 30 });
    expect(await buys(outside, { at: effectiveAt, n: 1 })).toMatchObject({
      version: 1,
      points: 10,
    });
    await sound();
    // Checking would find a posting moved to the other side.
    await deployment.sql(
      `UPDATE postings SET version_no = 3 - version_no WHERE member_id = $1 AND seq = 1`,
      [outside],
    );
    expect((await deployment.rebuild()).map(({ table, column }) => `${table}.${column}`)).toContain(
      'postings.version_no',
    );
  }, 120_000);
});

describe('what may be piloted', () => {
  it('P82: only how is earned, beside a version that is there', async () => {
    const changed = { ...paying('2'), returnWindowDays: 7, expiry: { kind: 'none' }, segments: [] };
    const body = { document: changed, pilot: { share: '0.1' } };
    const refused = await staff().post('/v1/programme/versions', body);
    expect(problem(refused).errors).toMatchObject([
      { pointer: '/document/expiry', code: 'pilot_changes_more' },
      { pointer: '/document/returnWindowDays', code: 'pilot_changes_more' },
    ]);
    for (const pilot of [{}, { share: '0.1', locations: ['a'] }]) {
      const answer = await staff().post('/v1/programme/versions', { document: paying('2'), pilot });
      expect(problem(answer).errors).toMatchObject([{ pointer: '/pilot', code: 'exactly_one' }]);
    }
    for (const share of ['0', '0.0', '1', '1.5', '-0.1', '.5']) {
      const answer = await staff().post('/v1/programme/versions', {
        document: paying('2'),
        pilot: { share },
      });
      expect(problem(answer).errors?.map(({ pointer }) => pointer)).toContain('/pilot/share');
    }
    expect(problem(await staff().get('/v1/programme/pilots/1')).code).toBe('not_found');
    expect((await shop().post('/v1/programme/pilots/1/promote', {})).status).toBe(403);
  });
});

describe('the draw', () => {
  const member = '0a1b2c3d-0000-4000-8000-000000000000';
  const inAll = { share: 999_999, locations: undefined };

  it('P83: is of each version anew, and about as large as the share', () => {
    const ids = Array.from({ length: 4_000 }, () => randomUUID());
    const isIn = (no: number) => (memberId: string) =>
      isPiloted(
        { versionNo: no, share: 250_000, locations: undefined },
        { memberId, location: undefined },
      );
    const first = ids.filter(isIn(2));
    expect(Math.abs(first.length - 1_000)).toBeLessThan(150);
    expect(Math.abs(first.filter(isIn(3)).length - 250)).toBeLessThan(80);
    expect(drawOf(2, member)).toBe(drawOf(2, member));
  });

  it('P83: counts until the end, and from then on as it ended', () => {
    const who = { memberId: member, location: undefined };
    const pilot = { versionNo: 2, ...inAll, end: undefined };
    expect([isInForce(pilot, 0, who), isInForce(pilot, 0), isInForce(undefined, 0)]).toEqual([
      true,
      false,
      true,
    ]);
    const over = (outcome: 'promoted' | 'withdrawn') => ({
      ...pilot,
      end: { outcome, effectiveAt: 10 },
    });
    expect([9, 10].map((at) => isInForce(over('withdrawn'), at, who))).toEqual([true, false]);
    expect([9, 10].map((at) => isInForce(over('promoted'), at))).toEqual([false, true]);
  });
});
