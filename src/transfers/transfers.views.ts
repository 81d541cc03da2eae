import { publicId } from '../ledger/address.js';
import { BalanceFigures, balanceOf } from '../ledger/ledger.views.js';
import type { Posting } from '../ledger/posting.js';
import { Shown } from '../platform/openapi/view.decorator.js';
import { BILLION } from '../rules/points.js';

export class TransferView {
  @Shown('text', "The posting of it in the giver's ledger.")
  id: string;

  @Shown('whole', 'What arrived.')
  points: number;

  @Shown('whole', 'What it cost the giver on top.')
  fee: number;

  @Shown('instant')
  givenAt: string;

  @Shown(BalanceFigures, 'What the giver has right after it.')
  balance: BalanceFigures;
}

/** A transfer as its giver sees it, from their half of it. */
export function transferView(posting: Posting): TransferView {
  const points = (code: string): number => {
    const item = posting.explanation.find((each) => each[2] === code);
    return item === undefined ? 0 : Number(-BigInt(item[3]) / BILLION);
  };
  return {
    id: publicId('pst', posting),
    points: points('points_given'),
    fee: points('transfer_fee'),
    givenAt: new Date(posting.recordedAt).toISOString(),
    balance: balanceOf(posting.after),
  };
}
