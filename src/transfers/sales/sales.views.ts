import { publicId } from '../../ledger/address.js';
import { BalanceFigures, balanceOf } from '../../ledger/ledger.views.js';
import type { Posting } from '../../ledger/posting.js';
import { Shown } from '../../platform/openapi/view.decorator.js';
import { BILLION } from '../../rules/points.js';

export class SaleView {
  @Shown('text', 'The sale; a refund names it.')
  id: string;

  @Shown('memberId')
  member: string;

  @Shown('whole', 'What came in; negative for a refund.')
  points: number;

  @Shown('instant')
  at: string;

  @Shown(BalanceFigures, 'What the member has right after it.')
  balance: BalanceFigures;
}

export const saleView = (posting: Posting): SaleView => ({
  id: publicId('pst', { memberId: posting.memberId, seq: posting.subjectSeq ?? posting.seq }),
  member: posting.memberId,
  points: Number(posting.billionths / BILLION),
  at: new Date(posting.recordedAt).toISOString(),
  balance: balanceOf(posting.after),
});
