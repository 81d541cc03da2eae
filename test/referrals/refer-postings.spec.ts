import { act } from '../../src/rules/act.js';
import type { Outcome } from '../../src/rules/outcome.js';
import type { Programme } from '../../src/rules/programme.js';
import type { ReferralClaim } from '../../src/rules/referrals/claim.js';
import { REFERRAL_BUDGET, referralKeys } from '../../src/rules/referrals/terms.js';
import type { MemberState } from '../../src/rules/state.js';
import type { ProgrammeDocument } from '../../src/programmes/document.js';
import { aProgramme } from '../support/programme.js';
import { aLot, aMember, anAccrual, aPurchase, DAY, memberOf, NOON } from '../support/state.js';
import { versionsOf } from '../support/state.js';

type Terms = NonNullable<ProgrammeDocument['referral']>;
const referral: Terms = {
  ...{ friendPoints: 20, referrerPoints: 30, minimumAmount: 2_000, claimDays: 7, qualifyDays: 90 },
  ...{ caps: { month: 2, year: 3, lifetime: 4 }, budget: 1_000, takeBackDays: 60 },
};
const by = (changed: Partial<Terms> = {}, more: Partial<ProgrammeDocument> = {}): Programme =>
  aProgramme({
    ...{ returnWindowDays: 10, rewards: [], referral: { ...referral, ...changed } },
    earningRules: [{ kind: 'per_amount', id: 'base', name: 'Base', rate: '1' }],
    ...more,
  });
const programme = by();
const [annaId, benId] = ['a', 'b'].map((name) => `0a1b2c3d-0000-4000-8000-00000000000${name}`);

/** Midnight in London of the claim's day: 11 hours and one of summer before noon. */
const CLAIM_DAY = Date.UTC(2026, 5, 15, 23);

const aClaim = (changed: Partial<ReferralClaim> = {}): ReferralClaim => ({
  ...{ claimedAt: NOON, versionNo: 1, state: 'claimed', independent: true, circle: false },
  endsAt: NOON + 120 * DAY,
  ...changed,
});
const anna = (changed: Partial<MemberState> = {}): MemberState =>
  aMember({ memberId: annaId ?? '', ...changed });
const ben = (changed: Partial<ReferralClaim> = {}): MemberState =>
  aMember({ memberId: benId ?? '', history: [], purchases: new Map(), referral: aClaim(changed) });

/** Pence bought at these instants. */
function bought(member: MemberState, ...purchases: [at: number, pence: number][]): MemberState {
  return purchases.reduce((current, [at, pence]) => {
    const accrual = { ...anAccrual(aPurchase([pence]), { at }), versions: versionsOf(programme) };
    return memberOf(act(programme, { members: [current] }, accrual));
  }, member);
}
const stayed = (changed: Partial<ReferralClaim> = {}): MemberState =>
  bought(ben(changed), [NOON + DAY, 3_000], [NOON + 5 * DAY, 4_000]);

function decide(
  friend: MemberState,
  { at = NOON + 20 * DAY, referrer = anna(), left = 1_000, given = programme } = {},
): Outcome {
  const state = { members: [friend, referrer], left: new Map([[REFERRAL_BUDGET, left]]) };
  return act(given, state, { kind: 'refer', at, versions: versionsOf(given) });
}

function returned(member: MemberState, purchase: number, at: number): MemberState {
  const action = { kind: 'return', at, occurredAt: at, purchase, lines: undefined } as const;
  return memberOf(
    act(programme, { members: [member] }, { ...action, versions: versionsOf(programme) }),
  );
}

describe('what a paid referral writes', () => {
  it('F1: opens a lot for each with the date of points bought now, and names the other posting', () => {
    const opened = (given: Programme): unknown =>
      decide(stayed(), { given }).postings.map((posting) => [posting.opened, posting.peer]);
    const lot = (seq: number, amount: number, expiresAt: number | null): object => ({
      ...{ seq, n: 0, funder: 'own', amount, remaining: amount, held: 0, origin: undefined },
      ...{ accruedAt: NOON + 20 * DAY, availableFrom: NOON + 20 * DAY, expiresAt },
    });
    const both = (expiresAt: number | null): unknown => [
      [[lot(1, 30, expiresAt)], { memberId: benId, seq: 3 }],
      [[lot(3, 20, expiresAt)], { memberId: annaId, seq: 1 }],
    ];
    expect(opened(programme)).toEqual(both(Date.UTC(2028, 6, 6, 23)));
    expect(opened(by({}, { expiry: { kind: 'none' } }))).toEqual(both(null));
  });

  it('F4: counts a paid friend by month and year and ever, and only where the referrer was paid', () => {
    const at = NOON + 20 * DAY;
    const { month, year, ever } = referralKeys('Europe/London', at);
    expect([month, year, ever]).toEqual([
      `:referrals/month@${String(Date.UTC(2026, 6, 1) - 3_600_000)}`,
      `:referrals/year@${String(Date.UTC(2026, 0, 1))}`,
      ':referrals/ever@0',
    ]);
    const counters = new Map([
      [year, 1],
      [ever, 2],
      ['other@0', 5],
    ]);
    const outcome = decide(stayed(), { referrer: anna({ counters }) });
    const [other, own] = outcome.postings;
    expect(other?.counters).toEqual([
      { counter: ':referrals/month', periodStart: Date.UTC(2026, 6, 1) - 3_600_000, used: 1 },
      { counter: ':referrals/year', periodStart: Date.UTC(2026, 0, 1), used: 2 },
      { counter: ':referrals/ever', periodStart: 0, used: 3 },
    ]);
    expect(own?.counters).toEqual([]);
    expect(outcome.state.members[1]?.counters.get('other@0')).toBe(5);
    const gone = decide(stayed(), { referrer: anna({ status: 'left' }) });
    expect(gone.postings[0]).toMatchObject({
      ...{ counters: [], opened: [], entries: [], moved: 0, billionths: 0n },
      explanation: [[-2, -1, 'referrer_not_active', '0']],
    });
    expect(gone.referral?.paid).toEqual({
      ...{ at, friend: { seq: 3, points: 20 }, referrer: { seq: 1, points: 0 } },
    });
  });

  it('F1: tells points and the debts they paid', () => {
    const outcome = decide(stayed(), { referrer: anna({ owed: 12 }) });
    expect(outcome.postings[0]).toMatchObject({
      ...{ billionths: 30_000_000_000n, moved: 18, subjectSeq: null },
      explanation: [
        [-2, -1, 'referral_paid', '30000000000'],
        [-2, -1, 'owed_repaid', '0', 12],
      ],
    });
    expect(outcome.postings[1]).toMatchObject({
      ...{ billionths: 20_000_000_000n, moved: 20 },
      explanation: [[-2, -1, 'referral_friend_paid', '20000000000']],
    });
  });

  it('F5: one that the budget does not hold leaves a claim that says why, and asks for what it takes', () => {
    const outcome = decide(stayed(), { left: 49 });
    expect(outcome.referral).toMatchObject({ state: 'ended', reason: 'budget_spent' });
    expect(outcome.short).toEqual([{ limit: REFERRAL_BUDGET, amount: 50 }]);
    const alone = decide(stayed(), { left: 20, referrer: anna({ status: 'left' }) });
    expect(alone.referral?.state).toBe('paid');
  });
});

describe('what a referral that is taken back writes', () => {
  const paidBoth = (): [MemberState, MemberState] => {
    const [friend = ben(), referrer = anna()] = decide(stayed()).state.members;
    return [friend, referrer];
  };

  it('F6: takes the points of the payment and not others, and names the posting that paid them', () => {
    const [friend, referrer] = paidBoth();
    const older = aLot({ seq: 9, amount: 200, accruedAt: 0, availableFrom: 0 });
    const rich = { ...referrer, lots: [older, ...(referrer.lots ?? [])], points: 230, version: 9 };
    const outcome = decide(returned(friend, 2, NOON + 40 * DAY), {
      ...{ at: NOON + 40 * DAY, referrer: rich },
    });
    const [other, own] = outcome.postings;
    expect(other).toMatchObject({
      ...{ kind: 'refer', subjectSeq: 1, moved: -30, billionths: -30_000_000_000n },
      entries: [{ credit: 'issued', debit: 'points', amount: 30, lotSeq: 1, lotN: 0 }],
      explanation: [[-2, -1, 'referral_taken_back', '-30000000000']],
    });
    expect(own).toMatchObject({ subjectSeq: 3, moved: -20 });
    expect(own?.shared).toEqual([{ limit: REFERRAL_BUDGET, amount: -50 }]);
    expect(outcome.referral?.paid).toMatchObject({
      ...{ friend: { seq: 3, points: 0 }, referrer: { seq: 1, points: 0 } },
    });
  });

  it('F6: from the friend alone gives back to the budget what the friend had', () => {
    const given = by({ takeBackFrom: 'friend' });
    const [friend = ben(), referrer = anna()] = decide(stayed(), { given }).state.members;
    const back = returned(friend, 2, NOON + 40 * DAY);
    const outcome = decide(back, { at: NOON + 40 * DAY, referrer, given });
    expect(outcome.postings.at(-1)?.shared).toEqual([{ limit: REFERRAL_BUDGET, amount: -20 }]);
    expect(outcome.postings[0]).toMatchObject({ entries: [], moved: 0, changed: [] });
  });

  it('F6: keeps a claim that says it was paid and does not say what', () => {
    const odd = stayed({ state: 'paid' });
    expect(decide(odd).referral?.state).toBe('kept');
    expect(decide(odd).state.members.map(({ memberId }) => memberId)).toEqual([benId, annaId]);
  });

  it('F6: a claim that is kept, taken back or ended stays as it is', () => {
    for (const state of ['kept', 'taken_back', 'ended'] as const) {
      const outcome = decide(stayed({ state }));
      expect([outcome.postings, outcome.referral?.state]).toEqual([[], state]);
    }
  });
});

describe('when a friend has stayed', () => {
  const state = (...purchases: [at: number, pence: number][]): unknown => {
    const { referral: claim } = decide(bought(ben(), ...purchases), { at: NOON + 115 * DAY });
    return claim?.reason ?? claim?.state;
  };
  const LAST = NOON + 90 * DAY - 1;

  it('F2: the day of the claim counts from its midnight, and the last instant of the days to qualify', () => {
    expect(state([CLAIM_DAY, 3_000], [NOON + 5 * DAY, 3_000])).toBe('paid');
    expect(state([CLAIM_DAY - 1, 3_000], [NOON + 5 * DAY, 3_000])).toBe('bought_before');
    expect(state([NOON + DAY, 3_000], [LAST, 3_000])).toBe('paid');
    expect(state([NOON + DAY, 3_000], [LAST + 1, 3_000])).toBe('claimed');
  });

  it('F2: of several purchases on a day the first that is settled counts, of days the second', () => {
    const due = (...purchases: [at: number, pence: number][]): number | undefined =>
      decide(bought(ben(), ...purchases), { at: NOON + 6 * DAY }).referral?.dueAt;
    const [one, five] = [NOON + DAY, NOON + 5 * DAY];
    const alone = due([one, 3_000], [five, 3_000]);
    expect(alone).toBe(Date.UTC(2026, 6, 1, 23));
    expect(due([one, 3_000], [five, 3_000], [five + 3_600_000, 3_000])).toBe(alone);
    expect(due([one, 3_000], [five, 3_000], [NOON + 5.9 * DAY, 3_000])).toBe(alone);
  });

  it('F2: a claim of a version without a minimum asks for something that was paid', () => {
    const given = by({ minimumAmount: 0 });
    const free = bought(ben(), [NOON + DAY, 0], [NOON + 5 * DAY, 3_000]);
    expect(decide(free, { given }).referral?.state).toBe('claimed');
    const penny = bought(ben(), [NOON + DAY, 1], [NOON + 5 * DAY, 3_000]);
    expect(decide(penny, { given }).referral?.state).toBe('paid');
  });

  it('F3: a version that promises nothing ends the claim', () => {
    const given = aProgramme({ returnWindowDays: 10 });
    const { postings, referral: claim } = decide(stayed(), { given });
    expect([postings, claim?.state, claim?.reason]).toEqual([[], 'ended', 'not_in_time']);
  });
});
