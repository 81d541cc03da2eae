import { act } from '../../src/rules/act.js';
import { GRANT_MAX_MS, type GrantAction } from '../../src/rules/actions/review.js';
import { NO_RULE, WHOLE_EVENT } from '../../src/rules/explanation.js';
import type { MemberState } from '../../src/rules/state.js';
import { aProgramme } from '../support/programme.js';
import { aMember, aPurchase, DAY, lastOf, memberOf, NOON, versionsOf } from '../support/state.js';

const programme = aProgramme({
  ladder: { window: { kind: 'calendar', period: 'quarter' } },
  tiers: [
    { code: 'blue', name: 'Blue', threshold: 0, multiplier: '1' },
    { code: 'silver', name: 'Silver', threshold: 100, multiplier: '2' },
    { code: 'gold', name: 'Gold', threshold: 500, multiplier: '3' },
  ],
  earningRules: [{ kind: 'per_amount', id: 'base', name: 'Base', rate: '1' }],
  lateEvents: { windowDays: 3_650, older: 'flag' },
});
const versions = versionsOf(programme);
const READ = { history: [], purchases: new Map() };

const grant = (member: MemberState, overrides: Partial<GrantAction> = {}): ReturnType<typeof act> =>
  act(
    programme,
    { members: [member] },
    {
      kind: 'grant',
      at: NOON,
      tier: 'silver',
      until: NOON + 20 * DAY,
      reason: 'goodwill',
      requester: { id: 'staff', memberId: null },
      ...overrides,
    },
  );

describe('A tier that is given by hand', () => {
  it('R47: is held until its end, and says who gave it, why and until when', () => {
    const outcome = grant(aMember({ ...READ, tier: 'blue', newestAt: NOON - DAY }));
    const until = NOON + 20 * DAY;
    expect(outcome.refusal).toBeUndefined();
    expect(lastOf(outcome)).toMatchObject({
      kind: 'review',
      subjectSeq: null,
      occurredAt: NOON,
      billionths: 0n,
      explanation: [[NO_RULE, WHOLE_EVENT, 'tier_granted', '0', 'goodwill']],
      entries: [],
      standing: {
        fromSeq: 1,
        from: 'blue',
        tier: 'silver',
        why: { code: 'tier_granted', qualifying: '0', threshold: 0, until },
      },
      granted: { tier: 'silver', until },
      decision: { held: 'blue', tier: 'blue' },
    });
    const member = memberOf(outcome);
    expect(member).toMatchObject({ tier: 'silver', newestAt: NOON, version: 1 });
    const later = act(programme, { members: [member] }, { kind: 'settle', at: until + DAY });
    expect(memberOf(later).tier).toBe('blue');
    expect(lastOf(later)).toMatchObject({
      kind: 'review',
      occurredAt: until,
      explanation: [[NO_RULE, WHOLE_EVENT, 'grant_ended', '0', 'blue']],
    });
  });

  it('R47: moves no newest event back', () => {
    const ahead = NOON + 2_000;
    expect(memberOf(grant(aMember({ ...READ, newestAt: ahead }))).newestAt).toBe(ahead);
    expect(memberOf(grant(aMember({ ...READ, newestAt: null }))).newestAt).toBe(NOON);
  });

  it('R47: is one of the ladder above its foot, or is not given', () => {
    for (const tier of ['blue', 'bronze', '']) {
      const { refusal, postings, state } = grant(aMember({ tier: 'blue' }), { tier });
      expect(refusal).toEqual({ code: 'unknown_tier', pointer: '/tier', details: {} });
      expect(postings).toEqual([]);
      expect(state.members).toEqual([aMember({ tier: 'blue' })]);
    }
    expect(grant(aMember(), { tier: 'gold' }).refusal).toBeUndefined();
  });

  it('R47: needs a reason of the programme', () => {
    const { refusal, postings } = grant(aMember(), { reason: 'friendship' });
    expect(refusal).toEqual({
      ...{ code: 'unknown_reason', pointer: '/reason' },
      details: { reason: 'friendship' },
    });
    expect(postings).toEqual([]);
  });

  it('R47: ends after it begins, and within two years and a day', () => {
    const ended = { code: 'grant_end_not_possible', pointer: '/until', details: {} };
    for (const until of [NOON - 1, NOON, NOON + GRANT_MAX_MS + 1]) {
      expect(grant(aMember(), { until }).refusal).toEqual(ended);
    }
    for (const until of [NOON + 1, NOON + GRANT_MAX_MS]) {
      expect(grant(aMember(), { until }).refusal).toBeUndefined();
    }
  });

  it('R47: is never given to oneself, nor to who has left', () => {
    const self = grant(aMember(), { requester: { id: 'staff', memberId: aMember().memberId } });
    expect([self.refusal, self.postings]).toEqual([{ code: 'own_account', details: {} }, []]);
    const gone = grant(aMember({ status: 'closed' }));
    expect(gone.refusal).toEqual({ code: 'member_not_active', details: {} });
    expect(lastOf(gone)).toMatchObject({ kind: 'refused', entries: [] });
  });

  it('R43: is given again where a purchase arrives from before it', () => {
    let member = memberOf(grant(aMember({ ...READ, tier: 'blue' })));
    const buy = (occurredAt: number, at: number): ReturnType<typeof act> =>
      act(
        programme,
        { members: [member] },
        { kind: 'accrue', at, occurredAt, purchase: aPurchase([1_000]), versions },
      );
    const during = buy(NOON + DAY, NOON + DAY);
    expect(lastOf(during).billionths).toBe(20_000_000_000n);
    member = memberOf(during);
    const before = buy(NOON - DAY, NOON + 2 * DAY);
    expect(memberOf(before)).toMatchObject({ tier: 'silver', points: 30 });
    expect(before.postings.map(({ kind }) => kind)).toEqual(['accrue']);
  });
});
