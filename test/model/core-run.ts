/** Runs drawn steps on the core and on the reference model, and compares the two after each. */
import { isDeepStrictEqual } from 'node:util';
import { expect } from '@jest/globals';
import type fc from 'fast-check';
import { act, type Action } from '../../src/rules/act.js';
import type { Versions } from '../../src/rules/earning/timeline.js';
import type { Programme } from '../../src/rules/programme.js';
import { balanceAt } from '../../src/rules/spending/balance.js';
import type { Outcome, PostingDraft } from '../../src/rules/outcome.js';
import type { HeldLot, MemberState } from '../../src/rules/state.js';
import { compileProgramme } from '../../src/programmes/compile.js';
import { aMember, DAY, memberOf } from '../support/state.js';
import { BEGIN, ENROLLED, type History, versionsFor } from './programmes.js';
import { Reference } from './reference.js';
import { askedOf, countersOf, holdFor, lotsOf, pick, type Step } from './steps.js';

const STAFF = 'user-1';

export interface Model {
  reference: Reference;
  now: number;
}

export interface Real {
  versions: Versions;
  member: MemberState;
  /** Numbers of postings by the model's numbers. */
  numbers: Map<number, number>;
  /** What holds reserved, as the ledger finds it in their entries. */
  reserved: Map<number, readonly HeldLot[]>;
  postings: PostingDraft[];
}

export function versionsOf(published: History): Versions {
  const compiled = published.map(({ from, document }, index) =>
    compileProgramme(document, { no: index + 1, effectiveAt: from }),
  );
  return {
    at: (instant) => compiled.findLast(({ effectiveAt }) => effectiveAt <= instant),
    version: (no) => found(compiled[no - 1]),
  };
}

export function setUp(published: History): { model: Model; real: Real } {
  return {
    model: { reference: new Reference(versionsFor(published), ENROLLED), now: BEGIN },
    real: {
      versions: versionsOf(published),
      member: aMember({ enrolledAt: ENROLLED, history: [], purchases: new Map() }),
      numbers: new Map(),
      reserved: new Map(),
      postings: [],
    },
  };
}

export class CoreStep implements fc.Command<Model, Real> {
  constructor(private readonly step: Step) {}

  check({ reference }: Readonly<Model>): boolean {
    const { step } = this;
    if (step.do === 'return') return reference.story.purchases.size > 0;
    return (step.do !== 'capture' && step.do !== 'release') || reference.holds.length > 0;
  }

  run(model: Model, real: Real): void {
    const { reference } = model;
    const posted = reference.postings.length;
    const worth = worthOf(reference);
    const { answer, action } = this.done(model, real);
    if (action !== undefined) {
      const outcome = decided(model, real, action);
      const { postings, refusal } = outcome;
      same(refusal?.code, answer);
      if (refusal?.pointer !== undefined) return;
      const kinds = reference.postings.slice(posted);
      same(
        postings.map(({ kind }) => kind),
        kinds,
      );
      for (const { explanation, billionths } of postings) {
        same(sum(explanation.map((item) => BigInt(item[3]))), billionths);
      }
      const earned = postings.filter(({ kind }) => kind !== 'adjust');
      same(sum(earned.map(({ billionths }) => billionths)), worthOf(reference) - worth);
      real.postings.push(...postings);
      keep(model, real, memberOf(outcome));
    }
    compare(model, real);
  }

  /** Does the step to the model; says what it answered, and the same step as an action. */
  private done(model: Model, real: Real): { answer?: string | undefined; action?: Action } {
    const { step } = this;
    const { reference, now } = model;
    const { versions, numbers } = real;
    const number = (id: number): number => numbers.get(id) ?? -1;
    switch (step.do) {
      case 'accrue': {
        const { basket, ago, uses } = step;
        const occurredAt = now - ago;
        const used = holdFor(reference, uses);
        const ids = used === undefined ? [] : [used.id];
        const answer = reference.accrue(now, occurredAt, basket, ids);
        const named = { redemptions: ids.map(number), retailer: 'shop' };
        return {
          answer,
          action: { kind: 'accrue', at: now, occurredAt, purchase: basket, versions, ...named },
        };
      }
      case 'return': {
        const bought = [...reference.story.purchases.values()];
        const { id, basket } = found(pick(bought, step.which));
        const given = holdFor(reference, step.gives);
        const ids = given === undefined ? undefined : [given.id];
        const lines = askedOf(basket, step.back);
        const occurredAt = now - step.ago;
        const answer = reference.bringBack(now, occurredAt, id, lines, ids);
        const named = { purchase: number(id), lines, redemptions: ids?.map(number) };
        return { answer, action: { kind: 'return', at: now, occurredAt, versions, ...named } };
      }
      case 'hold': {
        const { reward } = step;
        const answer = reference.hold(now, reward);
        return { answer, action: { kind: 'hold', at: now, retailer: 'shop', reward } };
      }
      case 'capture':
      case 'release': {
        const hold = found(pick(reference.holds, step.which));
        const answer = reference.end(now, hold, step.do);
        return { answer, action: { kind: step.do, at: now, redemption: number(hold.id) } };
      }
      case 'adjust': {
        const { points } = step;
        const requester = { id: STAFF, memberId: null };
        const answer = reference.adjust(now, points);
        return {
          answer,
          action: { kind: 'adjust', at: now, points, reason: 'goodwill', requester },
        };
      }
      case 'wait':
        model.now += step.ms;
        return {};
    }
  }

  toString(): string {
    return JSON.stringify(this.step);
  }
}

/** What the ledger would do with an action: what is decided by whom, with which facts. */
function decided({ reference, now }: Model, real: Real, action: Action): Outcome {
  const { member, versions, reserved } = real;
  const when = 'occurredAt' in action ? action.occurredAt : now;
  const programme: Programme = found(versions.at(when) ?? versions.at(now));
  const redemptions = member.redemptions?.map((each) =>
    each.state === 'captured' ? { ...each, lots: reserved.get(each.seq) ?? [] } : each,
  );
  // The reference has counted this adjustment already; the ledger reads what was used before it.
  const isOwn = action.kind === 'adjust' && reference.postings.at(-1) === 'adjust';
  const before = isOwn ? reference.adjusted.slice(0, -1) : reference.adjusted;
  const used = before.reduce((all, { at, size }) => all + (at > now - DAY ? size : 0), 0);
  const limits = new Map([
    [`adjust/user/${STAFF}`, used],
    [`adjust/member/${member.memberId}`, used],
  ]);
  return act(programme, { members: [{ ...member, redemptions }], limits }, action);
}

function keep({ reference }: Model, real: Real, member: MemberState): void {
  real.member = member;
  if (!real.numbers.has(reference.newest)) real.numbers.set(reference.newest, member.version);
  const hold = member.redemptions?.find(({ seq }) => seq === member.version);
  if (hold?.state === 'held') real.reserved.set(hold.seq, hold.lots);
}

const sum = (parts: readonly bigint[]): bigint => parts.reduce((a, b) => a + b, 0n);

const worthOf = ({ story }: Reference): bigint =>
  sum([...story.purchases.values()].flatMap(({ items }) => [...items.values()]));

/** `expect` alone, which prepares for the worst each time, would take most of the time of a run. */
function same(real: unknown, model: unknown): void {
  if (!isDeepStrictEqual(real, model)) expect(real).toEqual(model);
}

/** Everything law R11 speaks of, and what can be spent now. */
function compare({ reference, now }: Model, { member, numbers }: Real): void {
  const { lots = [], redemptions = [], owed, tier, qualifying, remainder, version } = member;
  const { story, holds } = reference;
  const open = redemptions.filter(({ state }) => state === 'held');
  same(balanceAt(lots, open, owed, now), reference.balance(now));
  const told = [reference.postings.length, story.held, story.qualifying, story.remainder];
  same([version, tier, qualifying, remainder], told);
  same(
    merged(lots.map((l) => [l.accruedAt, l.availableFrom, l.expiresAt, l.remaining, l.held])),
    merged(lotsOf(reference)),
  );
  const used = [...member.counters].filter(([, each]) => each !== 0);
  same(Object.fromEntries(used), countersOf(reference));
  same(
    redemptions.map(({ seq, state, purchaseSeq }) => [seq, state, purchaseSeq]),
    holds.map(({ id, state, usedOn }) => [numbers.get(id), state, numbers.get(usedOn ?? -1)]),
  );
}

/** Lots of the same terms together: remaining and held by terms. */
function merged(lots: readonly (number | null)[][]): Record<string, number[]> {
  const sums: Record<string, number[]> = {};
  for (const lot of lots) {
    const key = lot.slice(0, 3).join();
    const [left = 0, held = 0] = sums[key] ?? [];
    sums[key] = [left + Number(lot[3]), held + Number(lot[4])];
  }
  return Object.fromEntries(Object.entries(sums).filter(([, [left = 0]]) => left > 0));
}

function found<T>(thing: T | undefined): T {
  if (thing === undefined) throw new Error('A step names what is there.');
  return thing;
}
