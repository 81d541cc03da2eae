/** How a hold ends: a capture turns its points into a reward, a release gives them back. */
import { NO_RULE, WHOLE_EVENT } from '../explanation.js';
import type { Programme } from '../programme.js';
import {
  applyHeld,
  blank,
  entry,
  read,
  refused,
  release,
  replaceLots,
  withNextChange,
  type Settled,
} from '../spending/settle.js';
import type { Outcome, PostingDraft, Redemption, Refusal } from '../state.js';

export interface SettleHoldAction {
  kind: 'capture' | 'release';
  at: number;
  /** Number of the hold posting. */
  redemption: number;
}

/** Ends a hold: by capture the points are gone, by release they are back in their lots. */
export function settleHold(
  programme: Programme,
  settled: Settled,
  action: SettleHoldAction,
): Outcome {
  const { lots, redemptions } = read(settled.member);
  const redemption = redemptions.find(({ seq }) => seq === action.redemption);
  if (redemption === undefined) {
    throw new Error('invariant: the redemption an action names is read before it is decided');
  }
  const refusal = whyNotSettle(redemption);
  if (refusal !== undefined) {
    return refused(programme, settled, action, refusal, redemption.seq);
  }
  if (action.kind === 'release') {
    const because = { occurredAt: action.at, code: 'hold_released' } as const;
    const { member, draft } = release(programme, settled.member, redemption, because);
    const state = { members: [withNextChange(member, action.at)] };
    return { state, postings: [...settled.postings, draft] };
  }
  const seq = settled.member.version + 1;
  const changed = applyHeld(lots, redemption.lots, (lot, amount) => ({
    ...lot,
    held: lot.held - amount,
    remaining: lot.remaining - amount,
  }));
  const done: Redemption = { ...redemption, state: 'captured', changedSeq: seq, lots: [] };
  const next = withNextChange(
    {
      ...settled.member,
      version: seq,
      held: settled.member.held - redemption.points,
      lots: replaceLots(lots, changed),
      redemptions: redemptions.map((each) => (each.seq === redemption.seq ? done : each)),
    },
    action.at,
  );
  const draft: PostingDraft = {
    ...blank(programme, next, action.at),
    kind: 'redeem',
    subjectSeq: redemption.seq,
    explanation: [[NO_RULE, WHOLE_EVENT, 'hold_captured', '0', redemption.points]],
    entries: redemption.lots.map((held) => entry('held', 'redeemed', held)),
    changed,
    redemptions: [done],
  };
  return { state: { members: [next] }, postings: [...settled.postings, draft] };
}

function whyNotSettle({ state }: Redemption): Refusal | undefined {
  switch (state) {
    case 'held':
      return undefined;
    case 'captured':
      return { code: 'redemption_already_captured', details: {} };
    case 'released':
      return { code: 'redemption_already_released', details: {} };
    case 'returned':
      return { code: 'redemption_returned', details: {} };
    case 'expired':
      return { code: 'hold_expired', details: {} };
  }
}
