import fc from 'fast-check';
import { act, type Action } from '../../src/rules/act.js';
import { balanceAt, type OpenHold } from '../../src/rules/spending/balance.js';
import type { Entry, PostingDraft } from '../../src/rules/outcome.js';
import type { MemberState } from '../../src/rules/state.js';
import { draws } from '../support/draws.js';
import { aProgramme, aProgrammeDocument } from '../support/programme.js';
import { aMember, anAccrual, aPurchase, DAY, HOUR, MINUTE, NOON } from '../support/state.js';

const HOLD_MINUTES = 90;
const MONTHS = 1;
const prices = { small: 3, middle: 20, large: 90 };
type Reward = keyof typeof prices;

/** One point a pound, in UTC, so that the model can count by itself. */
const programmeWith = (returnWindowDays: number): ReturnType<typeof aProgramme> =>
  aProgramme({
    identity: { ...aProgrammeDocument().identity, timeZone: 'UTC' },
    earningRules: [{ kind: 'per_amount', id: 'base', name: 'Base', rate: '1' }],
    tiers: [{ code: 'blue', name: 'Blue', threshold: 0, multiplier: '1' }],
    expiry: { kind: 'rolling', months: MONTHS },
    returnWindowDays,
    // What is older is decided as of today, so that the model needs no order of events.
    lateEvents: { windowDays: 0, older: 'flag' },
    redemption: { holdMinutes: HOLD_MINUTES },
    rewards: Object.entries(prices).map(([code, points]) => ({
      ...{ code, name: code, points, value: { amount: 0, currency: 'GBP' } },
    })),
  });

/** Points as a list of lots, each with what was taken out of it: all the model knows. */
interface ModelLot {
  seq: number;
  accrued: number;
  from: number;
  expires: number;
  left: number;
}
interface ModelHold {
  seq: number;
  ends: number;
  state: 'held' | 'captured' | 'released' | 'timed out';
  parts: { lot: ModelLot; amount: number }[];
}
interface Model {
  days: number;
  now: number;
  seq: number;
  pence: number;
  lots: ModelLot[];
  holds: ModelHold[];
  /** Why the newest step was refused. */
  refusal: string | undefined;
}
/** The core's state, and every posting that led there. */
interface Real {
  programme: ReturnType<typeof aProgramme>;
  member: MemberState;
  postings: PostingDraft[];
}

const heldIn = (model: Model, lot: ModelLot): number =>
  model.holds
    .filter(({ state }) => state === 'held')
    .flatMap(({ parts }) => parts)
    .reduce((sum, part) => sum + (part.lot === lot ? part.amount : 0), 0);

/** Releases, oldest hold first, of what has run out; returns what the core must post. */
function timeOut(model: Model): [string, number | null][] {
  const due = model.holds.filter(({ state, ends }) => state === 'held' && ends <= model.now);
  for (const hold of due) {
    hold.state = 'timed out';
    model.seq += 1;
  }
  return due.map(({ seq }) => ['release', seq]);
}

/** Takes points in spending order; nothing is taken when they do not suffice. */
function take(model: Model, points: number): ModelHold['parts'] | undefined {
  const order = [...model.lots].sort(
    (a, b) => a.expires - b.expires || a.accrued - b.accrued || a.seq - b.seq,
  );
  const parts: ModelHold['parts'] = [];
  let missing = points;
  for (const lot of order) {
    const free = lot.from <= model.now ? lot.left - heldIn(model, lot) : 0;
    const amount = Math.min(free, missing);
    if (amount > 0) parts.push({ lot, amount });
    missing -= amount;
  }
  return missing === 0 ? parts : undefined;
}

function modelBalance(model: Model, at: number): object {
  const sums = { available: 0, pending: 0, held: 0, owed: 0 };
  for (const lot of model.lots) {
    const held = model.holds
      .filter(({ state, ends }) => state === 'held' && ends > at)
      .flatMap(({ parts }) => parts)
      .reduce((sum, part) => sum + (part.lot === lot ? part.amount : 0), 0);
    sums.held += held;
    sums[lot.from <= at ? 'available' : 'pending'] += lot.left - held;
  }
  return sums;
}

abstract class Step implements fc.Command<Model, Real> {
  protected readonly namesHold: boolean = false;

  check({ holds }: Readonly<Model>): boolean {
    return holds.length > 0 || !this.namesHold;
  }

  /** Changes the model; returns kind and subject of every posting the core must make. */
  abstract expect(model: Model): [string, number | null][];
  abstract action(model: Model): Action;

  run(model: Model, real: Real): void {
    const action = this.action(model);
    const outcome = act(real.programme, { members: [real.member] }, action);
    model.refusal = undefined;
    const expected = [...timeOut(model), ...this.expect(model)];
    expect(outcome.refusal?.code).toBe(model.refusal);
    expect(outcome.postings.map(({ kind, subjectSeq }) => [kind, subjectSeq])).toEqual(expected);
    const [member] = outcome.state.members;
    if (member === undefined) throw new Error('The outcome has no member.');
    sameWithoutLots(real, action, outcome.postings);
    real.postings.push(...outcome.postings);
    real.member = member;
    agree(model, real, action.at, outcome.postings.length > 0);
  }

  abstract toString(): string;
}

/** An accrual for a member whom time has not changed is decided without reading lots. */
function sameWithoutLots(real: Real, action: Action, postings: readonly PostingDraft[]): void {
  const { changesAt } = real.member;
  if (action.kind !== 'accrue' || (changesAt !== null && changesAt <= action.at)) return;
  const unread = { ...real.member, lots: undefined, redemptions: undefined };
  expect(act(real.programme, { members: [unread] }, action).postings).toEqual(postings);
}

function agree(model: Model, { member, postings }: Real, at: number, hasPosted: boolean): void {
  const lots = member.lots ?? [];
  const holds: OpenHold[] = (member.redemptions ?? []).filter(({ state }) => state === 'held');
  const now = modelBalance(model, at);
  expect(balanceAt(lots, holds, member.owed, at)).toEqual(now);
  expect({
    available: member.points - member.pending,
    pending: member.pending,
    held: member.held,
    owed: member.owed,
  }).toEqual(now);
  for (const lot of lots) {
    expect([0 <= lot.held, lot.held <= lot.remaining, lot.remaining <= lot.amount]).toEqual([
      true,
      true,
      true,
    ]);
    const own = model.lots.find(({ seq }) => seq === lot.seq);
    const { left, from, expires } = own ?? {};
    expect([lot.remaining, lot.availableFrom, lot.expiresAt]).toEqual([left, from, expires]);
    expect(lot.held).toBe(own === undefined ? -1 : heldIn(model, own));
  }
  expect(lots).toHaveLength(model.lots.length);
  expect(member.version).toBe(model.seq);
  expect(postings.map(({ seq }) => seq)).toEqual(postings.map((_, index) => index + 1));
  const { points, held, owed, pending, qualifying, remainder, tier } = member;
  const figures = { points, held, owed, pending, qualifying, remainder, tier };
  const told = postings.at(-1)?.after ?? figures;
  // A settling that found nothing to post may still know that a window has closed.
  expect(hasPosted ? told : { ...told, pending }).toEqual(figures);
  balanced(member, postings);
  nothingChangesBefore(member, holds, at);
}

/** Law L3: the entries, summed by lot, are what the lots have left and hold. */
function balanced(
  { lots = [], points, held }: MemberState,
  postings: readonly PostingDraft[],
): void {
  const entries = postings.flatMap((posting) => posting.entries);
  const moved = (some: readonly Entry[], code: string): number =>
    some.reduce(
      (sum, entry) =>
        sum + (Number(entry.credit === code) - Number(entry.debit === code)) * entry.amount,
      0,
    );
  expect([moved(entries, 'points'), moved(entries, 'held')]).toEqual([points, held]);
  for (const lot of lots) {
    const own = entries.filter(({ lotSeq, lotN }) => lotSeq === lot.seq && lotN === lot.n);
    expect(moved(own, 'held')).toBe(lot.held);
    expect(moved(own, 'points')).toBe(lot.remaining - lot.held);
    expect(-moved(own, 'issued')).toBe(lot.amount);
  }
  expect(entries.every(({ amount }) => amount > 0)).toBe(true);
}

/** Balances stand still until `changesAt`, and do change then; without one, for ever. */
function nothingChangesBefore(
  { lots = [], changesAt, owed }: MemberState,
  holds: readonly OpenHold[],
  at: number,
): void {
  const now = balanceAt(lots, holds, owed, at);
  const probes = [
    ...lots.map(({ availableFrom }) => availableFrom),
    ...holds.map((h) => h.expiresAt),
  ];
  const instants = probes.flatMap((instant) => [instant - 1, instant]).filter((each) => each > at);
  for (const instant of instants) {
    if (changesAt !== null && instant >= changesAt) continue;
    expect(balanceAt(lots, holds, owed, instant)).toEqual(now);
  }
  if (changesAt === null) return;
  expect(changesAt).toBeGreaterThan(at);
  expect(balanceAt(lots, holds, owed, changesAt)).not.toEqual(now);
}

class Accrue extends Step {
  constructor(
    private readonly pence: number,
    private readonly hoursAgo: number,
  ) {
    super();
  }

  expect(model: Model): [string, number | null][] {
    const occurredAt = model.now - this.hoursAgo * HOUR;
    model.seq += 1;
    model.pence += this.pence;
    const points = Math.floor(model.pence / 100);
    model.pence -= points * 100;
    const day = Math.floor(occurredAt / DAY) * DAY;
    const from = model.days === 0 ? occurredAt : day + (model.days + 1) * DAY;
    const date = new Date(occurredAt);
    const last = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + MONTHS + 1, 0));
    const on = Math.min(date.getUTCDate(), last.getUTCDate());
    const expires = Date.UTC(last.getUTCFullYear(), last.getUTCMonth(), on + 1);
    if (points > 0) {
      model.lots.push({ seq: model.seq, accrued: occurredAt, from, expires, left: points });
    }
    return [['accrue', null]];
  }

  action(model: Model): Action {
    const occurredAt = model.now - this.hoursAgo * HOUR;
    return anAccrual(aPurchase([this.pence]), { at: model.now, occurredAt });
  }

  toString = (): string => `accrue(${this.pence}, ${this.hoursAgo} h ago)`;
}

class Hold extends Step {
  constructor(private readonly reward: Reward) {
    super();
  }

  expect(model: Model): [string, number | null][] {
    model.seq += 1;
    const parts = take(model, prices[this.reward]);
    if (parts === undefined) {
      model.refusal = 'insufficient_points';
      return [['refused', null]];
    }
    const ends = model.now + HOLD_MINUTES * MINUTE;
    model.holds.push({ seq: model.seq, ends, state: 'held', parts });
    return [['hold', null]];
  }

  action({ now }: Model): Action {
    return { kind: 'hold', at: now, retailer: 'shop', reward: this.reward };
  }

  toString = (): string => `hold(${this.reward})`;
}

const refusals = {
  captured: 'redemption_already_captured',
  released: 'redemption_already_released',
  'timed out': 'hold_expired',
};

class End extends Step {
  constructor(
    private readonly kind: 'capture' | 'release',
    private readonly which: number,
  ) {
    super();
  }

  protected override readonly namesHold = true;

  private named({ holds }: Model): ModelHold {
    const hold = holds[this.which % holds.length];
    if (hold === undefined) throw new Error('There is a hold, as check says.');
    return hold;
  }

  expect(model: Model): [string, number | null][] {
    const hold = this.named(model);
    model.seq += 1;
    if (hold.state !== 'held') {
      model.refusal = refusals[hold.state];
      return [['refused', hold.seq]];
    }
    hold.state = this.kind === 'capture' ? 'captured' : 'released';
    if (this.kind === 'release') return [['release', hold.seq]];
    for (const { lot, amount } of hold.parts) lot.left -= amount;
    return [['redeem', hold.seq]];
  }

  action(model: Model): Action {
    return { kind: this.kind, at: model.now, redemption: this.named(model).seq };
  }

  toString = (): string => `${this.kind}(${this.which})`;
}

class Wait extends Step {
  constructor(
    private readonly minutes: number,
    private readonly touches: boolean,
  ) {
    super();
  }

  override run(model: Model, real: Real): void {
    model.now += this.minutes * MINUTE;
    if (this.touches) super.run(model, real);
    const { lots = [], redemptions = [], owed } = real.member;
    const holds = redemptions.filter(({ state }) => state === 'held');
    expect(balanceAt(lots, holds, owed, model.now)).toEqual(modelBalance(model, model.now));
  }

  expect(): [string, number | null][] {
    return [];
  }

  action({ now }: Model): Action {
    return { kind: 'settle', at: now };
  }

  toString = (): string => `wait(${this.minutes} min${this.touches ? ', settle' : ''})`;
}

const steps = [
  fc.tuple(fc.nat(9_999), fc.constantFrom(0, 0, 1, 30, 800)).map(([p, h]) => new Accrue(p, h)),
  fc.constantFrom<Reward[]>('small', 'middle', 'large').map((reward) => new Hold(reward)),
  fc
    .tuple(fc.constantFrom<('capture' | 'release')[]>('capture', 'release'), fc.nat(20))
    .map(([kind, which]) => new End(kind, which)),
  fc
    .tuple(fc.constantFrom(1, 30, HOLD_MINUTES, 12 * 60, 24 * 60, 40 * 24 * 60), fc.boolean())
    .map(([minutes, touches]) => new Wait(minutes, touches)),
];

describe('spending', () => {
  it('R6, R7, R8, R9: any history agrees with a plain list of lots at every step', () => {
    const days = fc.constantFrom(0, 1, 2);
    fc.assert(
      fc.property(days, fc.commands(steps, { maxCommands: 40 }), (returnWindowDays, commands) => {
        const setUp = (): { model: Model; real: Real } => ({
          model: {
            days: returnWindowDays,
            now: NOON,
            seq: 0,
            pence: 0,
            lots: [],
            holds: [],
            refusal: undefined,
          },
          real: { programme: programmeWith(returnWindowDays), member: aMember(), postings: [] },
        });
        fc.modelRun(setUp, commands);
      }),
      { numRuns: draws(300) },
    );
  });
});
