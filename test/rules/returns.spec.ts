import { act } from '../../src/rules/act.js';
import { FUTURE_TOLERANCE_MS } from '../../src/rules/actions/accrue.js';
import type { ReturnAction } from '../../src/rules/actions/return.js';
import type { ExplanationItem } from '../../src/rules/explanation.js';
import { BILLION } from '../../src/rules/points.js';
import type { Outcome } from '../../src/rules/outcome.js';
import type { MemberState, Redemption } from '../../src/rules/state.js';
import { aProgramme } from '../support/programme.js';
import {
  aLot,
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

const programme = aProgramme({ lateEvents: { windowDays: 10, older: 'flag' } });
const versions = versionsOf(programme);
const fresh = (more: Partial<MemberState> = {}): MemberState =>
  aMember({ history: [], purchases: new Map(), ...more });

const buying = (member: MemberState, amount: number, occurredAt = NOON): MemberState =>
  memberOf(
    act(
      programme,
      { members: [member] },
      {
        ...anAccrual(aPurchase([amount]), { at: occurredAt }),
        versions,
      },
    ),
  );

function back(member: MemberState, more: Partial<ReturnAction> = {}, by = programme): Outcome {
  const { at = NOON + HOUR } = more;
  const action = { kind: 'return', at, occurredAt: at, purchase: 1, versions, ...more } as const;
  return act(by, { members: [member] }, action);
}
const toldBy = (outcome: Outcome): readonly ExplanationItem[] => lastOf(outcome).explanation;

/** 30 points for the money and 20 for the visit. */
const bought = (): MemberState => buying(fresh(), 3_000);
const spent = (member: MemberState): MemberState => ({
  ...member,
  points: 0,
  pending: 0,
  lots: (member.lots ?? []).map((lot) => ({ ...lot, remaining: 0 })),
});

describe('a return', () => {
  it('R15: is one posting that takes back all its purchase has', () => {
    const outcome = back(bought());
    const [lot] = bought().lots ?? [];
    expect(outcome.postings).toEqual([
      {
        ...{ member: 0, seq: 2, kind: 'return', subjectSeq: 1, versionNo: 1 },
        ...{ occurredAt: NOON + HOUR, billionths: -50n * BILLION, moved: -50, shared: [] },
        after: {
          ...{ points: 0, held: 0, owed: 0, pending: 0 },
          ...{ qualifying: 0n, remainder: 0n, tier: 'blue' },
        },
        explanation: [
          [0, 0, 'returned', '-30000000000'],
          [2, -1, 'minimum_no_longer_met', '-20000000000'],
        ],
        entries: [{ debit: 'points', credit: 'issued', amount: 50, lotSeq: 1, lotN: 0 }],
        opened: [],
        changed: [{ ...lot, remaining: 0 }],
        counters: [
          { counter: 'visit/last', periodStart: 0, used: 0 },
          { counter: 'visit/day', periodStart: NOON - 12 * HOUR, used: 0 },
        ],
        redemptions: [],
        returned: [{ line: 0, quantity: 1, amount: 3_000 }],
        decision: { held: 'blue', tier: 'blue' },
        standing: undefined,
      },
    ]);
    expect(memberOf(outcome)).toMatchObject({ version: 2, newestAt: NOON + HOUR, changesAt: null });
    expect(memberOf(outcome).history).toHaveLength(2);
    expect(memberOf(outcome).history?.[1]).toMatchObject({
      ...{ seq: 2, kind: 'return', purchase: 1, event: 2, recordedAt: NOON + HOUR },
      ...{ held: 'blue', tier: 'blue', returned: [{ line: 0, quantity: 1, amount: 3_000 }] },
    });
  });

  it('R17: is owed where its points are spent, and the next points pay', () => {
    const outcome = back(spent(bought()));
    expect(toldBy(outcome).slice(2)).toEqual([[-2, -1, 'points_owed', '0', 50]]);
    expect(lastOf(outcome).after).toMatchObject({ points: 0, owed: 50 });
    const next = act(
      programme,
      { members: [memberOf(outcome)] },
      { ...anAccrual(aPurchase([9_000]), { at: NOON + DAY }), versions },
    );
    expect(toldBy(next).at(-1)).toEqual([-2, -1, 'owed_repaid', '0', 50]);
    expect(lastOf(next).after).toMatchObject({ points: 60, owed: 0 });
  });

  it('R17: is taken from other points first', () => {
    const member = spent(bought());
    const lots = [...(member.lots ?? []), aLot({ seq: 9, remaining: 20 })];
    const outcome = back({ ...member, points: 20, lots });
    expect(toldBy(outcome).slice(2)).toEqual([
      [-2, -1, 'taken_from_other_points', '0', 20],
      [-2, -1, 'points_owed', '0', 30],
    ]);
  });

  it('R11, R14: says whether it came late, and whether too late for its place', () => {
    const member = buying(bought(), 1_000, NOON + 5 * DAY);
    const at = NOON + 6 * DAY;
    const late = back(member, { at, occurredAt: NOON + HOUR });
    expect(toldBy(late)).toContainEqual([-2, -1, 'late_event', '0']);
    const old = back(member, { at: NOON + 11 * DAY, occurredAt: NOON + HOUR });
    expect(toldBy(old)).toContainEqual([-2, -1, 'decided_as_of_today', '0']);
    expect(memberOf(old).newestAt).toBe(NOON + 11 * DAY);
    const inTime = toldBy(back(member, { at, occurredAt: at })).map(([, , code]) => code);
    expect(inTime).toEqual(['returned', 'minimum_no_longer_met']);
  });

  it.each([
    ['in the future', { occurredAt: NOON + HOUR + FUTURE_TOLERANCE_MS + 1 }, 'occurred_in_future'],
    ['before its purchase', { occurredAt: NOON - 1 }, 'return_before_purchase'],
    ['of no purchase', { purchase: 7 }, 'return_before_purchase'],
  ])('R12: one %s is refused, and blames when', (_, more, code) => {
    const outcome = back(bought(), more);
    expect(outcome.refusal).toEqual({ code, pointer: '/occurredAt', details: {} });
    expect([outcome.postings, memberOf(outcome)]).toEqual([[], bought()]);
  });

  it('R12: one a little in the future is not, nor one at the time of its purchase', () => {
    const ahead = back(bought(), { occurredAt: NOON + HOUR + FUTURE_TOLERANCE_MS });
    expect(ahead.refusal).toBeUndefined();
    expect(back(bought(), { occurredAt: NOON }).refusal).toBeUndefined();
  });

  it('R12: one of an erased purchase is refused for ever', () => {
    const outcome = back({ ...bought(), purchases: new Map() });
    expect(outcome.refusal).toEqual({ code: 'purchase_erased', details: {} });
    expect(lastOf(outcome)).toMatchObject({ kind: 'refused', subjectSeq: 1 });
    const refusing = aProgramme({ lateEvents: { windowDays: 10, older: 'refuse' } });
    const late = back(bought(), { at: NOON + 12 * DAY, occurredAt: NOON + DAY }, refusing);
    expect(late.refusal).toEqual({ code: 'event_too_late', details: { windowDays: 10 } });
  });

  it('R15: more than is left is refused, and blames the line', () => {
    const outcome = back(bought(), { lines: [{ line: 0, quantity: 2 }] });
    expect(outcome.refusal?.pointer).toBe('/lines/0/quantity');
    // A second one is judged by what the first left, even where it happened before it.
    const first = memberOf(back(bought(), { at: NOON + DAY }));
    const second = back(first, { at: NOON + DAY, occurredAt: NOON + HOUR });
    expect(second.refusal).toEqual({ code: 'nothing_left_to_return', details: {} });
  });
});

describe('the tier after a return', () => {
  const silver = (): MemberState => buying(fresh(), 60_000);

  it('R19: is told with its reason when it is reached, and when it goes', () => {
    const reached = act(
      programme,
      { members: [fresh({ tier: 'blue' })] },
      { ...anAccrual(aPurchase([60_000])), versions },
    );
    expect(lastOf(reached).standing).toEqual({
      ...{ fromSeq: 1, tier: 'silver', from: 'blue' },
      why: {
        ...{ code: 'threshold_reached', qualifying: '600000000000', threshold: 500 },
        until: Date.UTC(2026, 6, 16, 23),
      },
    });
    const gone = back(memberOf(reached));
    expect(lastOf(gone).standing).toEqual({
      ...{ fromSeq: 2, tier: 'blue', from: 'silver' },
      why: { code: 'purchase_returned', qualifying: '0', threshold: 0 },
    });
    expect(memberOf(gone).tier).toBe('blue');
  });

  it('R19: is kept until the review once the window is closed, and says so', () => {
    const outcome = back(silver(), { at: NOON + 40 * DAY });
    expect(toldBy(outcome)).toContainEqual([-2, -1, 'tier_kept_until_review', '0', 'silver']);
    expect(lastOf(outcome)).toMatchObject({ standing: undefined, after: { tier: 'silver' } });
    const codes = toldBy(back(silver())).map(([, , code]) => code);
    expect(codes).not.toContain('tier_kept_until_review');
  });
});

describe('rewards used on a purchase', () => {
  const used = (more: Partial<Redemption> = {}): Redemption => ({
    ...{ seq: 5, retailer: 'shop', reward: 'tea', points: 40, state: 'captured', changedSeq: 6 },
    ...{ expiresAt: NOON, lots: [{ seq: 9, n: 0, amount: 40 }], purchaseSeq: 1 },
    ...more,
  });
  const having = (...redemptions: Redemption[]): MemberState => {
    const member = bought();
    return {
      ...member,
      redemptions,
      lots: [...(member.lots ?? []), aLot({ seq: 9, remaining: 60 })],
    };
  };

  it('R18: come back with the whole of it', () => {
    const other = used({ seq: 7, purchaseSeq: 2 });
    const open = used({ seq: 8, state: 'returned' });
    const outcome = back(having(used(), other, open));
    const done = { ...used(), state: 'returned', changedSeq: 2, lots: [] };
    expect(lastOf(outcome).redemptions).toEqual([done]);
    expect(memberOf(outcome).redemptions).toEqual([done, other, open]);
    expect(toldBy(outcome)).toContainEqual([-2, -1, 'reward_given_back', '0', 40]);
    expect(lastOf(outcome).entries[0]).toEqual({
      ...{ debit: 'redeemed', credit: 'points', amount: 40, lotSeq: 9, lotN: 0 },
    });
  });

  it('R18: stay where a part comes back, unless they are named', () => {
    const lines = [{ line: 0, quantity: 0, amount: 100 }];
    expect(lastOf(back(having(used()), { lines })).redemptions).toEqual([]);
    const money = [{ line: 0, quantity: 1, amount: 100 }];
    expect(lastOf(back(having(used()), { lines: money })).redemptions).toEqual([]);
    const all = [{ line: 0, quantity: 0, amount: 3_000 }];
    expect(lastOf(back(having(used()), { lines: all })).redemptions).toEqual([]);
    const named = back(having(used()), { lines, redemptions: [5] });
    expect(lastOf(named).redemptions).toMatchObject([{ seq: 5, state: 'returned' }]);
    expect(lastOf(back(having(used()), { redemptions: [] })).redemptions).toEqual([]);
  });

  it('R18: are refused, and blamed, when they were not used on it', () => {
    const outcome = back(having(used(), used({ seq: 7, purchaseSeq: 2 })), { redemptions: [5, 7] });
    const pointer = '/redemptions/1';
    const refusal = { code: 'redemption_not_on_purchase', pointer, details: {} };
    expect([outcome.refusal, outcome.postings]).toEqual([refusal, []]);
  });
});
