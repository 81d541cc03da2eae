import { setTimeout as pause } from 'node:timers/promises';
import { systemCaller, type Caller } from '../../src/access/caller.js';
import { UsersService } from '../../src/access/users.service.js';
import { AccrualService } from '../../src/accrual/accrual.service.js';
import { ReturnsService } from '../../src/accrual/returns/returns.service.js';
import {
  AdjustmentsService,
  type AdjustmentRequest,
} from '../../src/adjustments/adjustments.service.js';
import { ApprovalsQueries } from '../../src/adjustments/approvals.queries.js';
import { publicId } from '../../src/ledger/address.js';
import { answerOf } from '../../src/ledger/command.js';
import { DomainError } from '../../src/platform/http/domain-error.js';
import { ProgrammesService } from '../../src/programmes/programmes.service.js';
import type { Partner } from '../../src/programmes/document.js';
import { RedemptionsService } from '../../src/redemptions/redemptions.service.js';
import { hold, type Engine } from '../ledger/engine.js';
import { runJob } from '../jobs/running.js';
import { spendable } from '../ledger/history.js';
import { drawsOf, importProgramme } from '../support/purchases.js';

const DAY = 86_400_000;

/**
 * Members with everything a history can have: purchases that earn at rates, bonuses and tiers, some
 * pending; redemptions that are open, captured, released and timed out; adjustments by staff, some
 * approved, rejected or waiting; refusals; a second version.
 * The same seed gives the same story, but for ids and times.
 */
export async function live(engine: Engine, count: number, seed = 7): Promise<string[]> {
  const programmes = engine.context.get(ProgrammesService);
  const programme = { ...importProgramme(), rewards: [cup, mug], partners: [corner] };
  const by = 'cli';
  await programmes.publish(programme, { effectiveAt: '2020-01-01T00:00:00Z', by });
  const later = { ...programme, thanks: ['Thank you again.'] };
  await programmes.publish(later, { effectiveAt: '2099-01-01T00:00:00Z', by });
  const members: string[] = [];
  const draw = drawsOf(seed);
  const staff = [await hired(engine, 'ada'), await hired(engine, 'ben')] as const;
  for (let index = 0; index < count; index += 1) {
    const member = await engine.enrol();
    members.push(member);
    await buy(engine, member, draw);
    await redeem(engine, member, index);
    await adjust(engine, member, staff, index);
    await queue(engine, member);
  }
  await runJob(engine, 'hold-time-outs');
  return members;
}

/** So many that every bucket has a slot of them, and so few that one slot has them all. */
const value = { amount: 1, currency: 'GBP' };
const cup = { code: 'cup', name: 'Cup', points: 40, value, stock: 5_000 };
const mug = { code: 'mug', name: 'Mug', points: 1, value, stock: 300 };
/** It has paid for nothing, so what is bought at it waits. */
const corner: Partner = {
  ...{ code: 'corner', kind: 'partner' },
  terms: { kind: 'prepaid', price: '1', whenEmpty: 'queue', alertBelow: 0 },
};
const caller = systemCaller('shop', 'key/test');
let keys = 0;

const request = (): { caller: typeof caller; requestId: string; idempotencyKey: string } => ({
  caller,
  requestId: 'request',
  idempotencyKey: `history-${String((keys += 1))}`,
});

/** Two purchases whose points wait. */
async function queue(engine: Engine, member: string): Promise<void> {
  for (const amount of [1_234, 5_678]) {
    const asked = { ...request(), caller: systemCaller('corner', 'key/test') };
    await engine.context.get(AccrualService).record(
      {
        member: { id: member },
        reference: `of ${asked.idempotencyKey}`,
        occurredAt: new Date().toISOString(),
        total: { amount, currency: 'GBP' },
        lines: [{ category: 'home', quantity: 1, amount }],
      },
      asked,
    );
  }
}

/** Seven purchases in their order, one that comes late, and returns of some, whole or in part. */
async function buy(engine: Engine, member: string, draw: () => number): Promise<void> {
  const accrual = engine.context.get(AccrualService);
  const returns = engine.context.get(ReturnsService);
  const booked: string[] = [];
  for (const days of [400, 90, 60, 45, 20, 3, 0.01, 10]) {
    const amount = 2_000 + Math.floor(draw() * 60_000);
    const category = draw() < 0.5 ? 'garden' : 'home';
    const occurredAt = new Date(Date.now() - days * DAY - Math.floor(draw() * 60_000));
    const asked = request();
    const posted = await accrual.record(
      {
        member: { id: member },
        reference: `of ${asked.idempotencyKey}`,
        occurredAt: occurredAt.toISOString(),
        total: { amount, currency: 'GBP' },
        lines: [{ category, quantity: 1 + Math.floor(draw() * 3), amount }],
      },
      asked,
    );
    booked.push(publicId('pur', { memberId: member, seq: answerOf(posted).seq }));
  }
  const at = new Date(Date.now() - 60_000).toISOString();
  const whole = await returns.record(booked[3] ?? '', { occurredAt: at }, request());
  await returns.view(whole, false);
  for (const quantity of [1, 1]) {
    const lines = [{ line: '0', quantity, amount: 500 }];
    await returns.record(booked[4] ?? '', { occurredAt: at, lines }, request()).catch(refused);
  }
}

/** A second piece may be more than was bought, which is a story too. */
function refused(error: unknown): void {
  if (!(error instanceof DomainError)) throw error;
}

async function hired(engine: Engine, name: string): Promise<Caller> {
  const users = engine.context.get(UsersService);
  const { userId } = await users.create({ name, role: 'agent', createdBy: 'test' });
  const nobodyElse = { retailer: undefined, memberId: undefined, permissions: new Set<never>() };
  return { kind: 'user', id: `u/${userId}`, actor: `user/${userId}`, ...nobodyElse };
}

/** Points given and taken, and more than one person may give: waiting, approved or rejected. */
async function adjust(
  engine: Engine,
  memberId: string,
  [ada, ben]: readonly [Caller, Caller],
  index: number,
): Promise<void> {
  const adjustments = engine.context.get(AdjustmentsService);
  const by = (staff: Caller): AdjustmentRequest => ({ ...request(), caller: staff });
  const wanted = { memberId, reason: 'goodwill', note: undefined };
  await adjustments.request({ ...wanted, points: 30 + index }, by(ada));
  await adjustments.request({ ...wanted, points: -5 - index }, by(ben));
  const asking = by(ada);
  await adjustments.request({ ...wanted, points: 501 + index }, asking);
  const approvals = engine.context.get(ApprovalsQueries);
  const key = asking.idempotencyKey;
  const asked = await approvals.askedUnder(memberId, ada.id.slice(2), key, 'adjust');
  if (asked === undefined) throw new Error('Nothing was asked for.');
  const how = (['approve', 'reject', undefined] as const)[index % 3];
  if (how !== undefined) await adjustments.decide(how, asked, by(ben));
}

async function redeem(engine: Engine, member: string, index: number): Promise<void> {
  const redemptions = engine.context.get(RedemptionsService);
  const placed = async (reward = 'cup'): Promise<{ memberId: string; seq: number }> => ({
    memberId: member,
    seq: answerOf(await redemptions.hold(member, { reward }, request())).seq,
  });
  await redemptions.end({ kind: 'capture' }, await placed(), request());
  if (index === 0) await redemptions.end({ kind: 'capture' }, await placed('mug'), request());
  const given = await placed();
  await redemptions.end({ kind: 'release' }, given, request());
  await redemptions.end({ kind: 'release' }, given, request());
  await engine.ledger.submit(hold(member, { programme: { ...spendable(), holdMs: 1 } }));
  await pause(5);
  if (index % 2 === 0) await placed();
}
