import { publicId } from '../../ledger/address.js';
import { BalanceFigures, balanceOf } from '../../ledger/ledger.views.js';
import type { Posting } from '../../ledger/posting.js';
import { Shown } from '../../platform/openapi/view.decorator.js';
import { BILLION, formatRate } from '../../rules/points.js';
import type { Programme } from '../../rules/programme.js';

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

class PackageView {
  @Shown('whole', 'How many points it has.')
  points: number;

  @Shown('whole', 'Minor units that it costs.')
  price: number;
}

export class SaleTermsView {
  @Shown('decimal', 'Minor units for a point; what points cost together is rounded up.')
  price: string;

  @Shown('text', 'ISO 4217 code.')
  currency: string;

  @Shown('whole', 'The fewest that are sold beside packages.')
  minimumPoints: number;

  @Shown('whole', 'What they are sold in multiples of.')
  step: number;

  @Shown([PackageView], 'Numbers of points with a price of their own, the smallest first.')
  packages: PackageView[];

  @Shown('whole', 'The most points for one member in a calendar year, in packages or not.')
  perYear: number;
}

/** Undefined where no points are sold. */
export function saleTermsView({ pointSales, currency }: Programme): SaleTermsView | undefined {
  if (pointSales === undefined) return undefined;
  const { price, minimumPoints, step, perYear, packages } = pointSales;
  return {
    price: formatRate(price),
    currency,
    minimumPoints,
    step,
    perYear,
    packages: [...packages]
      .map((each) => ({ points: each[0], price: each[1] }))
      .sort((a, b) => a.points - b.points),
  };
}
