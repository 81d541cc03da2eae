import { act, type Action } from '../../src/rules/act.js';
import type { Outcome } from '../../src/rules/outcome.js';
import type { MemberState } from '../../src/rules/state.js';
import { aProgramme } from '../support/programme.js';
import { aLot, aMember, DAY, HOUR, lastOf, memberOf, MINUTE, NOON } from '../support/state.js';

const value = { amount: 20, currency: 'GBP' };
const programme = aProgramme({
  rewards: [
    { code: 'mug', name: 'Mug', kind: 'product', points: 40, value, delivered: true, stock: 9 },
    { code: 'tea', name: 'Tea', points: 40, value },
  ],
});
const STOCK = 'reward/mug';
/** The end of the local day that is thirty days, as usual, after the day after tomorrow. */
const GRACE = NOON + 32 * DAY + 12 * HOUR;
const acting = (of: MemberState, action: Action): Outcome =>
  act(programme, { members: [of], left: new Map([[STOCK, 9]]) }, action);

const PAID = [
  { seq: 1, n: 0, amount: 30 },
  { seq: 2, n: 0, amount: 10 },
];

/** A member who has captured a reward of forty points, thirty of a lot that ends tomorrow. */
function captured(reward: string): MemberState {
  const lots = [aLot({ amount: 30, expiresAt: NOON + DAY }), aLot({ seq: 2, amount: 50 })];
  const member = aMember({ version: 8, points: 80, lots });
  const held = memberOf(acting(member, { kind: 'hold', at: NOON, retailer: 'shop', reward }));
  const done = memberOf(acting(held, { kind: 'capture', at: NOON + MINUTE, redemption: 9 }));
  // What paid is read of the postings, as the lots themselves are.
  const redemptions = done.redemptions?.map((each) => ({ ...each, lots: PAID }));
  return { ...done, redemptions };
}

type Delivery = Extract<Action, { kind: 'deliver' }>['delivery'];

const delivering = (of: MemberState, delivery: Delivery, at = NOON + HOUR): Outcome =>
  acting(of, { kind: 'deliver', at, redemption: 9, delivery });

describe('what becomes of a reward on its way', () => {
  it.each([
    ['sent', 'delivery_sent'],
    ['delivered', 'delivery_arrived'],
  ] as const)('D8: that it is %s is posted, and moves no point', (delivery, told) => {
    const before = captured('mug');
    const outcome = delivering(before, delivery);
    expect(outcome.postings).toHaveLength(1);
    expect(lastOf(outcome)).toMatchObject({
      ...{ seq: 11, kind: 'redeem', subjectSeq: 9, occurredAt: NOON + HOUR, entries: [] },
      ...{ opened: [], changed: [], explanation: [[-2, -1, told, '0']] },
      redemptions: [{ seq: 9, state: 'captured', delivery, changedSeq: 11 }],
    });
    expect(memberOf(outcome)).toMatchObject({ version: 11, points: 40, lots: before.lots });
    expect(memberOf(outcome).redemptions).toMatchObject([{ seq: 9, delivery }]);
  });

  it('D8: that it fails gives the points back to the lots that paid, with a grace, and the piece', () => {
    const at = NOON + 2 * DAY;
    const outcome = delivering(memberOf(delivering(captured('mug'), 'sent')), 'failed', at);
    expect(lastOf(outcome)).toMatchObject({
      ...{ seq: 12, kind: 'release', subjectSeq: 9, occurredAt: at },
      explanation: [[-2, -1, 'delivery_failed', '0', 40]],
      shared: [{ limit: STOCK, amount: -1 }],
      redemptions: [
        { state: 'released', delivery: 'failed', changedSeq: 12, lots: [], shared: undefined },
      ],
    });
    const { entries, opened, changed } = lastOf(outcome);
    expect(entries).toMatchObject([
      { debit: 'redeemed', credit: 'points', amount: 30, lotSeq: 12 },
      { debit: 'redeemed', credit: 'points', amount: 10, lotSeq: 2 },
    ]);
    expect(opened).toEqual([
      aLot({ seq: 12, amount: 30, expiresAt: GRACE, origin: { seq: 1, n: 0 } }),
    ]);
    expect(changed).toEqual([aLot({ seq: 2, amount: 50 })]);
    const member = memberOf(outcome);
    expect(member).toMatchObject({ version: 12, points: 80, held: 0 });
    expect(member.redemptions).toMatchObject([{ seq: 9, state: 'released', delivery: 'failed' }]);
  });

  it('D8: nothing follows an arrival or a failure, and what was sent is not sent again', () => {
    const code = (of: MemberState, next: Delivery): unknown => delivering(of, next).refusal;
    const sent = memberOf(delivering(captured('mug'), 'sent'));
    expect(code(sent, 'sent')).toEqual({
      ...{ code: 'delivery_is_over', details: { delivery: 'sent' } },
    });
    expect(code(sent, 'delivered')).toBeUndefined();
    expect(code(captured('mug'), 'failed')).toBeUndefined();
    for (const last of ['delivered', 'failed'] as const) {
      const over = memberOf(delivering(sent, last));
      for (const next of ['sent', 'delivered', 'failed'] as const) {
        const refusal = code(over, next);
        const why = last === 'failed' ? 'not_on_its_way' : 'delivery_is_over';
        expect(refusal).toMatchObject({ code: why });
      }
    }
  });

  it('D8: only what is captured and is delivered at all is on its way', () => {
    const refusal = { code: 'not_on_its_way', details: {} };
    const tea = delivering(captured('tea'), 'sent');
    expect(tea.refusal).toEqual(refusal);
    expect(lastOf(tea)).toMatchObject({ kind: 'refused', subjectSeq: 9 });
    expect(memberOf(tea).points).toBe(40);
    const member = aMember({ version: 8, points: 80, lots: [aLot({ amount: 80 })] });
    const held = acting(member, { kind: 'hold', at: NOON, retailer: 'shop', reward: 'mug' });
    expect(delivering(memberOf(held), 'sent', NOON + MINUTE).refusal).toEqual(refusal);
  });

  it('D8: another reward of the same member stays as it is', () => {
    const one = captured('mug');
    const [mug] = one.redemptions ?? [];
    if (mug === undefined) throw new Error('A mug was captured.');
    const earlier = { ...mug, seq: 4 };
    const both = { ...one, redemptions: [earlier, mug] };
    for (const delivery of ['sent', 'failed'] as const) {
      const outcome = delivering(both, delivery);
      expect(lastOf(outcome)).toMatchObject({ subjectSeq: 9, redemptions: [{ seq: 9, delivery }] });
      expect(memberOf(outcome).redemptions).toMatchObject([
        { seq: 4, state: 'captured', delivery: 'pending', changedSeq: mug.changedSeq },
        { seq: 9, delivery },
      ]);
    }
  });

  it('D8: a failure takes nothing of limits where the reward had none', () => {
    const [mug] = captured('mug').redemptions ?? [];
    if (mug === undefined) throw new Error('A mug was captured.');
    const free = { ...captured('mug'), redemptions: [{ ...mug, shared: undefined }] };
    expect(lastOf(delivering(free, 'failed')).shared).toEqual([]);
  });

  it('is not decided for a reward that was not read', () => {
    const unread = { ...captured('mug'), redemptions: [] };
    expect(() => delivering(unread, 'sent')).toThrow('is read before it is decided');
  });
});
