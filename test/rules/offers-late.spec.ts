import { act } from '../../src/rules/act.js';
import type { Outcome } from '../../src/rules/outcome.js';
import { PARTS_OF_POINT } from '../../src/rules/offers/offer.js';
import type { MemberState } from '../../src/rules/state.js';
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

const offer = (code: string, points: number, more: object): object => ({
  ...{ code, name: code, audience: { kind: 'all' }, lane: 'best' },
  pays: { kind: 'per_purchase', points, minimumAmount: 100 },
  ...more,
});
const programme = aProgramme({
  lanes: [
    { code: 'best', name: 'Best', caps: [{ period: 'week', points: 100 }], coolDownHours: 1 },
  ],
  offers: [offer('large', 30, { budget: { points: 100 } }), offer('small', 20, {})] as never[],
});
const versions = versionsOf(programme);

function buy(
  member: MemberState,
  left: number,
  when: { at: number; occurredAt?: number },
): Outcome {
  const room = new Map([['offer/large/points', left * PARTS_OF_POINT]]);
  return act(
    programme,
    { members: [member], left: room },
    { ...anAccrual(aPurchase([1_000]), when), versions },
  );
}

it('R54: an offer of a lane that had too little left is not paid later, when there is more', () => {
  const start = aMember({ tier: 'blue', history: [], purchases: new Map() });
  const short = buy(start, 10, { at: NOON });
  expect(lastOf(short).explanation).toContainEqual([3, -1, 'budget_used_up', '0']);
  expect(lastOf(short).explanation).toContainEqual([
    ...[4, -1, 'purchase_bonus_applied', '20000000000', 100],
  ]);
  const late = buy(memberOf(short), 100, { at: NOON + HOUR, occurredAt: NOON - 10 * DAY });
  expect(late.postings.map(({ kind }) => kind)).toEqual(['accrue']);
});
