import { answerOf } from '../../src/ledger/command.js';
import { createHash } from 'node:crypto';
import { compactEffects, firstHead, hashedText, hashOf } from '../../src/ledger/posting.js';
import { aStoredMember } from './history.js';
import type { PostingDraft } from '../../src/rules/outcome.js';
import { act } from '../../src/rules/act.js';
import { aProgramme } from '../support/programme.js';
import { aLot, aMember, anAccrual, aPurchase, lastOf, NOON } from '../support/state.js';

/** A refusal, which opens and changes nothing. */
const nothing = lastOf(
  act(aProgramme(), { members: [aMember({ status: 'left' })] }, anAccrual(aPurchase([1_000]))),
);
const draft = (parts: Partial<PostingDraft>): PostingDraft => ({ ...nothing, ...parts });

describe('the effects of a posting', () => {
  it('L10: are empty where nothing was opened or changed', () => {
    expect(compactEffects(nothing)).toStrictEqual({});
  });

  it('L10: hold every column of a lot, opened or changed, and its origin if it has one', () => {
    const opened = aLot({ seq: 3, n: 0, amount: 90, remaining: 80, held: 5, expiresAt: NOON + 9 });
    const changed = aLot({ seq: 2, n: 1, origin: { seq: 1, n: 4 } });
    expect(compactEffects(draft({ opened: [opened], changed: [changed] }))).toStrictEqual({
      lots: [
        [3, 0, 'own', NOON, NOON, NOON + 9, 90, 80, 5],
        [2, 1, 'own', NOON, NOON, null, 100, 100, 0, 1, 4],
      ],
    });
    expect(compactEffects(draft({ changed: [changed] })).lots).toHaveLength(1);
  });

  it('L10: hold counters, and redemptions with the purchase one was used on', () => {
    const counters = [{ counter: 'visit/day', periodStart: NOON, used: 20 }];
    const redemption = {
      ...{ seq: 4, retailer: 'shop', reward: 'tea', points: 40, state: 'held' as const },
      ...{ expiresAt: NOON + 1, changedSeq: 4, lots: [] },
    };
    const redemptions = [redemption, { ...redemption, seq: 5, purchaseSeq: 6 }];
    expect(compactEffects(draft({ counters, redemptions }))).toStrictEqual({
      counters: [['visit/day', NOON, 20]],
      redemptions: [
        [4, 'shop', 'tea', 40, 'held', NOON + 1],
        [5, 'shop', 'tea', 40, 'held', NOON + 1, 6],
      ],
    });
  });

  it('L10: hold a change of tier with its reason', () => {
    const why = {
      code: 'threshold_reached',
      qualifying: '500000000000',
      threshold: 500,
    } as const;
    const standing = { fromSeq: 3, tier: 'silver', why, from: 'blue' };
    expect(compactEffects(draft({ standing }))).toStrictEqual({
      standing: ['silver', 'threshold_reached', '500000000000', 500, 'blue'],
    });
  });

  it('L10: hold what came back of which purchase, and the points that moved by it', () => {
    const returned = [{ line: 1, quantity: 2, amount: 300 }];
    expect(compactEffects(draft({ subjectSeq: 3, returned, moved: 0 }))).toStrictEqual({
      returned: [3, [[1, 2, 300]]],
      points: 0,
    });
    expect(compactEffects(draft({ subjectSeq: null, returned }))).toStrictEqual({});
    expect(compactEffects(draft({ subjectSeq: 3 }))).toStrictEqual({});
  });

  it('L10: hold what a decision was made at, and the event that it corrects', () => {
    const decision = { held: 'blue', tier: 'silver' };
    expect(compactEffects(draft({ decision }))).toStrictEqual({ decision: ['blue', 'silver'] });
    expect(compactEffects(draft({ decision: { ...decision, event: 8 } }))).toStrictEqual({
      decision: ['blue', 'silver', 8],
    });
  });

  it('L10, L12: hold what was used of limits, and the approval that allowed it', () => {
    const uses = [{ limit: 'adjust/user/ada', amount: 50 }];
    expect(compactEffects(draft({ uses, approval: { n: 2, decider: 'ben' } }))).toStrictEqual({
      uses: [['adjust/user/ada', 50]],
      approval: [2, 'ben'],
    });
  });
});

describe('what the hash of a posting is taken of', () => {
  const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

  it('L9: is the array that docs/proof.md describes, behind the hash before it', () => {
    const { postings, entries } = aStoredMember();
    for (const posting of postings) {
      const own = entries.filter(({ seq }) => seq === posting.seq);
      const text = hashedText(posting, own);
      const { after } = posting;
      expect(JSON.parse(text)).toStrictEqual([
        ...[posting.memberId, posting.seq, posting.kind, posting.caller, posting.operation],
        ...[posting.idempotencyKey, posting.bodyHash, posting.versionNo, posting.subjectSeq],
        ...[posting.occurredAt, posting.recordedAt, posting.actor, posting.requestId],
        ...[String(posting.billionths), String(after.remainder), after.points, after.held],
        ...[after.owed, after.pending, String(after.qualifying), after.tier],
        ...[posting.explanation, posting.effects, posting.contentDigest],
        own.map((each) => [each.debit, each.credit, each.amount, each.lotSeq, each.lotN]),
      ]);
      expect(hashOf(posting, own)).toBe(sha256(posting.prevHash + text));
    }
  });

  it('L9: begins with the member', () => {
    expect(firstHead('m')).toBe(sha256('fealty:m'));
  });
});

describe('the answer to a command', () => {
  it('is its last posting; a command that always posts and did not is a fault', () => {
    const { postings } = aStoredMember();
    expect(answerOf({ postings, replayed: false }).seq).toBe(postings.length);
    expect(() => answerOf({ postings: [], replayed: false })).toThrow('this command always posts');
  });
});
