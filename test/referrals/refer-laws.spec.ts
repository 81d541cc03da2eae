import { act } from '../../src/rules/act.js';
import type { Outcome } from '../../src/rules/outcome.js';
import type { ReferralClaim } from '../../src/rules/referrals/claim.js';
import { REFERRAL_BUDGET } from '../../src/rules/referrals/terms.js';
import type { MemberState } from '../../src/rules/state.js';
import { lintDocument } from '../../src/programmes/lint.js';
import type { ProgrammeDocument } from '../../src/programmes/document.js';
import { aProgramme, aProgrammeDocument } from '../support/programme.js';
import {
  aMember,
  anAccrual,
  aPurchase,
  DAY,
  HOUR,
  memberOf,
  NOON,
  versionsOf,
} from '../support/state.js';

const referral: NonNullable<ProgrammeDocument['referral']> = {
  friendPoints: 20,
  referrerPoints: 30,
  minimumAmount: 2_000,
  claimDays: 7,
  qualifyDays: 90,
  caps: { month: 2, year: 3, lifetime: 4 },
  budget: 1_000,
  takeBackDays: 60,
};
const programmeWith = (changed: Partial<typeof referral> = {}): ReturnType<typeof aProgramme> =>
  aProgramme({
    returnWindowDays: 10,
    earningRules: [{ kind: 'per_amount', id: 'base', name: 'Base', rate: '1' }],
    rewards: [],
    referral: { ...referral, ...changed },
  });
const programme = programmeWith();
const [annaId, benId] = ['a', 'b'].map((name) => `0a1b2c3d-0000-4000-8000-00000000000${name}`);

const aClaim = (changed: Partial<ReferralClaim> = {}): ReferralClaim => ({
  claimedAt: NOON,
  versionNo: 1,
  state: 'claimed',
  independent: true,
  circle: false,
  endsAt: NOON + 120 * DAY,
  ...changed,
});

const anna = (changed: Partial<MemberState> = {}): MemberState =>
  aMember({ memberId: annaId ?? '', ...changed });
const ben = (changed: Partial<ReferralClaim> = {}): MemberState =>
  aMember({
    memberId: benId ?? '',
    history: [],
    purchases: new Map(),
    referral: aClaim(changed),
  });

/** Pounds bought so many days after the claim. */
function bought(member: MemberState, ...purchases: [days: number, pounds: number][]): MemberState {
  return purchases.reduce((current, [days, pounds]) => {
    const at = NOON + days * DAY;
    const accrual = {
      ...anAccrual(aPurchase([Math.round(pounds * 100)]), { at }),
      versions: versionsOf(programme),
    };
    return memberOf(act(programme, { members: [current] }, accrual));
  }, member);
}

function returned(member: MemberState, purchase: number, days: number): MemberState {
  const at = NOON + days * DAY;
  const action = { kind: 'return', at, occurredAt: at, purchase, lines: undefined } as const;
  return memberOf(
    act(programme, { members: [member] }, { ...action, versions: versionsOf(programme) }),
  );
}

function decide(
  friend: MemberState,
  days: number,
  { referrer = anna(), left = 1_000, by = programme } = {},
): Outcome {
  const state = { members: [friend, referrer], left: new Map([[REFERRAL_BUDGET, left]]) };
  return act(by, state, { kind: 'refer', at: NOON + days * DAY, versions: versionsOf(by) });
}

const told = ({ postings }: Outcome): unknown =>
  postings.map(({ member, kind, moved, explanation }) => [
    member,
    kind,
    moved,
    explanation[0]?.[2],
  ]);

describe('a referral', () => {
  it('F1: pays both when the second purchase can no longer come back, and not a moment before', () => {
    const friend = bought(ben(), [1, 30], [5, 40]);
    const early = decide(friend, 15);
    expect([early.postings, early.referral?.state]).toEqual([[], 'claimed']);
    const due = early.referral?.dueAt ?? NaN;
    expect(due).toBe(friend.lots?.[1]?.availableFrom);
    const before = decide(friend, (due - NOON) / DAY - 1 / DAY);
    expect(before.postings).toEqual([]);
    const outcome = decide(friend, (due - NOON) / DAY);
    expect(told(outcome)).toEqual([
      [1, 'refer', 30, 'referral_paid'],
      [0, 'refer', 20, 'referral_friend_paid'],
    ]);
    expect(outcome.state.members.map(({ points }) => points)).toEqual([70 + 20, 30]);
    expect(outcome.postings.at(-1)?.shared).toEqual([{ limit: REFERRAL_BUDGET, amount: 50 }]);
    expect(outcome.referral).toMatchObject({ state: 'paid', paid: { friend: { points: 20 } } });
  });

  it('F1: pays once, however often it is looked at', () => {
    const paid = decide(bought(ben(), [1, 30], [5, 40]), 20);
    const [friend = ben(), referrer = anna()] = paid.state.members;
    const again = decide(friend, 21, { referrer });
    expect([again.postings, again.referral?.state]).toEqual([[], 'paid']);
    expect(decide(friend, 100, { referrer }).referral?.state).toBe('kept');
  });

  it('F2: counts two days of enough that stays, not pieces of one, nor what comes back', () => {
    const waiting = (friend: MemberState): unknown => {
      const { postings, referral: claim } = decide(friend, 60);
      return [postings.length, claim?.state, claim?.dueAt];
    };
    const never = [0, 'claimed', undefined];
    expect(waiting(bought(ben(), [1, 30]))).toEqual(never);
    expect(waiting(bought(ben(), [1, 30], [1 + HOUR / DAY, 30]))).toEqual(never);
    expect(waiting(bought(ben(), [1, 30], [5, 19.99]))).toEqual(never);
    expect(waiting(returned(bought(ben(), [1, 30], [5, 30]), 2, 8))).toEqual(never);
    expect(waiting(bought(ben(), [1, 30], [91, 30]))).toEqual(never);
    expect(waiting(bought(ben(), [1, 30], [5, 20]))).toEqual([2, 'paid', undefined]);
  });

  it('F3: ends for who bought before, who is not another person, in a circle, or too late', () => {
    const friend = bought(ben(), [1, 30], [5, 40]);
    const reason = (member: MemberState, days = 20): string | undefined => {
      const { postings, referral: claim } = decide(member, days);
      expect(postings).toEqual([]);
      return claim?.reason;
    };
    const claimed = (changed: Partial<ReferralClaim>): MemberState => ({
      ...friend,
      referral: aClaim(changed),
    });
    expect(reason(claimed({ independent: false }))).toBe('not_independent');
    expect(reason(claimed({ circle: true }))).toBe('circle');
    expect(reason(bought(ben(), [-1, 30], [5, 40], [6, 40]))).toBe('bought_before');
    expect(reason({ ...friend, status: 'left' })).toBe('membership_ended');
    expect(reason(bought(ben(), [1, 30]), 119)).toBeUndefined();
    expect(reason(bought(ben(), [1, 30]), 120)).toBe('not_in_time');
  });

  it('F4: pays a referrer for so many friends a month, a year and ever; the friend still gets theirs', () => {
    let referrer = anna();
    const paid: unknown[] = [];
    for (const days of [20, 21, 22, 52, 83, 400, 800]) {
      const friend = bought(ben({ endsAt: NOON + 1_000 * DAY }), [1, 30], [5, 40]);
      const outcome = decide(friend, days, { referrer });
      referrer = outcome.state.members[1] ?? referrer;
      paid.push([told(outcome), outcome.postings.at(-1)?.moved]);
    }
    const gets = (points: number, code: string): unknown => [
      [
        [1, 'refer', points, code],
        [0, 'refer', 20, 'referral_friend_paid'],
      ],
      20,
    ];
    const [yes, no] = [gets(30, 'referral_paid'), gets(0, 'referral_cap_reached')];
    expect(paid).toEqual([yes, yes, no, yes, no, yes, no]);
  });

  it('F5: never passes its budget, and asks for more before it gives up', () => {
    const friend = bought(ben(), [1, 30], [5, 40]);
    const outcome = decide(friend, 20, { left: 49 });
    expect(outcome.short).toEqual([{ limit: REFERRAL_BUDGET, amount: 50 }]);
    expect([outcome.postings, outcome.referral?.reason]).toEqual([[], 'budget_spent']);
    expect(decide(friend, 20, { left: 50 }).referral?.state).toBe('paid');
  });

  it('F6: is taken back from both when returns leave fewer than two purchases, and only in time', () => {
    const paid = decide(bought(ben(), [1, 30], [5, 40]), 20);
    const [friend = ben(), referrer = anna()] = paid.state.members;
    const back = returned(friend, 2, 40);
    const outcome = decide(back, 40, { referrer });
    expect(told(outcome)).toEqual([
      [1, 'refer', -30, 'referral_taken_back'],
      [0, 'refer', -20, 'referral_taken_back'],
    ]);
    expect(outcome.postings.at(-1)?.shared).toEqual([{ limit: REFERRAL_BUDGET, amount: -50 }]);
    expect(outcome.state.members.map(({ points, owed }) => [points, owed])).toEqual([
      [30, 0],
      [0, 0],
    ]);
    expect(decide(friend, 40, { referrer }).postings).toEqual([]);
    expect(decide(friend, 80, { referrer }).referral?.state).toBe('kept');
    const spent = { ...referrer, points: 0, lots: [] };
    expect(decide(back, 40, { referrer: spent }).state.members[1]).toMatchObject({ owed: 30 });
  });

  it('F6: is taken back for what came back in time, however late that is looked at', () => {
    const paid = decide(bought(ben(), [1, 30], [5, 40]), 20);
    const [friend = ben(), referrer = anna()] = paid.state.members;
    const endsOn = ((paid.referral?.endsAt ?? NaN) - NOON) / DAY;
    const backAt = (days: number): Outcome =>
      decide(returned(friend, 2, days), endsOn + 1, { referrer });
    const inTime = backAt(endsOn - HOUR / DAY);
    expect([inTime.referral?.state, inTime.postings.length]).toEqual(['taken_back', 2]);
    const late = backAt(endsOn);
    expect([late.referral?.state, late.postings]).toEqual(['kept', []]);
  });

  it('F6: is taken back from the friend alone where the document says so', () => {
    const by = programmeWith({ takeBackFrom: 'friend' });
    const paid = decide(bought(ben(), [1, 30], [5, 40]), 20, { by });
    const [friend = ben(), referrer = anna()] = paid.state.members;
    const outcome = decide(returned(friend, 2, 40), 40, { referrer, by });
    expect(outcome.state.members.map(({ points }) => points)).toEqual([30, 30]);
    expect(outcome.referral).toMatchObject({
      state: 'taken_back',
      paid: { friend: { points: 0 }, referrer: { points: 30 } },
    });
  });

  it('F7: qualifies for no tier and is no event', () => {
    const friend = bought(ben(), [1, 30], [5, 40]);
    const { state } = decide(friend, 20);
    const { qualifying, newestAt, remainder, tier } = friend;
    expect(state.members[0]).toMatchObject({ qualifying, newestAt, remainder, tier });
  });
});

describe('a document with a referral', () => {
  const findings = (changed: object, more: Partial<ProgrammeDocument> = {}): unknown => {
    const document = { ...aProgrammeDocument(), referral: { ...referral, ...changed }, ...more };
    return lintDocument(document).map(({ code, pointer }) => [code, pointer]);
  };
  const noRoom = (limit: string): [string, string] => [
    'limit_leaves_no_room',
    `/referral/${limit}`,
  ];

  it('P72: has limits that leave room for one another, and days that are days', () => {
    expect(findings({})).toEqual([]);
    expect(findings({ caps: { month: 4, year: 3, lifetime: 2 } })).toEqual([
      noRoom('caps/year'),
      noRoom('caps/lifetime'),
    ]);
    expect(findings({ budget: 49 })).toEqual([noRoom('budget')]);
    expect(findings({ from: '2026-02-30' })).toEqual([['no_such_day', '/referral/from']]);
    expect(findings({ from: '2026-03-02', until: '2026-03-01' })).toEqual([
      ['ends_before_it_begins', '/referral/until'],
    ]);
  });

  it('P73: never gives back what two purchases cost', () => {
    // The usual programme: at best 2 * 1.25 points a pound and a bonus of 20 from 20 pounds, worth
    // half a penny or a penny each: of 40 pounds the purchases give at most 140 points back.
    const both = (points: number): object => ({
      friendPoints: points,
      referrerPoints: 0,
      budget: 9_999,
    });
    expect(findings(both(3_859))).toEqual([]);
    expect(findings(both(3_860))).toEqual([['referral_pays_out_more_than_spent', '/referral']]);
  });

  it('P71: lets no points for friends be pooled', () => {
    const transfers = {
      ...{ minimumPoints: 1, perDay: 1, perYear: 1, receivedPerYear: 1 },
      ...{ coolDownHours: 0, lotAgeDays: 1, bonusPoints: true },
    };
    expect(findings({}, { transfers })).toEqual([['free_points_pooled', '/transfers/bonusPoints']]);
  });
});
