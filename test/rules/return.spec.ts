import { describe, expect, it } from '@jest/globals';
import { act } from '../../src/rules/act.js';
import type { AskedLine } from '../../src/rules/earning/remaining.js';
import type { Outcome } from '../../src/rules/outcome.js';
import type { MemberState } from '../../src/rules/state.js';
import { aProgramme } from '../support/programme.js';
import { Moves } from '../../src/rules/spending/moves.js';
import {
  aLine,
  aLot,
  aMember,
  anAccrual,
  aPurchase,
  DAY,
  HOUR,
  memberOf,
  NOON,
  versionsOf,
} from '../support/state.js';

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

describe('whose a lot is', () => {
  it('R17: a correction’s points are the corrected purchase’s, not the late one’s beside them', () => {
    const rewards = [
      { code: 'tea', name: 'Tea', points: 3, value: { amount: 1, currency: 'GBP' } },
    ];
    const spendable = aProgramme({ returnWindowDays: 0, rewards });
    let member = aMember({ history: [], purchases: new Map() });
    const buy = (pence: number, occurredAt: number): void => {
      const action = anAccrual(aPurchase([pence]), { at: NOON, occurredAt });
      const versioned = { ...action, versions: versionsOf(spendable) };
      member = memberOf(act(spendable, { members: [member] }, versioned));
    };
    buy(1_000, NOON - HOUR);
    buy(550, NOON);
    // Three points, and the fraction with which the purchase of 5.50 pounds has a sixth.
    buy(360, NOON - 2 * HOUR);
    const left = (): (number | undefined)[][] =>
      (member.lots ?? []).map(({ seq, n, origin, remaining, held }) => [
        ...[seq, n, origin?.seq, remaining, held],
      ]);
    expect(left()).toEqual([
      [1, 0, undefined, 10, 0],
      [2, 0, undefined, 5, 0],
      [4, 0, undefined, 3, 0],
      [4, 1, 2, 1, 0],
    ]);
    const hold = { kind: 'hold', at: NOON, retailer: 'shop', reward: 'tea' } as const;
    member = memberOf(act(spendable, { members: [member] }, hold));
    const back = { kind: 'return', at: NOON, occurredAt: NOON, purchase: 4 } as const;
    const action = { ...back, versions: versionsOf(spendable) };
    member = memberOf(act(spendable, { members: [member] }, action));
    // Its own are held, so three come from the oldest others; the other loses one point only.
    expect(left()).toEqual([
      [1, 0, undefined, 7, 0],
      [2, 0, undefined, 4, 0],
      [4, 0, undefined, 3, 3],
      [4, 1, 2, 1, 0],
    ]);
  });

  it('R18: points that stay for a grace stay those of the purchase they were from', () => {
    const lot = aLot({ seq: 3, n: 1, origin: { seq: 2, n: 0 }, expiresAt: NOON, remaining: 0 });
    const moves = new Moves(9, aMember({ lots: [lot] }));
    moves.giveBack({ seq: 3, n: 1, amount: 40 }, NOON, { endsAt: NOON + DAY, isAnew: false });
    const { opened } = moves.done(NOON);
    expect(opened).toMatchObject([{ origin: { seq: 2, n: 0 }, amount: 40 }]);
  });
});
