import { DataSource } from 'typeorm';
import { systemCaller } from '../../src/access/caller.js';
import { AccrualService } from '../../src/accrual/accrual.service.js';
import { ClockService } from '../../src/clock/clock.service.js';
import { AnnouncementsQueries } from '../../src/events/announcements/announcements.queries.js';
import { JobRegistry } from '../../src/jobs/job-registry.service.js';
import { SettlementService } from '../../src/partner-offers/settlement/settlement.service.js';
import { ProgrammesService } from '../../src/programmes/programmes.service.js';
import { runJob, runJobs } from '../jobs/running.js';
import { startEngine, type Engine } from '../ledger/engine.js';
import { apiProgramme } from '../support/server.js';

let engine: Engine;
let other: Engine;
const now = new Date();
/** Noon of a day of the month that is so many ahead. */
const day = (ahead: number, date: number): number =>
  Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + ahead, date, 12);
const nameOf = (ahead: number): string => new Date(day(ahead, 1)).toISOString().slice(0, 7);

beforeAll(async () => {
  engine = await startEngine({ TEST_CLOCK: 'on' });
  other = await startEngine({ TEST_CLOCK: 'on' }, engine.database);
  const programme = apiProgramme({
    identity: { ...apiProgramme().identity, timeZone: 'UTC' },
    partners: [
      {
        ...{ code: 'wheels', kind: 'partner' },
        terms: { kind: 'postpaid', price: '0.5', redemptionPrice: '0.25' },
      },
      { code: 'travel', kind: 'agent', channels: ['agency'] },
    ],
  });
  const published = { effectiveAt: '2020-01-01T00:00:00Z', by: 'test' };
  await engine.context.get(ProgrammesService).publish(programme, published);
});
afterAll(async () => {
  await other.close();
  await engine.close();
});

const moveTo = (at: number): Promise<unknown> =>
  engine.context.get(ClockService).moveTo(at, 'test');

const made = (): Promise<object[]> =>
  engine.rows(
    'SELECT partner, period, balance::int AS balance FROM partner_statements ORDER BY period',
  );

it('J22: a month is settled by a process that had not heard of the version yet', async () => {
  await moveTo(day(1, 1));
  expect(await runJob(other, 'partner-settlements')).toBe(1);
  expect(await made()).toEqual([{ partner: 'wheels', period: nameOf(0), balance: 0 }]);
});

it('J18: a closed month of each partner with terms is settled once, and announced with its balance', async () => {
  await moveTo(day(1, 10));
  const member = await engine.enrol();
  const at = new Date(day(1, 10) - 3_600_000).toISOString();
  await engine.context.get(AccrualService).record(
    {
      member: { id: member },
      reference: 'tyres',
      occurredAt: at,
      total: { amount: 10_000, currency: 'GBP' },
      lines: [{ category: 'home', quantity: 1, amount: 10_000 }],
    },
    { caller: systemCaller('wheels', 'key/test'), requestId: 'request', idempotencyKey: 'tyres' },
  );
  // The month before is over, and settled; the one of the purchase is not over.
  expect(await runJob(engine, 'partner-settlements')).toBe(0);
  expect(await made()).toEqual([{ partner: 'wheels', period: nameOf(0), balance: 0 }]);

  await moveTo(day(2, 1));
  const job = engine.context.get(JobRegistry).named('partner-settlements');
  const page = { after: undefined, limit: 10 };
  const foreseen = (await job.foresee(undefined, day(2, 1), page)).items;
  expect(foreseen.map(({ details }) => details)).toEqual([
    { partner: 'wheels', period: nameOf(1) },
  ]);
  expect(await runJobs([engine, other], 'partner-settlements')).toBe(1);
  expect(await runJob(engine, 'partner-settlements')).toBe(0);
  const settled = await engine.context
    .get(SettlementService)
    .statement('wheels', nameOf(1), { retailer: undefined });
  expect([settled.isClosed, settled.statement.balance]).toEqual([true, 50n]);
  expect(await made()).toEqual([
    { partner: 'wheels', period: nameOf(0), balance: 0 },
    { partner: 'wheels', period: nameOf(1), balance: 50 },
  ]);
  const announced = await engine.context
    .get(DataSource)
    .transaction((tx) => engine.context.get(AnnouncementsQueries).announce(tx));
  const told = announced.filter(({ type }) => type === 'settlement.ready');
  expect(told.map(({ data }) => data)).toContainEqual({
    partner: 'wheels',
    period: nameOf(1),
    currency: 'GBP',
    balance: 50,
  });
});
