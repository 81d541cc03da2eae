import { NO_RULE, WHOLE_EVENT } from '../../src/rules/explanation.js';
import { growSilent } from '../../src/rules/inactivity/grow-silent.js';
import {
  beginsAt,
  lookAgainAt,
  silenceOf,
  stageAt,
  stepsBy,
  type Silence,
} from '../../src/rules/inactivity/silence.js';
import type { Presence, StageTerms } from '../../src/rules/inactivity/terms.js';
import type { PostingDraft } from '../../src/rules/outcome.js';
import type { MemberState } from '../../src/rules/state.js';
import { aProgramme } from '../support/programme.js';
import { aMember } from '../support/state.js';

const day = (text: string): number => Date.parse(`${text}T00:00:00Z`);
const [atRisk, dormant, closed]: StageTerms[] = [
  { stage: 'at_risk', days: 90, notice: undefined },
  { stage: 'dormant', days: 180, notice: undefined },
  { stage: 'closed', days: 365, notice: undefined },
] as const;
const programme = {
  ...aProgramme(),
  ...{ no: 3, timeZone: 'UTC', inactivity: [atRisk, dormant, closed] },
};
const none = { ...programme, inactivity: [] };
/** Silent since noon of 1 January: 90 whole days are over at the midnight that ends 1 April. */
const START = Date.UTC(2026, 0, 1, 12);
const [risky, sleepy, gone] = [day('2026-04-02'), day('2026-07-01'), day('2027-01-02')];
const never: Presence = { actedAt: null, stage: 'active', silentFrom: null, mayBeTold: false };
const silence = (presence: Partial<Presence> = {}, isEmpty = true): Silence => ({
  ...{ lastAct: START, presence: { ...never, ...presence }, isEmpty },
});

describe('since when a member is silent', () => {
  const of = (parts: Partial<MemberState>, presence = never): Silence =>
    silenceOf(aMember({ enrolledAt: START, heardAt: null, ...parts }), presence);

  it('R120: since they enrolled, or R121: since the newest of what was heard and what they did', () => {
    expect(of({})).toEqual(silence());
    expect(of({ heardAt: START + 5 }).lastAct).toBe(START + 5);
    expect(of({ heardAt: START - 5 }).lastAct).toBe(START);
    const acted = { ...never, actedAt: START + 7 };
    expect(of({ heardAt: START + 5 }, acted)).toEqual({
      ...{ lastAct: START + 7, presence: acted, isEmpty: true },
    });
    expect(of({ heardAt: START + 9 }, acted).lastAct).toBe(START + 9);
    expect(of({}, { ...never, actedAt: START - 7 }).lastAct).toBe(START);
  });

  it('R123: nothing is left on an account without points, held points and debts', () => {
    const left = [{}, { points: 1 }, { held: 1 }, { owed: 1 }].map((parts) => of(parts).isEmpty);
    expect(left).toEqual([true, false, false, false]);
    expect(of({ points: 1, held: 1, owed: 2 }).isEmpty).toBe(false);
    expect(of({ points: 1, held: 1 }).isEmpty).toBe(false);
  });
});

describe('when a stage begins', () => {
  it('R120: at the midnight that ends its last whole local day', () => {
    const begins = programme.inactivity.map((terms) => beginsAt('UTC', terms, START));
    expect(begins).toEqual([risky, sleepy, gone]);
    expect(beginsAt('America/New_York', atRisk, START)).toBe(risky + 4 * 3_600_000);
  });

  it('R122: stages that have begun and are not posted come in their order', () => {
    const steps = (by: number, presence: Partial<Presence> = {}): unknown =>
      stepsBy(programme, silence(presence), by).map(({ terms, at }) => [terms.stage, at]);
    expect(steps(risky - 1)).toEqual([]);
    expect(steps(risky)).toEqual([['at_risk', risky]]);
    const later = [
      ['dormant', sleepy],
      ['closed', gone],
    ];
    expect(steps(gone)).toEqual([['at_risk', risky], ...later]);
    expect(steps(gone, { stage: 'at_risk', silentFrom: START })).toEqual(later);
    expect(steps(gone, { stage: 'closed', silentFrom: START })).toEqual([]);
    // What was posted of a silence before this one counts for nothing.
    expect(steps(gone, { stage: 'dormant', silentFrom: START - 1 })).toHaveLength(3);
    expect(stepsBy(none, silence(), gone)).toEqual([]);
  });

  it('R123: nobody is closed of whom something is left', () => {
    const stages = stepsBy(programme, silence({}, false), gone).map(({ terms }) => terms.stage);
    expect(stages).toEqual(['at_risk', 'dormant']);
  });
});

describe('the stage at an instant', () => {
  const stage = (at: number, presence: Partial<Presence> = {}): unknown =>
    stageAt(programme, silence(presence), at);

  it('R120: is the last one that has begun, be it posted or not', () => {
    expect(stage(START)).toEqual({ stage: 'active', since: START });
    expect(stage(risky - 1)).toEqual({ stage: 'active', since: START });
    expect(stage(risky)).toEqual({ stage: 'at_risk', since: risky });
    expect(stage(sleepy)).toEqual({ stage: 'dormant', since: sleepy });
    expect(stageAt(none, silence(), gone)).toEqual({ stage: 'active', since: START });
  });

  it('R123: is closed only for whom that was posted in this silence', () => {
    const asleep = { stage: 'dormant', since: sleepy };
    expect(stage(gone)).toEqual(asleep);
    expect(stage(gone, { stage: 'dormant', silentFrom: START })).toEqual(asleep);
    expect(stage(gone, { stage: 'closed', silentFrom: START - 1 })).toEqual(asleep);
    expect(stage(gone, { stage: 'closed', silentFrom: START })).toEqual({
      ...{ stage: 'closed', since: gone },
    });
  });
});

describe('when to look at a member again', () => {
  const again = (at: number): number | undefined => lookAgainAt(programme, silence(), at);

  it('R125: at the next stage, and no later than the first stage of whoever acts right now', () => {
    expect(again(START)).toBe(risky);
    expect(again(risky - 1)).toBe(risky);
    expect(again(risky)).toBe(sleepy);
    // Ninety days from 11 June are over before the silence of 1 January lasts a year.
    expect(again(sleepy)).toBe(day('2026-09-30'));
    expect(again(gone - 1)).toBe(gone);
    expect(again(gone)).toBe(day('2027-04-03'));
    expect(lookAgainAt(none, silence(), gone)).toBeUndefined();
  });
});

describe('a look at a silent member', () => {
  const member = (parts: Partial<MemberState> = {}): MemberState =>
    aMember({ enrolledAt: START, version: 7, presence: never, ...parts });
  const look = (one: MemberState, asOf: number, postings: PostingDraft[] = []): unknown => {
    const action = { kind: 'grow_silent', at: asOf + 9, asOf, version: programme } as const;
    return growSilent({ member: one, postings }, action);
  };
  const posting = (seq: number, at: number, from: string, stage: string, days: number): object => ({
    ...{ member: 0, seq, kind: 'stage', subjectSeq: null, versionNo: 3, occurredAt: at },
    ...{ billionths: 0n, entries: [], opened: [], changed: [], counters: [], redemptions: [] },
    after: { points: 0, held: 0, owed: 0, pending: 0, qualifying: 0n, remainder: 0n, tier: '' },
    explanation: [[NO_RULE, WHOLE_EVENT, 'stage_reached', '0', `${stage}/${String(days)}`]],
    stage: { from, stage, silentFrom: START },
  });

  it('R122: posts each stage that it finds, R124: which moves nothing', () => {
    const presence = { ...never, stage: 'dormant', silentFrom: START } as const;
    expect(look(member(), sleepy)).toEqual({
      state: { members: [member({ version: 9, presence })] },
      postings: [
        posting(8, risky, 'active', 'at_risk', 90),
        posting(9, sleepy, 'at_risk', 'dormant', 180),
      ],
    });
  });

  it('R122: comes after what time alone has done to the member', () => {
    const released = posting(7, START, 'active', 'at_risk', 1) as PostingDraft;
    expect(look(member(), risky, [released])).toMatchObject({
      postings: [released, posting(8, risky, 'active', 'at_risk', 90)],
    });
  });

  it('R122: posts nothing of who is not active, or not silent for long enough', () => {
    const same = (one: MemberState, asOf: number): void =>
      expect(look(one, asOf)).toEqual({ state: { members: [one] }, postings: [] });
    same(member(), risky - 1);
    same(member({ status: 'closed' }), gone);
    same(member({ status: 'suspended' }), gone);
  });

  it('R120: is decided on what is known of the member’s acts', () => {
    const unknown = aMember({ enrolledAt: START });
    expect(() => look(unknown, gone)).toThrow('a silence is decided on what is known');
  });
});
