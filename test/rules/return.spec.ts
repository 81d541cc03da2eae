import { describe, expect, it } from '@jest/globals';
import { act } from '../../src/rules/act.js';
import type { AskedLine } from '../../src/rules/earning/remaining.js';
import type { MemberState, Outcome } from '../../src/rules/state.js';
import { aProgramme } from '../support/programme.js';
import { aLine, aMember, anAccrual, HOUR, memberOf, NOON, versionsOf } from '../support/state.js';

const programme = aProgramme();
const versions = versionsOf(programme);

/** A member with one purchase: three pieces for 10 pounds, and one for 50. */
function withPurchase(): MemberState {
  const lines = [aLine(1_000, { quantity: 3 }), aLine(5_000)];
  const member = aMember({ history: [], purchases: new Map() });
  const action = { ...anAccrual({ lines, tenders: [] }), versions };
  return memberOf(act(programme, { members: [member] }, action));
}

const bringBack = (member: MemberState, lines?: readonly AskedLine[]): Outcome => {
  const at = NOON + HOUR;
  const action = { kind: 'return', at, occurredAt: at, purchase: 1, lines, versions } as const;
  return act(programme, { members: [member] }, action);
};

describe('a line named twice in one return', () => {
  it.each([
    ['whole', [{ line: 0 }, { line: 0 }], '/lines/1/line'],
    [
      'by money',
      [
        { line: 0, amount: 600 },
        { line: 0, amount: 600 },
      ],
      '/lines/1/amount',
    ],
    [
      'by pieces',
      [
        { line: 0, quantity: 2 },
        { line: 0, quantity: 2 },
      ],
      '/lines/1/quantity',
    ],
  ])('R15: has less left the second time, %s', (_, lines, pointer) => {
    const member = withPurchase();
    const outcome = bringBack(member, lines);
    expect(outcome.refusal).toMatchObject({ code: 'return_exceeds_purchase', pointer });
    expect(memberOf(outcome)).toEqual(member);
  });

  it('R15: comes back in parts that sum to the whole, and no debt is left', () => {
    const pieces = Array.from({ length: 3 }, () => ({ line: 0, quantity: 1 }));
    const part = bringBack(withPurchase(), pieces);
    expect(part.postings[0]?.returned?.map(({ amount }) => amount)).toEqual([333, 333, 334]);
    const { points, owed, qualifying } = memberOf(bringBack(memberOf(part)));
    expect({ points, owed, qualifying }).toEqual({ points: 0, owed: 0, qualifying: 0n });
  });
});
