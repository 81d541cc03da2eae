import { systemCaller } from '../../src/access/caller.js';
import { AccrualService } from '../../src/accrual/accrual.service.js';
import { ClockService } from '../../src/clock/clock.service.js';
import type { ProgrammeDocument } from '../../src/programmes/document.js';
import { ProgrammesService } from '../../src/programmes/programmes.service.js';
import { publicId } from '../../src/ledger/address.js';
import { RebuildService } from '../../src/ledger/rebuild/rebuild.service.js';
import { startEngine, type Engine } from '../ledger/engine.js';
import { DAY_MS } from '../support/clock.js';
import { apiProgramme } from '../support/server.js';

/** Noon of a day to come; everything is counted from here. */
export const FIRST = Math.floor(Date.now() / DAY_MS) * DAY_MS + 2.5 * DAY_MS;

export type Notices = NonNullable<
  Extract<ProgrammeDocument['expiry'], { kind: 'rolling' }>['notices']
>;

/** An engine whose points go two months after their purchase, and whose members are told. */
export async function startTelling(
  notices: Notices = { daysBefore: [30, 7] },
  parts: Partial<ProgrammeDocument> = {},
): Promise<Engine> {
  const engine = await startEngine({ TEST_CLOCK: 'on' });
  const document = apiProgramme({
    expiry: { kind: 'rolling', months: 2, notices },
    lateEvents: { windowDays: 400, older: 'flag' },
    returnWindowDays: 0,
    ...parts,
  });
  const published = { effectiveAt: '2020-01-01T00:00:00Z', by: 'test' };
  await engine.context.get(ProgrammesService).publish(document, published);
  await moveTo(engine, FIRST);
  return engine;
}

export const moveTo = async (engine: Engine, instant: number): Promise<unknown> =>
  engine.context.get(ClockService).moveTo(instant, 'test');

let bought = 0;
/** One point for each pound, by default a hundred; returns the id of the purchase. */
export async function buy(engine: Engine, id: string, at: number, points = 100): Promise<string> {
  bought += 1;
  const reference = `buy ${String(bought)}`;
  const amount = points * 100;
  const { postings } = await engine.context.get(AccrualService).record(
    {
      member: { id },
      reference,
      occurredAt: new Date(at).toISOString(),
      total: { amount, currency: 'GBP' },
      lines: [{ category: 'home', quantity: 1, amount }],
    },
    {
      caller: systemCaller('shop', 'key/test'),
      requestId: 'request',
      idempotencyKey: reference,
    },
  );
  return publicId('pur', { memberId: id, seq: postings.at(-1)?.seq ?? 0 });
}

/** When the points of a purchase of that instant go. */
export async function datesOf(engine: Engine, member: string): Promise<number[]> {
  const rows = await engine.rows<{ at: Date }>(
    `SELECT DISTINCT expires_at AS at FROM lots WHERE member_id = $1 ORDER BY 1`,
    [member],
  );
  return rows.map(({ at }) => at.getTime());
}

export async function postedOf(
  engine: Engine,
  member: string,
): Promise<{ at: Date; why: unknown; points: number; owed: number }[]> {
  return engine.rows(
    `SELECT occurred_at AS at, explanation->0 AS why, points_after::int AS points,
            owed_after::int AS owed
       FROM postings WHERE member_id = $1 AND kind = 'expire' ORDER BY seq`,
    [member],
  );
}

export const soundness = async (engine: Engine): Promise<unknown> => {
  const { differences } = await engine.context.get(RebuildService).check();
  return [differences, (await engine.verify.verify()).differences];
};
