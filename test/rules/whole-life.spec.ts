import { act, type Action } from '../../src/rules/act.js';
import { counterKey, type MemberState } from '../../src/rules/state.js';
import type { PostingDraft } from '../../src/rules/outcome.js';
import { aProgramme } from '../support/programme.js';
import { aMember, aPurchase, memberOf, versionsOf } from '../support/state.js';

const programme = aProgramme({
  ladder: {
    window: { kind: 'calendar', period: 'year' },
    nearMiss: { kind: 'share', percent: 10 },
    graceMonths: 2,
  },
  tiers: [
    { code: 'blue', name: 'Blue', threshold: 0, multiplier: '1' },
    { code: 'silver', name: 'Silver', threshold: 500, multiplier: '1', keep: 400 },
    { code: 'gold', name: 'Gold', threshold: 1_000, multiplier: '1', keep: 800 },
  ],
  earningRules: [{ kind: 'per_amount', id: 'base', name: 'Base', rate: '1' }],
  rewards: [],
  returnWindowDays: 30,
  lateEvents: { windowDays: 100, older: 'flag' },
});
const versions = versionsOf(programme);
const day = (text: string): number => Date.parse(`${text}T12:00:00Z`);

class Life {
  member: MemberState = { ...aMember(), history: [], purchases: new Map() };
  steps: string[] = [];
  postings: PostingDraft[] = [];

  do(action: Action): void {
    const outcome = act(programme, { members: [this.member] }, action);
    this.member = memberOf(outcome);
    this.postings.push(...outcome.postings);
    for (const { standing, occurredAt } of outcome.postings) {
      if (standing === undefined) continue;
      const at = new Date(occurredAt).toISOString().slice(0, 10);
      this.steps.push(`${at} ${standing.tier} ${standing.why.code}`);
    }
  }

  buy(on: string, pounds: number, arrives = on): void {
    const purchase = aPurchase([pounds * 100]);
    const at = day(arrives);
    this.do({ kind: 'accrue', at, occurredAt: day(on), purchase, versions });
  }
}

describe('the whole life of a tier', () => {
  it('R40: up, kept, near miss, grace, one down, and up again', () => {
    const life = new Life();
    life.buy('2026-03-05', 1_000);
    life.buy('2027-05-01', 730);
    life.do({ kind: 'settle', at: day('2028-01-02') });
    life.buy('2028-06-01', 500);
    life.do({ kind: 'settle', at: day('2029-03-02') });
    life.buy('2029-04-02', 1_200);
    expect(life.steps).toEqual([
      '2026-03-05 gold threshold_reached',
      '2027-01-01 gold tier_kept',
      '2028-01-01 gold near_miss_kept',
      '2029-01-01 gold grace_started',
      '2029-03-01 silver tier_lowered',
      '2029-04-02 gold threshold_reached',
    ]);
  });

  it('R11: a purchase that comes after the review counts as if in time', () => {
    const late = new Life();
    late.buy('2026-03-05', 1_000);
    late.do({ kind: 'settle', at: day('2028-03-02') });
    late.buy('2028-03-03', 10);
    late.buy('2027-12-30', 900, '2028-03-04');
    const inTime = new Life();
    inTime.buy('2026-03-05', 1_000);
    inTime.buy('2027-12-30', 900);
    inTime.do({ kind: 'settle', at: day('2028-03-02') });
    inTime.buy('2028-03-03', 10);
    inTime.do({ kind: 'settle', at: day('2028-03-04') });
    expect(late.member.tier).toBe('gold');
    expect(late.member.review).toEqual(inTime.member.review);
    expect(late.member.counters.get(counterKey('x', 0))).toBeUndefined();
  });
});
