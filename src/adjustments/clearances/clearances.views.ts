import { publicId } from '../../ledger/address.js';
import { BalanceFigures, balanceOf } from '../../ledger/ledger.views.js';
import type { Posting } from '../../ledger/posting.js';
import { Shown } from '../../platform/openapi/view.decorator.js';

export class ClearanceView {
  @Shown('text')
  posting: string;

  @Shown('text', 'The posting of the purchase or activity whose points were withheld.')
  event: string;

  @Shown('memberId')
  member: string;

  @Shown('whole', 'How many were withheld.')
  points: number;

  @Shown('instant', 'When they can be spent: at once, or when the return window is over.')
  availableFrom: string;

  @Shown('text', 'User id.')
  clearedBy: string;

  @Shown('instant')
  recordedAt: string;

  @Shown(BalanceFigures, 'What the member has right after it.')
  balance: BalanceFigures;
}

const instant = (at: number): string => new Date(at).toISOString();

/** A clearance rendered from its posting, so that a replay renders the same. */
export function clearanceView(posting: Posting): ClearanceView {
  const { memberId, seq, subjectSeq, effects, explanation, recordedAt, actor, after } = posting;
  const availableFrom = effects.lots?.find(([lotSeq]) => lotSeq === seq)?.[4];
  if (subjectSeq === null || typeof availableFrom !== 'number') {
    throw new Error('invariant: a clearance is posted with its event and its lots');
  }
  return {
    posting: publicId('pst', { memberId, seq }),
    event: publicId('pst', { memberId, seq: subjectSeq }),
    member: memberId,
    points: Number(explanation[0]?.[4] ?? 0),
    availableFrom: instant(availableFrom),
    clearedBy: actor.replace('user/', ''),
    recordedAt: instant(recordedAt),
    balance: balanceOf(after),
  };
}
