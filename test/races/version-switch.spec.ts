import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { PublishedView } from '../../src/programmes/views/programmes.views.js';
import { Api, aPurchase, expected, type Answer } from '../support/api.js';
import { apiProgramme, deploy, type Deployment } from '../support/server.js';

const CLIENTS = 12;
const MEMBERS = 30;
const SECOND = 1_000;
/** Points a pound, by version. */
const rates = ['1', '2', '3'];
const seed = Number(process.env['SWITCH_SEED'] ?? Math.floor(Math.random() * 2 ** 31));

const paying = (rate: string): ReturnType<typeof apiProgramme> =>
  apiProgramme({
    rewards: [],
    earningRules: [{ kind: 'per_amount', id: 'base', name: 'Base', rate }],
    thanks: [`At ${rate} points a pound.`],
  });

let deployment: Deployment;
let members: string[] = [];

beforeAll(async () => {
  deployment = await deploy({ replicas: 2, programme: paying('1'), env: { JOBS: 'off' } });
  members = await Promise.all(Array.from({ length: MEMBERS }, (_, n) => shop(n).enrol()));
}, 120_000);

afterAll(async () => {
  const complaints = deployment.complaints();
  await deployment.close();
  expect(complaints).toBe('');
});

const at = (n: number): string => deployment.servers[n % 2]?.url ?? '';
const shop = (n: number): Api => new Api(at(n), deployment.credentials.shop);

/** A number below 1 that follows from the seed. */
function draws(of: number): () => number {
  let state = (seed ^ (of * 0x9e3779b9)) >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Posts until told to stop, at both servers: most things as they happen, some late, some ahead. */
async function client(no: number, stop: AbortSignal, answers: Answer[]): Promise<void> {
  const next = draws(no);
  for (let n = no; !stop.aborted; n += 1) {
    const draw = next();
    const behind = draw < 0.6 ? 0 : draw < 0.9 ? next() * 8 * SECOND : -next() * 2 * SECOND;
    const occurredAt = new Date(Date.now() - behind).toISOString();
    const member = members[Math.floor(next() * MEMBERS)] ?? '';
    const body = aPurchase(member, { at: occurredAt, amount: 1_000, reference: randomUUID() });
    answers.push(await shop(n).purchase(body));
  }
}

async function publish(rate: string, effectiveAt?: string): Promise<PublishedView> {
  const staff = new Api(at(0), deployment.credentials.staff);
  const body = { document: paying(rate), ...(effectiveAt !== undefined && { effectiveAt }) };
  return expected(await staff.post<PublishedView>('/v1/programme/versions', body), 201);
}

describe('a version that starts while two servers book', () => {
  it(`P13, R11: fails no request, and decides just what happens from then on (seed ${String(seed)})`, async () => {
    const stop = new AbortController();
    const answers: Answer[] = [];
    const clients = Array.from({ length: CLIENTS }, (_, no) => client(no, stop.signal, answers));
    await pause(2 * SECOND);
    const second = Date.parse((await publish('2')).effectiveAt);
    const third = second + 1.5 * SECOND;
    expect((await publish('3', new Date(third).toISOString())).version).toBe(3);
    await pause(third + 3 * SECOND - Date.now());
    stop.abort();
    await Promise.all(clients);

    expect(answers.filter(({ status }) => status !== 201)).toEqual([]);
    const booked = await deployment.sql<{
      occurred: Date;
      version: number;
      exact: string;
      late: boolean;
    }>(
      `SELECT occurred_at AS occurred, version_no AS version, billionths AS exact,
              explanation::text LIKE '%late_event%' AS late
         FROM postings WHERE kind = 'accrue'`,
    );
    expect(booked.length).toBe(answers.length);
    const versionAt = (instant: number): number => (instant < second ? 1 : instant < third ? 2 : 3);
    const wrong = booked.filter(({ occurred, version, exact }) => {
      const rate = Number(rates[version - 1]);
      return version !== versionAt(occurred.getTime()) || Number(exact) !== rate * 10 * 1e9;
    });
    expect(wrong).toEqual([]);
    for (const version of [1, 2, 3]) {
      const own = booked.filter((each) => each.version === version);
      expect(own.length).toBeGreaterThan(10);
      expect(own.some(({ late }) => late)).toBe(true);
    }
    process.stdout.write(`  ${String(booked.length)} booked through two starts\n`);
    expect((await deployment.verify()).differences).toEqual([]);
    expect(await deployment.rebuild()).toEqual([]);
  }, 120_000);
});
