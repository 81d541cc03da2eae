import { act } from '../../src/rules/act.js';
import type { Programme } from '../../src/rules/programme.js';
import { BILLION } from '../../src/rules/points.js';
import type { Outcome } from '../../src/rules/outcome.js';
import { counterKey, type MemberState } from '../../src/rules/state.js';
import { aProgramme } from '../support/programme.js';
import {
  aMember,
  anAccrual,
  aPurchase,
  DAY,
  HOUR,
  lastOf,
  memberOf,
  NOON,
  versionsOf,
} from '../support/state.js';

const programme = aProgramme();
const fresh = (more: Partial<MemberState> = {}): MemberState =>
  aMember({ history: [], purchases: new Map(), tier: 'blue', ...more });

/** Buys for an amount at an instant, and arrives at noon or later. */
const buying = (member: MemberState, amount: number, occurredAt: number, by = programme): Outcome =>
  act(
    by,
    { members: [member] },
    {
      ...anAccrual(aPurchase([amount]), { at: Math.max(NOON, occurredAt), occurredAt }),
      versions: versionsOf(by),
    },
  );
const returning = (member: MemberState, purchase: number, at: number, by: Programme): Outcome =>
  act(
    by,
    { members: [member] },
    {
      ...{ kind: 'return', at, occurredAt: at, purchase },
      versions: versionsOf(by),
    },
  );
const kindsOf = ({ postings }: Outcome): string[] => postings.map(({ kind }) => kind);
const MIDNIGHT = NOON - 12 * HOUR;

describe('a purchase that arrives late', () => {
  /** The bonus of a visit goes to the earlier one of two within its cool-down. */
  const late = (): Outcome => buying(memberOf(buying(fresh(), 3_000, NOON)), 2_000, NOON - HOUR);

  it('R11: takes from a later one what that would not have had, in a correction of its own', () => {
    const [correction] = late().postings;
    const [lot] = memberOf(buying(fresh(), 3_000, NOON)).lots ?? [];
    expect(correction).toEqual({
      ...{ member: 0, seq: 2, kind: 'correct', subjectSeq: 1, versionNo: 1, occurredAt: NOON },
      ...{ billionths: -20n * BILLION, moved: -20 },
      after: {
        ...{ points: 30, held: 0, owed: 0, pending: 30 },
        ...{ qualifying: 30n * BILLION, remainder: 0n, tier: 'blue' },
      },
      explanation: [[2, -1, 'late_event_changed', '-20000000000', 'cool_down_running']],
      entries: [{ debit: 'points', credit: 'issued', amount: 20, lotSeq: 1, lotN: 0 }],
      ...{ opened: [], changed: [{ ...lot, remaining: 30 }], counters: [], redemptions: [] },
      decision: { held: 'blue', tier: 'blue', event: 1 },
      ...{ returned: undefined, standing: undefined },
    });
  });

  it('R11: is posted last, as of its place, and ends as if it had come in time', () => {
    const outcome = late();
    expect(kindsOf(outcome)).toEqual(['correct', 'accrue']);
    expect(lastOf(outcome)).toMatchObject({
      ...{ seq: 3, occurredAt: NOON - HOUR, moved: undefined, billionths: 40n * BILLION },
      entries: [{ debit: 'issued', credit: 'points', amount: 40, lotSeq: 3, lotN: 0 }],
    });
    expect(lastOf(outcome).counters).toEqual([
      { counter: 'visit/last', periodStart: 0, used: NOON - HOUR },
    ]);
    expect(lastOf(outcome).explanation.at(-1)).toEqual([-2, -1, 'late_event', '0']);
    const { points, qualifying, newestAt, history } = memberOf(outcome);
    expect({ points, qualifying, newestAt }).toEqual({
      ...{ points: 70, qualifying: 50n * BILLION, newestAt: NOON },
    });
    expect(history?.map(({ kind, event, purchase }) => [kind, event, purchase])).toEqual([
      ['accrue', 1, 1],
      ['correct', 1, 1],
      ['accrue', 3, 3],
    ]);
  });

  it('R11: corrects nothing that is the same after it', () => {
    const first = memberOf(buying(fresh(), 1_000, NOON));
    expect(kindsOf(buying(first, 1_000, NOON - HOUR))).toEqual(['accrue']);
  });

  it('R11: corrects the tier a later one was decided at, even where no points change', () => {
    const first = memberOf(buying(fresh(), 0, NOON));
    const outcome = buying(first, 60_000, NOON - HOUR);
    expect(kindsOf(outcome)).toEqual(['correct', 'accrue']);
    expect(outcome.postings[0]).toMatchObject({
      ...{ billionths: 0n, entries: [], moved: 0, after: { tier: 'blue' } },
      decision: { held: 'silver', tier: 'silver', event: 1 },
    });
    expect(memberOf(outcome).tier).toBe('silver');
    expect(lastOf(outcome).standing).toMatchObject({ from: 'blue', tier: 'silver', fromSeq: 3 });
  });

  it('R11: gives a later one the bonus of the tier that it reaches', () => {
    const first = memberOf(buying(fresh(), 1_000, NOON));
    const [correction] = buying(first, 60_000, NOON - HOUR).postings;
    // A bonus of a quarter, which the first tier has not.
    expect(correction?.explanation).toEqual([
      [-1, 0, 'late_event_changed', '2500000000', 'tier_bonus_applied'],
    ]);
    expect(correction?.after.qualifying).toBe(10n * BILLION);
  });

  it('R11: leaves alone what was bought with what is erased now, and counts it', () => {
    const first = { ...memberOf(buying(fresh(), 3_000, NOON)), purchases: new Map() };
    const outcome = buying(first, 2_000, NOON - HOUR);
    expect(kindsOf(outcome)).toEqual(['accrue']);
    expect(memberOf(outcome).qualifying).toBe(50n * BILLION);
    const unread = buying({ ...first, purchases: undefined }, 2_000, NOON - HOUR);
    expect(kindsOf(unread)).toEqual(['accrue']);
  });

  it('R11: leaves alone a return whose purchase is erased now', () => {
    const bought = memberOf(buying(fresh(), 3_000, NOON));
    const back = memberOf(returning(bought, 1, NOON + DAY, programme));
    const outcome = buying({ ...back, purchases: new Map() }, 2_000, NOON + HOUR);
    expect(kindsOf(outcome)).toEqual(['accrue']);
    expect(memberOf(outcome).qualifying).toBe(20n * BILLION);
  });

  it('R11: decides a later return again, which then takes back what is left to take', () => {
    const bought = memberOf(buying(fresh(), 3_000, NOON));
    const back = memberOf(returning(bought, 1, NOON + DAY, programme));
    const outcome = buying(back, 2_000, NOON - HOUR);
    expect(outcome.postings.map(({ kind, decision }) => [kind, decision?.event])).toEqual([
      ['correct', 1],
      ['correct', 2],
      ['accrue', undefined],
    ]);
    expect(memberOf(outcome)).toMatchObject({ points: 40, qualifying: 20n * BILLION });
  });
});

describe('counters before a late purchase', () => {
  const last = counterKey('visit/last', 0);
  const cap = counterKey('visit/day', MIDNIGHT);
  const bonusAfter = (lastAt: number, used = 0): string | undefined => {
    // The earlier purchase that had the bonus was not read; the later one is below the minimum.
    const counters = new Map([
      [last, lastAt],
      [cap, used],
    ]);
    const first = memberOf(buying(fresh({ counters }), 1_000, NOON));
    const { explanation } = lastOf(buying(first, 2_000, NOON - HOUR));
    return explanation.find(([rule]) => rule === 2)?.[2];
  };

  it('R11: know a bonus of a purchase that was not read', () => {
    expect(bonusAfter(NOON - 2 * HOUR)).toBe('cool_down_running');
    expect(bonusAfter(NOON - 13 * HOUR)).toBe('purchase_bonus_applied');
    expect(bonusAfter(0, 20)).toBe('cap_reached');
  });
});

describe('whole points of late purchases', () => {
  const halves = aProgramme({
    earningRules: [{ kind: 'per_amount', id: 'base', name: 'Base', rate: '0.5' }],
  });

  it('R16: of others go with the late one, in lots of their own terms', () => {
    const first = memberOf(buying(fresh(), 100, NOON, halves));
    expect(first).toMatchObject({ points: 0, remainder: BILLION / 2n });
    const outcome = buying(first, 100, NOON - HOUR, halves);
    // The second of two halves makes the point, and that is the one posted first.
    expect(kindsOf(outcome)).toEqual(['accrue']);
    expect(lastOf(outcome).opened).toMatchObject([
      { seq: 2, n: 0, amount: 1, accruedAt: NOON, origin: { seq: 1, n: 0 } },
    ]);
    expect(memberOf(outcome)).toMatchObject({ points: 1, remainder: 0n });
  });
});
