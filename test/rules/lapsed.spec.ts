import { act } from '../../src/rules/act.js';
import type { Outcome } from '../../src/rules/outcome.js';
import type { MemberState } from '../../src/rules/state.js';
import { aProgramme } from '../support/programme.js';
import {
  aMember,
  anAccrual,
  aPurchase,
  DAY,
  memberOf,
  NOON,
  versionsOf,
} from '../support/state.js';

const comeBack = {
  code: 'come-back',
  name: 'Good to see you',
  audience: { kind: 'all' },
  when: [{ kind: 'lapsed', days: 60 }],
  pays: { kind: 'per_purchase', points: 20, minimumAmount: 100 },
  caps: [{ period: 'year', points: 40 }],
  coolDownHours: 24,
};
const programme = aProgramme({ offers: [comeBack] as never[] });

function event(member: MemberState, at: number, occurredAt = at, spent = 1_000): Outcome {
  const action = anAccrual(aPurchase(spent === 0 ? [] : [spent]), { at, occurredAt });
  return act(programme, { members: [member] }, { ...action, versions: versionsOf(programme) });
}

/** Last seen long before any rule asked for it: of that purchase nothing is counted or read. */
const away = aMember({
  ...{ version: 1, newestAt: NOON - 100 * DAY },
  ...{ history: [], purchases: new Map() },
});

describe('who was away', () => {
  it.each([
    ['a purchase', 1_000],
    ['an event without a purchase', 0],
  ])(
    'R57, R11: ends as in time when the first event back is heard of late, after %s',
    (_, spent) => {
      const inTime = event(memberOf(event(away, NOON - 2 * DAY)), NOON - DAY, NOON - DAY, spent);
      const behind = memberOf(event(away, NOON - DAY, NOON - DAY, spent));
      const late = event(behind, NOON, NOON - 2 * DAY);
      expect(memberOf(late).points).toBe(memberOf(inTime).points);
      expect([...memberOf(late).counters].sort()).toEqual([...memberOf(inTime).counters].sort());
    },
  );

  it('R57: is not somebody of whom nothing was ever heard', () => {
    expect(memberOf(event(aMember(), NOON)).points).toBe(10);
    expect(memberOf(event(away, NOON)).points).toBe(30);
  });
});
