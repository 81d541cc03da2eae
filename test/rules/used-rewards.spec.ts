import { act } from '../../src/rules/act.js';
import { placeOf, timingOf, type AccrueAction } from '../../src/rules/actions/accrue.js';
import type { Outcome } from '../../src/rules/outcome.js';
import type { MemberState, Redemption } from '../../src/rules/state.js';
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

const programme = aProgramme({ lateEvents: { windowDays: 10, older: 'flag' } });
const captured = (seq: number, more: Partial<Redemption> = {}): Redemption => ({
  ...{ seq, retailer: 'shop', reward: 'tea', points: 40, state: 'captured', changedSeq: 6 },
  ...{ expiresAt: NOON, lots: [], ...more },
});
const accruing = (member: MemberState, more: Partial<AccrueAction> = {}): Outcome =>
  act(
    programme,
    { members: [member] },
    {
      ...anAccrual(aPurchase([1_000])),
      ...{ versions: versionsOf(programme), retailer: 'shop' },
      ...more,
    },
  );

describe('rewards used on a purchase', () => {
  it('R18: are marked with its number, and no others', () => {
    const member = aMember({ version: 8, redemptions: [captured(4), captured(5)] });
    const outcome = accruing(member, { redemptions: [5] });
    const marked = captured(5, { purchaseSeq: 9, changedSeq: 9 });
    expect(lastOf(outcome).redemptions).toEqual([marked]);
    expect(memberOf(outcome).redemptions).toEqual([captured(4), marked]);
    expect(lastOf(accruing(member)).redemptions).toEqual([]);
    expect(lastOf(accruing(member, { redemptions: [] })).redemptions).toEqual([]);
  });

  it('R18: are marked by the last posting of a late purchase, which is its own', () => {
    const first = memberOf(
      accruing(aMember({ history: [], purchases: new Map() }), {
        purchase: aPurchase([2_000]),
      }),
    );
    const member = { ...first, redemptions: [captured(5)] };
    const late = { occurredAt: NOON - HOUR, purchase: aPurchase([2_000]), redemptions: [5] };
    const { postings } = accruing(member, late);
    expect(postings.map(({ kind }) => kind)).toEqual(['correct', 'accrue']);
    expect(postings.map(({ redemptions }) => redemptions.length)).toEqual([0, 1]);
    expect(postings[1]?.redemptions).toMatchObject([{ purchaseSeq: 3, changedSeq: 3 }]);
  });

  it.each([
    ['another retailer’s', captured(5, { retailer: 'other' })],
    ['not captured', captured(5, { state: 'held' })],
    ['used already', captured(5, { purchaseSeq: 2 })],
    ['unknown', captured(6)],
  ])('R12: are refused, and blamed, when %s', (_, redemption) => {
    const member = aMember({ redemptions: [captured(4), redemption] });
    const outcome = accruing(member, { redemptions: [4, 5] });
    expect(outcome.refusal).toEqual({
      ...{ code: 'redemption_not_usable', pointer: '/redemptions/1', details: {} },
    });
    expect(outcome.postings).toEqual([]);
    const unread = accruing(aMember({ redemptions: undefined }), { redemptions: [5] });
    expect(unread.refusal?.pointer).toBe('/redemptions/0');
  });
});

describe('the posting of a purchase', () => {
  it('R15: names the return that it is exchanged for', () => {
    expect(lastOf(accruing(aMember(), { exchangeOf: 4 })).subjectSeq).toBe(4);
    expect(lastOf(accruing(aMember())).subjectSeq).toBeNull();
  });

  it('R11: tells the tiers of its decision where the figures do not', () => {
    // Without a tier before, it is decided at the first one.
    expect(lastOf(accruing(aMember())).decision).toEqual({ held: '', tier: 'blue' });
    expect(lastOf(accruing(aMember({ tier: 'blue' }))).decision).toBeUndefined();
    expect(lastOf(accruing(aMember())).moved).toBeUndefined();
  });

  it('R11: is kept with its purchase where those are read, and only there', () => {
    const purchases = new Map([[3, aPurchase([5])]]);
    const after = memberOf(accruing(aMember({ version: 6, purchases, history: [] })));
    expect([...(after.purchases?.keys() ?? [])]).toEqual([3, 7]);
    expect(after.history).toMatchObject([{ seq: 7, kind: 'accrue', purchase: 7, event: 7 }]);
    expect(after.history?.[0]?.returned).toEqual([]);
    const unread = memberOf(accruing(aMember()));
    expect([unread.purchases, unread.history]).toEqual([undefined, undefined]);
  });

  it('R9: says when time changes the member next, where lots were not read', () => {
    const opens = Date.UTC(2026, 6, 16, 23);
    const unread = { lots: undefined, redemptions: undefined };
    const changes = (more: Partial<MemberState>, amount = 1_000): number | null =>
      memberOf(accruing(aMember({ ...unread, ...more }), { purchase: aPurchase([amount]) }))
        .changesAt;
    expect(changes({})).toBe(opens);
    expect(changes({ changesAt: NOON + DAY })).toBe(NOON + DAY);
    expect(changes({ changesAt: opens + DAY })).toBe(opens);
    expect(changes({ changesAt: NOON + DAY }, 0)).toBe(NOON + DAY);
    expect(changes({ lots: [] })).toBe(opens);
  });
});

describe('the place of an event', () => {
  const window = programme;
  const at = NOON;
  const event = (daysAgo: number) => ({ at, occurredAt: at - daysAgo * DAY });

  it('R11, R14: is in time with nothing newer, late within the window, else its arrival', () => {
    expect(timingOf(window, null, event(99))).toBe('in_time');
    expect(timingOf(window, at - 2 * DAY, event(2))).toBe('in_time');
    expect(timingOf(window, at, event(10))).toBe('late');
    expect(timingOf(window, at, { at, occurredAt: at - 10 * DAY - 1 })).toBe('as_of_today');
  });

  it('R11: is behind what a till that runs ahead has sent, even as of its arrival', () => {
    const old = { at, occurredAt: at - 99 * DAY };
    expect(placeOf(window, at, old)).toEqual({
      ...{ timing: 'as_of_today', place: at, isBehind: false },
    });
    expect(placeOf(window, at + 1, old).isBehind).toBe(true);
    expect(placeOf(window, null, old)).toMatchObject({ timing: 'in_time', isBehind: false });
    expect(placeOf(window, at, event(1))).toMatchObject({ place: at - DAY, isBehind: true });
  });
});
