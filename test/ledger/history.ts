import { compactEffects, firstHead, hashOf, type Posting } from '../../src/ledger/posting.js';
import type { StoredEntry, StoredMember } from '../../src/ledger/check.js';
import { act, type Action } from '../../src/rules/act.js';
import type { Programme } from '../../src/rules/programme.js';
import type { MemberState } from '../../src/rules/state.js';
import { aProgramme } from '../support/programme.js';
import { aMember, anAccrual, aPurchase, HOUR, MINUTE, NOON } from '../support/state.js';

/** Spendable at once, with a reward of 40. */
export function spendable(): Programme {
  return aProgramme({
    // What is older than the newest is decided as of today, so no command needs other versions.
    lateEvents: { windowDays: 0, older: 'flag' },
    returnWindowDays: 0,
    rewards: [{ code: 'cup', name: 'Cup', points: 40, value: { amount: 1, currency: 'GBP' } }],
  });
}

const hold: Action = { kind: 'hold', at: NOON, retailer: 'shop', reward: 'cup' };

/** Accruals, a hold captured, one released, one that ran out, one open, and a refusal. */
const story: readonly Action[] = [
  anAccrual(aPurchase([6_050])),
  { ...hold, at: NOON + MINUTE },
  { kind: 'capture', at: NOON + 2 * MINUTE, redemption: 2 },
  { ...hold, at: NOON + 3 * MINUTE },
  { kind: 'release', at: NOON + 4 * MINUTE, redemption: 4 },
  { ...hold, at: NOON + 5 * MINUTE },
  anAccrual(aPurchase([70_025]), { at: NOON + HOUR }),
  { kind: 'capture', at: NOON + HOUR, redemption: 6 },
  { ...hold, at: NOON + HOUR + MINUTE },
];

/** A member with a small history, as the ledger would store it. */
export const aStoredMember = (): StoredMember => storedAfter(spendable(), story);

/** A member after these actions; `limits` is what is used of each rolling limit. */
export function storedAfter(
  programme: Programme,
  actions: readonly Action[],
  limits: ReadonlyMap<string, number> = new Map(),
): StoredMember {
  let member: MemberState = aMember({ history: [], purchases: new Map() });
  let head = firstHead(member.memberId);
  const postings: Posting[] = [];
  const entries: StoredEntry[] = [];
  for (const action of actions) {
    const outcome = act(programme, { members: [member], limits }, action);
    for (const draft of outcome.postings) {
      const unhashed: Omit<Posting, 'hash'> = {
        memberId: member.memberId,
        seq: draft.seq,
        kind: draft.kind,
        caller: 'r/shop',
        operation: action.kind,
        idempotencyKey: `key-${String(draft.seq)}`,
        bodyHash: '0a'.repeat(32),
        versionNo: draft.versionNo,
        subjectSeq: draft.subjectSeq,
        occurredAt: draft.occurredAt,
        recordedAt: action.at,
        actor: 'key/test',
        requestId: 'request',
        billionths: draft.billionths,
        after: draft.after,
        explanation: draft.explanation,
        effects: compactEffects(draft),
        contentDigest: null,
        prevHash: head,
      };
      head = hashOf(unhashed, draft.entries);
      postings.push({ ...unhashed, hash: head });
      entries.push(...draft.entries.map((entry) => ({ ...entry, seq: draft.seq })));
    }
    member = outcome.state.members[0] ?? member;
  }
  const { memberId, version, points, held, owed, pending, changesAt } = member;
  const { qualifying, remainder, tier } = member;
  return {
    memberId,
    account: { version, head, points, held, owed, pending, changesAt, qualifying, remainder, tier },
    postings,
    entries,
    lots: member.lots ?? [],
  };
}
