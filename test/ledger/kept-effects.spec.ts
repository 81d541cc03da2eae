import { compactEffects } from '../../src/ledger/posting.js';
import {
  compactReview,
  compactStanding,
  standingWhy,
  toGrant,
  toReview,
  whyText,
} from '../../src/ledger/review.js';
import { act } from '../../src/rules/act.js';
import type { Review } from '../../src/rules/ladder.js';
import type { PostingDraft, Standing, StandingReason } from '../../src/rules/outcome.js';
import type { Redemption } from '../../src/rules/state.js';
import { aProgramme } from '../support/programme.js';
import { aMember, anAccrual, aPurchase, lastOf, NOON } from '../support/state.js';

/** A refusal, which opens and changes nothing. */
const nothing = lastOf(
  act(aProgramme(), { members: [aMember({ status: 'left' })] }, anAccrual(aPurchase([1_000]))),
);
const effectsOf = (parts: Partial<PostingDraft>): unknown =>
  compactEffects({ ...nothing, ...parts });

const bare: Review = { own: null, at: null, missedAt: null, grant: null, rolled: null };
const full: Review = {
  ...{ own: 'silver', at: 1, missedAt: 2, grant: { tier: 'gold', until: 3 } },
  rolled: { start: 4, billionths: 5n },
};
const compactFull = ['silver', 1, 2, ['gold', 3], [4, '5']];

describe('a redemption in the effects of a posting', () => {
  const held: Redemption = {
    ...{ seq: 4, retailer: 'shop', reward: 'tea', points: 40, state: 'held', expiresAt: NOON },
    ...{ changedSeq: 4, lots: [] },
  };
  const kept = (parts: Partial<Redemption>): unknown =>
    effectsOf({ redemptions: [{ ...held, ...parts }] });
  const row = (...parts: unknown[]) => ({
    redemptions: [[4, 'shop', 'tea', 40, 'held', NOON, ...parts]],
  });

  it('L10: ends with the last part that it has, and what it has not before that is null', () => {
    expect(kept({})).toStrictEqual(row());
    expect(kept({ purchaseSeq: 6 })).toStrictEqual(row(6));
    const shared = [{ limit: 'stock/tea', amount: 1 }];
    expect(kept({ shared })).toStrictEqual(row(null, [['stock/tea', 1]]));
    expect(kept({ shared: [] })).toStrictEqual(row());
    expect(kept({ amount: 9 })).toStrictEqual(row(null, null, 9));
    expect(kept({ back: 0 })).toStrictEqual(row(null, null, null, 0));
    expect(kept({ delivery: 'sent' })).toStrictEqual(row(null, null, null, null, 'sent'));
    const gap = [null, null, null, null, null] as const;
    expect(kept({ usableUntil: 7 })).toStrictEqual(row(...gap, 7));
    expect(kept({ usedBy: 'corner' })).toStrictEqual(row(...gap, null, 'corner'));
    expect(kept({ termsNo: 2 })).toStrictEqual(row(...gap, null, null, 2));
    expect(kept({ backAt: 8 })).toStrictEqual(row(...gap, null, null, null, 8));
  });
});

describe('what else a posting changes', () => {
  it('L17: what it uses of shared limits, unless that is nothing', () => {
    expect(effectsOf({ shared: [{ limit: 'block/corner', amount: -5 }] })).toStrictEqual({
      shared: [['block/corner', -5]],
    });
    expect(effectsOf({ shared: [] })).toStrictEqual({});
    expect(effectsOf({ shared: undefined })).toStrictEqual({});
  });

  it('L10: how long a tier is kept, where that changes, and for good as nothing', () => {
    expect(effectsOf({ review: full })).toStrictEqual({ review: compactFull });
    expect(effectsOf({ review: null })).toStrictEqual({ review: [] });
    expect(effectsOf({ review: undefined })).toStrictEqual({});
  });

  it('L10: what windows have counted, and a tier given by hand', () => {
    expect(effectsOf({ counted: [['spend', 900]] })).toStrictEqual({ counted: [['spend', 900]] });
    expect(effectsOf({ counted: [] })).toStrictEqual({ counted: [] });
    expect(effectsOf({ granted: { tier: 'gold', until: NOON } })).toStrictEqual({
      granted: ['gold', NOON],
    });
  });

  it('L10: how long the tier held before a decision was kept, behind the event it corrects', () => {
    const decision = { held: 'blue', tier: 'silver' };
    expect(effectsOf({ decision: { ...decision, review: full } })).toStrictEqual({
      decision: ['blue', 'silver', null, compactFull],
    });
    expect(effectsOf({ decision: { ...decision, event: 8, review: bare } })).toStrictEqual({
      decision: ['blue', 'silver', 8, [null, null, null, null, null]],
    });
  });

  it('L10, L25: a silence, what waits for a partner, and a block that runs low', () => {
    const stage = { stage: 'dormant', from: 'active', silentFrom: NOON } as const;
    expect(effectsOf({ stage })).toStrictEqual({ stage: ['dormant', 'active', NOON] });
    const waiting = { purchase: 3, partner: 'corner', since: NOON, billionths: 5n };
    expect(effectsOf({ waiting })).toStrictEqual({ waiting: [[3, 'corner', NOON, '5']] });
    expect(effectsOf({ low: { left: 40, alertBelow: 50 } })).toStrictEqual({ low: [40, 50] });
  });

  it('L10: the other half of a transfer', () => {
    expect(effectsOf({ peer: { memberId: 'm', seq: 2 } })).toStrictEqual({ peer: ['m', 2] });
  });
});

describe('how long a tier is kept, as it is stored', () => {
  it('L10: is read as it was written, with what there is not as null', () => {
    expect(compactReview(full)).toStrictEqual(compactFull);
    expect(compactReview(bare)).toStrictEqual([null, null, null, null, null]);
    for (const review of [full, bare]) expect(toReview(compactReview(review))).toEqual(review);
  });

  it('L10: is for good where nothing is stored', () => {
    expect([toReview(null), toReview(undefined)]).toEqual([undefined, undefined]);
  });

  it('L10: a tier given by hand is a code and an end, or nothing', () => {
    expect(toGrant(['gold', 3])).toEqual({ tier: 'gold', until: 3 });
    expect([toGrant(null), toGrant(undefined)]).toEqual([undefined, undefined]);
  });
});

describe('why a member stands where they do, as it is stored', () => {
  const why: StandingReason = { code: 'tier_kept', qualifying: '7', threshold: 500 };
  const standing = (more: Partial<StandingReason>): Standing => ({
    ...{ fromSeq: 3, tier: 'silver', from: 'blue', why: { ...why, ...more } },
  });
  const first = ['silver', 'tier_kept', '7', 500, 'blue'];

  it('L10: ends with the last part that there is, and what there is not before that is null', () => {
    expect(compactStanding(standing({}))).toStrictEqual(first);
    expect(compactStanding(standing({ metric: 'spend' }))).toStrictEqual([...first, 'spend']);
    expect(compactStanding(standing({ counted: 0 }))).toStrictEqual([...first, null, 0]);
    expect(compactStanding(standing({ keep: 5 }))).toStrictEqual([...first, null, null, 5]);
    expect(compactStanding(standing({ until: NOON }))).toStrictEqual([
      ...[...first, null, null, null, NOON],
    ]);
  });

  it('L10: is a text of the parts that there are, in one order', () => {
    expect(standingWhy(standing({ until: 9, metric: 'spend', keep: 5, counted: 0 }))).toBe(
      '{"code":"tier_kept","qualifying":"7","threshold":500,' +
        '"metric":"spend","counted":0,"keep":5,"until":9}',
    );
    expect(standingWhy(standing({ keep: 5 }))).toBe(
      '{"code":"tier_kept","qualifying":"7","threshold":500,"keep":5}',
    );
    // The effects of a posting say null where a standing says nothing.
    expect(whyText(['tier_kept', '7', 500], [null, 0, undefined, null])).toBe(
      '{"code":"tier_kept","qualifying":"7","threshold":500,"counted":0}',
    );
  });
});
